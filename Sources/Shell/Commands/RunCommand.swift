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

  @Option(name: .short, help: "Run one piece of code.")
  var code: String?

  @Argument(help: "A file, or - for standard input; then name=value for its parameters.")
  var words: [String] = []

  func run() throws {
    let session = try shared.session()
    if let code {
      guard words.isEmpty else {
        throw ValidationError("with -c there is no file: '\(words[0])'")
      }
      try session.end { () throws(Failure) in
        try Script(session).run(SourceText(name: "-c", text: code), parameters: [], isPiece: true)
      }
    } else if let path = words.first {
      try session.end { () throws(Failure) in
        let source = SourceText(
          name: path,
          bytes: try TextFile.read(path == "-" ? "-" : session.paths.absolute(path), shownAs: path)
        )
        let parameters = Array(words.dropFirst())
        try Script(session).run(source, parameters: parameters, isPiece: path == "-")
      }
    } else if isatty(STDIN_FILENO) == 1 {
      try session.end { () throws(Failure) in try Prompt(session).loop() }
    } else {
      try session.end { () throws(Failure) in
        let source = SourceText(name: "-", bytes: try TextFile.read("-", shownAs: "standard input"))
        try Script(session).run(source, parameters: [], isPiece: true)
      }
    }
  }
}
