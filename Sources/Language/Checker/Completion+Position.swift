import Diagnostics
import Objects
import Syntax
import Values

extension Completion {
  /// A place at the end of a text where a word is about to stand.
  struct Position {
    /// A name that nobody writes.
    static let cursor = "opsh_cursor_here"

    let before: [UInt8]
    let scope: CheckScope
    /// What stands before the place, innermost last.
    let tokens: [Token]

    init(_ before: [UInt8], _ scope: CheckScope) {
      self.before = before
      self.scope = scope
      tokens = Lexer.lex(SourceText(name: "", bytes: before)).tokens.filter {
        $0.kind != .endOfFile && $0.start < $0.end
      }
    }

    func candidates() -> [Candidate] {
      if isInText { return choices() }
      switch tokens.last?.kind {
      case .pipe: return stages()
      case .name where lastWord == "as" && tokens.dropLast().last?.kind == .pipe:
        return FormatName.all.filter { $0 != "yaml" }.map {
          Candidate($0, "the rows as \($0)", .format)
        }
      case .colon where isAfterDeclaredName: return types()
      default: break
      }
      switch context() {
      case .member(let owner): return members(of: owner)
      case .argument(let parameters, let names):
        return labels(parameters) + values(names)
      case .choice(let texts): return texts.map { Candidate("\"\($0)\"", "", .text) }
      case .name(let names):
        return isAtStatementStart ? values(names) + statements() : values(names)
      case nil: return isAtStatementStart ? statements() : []
      }
    }

    /// Parses and checks the text with the cursor's name at its end.
    func context() -> CursorContext? {
      let name = Self.cursor
      let source = SourceText(name: "", bytes: before + Array(name.utf8))
      return Self.context(in: source, scope)
    }

    private static func context(in source: SourceText, _ scope: CheckScope) -> CursorContext? {
      let loaded = Program.load(source, mode: .prompt) { (_, _) throws(Failure) in
        throw Failure(.usage, "")
      }
      let checker = Checker(loaded.program, in: scope, cursor: cursor)
      checker.checkAll()
      return checker.completion
    }

    // MARK: - Where the place is

    private var lastWord: String {
      guard let token = tokens.last else { return "" }
      return String(decoding: before[token.start..<token.end], as: UTF8.self)
    }

    /// Says that a text is open at the place.
    private var isInText: Bool {
      switch tokens.last?.kind {
      case .textStart, .textPiece: true
      default: false
      }
    }

    private var isAtStatementStart: Bool {
      guard let last = tokens.last else { return true }
      if before[last.end...].contains(UInt8(ascii: "\n")) { return true }
      switch last.kind {
      case .semicolon, .leftBrace: return true
      default: return false
      }
    }

    /// Says that a type follows: behind `param name:`.
    private var isAfterDeclaredName: Bool {
      guard tokens.count >= 3 else { return false }
      return tokens[tokens.count - 3].kind == .keyword(.param)
    }
  }
}

extension Completion.Position {
  // MARK: - What can stand there

  private func choices() -> [Candidate] {
    let source = SourceText(name: "", bytes: before + Array((Self.cursor + "\"").utf8))
    guard case .choice(let texts)? = Self.context(in: source, scope) else { return [] }
    return texts.map { Candidate($0, "", .text) }
  }

  private func stages() -> [Candidate] {
    StageDeclaration.all.filter { !$0.isLater }.map { Candidate($0.name, $0.summary, .stage) }
  }

  private func types() -> [Candidate] {
    let scalars = ValueType.named.keys.sorted().map { Candidate($0, "", .type) }
    let kinds = scope.vocabulary.kinds.values.sorted { $0.name < $1.name }
    return scalars + kinds.map { Candidate($0.name, $0.summary, .type) }
  }

  private func members(of owner: StaticType) -> [Candidate] {
    var found: [Candidate] = []
    switch owner.plain {
    case .object(let name):
      guard let kind = scope.vocabulary.kind(name) else { return [] }
      found = kind.members.filter { !kind.later.contains($0.name) }.map { member in
        Candidate(member.name, member.summary, member.isAction ? .action : .member)
      }
      if kind.elements != nil { found += scalarMembers(of: .list(of: .any)) }
    case .fields(let fields): found = fields.map { Candidate($0.name, $0.type.name, .member) }
    case let type: found = scalarMembers(of: type)
    }
    return found
  }

  private func scalarMembers(of type: ValueType) -> [Candidate] {
    ScalarMember.members(of: type).map { Candidate($0.name, $0.summary, .member) }
  }

  private func labels(_ parameters: [Parameter]) -> [Candidate] {
    parameters.filter { !$0.isPositional }.map { Candidate($0.name + ":", $0.summary, .label) }
  }

  private func values(_ names: [String]) -> [Candidate] {
    let named = names.filter { $0 != Self.cursor }.sorted().map { name in
      let type = scope.roots[name] ?? scope.bound[name]
      return Candidate(name, type?.name ?? "", scope.roots[name] == nil ? .name : .object)
    }
    let builtins = Builtin.all.map { Candidate($0.name, $0.summary, .function) }
    let functions = scope.functions.values.map { function in
      let declaration = function.declaration
      let summary = declaration.documentation.first ?? ""
      return Candidate(declaration.name.text, summary, .function)
    }
    return named + functions.sorted { $0.text < $1.text } + builtins
  }

  /// The words that begin a statement.
  private func statements() -> [Candidate] {
    Self.statementWords.map { Candidate($0.0, $0.1, .keyword) }
  }

  private static let statementWords = [
    ("confirm", "asks a person; a no stops the run"),
    ("do", "does a plan"),
    ("expect", "stops unless a condition holds"),
    ("for", "does something for each row"),
    ("help", "says what a name means"),
    ("if", "does something under a condition"),
    ("let", "binds a name to a value"),
    ("manual", "waits until a person did something"),
    ("note", "writes a line into the record"),
    ("parallel", "runs statements side by side"),
    ("retry", "runs a block until it holds"),
    ("run", "runs an external program"),
    ("try", "runs a block and catches its failure"),
    ("wait", "waits until a condition holds"),
  ]
}
