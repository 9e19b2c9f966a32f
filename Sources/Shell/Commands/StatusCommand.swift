internal import ArgumentParser
internal import Sinks
internal import Stack
internal import Values

/// `opsh status [ENV]`: the one screen.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What is broken, since when, what changed before, and what to do next."
  )

  @OptionGroup var shared: SharedOptions

  @Argument(help: "One environment; all that have something to ask if left out.")
  var environment: String?

  func run() throws {
    let session = try shared.session(readsEnvironment: true)
    try session.end { () throws(Failure) in
      let chosen = try chosen(session)
      let stack = try session.operated()
      for failure in session.connectionFailures { session.output.failure(failure) }
      let environments = stack.environments.filter { chosen == nil || $0.name == chosen }
      let report = StatusReport.gather(
        environments,
        contacts: stack.contacts,
        patience: session.options.timeout ?? StatusReport.patience,
        in: session.callContext
      )
      guard shared.output == nil else { return try session.output.show(report.value) }
      for line in StatusScreen(registry: session.registry).lines(report) {
        session.output.line(line)
      }
    }
  }

  /// The one environment that was asked for; looked at before trust, as every wrong word is.
  private func chosen(_ session: Session) throws(Failure) -> String? {
    if let environment, let other = shared.env, environment != other {
      throw Failure(
        .usage,
        "two environments are given: \(environment), and --env \(other)",
        advice: ["give one"]
      )
    }
    guard let name = environment ?? shared.env else { return nil }
    return try session.definition().definition.environment(named: name).name
  }
}
