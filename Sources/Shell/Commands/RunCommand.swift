internal import ArgumentParser
internal import Diagnostics
internal import Glibc
internal import Values

/// `opsh`, `opsh FILE …`, `opsh -c CODE`, `opsh -`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a script or runbook, one piece of code, or the prompt."
  )

  @OptionGroup var shared: SharedOptions
  @OptionGroup var locks: LockOptions

  @Option(name: .short, help: "Run one piece of code.")
  var code: String?

  @Argument(help: "A file, or - for standard input; then name=value for its parameters.")
  var words: [String] = []

  func run() throws {
    let session = try shared.session(readsEnvironment: true, locks: locks)
    if let code {
      guard words.isEmpty else {
        throw ValidationError("with -c there is no file: '\(words[0])'")
      }
      try session.end { () throws(Failure) in
        try Script(session).run(SourceText(name: "-c", text: code), parameters: [])
      }
    } else if let path = words.first {
      try session.end { () throws(Failure) in
        let source = SourceText(name: path, bytes: try bytes(of: path, session))
        let parameters = Array(words.dropFirst())
        try Script(session).run(source, parameters: parameters)
      }
    } else if isatty(STDIN_FILENO) == 1 {
      try session.end { () throws(Failure) in
        guard shared.env == nil else {
          throw Failure(
            .usage,
            "--env is not for the prompt: what is typed there names its environment",
            advice: ["such as: \(shared.env ?? "production").health"]
          )
        }
        try Prompt(session).loop()
      }
    } else {
      try session.end { () throws(Failure) in
        let source = SourceText(name: "-", bytes: try TextFile.read("-", shownAs: "standard input"))
        try Script(session).run(source, parameters: [])
      }
    }
  }

  /// A word that is no file may have been meant as a command.
  private func bytes(of path: String, _ session: Session) throws(Failure) -> [UInt8] {
    guard path != "-" else { return try TextFile.read("-", shownAs: path) }
    let file = session.paths.absolute(path)
    if OpshCommand.commandNames.contains(path), !TextFile.exists(file) {
      throw Failure(
        .usage,
        "'\(path)' is a command, and stands before its options",
        advice: ["write: opsh \(path) …"]
      )
    }
    guard !TextFile.exists(file),
      let command = Spelling.nearest(to: path, in: OpshCommand.commandNames)
    else { return try TextFile.read(file, shownAs: path) }
    throw Failure(
      .usage,
      "there is no command and no file '\(path)'",
      advice: ["did you mean 'opsh \(command)'?"]
    )
  }
}
