internal import ArgumentParser
internal import Diagnostics
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
    let session = try shared.session()
    try session.end { () throws(Failure) in
      let stack = try session.operated()
      for failure in session.connectionFailures { session.output.failure(failure) }
      let chosen = try environments(of: stack, named: environment ?? shared.env)
      let report = StatusReport.gather(chosen, contacts: stack.contacts, in: session.callContext)
      guard shared.output == nil else { return try session.output.show(report.value) }
      for line in StatusScreen.lines(report) { session.output.line(line) }
    }
  }

  private func environments(of stack: OperatedStack, named name: String?) throws(Failure)
    -> [OperatedEnvironment]
  {
    guard let name else { return stack.environments }
    guard let found = stack.environment(name) else {
      let nearest = Spelling.nearest(to: name, in: stack.environments.map(\.name))
      throw Failure(
        .usage,
        "the stack has no environment '\(name)'",
        advice: [
          nearest.map { "did you mean '\($0)'?" }
            ?? "it has: \(stack.environments.map(\.name).joined(separator: ", "))"
        ]
      )
    }
    return [found]
  }
}
