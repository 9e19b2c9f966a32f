internal import ArgumentParser
internal import Sinks
internal import Values

/// `opsh help [TOPIC]`.
struct HelpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help",
    abstract: "What there is: commands, kinds, members, stages, functions; or one of them."
  )

  @OptionGroup var shared: SharedOptions

  @Argument(help: "Such as production.rollback, deployment, where, expect, plan; manual for all.")
  var topic: String?

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      guard let topic else {
        print(OpshCommand.helpMessage())
        for line in session.help().overview() { session.output.line(line) }
        return
      }
      for line in try session.help().lines(about: topic) { session.output.line(line) }
    }
  }
}
