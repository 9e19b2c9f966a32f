internal import Postgres
internal import Values

/// What can be wrong with the control database, in alphabetical order.
extension Failure {
  static func controlIsNewer(_ server: String, _ found: Int) -> Self {
    Self(
      .usage,
      "the control database \(server) has the schema of a newer opsh: version \(found), known"
        + " here are those up to \(ControlSchema.known)",
      advice: ["update opsh on this machine"]
    )
  }

  static func controlIsNotSetUp(_ server: String) -> Self {
    Self(
      .usage,
      "the control database \(server) has no schema '\(ControlSchema.name)' yet",
      advice: ["with a login that may create it: opsh doctor --setup-control"]
    )
  }

  static func controlIsOlder(_ server: String, _ found: Int) -> Self {
    Self(
      .usage,
      "the control database \(server) has the schema of an older opsh: version \(found), needed is"
        + " \(ControlSchema.known)",
      advice: ["with the login that owns it: opsh doctor --setup-control"]
    )
  }

  /// What an error of the server, or of the way to it, means.
  init(control error: PostgresError, at server: String, _ cancellation: Cancellation) {
    do throws(Failure) {
      try cancellation.check()
    } catch {
      self = error
      return
    }
    switch error {
    case .refused(let fault) where fault.sqlState == "42501":
      self.init(
        .refused,
        "the control database \(server) refused: \(fault.primary)",
        advice: ["the login lacks a right; opsh doctor says which"]
      )
    case .refused(let fault) where fault.sqlState == "55P03":
      self.init(
        .locked,
        "somebody else is taking this lock over at this moment",
        advice: ["nothing was done; try again, and see first who has it then"]
      )
    case .refused(let fault) where !fault.endsSession:
      self.init(.refused, "the control database \(server) refused: \(fault.text)")
    case .invalidBind, .invalidStatement, .busy, .transactionOpen, .invalidURL, .unknownParameter:
      self.init(.failed, "the control database \(server): \(error.message)")
    default:
      self.init(
        .unreachable,
        "the control database does not answer: \(error.message)",
        advice: ["without it nobody knows who else is at work; see opsh doctor"]
      )
    }
  }
}
