internal import ArgumentParser
internal import Diagnostics
internal import Language
internal import Sinks
internal import Syntax
internal import Values

/// `opsh fmt [--check] FILE…`: format in place.
struct FmtCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fmt",
    abstract: "Format files in place."
  )

  @OptionGroup var shared: SharedOptions

  @Flag(help: "Change nothing; name the files that are not formatted, and fail if there are any.")
  var check = false

  @ArgumentParser.Argument(help: "The files.")
  var files: [String]

  func run() throws {
    let session = try shared.session()
    try session.end { () throws(Failure) in
      var unformatted: [String] = []
      for file in files where try format(file, session) {
        unformatted.append(file)
      }
      guard check, !unformatted.isEmpty else { return }
      for file in unformatted { session.output.line(StyledText(file)) }
      throw Failure(.failed, "not formatted: \(unformatted.joined(separator: ", "))")
    }
  }

  /// Says whether the text is another than its formatted one.
  private func format(_ file: String, _ session: Session) throws(Failure) -> Bool {
    let path = session.paths.absolute(file)
    let source = SourceText(name: file, bytes: try TextFile.read(path, shownAs: file))
    let parsed = Parser.parse(source, mode: .file)
    guard parsed.diagnostics.allSatisfy({ $0.severity != .error }) else {
      session.output.problems([SourceProblems(source: source, diagnostics: parsed.diagnostics)])
      throw Failure(.usage, "\(file) has errors and was left as it is")
    }
    let formatted = Array(Formatter.format(parsed.file).utf8)
    guard formatted != source.bytes else { return false }
    if !check { try ReplacedFile.write(formatted, to: path, shownAs: file) }
    return true
  }
}
