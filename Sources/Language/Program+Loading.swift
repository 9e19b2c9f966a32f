package import Diagnostics
package import Syntax
package import Values

/// A program, and what was wrong with its texts.
package struct LoadResult: Sendable {
  package var program: Program
  package var problems: [SourceProblems]
  /// Why used files could not be read, for the exit code.
  package var failures: [Failure]
  /// Says that more input could make the main text right.
  package var isIncomplete: Bool
}

extension Program {
  /// Parses a text and all that it uses.
  ///
  /// `reading` gives the text of a used file: its path as written, relative to the file that uses
  /// it. Two texts with the same name are the same file.
  package static func load(
    _ source: SourceText,
    mode: ParseMode,
    reading: (_ path: String, _ user: SourceText) throws(Failure) -> SourceText
  ) -> LoadResult {
    var loader = ProgramLoader()
    let main = Parser.parse(source, mode: mode)
    loader.problems.add(main.diagnostics, in: source)
    loader.take(main.file, reading: reading)
    return LoadResult(
      program: Program(
        main: main.file,
        used: loader.used,
        functions: loader.functions,
        runbook: Runbook(main.file)
      ),
      problems: loader.problems,
      failures: loader.failures,
      isIncomplete: main.isIncomplete
    )
  }
}

/// Gathers files and their functions, each file once.
private struct ProgramLoader {
  var used: [SyntaxFile] = []
  var functions: [String: Program.Function] = [:]
  var problems: [SourceProblems] = []
  var failures: [Failure] = []
  private var seen: Set<String> = []
  /// The files that are being taken, from the main one inwards.
  private var path: [String] = []
  /// A file that uses another is held open meanwhile; nobody means a longer row than this.
  private static let depthLimit = 50

  mutating func take(
    _ file: SyntaxFile,
    reading: (String, SourceText) throws(Failure) -> SourceText
  ) {
    guard case .items(let items) = file.contents else { return }
    seen.insert(file.source.name)
    path.append(file.source.name)
    defer { path.removeLast() }
    for item in items {
      switch item {
      case .use(let name, _): use(name, in: file.source, reading: reading)
      case .function(let declaration): declare(declaration, in: file.source)
      default: break
      }
    }
  }

  private mutating func use(
    _ name: Name,
    in user: SourceText,
    reading: (String, SourceText) throws(Failure) -> SourceText
  ) {
    guard path.count < Self.depthLimit else {
      problems.add([.usesTooDeep(limit: Self.depthLimit, at: name.span)], in: user)
      return
    }
    let found: SourceText
    do throws(Failure) {
      guard !name.text.contains("://") else {
        throw Failure(.usage, "a used file lies beside the program, it is not fetched")
      }
      found = try reading(name.text, user)
    } catch {
      failures.append(error)
      problems.add([.unreadableFile(name.text, error, at: name.span)], in: user)
      return
    }
    if let start = path.firstIndex(of: found.name) {
      problems.add([.cycleOfUses(Array(path[start...]), at: name.span)], in: user)
      return
    }
    guard !seen.contains(found.name) else { return }
    let parsed = Parser.parse(found, mode: .file)
    problems.add(parsed.diagnostics, in: found)
    used.append(parsed.file)
    take(parsed.file, reading: reading)
  }

  private mutating func declare(_ declaration: FunctionDeclaration, in source: SourceText) {
    let name = declaration.name
    if let first = functions[name.text] {
      let place = first.declaration.name.span
      let diagnostic =
        first.source === source
        ? Diagnostic.duplicateFunction(name.text, at: name.span, first: place)
        : .duplicateFunction(
          name.text,
          at: name.span,
          elsewhere: "\(first.source.name):\(first.source.position(of: place.start).line)"
        )
      problems.add([diagnostic], in: source)
      return
    }
    functions[name.text] = Program.Function(
      declaration: declaration,
      source: source,
      isAction: TreeSearch.hasDo(declaration.body)
    )
  }
}

extension Program.Runbook {
  /// Gathers the parts of a runbook; nothing if the file is none.
  init?(_ file: SyntaxFile) {
    guard case .items(let items) = file.contents else { return nil }
    var title: String?
    self.init(
      title: "",
      documentation: [],
      parameters: [],
      steps: [],
      onFailure: nil,
      finally: nil
    )
    for item in items {
      switch item {
      case .runbook(let name, let documentation, _):
        title = title ?? name.text
        self.documentation = documentation
      case .parameter(let parameter): parameters.append(parameter)
      case .step(let step): steps.append(step)
      case .onFailure(let block, _): onFailure = onFailure ?? block
      case .finally(let block, _): finally = finally ?? block
      case .use, .function, .statement: break
      }
    }
    guard let title else { return nil }
    self.title = title
  }
}
