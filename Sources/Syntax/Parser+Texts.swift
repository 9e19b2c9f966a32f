import Diagnostics

extension Parser {
  mutating func parseTextExpression() -> Expression {
    let (parts, flavour, span) = parseText()
    grow(over: height)
    return flavour.isSQL ? .sql(parts, span) : .text(parts, span)
  }

  /// Parses a text from its opening quote to its closing one.
  mutating func parseText() -> (parts: [TextPart], flavour: TextFlavour, span: SourceSpan) {
    let opening = token
    let flavour = TextFlavour(opening: bytes[opening.start..<opening.end])
    var template = flavour.isSQL ? SQLTemplate() : nil
    var reading = TextReading(flavour, pieces: pieces(from: index + 1), bytes: bytes)
    var parts: [TextPart] = []
    var tallest = 0
    advance()
    loop: while true {
      let piece = token
      switch kind {
      case .textPiece:
        advance()
        template?.read(bytes[piece.start..<piece.end])
        let value = reading.value(of: piece)
        if !value.isEmpty { parts.append(.literal(value, piece.span)) }
      case .interpolationStart, .spreadStart:
        if kind == .spreadStart { note(.spreadOutsideOfRun(at: piece.span)) }
        let part = parseInterpolation()
        tallest = max(tallest, height)
        parts.append(part)
        if let place = template?.place {
          note(.interpolationInSQL(place, at: span(from: piece.start)))
        }
        template?.readBind()
      default: break loop
      }
    }
    if kind == .textEnd { advance() }
    reading.failures.forEach { note(.badEscape($0.reason, at: $0.span, fix: $0.fix)) }
    height = tallest
    return (parts, flavour, span(from: opening.start))
  }

  /// Finds the pieces of the text whose first token is at `index`, without those of texts in it.
  private func pieces(from index: Int) -> [Token] {
    var found: [Token] = []
    var depth = 0
    for token in tokens[index...] {
      switch token.kind {
      case .textStart: depth += 1
      case .textEnd:
        if depth == 0 { return found + [token] }
        depth -= 1
      case .textPiece, .interpolationStart, .spreadStart:
        if depth == 0 { found.append(token) }
      case .interpolationEnd: break
      default: break
      }
    }
    return found
  }

  /// Parses `${expression}`.
  mutating func parseInterpolation() -> TextPart {
    let opening = token
    advance()
    let expression = inside(spaces: true, blocks: false) { parser in
      guard parser.enter() else { return Expression.missing(parser.gap) }
      defer { parser.leave() }
      let expression = parser.parseExpression()
      if parser.kind == .pipe, !parser.isPanicking {
        parser.fail(.pipelineInInterpolation(at: parser.token.span))
      }
      let tall = parser.height
      parser.close(.interpolationEnd, "'}'", opening: opening, expected: "'}'")
      parser.height = tall
      return expression
    }
    return .interpolation(expression, span(from: opening.start))
  }

  /// What a text without `${}` is for.
  enum PlainText: String {
    case fieldName = "a field's name"
    case label = "a label"
    case path = "a path"
    case title = "a title"
  }

  /// Parses a text that must be known without running anything; the span includes the quotes.
  mutating func parsePlainText(_ use: PlainText) -> Name {
    guard kind == .textStart else {
      fail(.expectedText(use.rawValue, found: found, at: missingSpan))
      return Name("", at: gap)
    }
    let (parts, flavour, span) = parseText()
    var text = ""
    for part in parts {
      switch part {
      case .literal(let piece, _): text += piece
      case .interpolation(_, let place):
        note(.interpolationInPlainText(use.rawValue, at: place))
      }
    }
    if flavour.isSQL { note(.expectedText(use.rawValue, found: "SQL", at: span)) }
    return Name(text, at: span)
  }
}
