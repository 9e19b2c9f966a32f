package import Diagnostics

/// Cuts a source text into tokens.
///
/// One pass, no recursion: a stack of modes tells the inside of texts and of `run` words from the
/// rest. Where the text leaves a quote open, the lexer reports it and makes up empty closing
/// tokens, so that the parser always sees texts and interpolations in pairs.
package struct Lexer {
  /// Tokens (the last is ``TokenKind/endOfFile``), comments and complaints, in order of place.
  package struct Result: Sendable {
    package var tokens: [Token]
    package var comments: [Comment]
    package var diagnostics: [Diagnostic]
  }

  enum Mode {
    case paren, bracket, brace, interpolation, words
    case text(TextFlavour, start: Int)
  }

  let source: SourceText
  let bytes: [UInt8]
  var position = 0
  var tokens: [Token] = []
  var comments: [Comment] = []
  var diagnostics: [Diagnostic]
  var modes: [Mode] = []
  /// Where in `modes` the outermost text stands that must end on its line.
  var lineText: Int?
  /// How many modes are braces or interpolations.
  var braces = 0
  var interpolations = 0
  var beginsLine = true
  var followsSpace = true
  /// Says that a complaint about the current word of a `run` was made.
  var complainedOfWord = false
  /// Where text that is not text was found before lexing, in order.
  let unreadable: [Int]

  init(_ source: SourceText) {
    self.source = source
    bytes = source.bytes
    diagnostics = SourceValidation.diagnostics(of: source)
    unreadable = diagnostics.map(\.span.start)
    tokens.reserveCapacity(bytes.count / 4 + 8)
  }

  /// Cuts the whole text.
  package static func lex(_ source: SourceText) -> Result {
    var lexer = Lexer(source)
    lexer.lexAll()
    return Result(
      tokens: lexer.tokens,
      comments: lexer.comments,
      diagnostics: lexer.diagnostics
    )
  }

  private mutating func lexAll() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < bytes.count {
      switch modes.last {
      case .text(let flavour, let start): lexText(flavour, start: start)
      case .words: lexWord()
      default: lexPlain()
      }
    }
    closeTextsAtEnd()
    add(.endOfFile, from: position)
  }

  // MARK: - Making tokens

  func byte(_ ahead: Int = 0) -> UInt8 {
    let index = position + ahead
    return index < bytes.count ? bytes[index] : 0
  }

  mutating func add(_ kind: TokenKind, from start: Int) {
    tokens.append(
      Token(kind, start, position, beginsLine: beginsLine, followsSpace: followsSpace)
    )
    beginsLine = false
    followsSpace = false
  }

  mutating func take(_ kind: TokenKind, _ length: Int) {
    let start = position
    position += length
    add(kind, from: start)
  }

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostics.count < SourceValidation.diagnosticLimit { diagnostics.append(diagnostic) }
  }

  mutating func push(_ mode: Mode) {
    switch mode {
    case .brace: braces += 1
    case .interpolation: interpolations += 1
    case .text(let flavour, _) where flavour.endsWithItsLine:
      if lineText == nil { lineText = modes.count }
    default: break
    }
    modes.append(mode)
  }

  mutating func pop() {
    switch modes.popLast() {
    case .brace: braces -= 1
    case .interpolation: interpolations -= 1
    default: break
    }
    if lineText == modes.count { lineText = nil }
  }

  /// Makes up what closes the modes from `depth` on.
  mutating func close(downTo depth: Int) {
    while modes.count > depth {
      switch modes.last {
      case .paren: add(.rightParen, from: position)
      case .bracket: add(.rightBracket, from: position)
      case .brace: add(.rightBrace, from: position)
      case .interpolation: add(.interpolationEnd, from: position)
      case .text: add(.textEnd, from: position)
      case .words, nil: break
      }
      pop()
    }
  }

  private mutating func closeTextsAtEnd() {
    let outermost = modes.firstIndex { if case .text = $0 { true } else { false } }
    guard let outermost, case .text(let flavour, let start) = modes[outermost] else { return }
    report(.textNotClosed(flavour, opening: openingSpan(flavour, start), atEnd: position))
    close(downTo: outermost)
  }

  func openingSpan(_ flavour: TextFlavour, _ start: Int) -> SourceSpan {
    let quotes = flavour.endsWithItsLine ? 1 : 3
    return SourceSpan(start, start + quotes + (flavour.isSQL ? 3 : 0))
  }

  // MARK: - Outside of texts and words

  private mutating func lexPlain() {
    switch byte() {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      position += 1
      followsSpace = true
    case UInt8(ascii: "\n"): lexLineEnd()
    case UInt8(ascii: "#"): lexComment()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): lexNumber()
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      lexName()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): lexTextStart(prefix: 0)
    default: lexPunctuation()
    }
  }

  mutating func lexLineEnd() {
    if let outermost = lineText, case .text(let flavour, let start) = modes[outermost] {
      report(.textNotClosed(flavour, opening: openingSpan(flavour, start), atEnd: nil))
      close(downTo: outermost)
    }
    position += 1
    beginsLine = true
    followsSpace = true
  }

  private mutating func lexComment() {
    let start = position
    if interpolations > 0 {
      while position < bytes.count, !"\n}\"".utf8.contains(byte()) { position += 1 }
      report(.commentInInterpolation(at: SourceSpan(start, position)))
      add(.invalid, from: start)
      return
    }
    while position < bytes.count, byte() != UInt8(ascii: "\n") { position += 1 }
    var end = position
    while end > start, bytes[end - 1] <= UInt8(ascii: " ") { end -= 1 }
    let isDocumentation = end > start + 1 && bytes[start + 1] == UInt8(ascii: "#")
    var text = start + (isDocumentation ? 2 : 1)
    while text < end, bytes[text] <= UInt8(ascii: " ") { text += 1 }
    comments.append(
      Comment(
        text: String(decoding: bytes[text..<end], as: UTF8.self),
        isDocumentation: isDocumentation,
        standsAlone: beginsLine,
        span: SourceSpan(start, end)
      )
    )
    followsSpace = true
  }

  private mutating func lexName() {
    let start = position
    while Self.isNameByte(byte()) { position += 1 }
    let word = bytes[start..<position]
    if word.elementsEqual("sql".utf8), byte() == UInt8(ascii: "\"") {
      position = start
      lexTextStart(prefix: 3)
      return
    }
    guard let keyword = Keyword.spelled(by: word) else {
      add(.name, from: start)
      return
    }
    let startsWords = keyword == .run && runStartsWords()
    add(.keyword(keyword), from: start)
    guard startsWords else { return }
    push(.words)
    if byte() == UInt8(ascii: "(") {
      take(.leftParen, 1)
      push(.paren)
    }
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// Says that the `run` just passed is the statement's, and not a member's or a label's name.
  private func runStartsWords() -> Bool {
    switch tokens.last?.kind {
    case .dot, .optionalDot, .keyword(.let), .keyword(.func), .keyword(.param), .keyword(.for):
      return false
    default: break
    }
    var ahead = 0
    while byte(ahead) == UInt8(ascii: " ") { ahead += 1 }
    return byte(ahead) != UInt8(ascii: ":")
  }
}
