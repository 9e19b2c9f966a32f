internal import Diagnostics
internal import Journals
internal import Language
internal import Objects
internal import Providers
internal import Stack
internal import Syntax
internal import Values

/// A stack file that was found and read; nothing of it was contacted.
struct LoadedStack: Sendable {
  var source: SourceText
  var path: String
  var hash: String
  var definition: StackDefinition?
  var problems: [Diagnostic]
  var isTrusted: Bool

  var folder: String { Paths.parent(of: path) }

  /// Looks for `stack.opsh` from the working directory upwards.
  static func find(from folder: String) -> String? {
    var folder = folder
    while true {
      let path = (folder == "/" ? "" : folder) + "/stack.opsh"
      if TextFile.exists(path) { return path }
      guard folder != "/", folder != "." else { return nil }
      folder = Paths.parent(of: folder)
    }
  }

  /// Reads and checks a stack file, and looks whether its content was trusted.
  static func read(_ path: String, ledger: TrustLedger, trusting given: String?)
    throws(Failure) -> LoadedStack
  {
    let source = SourceText(name: path, bytes: try TextFile.read(path, shownAs: path))
    let hash: String
    do throws(JournalError) {
      hash = try SHA256.hex(of: source.bytes)
    } catch {
      throw Failure(.usage, error.message)
    }
    let parsed = Parser.parse(source, mode: .file)
    var problems = parsed.diagnostics
    var definition: StackDefinition?
    if problems.isEmpty {
      problems = Checker.checkStack(parsed.file)
      if let tree = StackTree(file: parsed.file) {
        let read = StackReader.read(tree, vendors: allProviders)
        problems += (read.problems + read.definition.addressProblems).map(Diagnostic.init(of:))
        definition = read.definition
        if read.definition.environments.isEmpty, case .stack(let stack) = parsed.file.contents {
          problems.append(.noEnvironments(at: stack.title.span))
        }
      }
    }
    return LoadedStack(
      source: source,
      path: path,
      hash: hash,
      definition: definition,
      problems: problems,
      isTrusted: ledger.trusts(hash) || given == hash
    )
  }
}

extension Diagnostic {
  /// What is wrong in a stack file's or the settings' meaning, with the nearest right word.
  init(of problem: StackProblem) {
    let span = SourceSpan(problem.place.lowerBound, problem.place.upperBound)
    var fixIts: [FixIt] = []
    if let word = problem.word,
      let nearest = Spelling.nearest(to: word, in: problem.candidates)
    {
      let end = SourceSpan(span.start, span.start + word.utf8.count)
      fixIts = [FixIt("did you mean '\(nearest)'?", at: end, replacement: nearest)]
    }
    self.init(problem.message, at: span, fixIts: fixIts)
  }

  /// Not wrong, but nothing can be looked at.
  static func noEnvironments(at span: SourceSpan) -> Self {
    Self(
      "the stack has no environment; add: environment production { url: \"https://…\" }",
      at: span,
      severity: .warning
    )
  }
}
