package import Diagnostics

/// What kind of text is parsed.
package enum ParseMode: Sendable {
  /// A file: a stack, a runbook, or statements.
  case file
  /// What was typed at the prompt: statements, and `help`.
  case prompt
}

/// A tree, and what was wrong with its text.
package struct ParseResult: Sendable {
  package var file: SyntaxFile
  package var diagnostics: [Diagnostic]

  /// Says that more input could make the text right: all that is wrong is that it ends too early.
  package var isIncomplete: Bool {
    !diagnostics.isEmpty && diagnostics.allSatisfy(\.isIncomplete)
  }
}

/// Makes a tree of a source text.
///
/// Recursive descent over the tokens of ``Lexer``, by family: declarations, statements, pipelines,
/// `run`, expressions, texts. After an error the parser is silent until it finds the end of the
/// statement or the bracket that closes what it was in; nothing else stops it. Every loop consumes a
/// token or ends.
package struct Parser {
  let source: SourceText
  let bytes: [UInt8]
  let mode: ParseMode
  let tokens: [Token]
  let comments: [Comment]
  var index = 0
  /// The token whose line end is behind us.
  var passedLineEnd = -1
  /// Says that we are inside `(…)` or `[…]`, where line ends are spaces.
  var linesAreSpaces = false
  /// Says that we are in the head of a statement, where a `{` begins its block.
  var bracesAreBlocks = false
  var diagnostics: [Diagnostic] = []
  /// Says that an error was reported and the place to go on is not yet found.
  var isPanicking = false
  /// The token at which the last error was reported, so that one place is reported once.
  var lastErrorIndex = -1
  /// Says that nothing more is read, because the text nests too deep.
  var hasGivenUp = false
  /// How deep the parser is in blocks, brackets and prefixes.
  var depth = 0
  /// How deep the tree of the expression parsed last is.
  var height = 0
  /// How deep the text went, in blocks and trees together, since this was last set to 0.
  var deepest = 0
  /// What the formatter has to know of a token beyond its kind, by the token's index.
  var roles: [Int: TokenRole] = [:]

  /// How deep blocks, brackets and operators may nest; what walks the tree recurses as deep.
  static let depthLimit = 200

  init(_ source: SourceText, mode: ParseMode, lexed: Lexer.Result) {
    self.source = source
    self.mode = mode
    bytes = source.bytes
    tokens = lexed.tokens
    comments = lexed.comments
  }

  /// Parses a text; the tree is complete even if the text is not.
  package static func parse(_ source: SourceText, mode: ParseMode) -> ParseResult {
    guard source.bytes.count <= SourceValidation.sizeLimit else {
      let empty = SyntaxFile(source: source, version: nil, contents: .items([]), comments: [])
      return ParseResult(file: empty, diagnostics: [.fileTooLarge(source.bytes.count)])
    }
    let lexed = Lexer.lex(source)
    var parser = Parser(source, mode: mode, lexed: lexed)
    let file = parser.parseFile()
    let found = (lexed.diagnostics + parser.diagnostics).enumerated().sorted {
      ($0.element.span.start, $0.offset) < ($1.element.span.start, $1.offset)
    }
    return ParseResult(file: file, diagnostics: found.map(\.element))
  }

  // MARK: - Looking

  /// What stands here; a line end counts where it has a meaning.
  var kind: TokenKind {
    let token = tokens[index]
    return token.beginsLine && !linesAreSpaces && passedLineEnd != index ? .lineEnd : token.kind
  }

  /// The token here, whatever line it is on.
  var token: Token { tokens[index] }

  func kind(ahead count: Int) -> TokenKind {
    let position = index + count
    guard position < tokens.count else { return .endOfFile }
    let token = tokens[position]
    return token.beginsLine && !linesAreSpaces ? .lineEnd : token.kind
  }

  /// Says that the token here is a word that has no meaning but in its place.
  func isWord(_ word: StaticString) -> Bool {
    kind == .name && spells(word, index)
  }

  func spells(_ word: StaticString, _ index: Int) -> Bool {
    let token = tokens[index]
    guard token.end - token.start == word.utf8CodeUnitCount else { return false }
    return bytes[token.start..<token.end].elementsEqual(word.description.utf8)
  }

  var isAtStatementEnd: Bool {
    switch kind {
    case .lineEnd, .semicolon, .rightBrace, .endOfFile: true
    default: false
    }
  }

  func text(_ token: Token) -> String {
    String(decoding: bytes[token.start..<token.end], as: UTF8.self)
  }

  var previousEnd: Int { index > 0 ? tokens[index - 1].end : 0 }

  func span(from start: Int) -> SourceSpan { SourceSpan(start, max(start, previousEnd)) }

  /// The empty place behind the last token.
  var gap: SourceSpan { SourceSpan(previousEnd, previousEnd) }

  // MARK: - Moving

  mutating func advance() {
    if kind == .lineEnd {
      passedLineEnd = index
    } else if index + 1 < tokens.count {
      index += 1
    }
  }

  /// Steps over a line end behind a sign that lets the line go on.
  mutating func skipLineEnd() {
    if kind == .lineEnd { passedLineEnd = index }
  }

  mutating func take(_ wanted: TokenKind) -> Bool {
    guard kind == wanted else { return false }
    advance()
    return true
  }

  mutating func takeWord(_ word: StaticString) -> Bool {
    guard isWord(word) else { return false }
    advance()
    return true
  }

  /// Runs `body` with line ends meaning what they mean there.
  mutating func inside<Result>(
    spaces: Bool,
    blocks: Bool,
    _ body: (inout Self) -> Result
  ) -> Result {
    let outer = (linesAreSpaces, bracesAreBlocks)
    (linesAreSpaces, bracesAreBlocks) = (spaces, blocks)
    defer { (linesAreSpaces, bracesAreBlocks) = outer }
    return body(&self)
  }

  // MARK: - Reporting

  /// Reports a finding that does not disturb the parsing.
  mutating func note(_ diagnostic: Diagnostic) {
    if !hasGivenUp { append(diagnostic) }
  }

  /// Reports that the text cannot be read on here, unless that follows from what was reported.
  mutating func fail(_ diagnostic: Diagnostic) {
    defer {
      isPanicking = true
      lastErrorIndex = index
    }
    guard !isPanicking, !hasGivenUp, lastErrorIndex != index, !token.isMadeUp,
      token.kind != .invalid, !isForeignOperator
    else { return }
    append(diagnostic)
  }

  /// Says that the token is an operator of other languages, which the lexer has reported.
  private var isForeignOperator: Bool {
    guard case .keyword = token.kind else { return false }
    return !Lexer.isNameByte(bytes[token.start])
  }

  private mutating func append(_ diagnostic: Diagnostic) {
    if diagnostics.count < SourceValidation.diagnosticLimit { diagnostics.append(diagnostic) }
  }

  /// Says that the text ends where it could go on on a further line.
  var couldGoOn: Bool {
    guard token.kind == .endOfFile else { return false }
    if linesAreSpaces { return true }
    guard index > 0 else { return false }
    return passedLineEnd == index || !token.beginsLine ? lineGoesOn(after: index - 1) : false
  }

  func lineGoesOn(after index: Int) -> Bool {
    switch tokens[index].kind {
    case .pipe, .equal, .comma, .plus, .minus, .star, .slash, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .range, .otherwise, .leftParen, .leftBracket, .leftBrace, .keyword(.and),
      .keyword(.or), .keyword(.is), .keyword(.in), .keyword(.matches):
      true
    case .keyword(.not): index > 0 && tokens[index - 1].kind == .keyword(.is)
    default: false
    }
  }

  // MARK: - Depth

  /// Goes one level down; false if that is too deep, which ends the parsing.
  mutating func enter() -> Bool {
    depth += 1
    deepest = max(deepest, depth)
    guard depth <= Self.depthLimit else {
      giveUp()
      return false
    }
    return !hasGivenUp
  }

  mutating func leave() { depth -= 1 }

  /// Notes the height of a tree with these branches.
  mutating func grow(over heights: Int...) {
    height = heights.max() ?? 0
    grow(by: 1)
  }

  /// Notes that what was parsed last is part of a tree that is so much higher.
  mutating func grow(by levels: Int) {
    height += levels
    deepest = max(deepest, depth + height)
    if height > Self.depthLimit { giveUp() }
  }

  private mutating func giveUp() {
    note(.nestedTooDeep(limit: Self.depthLimit, at: token.span))
    hasGivenUp = true
    isPanicking = true
    index = tokens.count - 1
    passedLineEnd = index
  }
}

/// What a sign is for, where its kind does not say.
enum TokenRole {
  /// The `(` or `[` that follows directly what is called or indexed.
  case attached
  /// A `-` with nothing before it.
  case prefix
  /// The `.` of a row's field.
  case field
  /// A brace of a record.
  case record
}
