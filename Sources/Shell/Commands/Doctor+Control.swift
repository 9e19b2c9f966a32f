internal import Control
internal import Sinks
internal import Values

/// What the doctor says of the control database, and how it sets it up.
extension Doctor {
  mutating func examineControl() {
    do throws(Failure) {
      guard let control = try session.control() else { return }
      let status = try control.status(session.cancellation)
      let name = "control database \(control.server)"
      guard let version = status.version else { return tellMissing(name, control, status) }
      guard version == ControlDatabase.knownVersion else {
        return bad(
          Failure(
            .usage,
            "\(name): its schema is version \(version), this opsh works with"
              + " \(ControlDatabase.knownVersion)"
          ),
          version < ControlDatabase.knownVersion
            ? "opsh doctor --setup-control" : "update opsh on this machine"
        )
      }
      guard status.missingGrants.isEmpty else { return tellGrants(name, status) }
      say(
        "\(name): PostgreSQL \(status.serverVersion), schema version \(version), you are"
          + " \(status.user)",
        isFine: true
      )
      guard status.ownsSchema else { return }
      say(
        "control database: \(status.user) owns its schema, so nothing keeps that login from changing"
          + " approvals; work with another",
        isFine: false
      )
    } catch {
      bad(error, error.advice.joined(separator: "\n"))
    }
  }

  private mutating func tellMissing(
    _ name: String,
    _ control: ControlDatabase,
    _ status: ControlDatabase.Status
  ) {
    guard status.missingGrants.isEmpty else { return tellGrants(name, status) }
    bad(
      Failure(.usage, "\(name): it has no schema '\(ControlDatabase.schemaName)' yet"),
      "with a login that may create it: opsh doctor --setup-control"
    )
  }

  private mutating func tellGrants(_ name: String, _ status: ControlDatabase.Status) {
    bad(
      Failure(.refused, "\(name): \(status.user) lacks rights there"),
      (["whoever set it up runs:"] + status.missingGrants.map { $0 + ";" }).joined(separator: "\n")
    )
  }

  /// Makes or upgrades the schema, and says what every other login needs.
  func setUpControl() throws(Failure) {
    guard let control = try session.control() else {
      throw Failure(
        .usage,
        "the stack file names no control database",
        advice: ["add to it:  control: postgres(url: secret(\"OPSH_CONTROL_URL\"))"]
      )
    }
    let known = ControlDatabase.knownVersion
    let words =
      switch try control.setUp(session.cancellation) {
      case nil: "its schema was made: version \(known)"
      case known?: "its schema was there already: version \(known)"
      case let found?: "its schema was brought from version \(found) to \(known)"
      }
    say("control database \(control.server): \(words)", isFine: true)
    session.output.line("each person and each machine needs a login of its own, with these rights:")
    for grant in ControlDatabase.grants(to: "LOGIN") { session.output.line("  \(grant);") }
  }
}
