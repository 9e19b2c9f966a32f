internal import ArgumentParser
internal import Diagnostics
internal import Journals
internal import Language
internal import Sinks
internal import Syntax
internal import Values

/// `opsh check FILE…`: check without running.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check files without running them."
  )

  @OptionGroup var shared: SharedOptions

  @Flag(help: "One JSON object per finding, for editors and CI.")
  var json = false

  @ArgumentParser.Argument(help: "The files.")
  var files: [String]

  func run() throws {
    let session = try shared.session(readsEnvironment: true)
    try session.end { () throws(Failure) in
      var hasErrors = false
      for file in files {
        let problems = try check(file, session)
        hasErrors = hasErrors || problems.hasErrors
        if json { show(problems, session) } else { session.output.problems(problems) }
      }
      guard !hasErrors else { throw Failure(.usage, "there are errors; nothing was run") }
    }
  }

  private func check(_ file: String, _ session: Session) throws(Failure) -> [SourceProblems] {
    let path = session.paths.absolute(file)
    let source = SourceText(name: file, bytes: try TextFile.read(path, shownAs: file))
    let isSettings = path == session.paths.settingsFile
    guard !isSettings, !Self.isStack(source, path, session) else {
      guard shared.env == nil else {
        throw Failure(.usage, "\(file) is about no environment in particular; leave --env out")
      }
      if isSettings { return SettingsFile.read(source).problems }
      let loaded = try LoadedStack.read(path, ledger: session.ledger(), trusting: nil)
      return [SourceProblems(source: source, diagnostics: loaded.problems)]
    }
    guard let option = try EnvironmentOption(session) else {
      var scope = try session.scope()
      // Where no stack file is, as in CI, a runbook is checked by what every stack has.
      if scope.roots["stack"] == nil { scope.roots["stack"] = .object("stack") }
      return session.load(source, mode: .file, scope: scope).report.problems
    }
    let (result, report) = session.load(
      source,
      mode: .file,
      scope: try option.scope(for: source)
    )
    if !report.problems.hasErrors { try option.check(result.program) }
    return report.problems
  }

  /// A file of that name, or of that place, is meant to be one, whatever is in it.
  private static func isStack(_ source: SourceText, _ path: String, _ session: Session) -> Bool {
    if path.hasSuffix("/stack.opsh") || path == session.options.stack.map(session.paths.absolute) {
      return true
    }
    if case .stack = Parser.parse(source, mode: .file).file.contents { return true }
    return false
  }

  private func show(_ problems: [SourceProblems], _ session: Session) {
    for entry in problems {
      for diagnostic in entry.diagnostics {
        session.output.line(StyledText(Self.json(diagnostic, entry.source).text))
      }
    }
  }

  static func json(_ diagnostic: Diagnostic, _ source: SourceText) -> JSON {
    func place(_ span: SourceSpan) -> [JSON.Member] {
      let start = source.position(of: span.start)
      let end = source.position(of: span.end)
      return [
        .init("line", .int(Int64(start.line))), .init("column", .int(Int64(start.column))),
        .init("end_line", .int(Int64(end.line))), .init("end_column", .int(Int64(end.column))),
      ]
    }
    return .object(
      [
        .init("file", .string(source.name)),
        .init("severity", .string(diagnostic.severity.rawValue)),
        .init("message", .string(diagnostic.message)),
      ] + place(diagnostic.span) + [
        .init(
          "notes",
          .array(
            diagnostic.notes.map {
              .object([.init("message", .string($0.message))] + place($0.span))
            }
          )
        ),
        .init(
          "fixes",
          .array(
            diagnostic.fixIts.map {
              .object(
                [
                  .init("message", .string($0.message)),
                  .init("replacement", .string($0.replacement)),
                ] + place($0.span)
              )
            }
          )
        ),
      ]
    )
  }
}
