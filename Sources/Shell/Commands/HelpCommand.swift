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

  @Argument(help: "Such as production.rollback, deployment, where, expect; manual for all of it.")
  var topic: String?

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      guard let topic else {
        print(OpshCommand.helpMessage())
        for line in HelpText(session.vocabulary).overview() { session.output.line(line) }
        return
      }
      for line in try HelpText(session.vocabulary).lines(about: topic) {
        session.output.line(line)
      }
    }
  }
}
