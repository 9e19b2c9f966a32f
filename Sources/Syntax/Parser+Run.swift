import Diagnostics

extension Parser {
  /// Parses `run(options) word word …`, the lexer having cut the words.
  mutating func parseRun() -> RunCommand {
    let start = token.start
    advance()
    var options: [Argument] = []
    var tallest = 0
    if kind == .leftParen, !token.followsSpace {
      roles[index] = .attached
      options = parseArguments()
      tallest = height
    }
    var words: [RunWord] = []
    while isWordPart(kind) {
      words.append(parseRunWord())
      tallest = max(tallest, height)
    }
    if words.isEmpty { fail(.expectedCommand(found: found, at: missingSpan)) }
    height = tallest
    grow(over: height)
    return RunCommand(options: options, words: words, span: span(from: start))
  }

  /// Parses a `run` where only an expression may stand, as if it were in parentheses.
  mutating func parseBareRun() -> Expression {
    let start = token.start
    let outerErrors = diagnostics.count
    let command = parseRun()
    let span = span(from: start)
    if diagnostics.count == outerErrors { note(.runNeedsParentheses(at: span, in: source)) }
    let pipeline = Pipeline(source: .run(command), stages: [], span: span)
    return .parenthesized(pipeline, span)
  }

  private func isWordPart(_ kind: TokenKind) -> Bool {
    switch kind {
    case .wordPiece, .textStart, .interpolationStart, .spreadStart: true
    default: false
    }
  }

  private mutating func parseRunWord() -> RunWord {
    let start = token.start
    var parts: [TextPart] = []
    var isSpread = false
    var tallest = 0
    repeat {
      let piece = token
      switch kind {
      case .textStart: parts += parseText().parts
      case .interpolationStart, .spreadStart:
        isSpread = isSpread || kind == .spreadStart
        parts.append(parseInterpolation())
      default:
        advance()
        parts.append(.literal(text(piece), piece.span))
      }
      tallest = max(tallest, height)
    } while isWordPart(kind) && !token.followsSpace
    height = tallest
    let span = span(from: start)
    if isSpread, parts.count > 1 { note(.spreadNotAlone(at: span)) }
    // An empty text is still a word.
    if parts.isEmpty { parts = [.literal("", span)] }
    return RunWord(parts: parts, isSpread: isSpread && parts.count == 1, span: span)
  }
}
