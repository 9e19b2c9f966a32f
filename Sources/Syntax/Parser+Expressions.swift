import Diagnostics

extension BinaryOperator {
  /// How tightly the operator binds; larger is tighter.
  var level: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .is, .isNot, .less, .lessOrEqual, .greater, .greaterOrEqual, .in, .notIn, .matches: 4
    case .otherwise: 5
    case .range: 6
    case .add, .subtract: 7
    case .multiply, .divide: 8
    }
  }

  static let notLevel = 3
  static let comparisonLevel = 4
}

extension Parser {
  /// Parses an expression whose operators bind at least as tightly as `level`.
  mutating func parseExpression(level: Int = 1) -> Expression {
    guard enter() else { return .missing(gap) }
    defer { leave() }
    let start = token.start
    var left = parsePrefixed(level: level)
    while let (operation, length) = operatorHere(), operation.level >= level {
      let leftHeight = height
      let sign = SourceSpan(token.start, tokens[index + length - 1].end)
      for _ in 0..<length { advance() }
      skipLineEnd()
      let right = parseExpression(level: operation.level + (operation == .otherwise ? 0 : 1))
      grow(over: leftHeight, height)
      left = .binary(left, operation, right, span(from: start))
      if hasGivenUp { break }
      refuseChain(after: operation, sign)
    }
    return left
  }

  /// Gives the operator that stands here and how many tokens it is.
  private mutating func operatorHere() -> (BinaryOperator, Int)? {
    if kind == .lineEnd, beginsWronglyWithOperator { joinLine() }
    let next = kind(ahead: 1)
    return switch kind {
    case .keyword(.or): (.or, 1)
    case .keyword(.and): (.and, 1)
    case .keyword(.is): next == .keyword(.not) ? (.isNot, 2) : (.is, 1)
    case .keyword(.in): (.in, 1)
    case .keyword(.not) where next == .keyword(.in): (.notIn, 2)
    case .keyword(.matches): (.matches, 1)
    case .less: (.less, 1)
    case .lessOrEqual: (.lessOrEqual, 1)
    case .greater: (.greater, 1)
    case .greaterOrEqual: (.greaterOrEqual, 1)
    case .otherwise: (.otherwise, 1)
    case .range: (.range, 1)
    case .plus: (.add, 1)
    case .minus: (.subtract, 1)
    case .star: (.multiply, 1)
    case .slash: (.divide, 1)
    case .equal: equalSign()
    default: nil
    }
  }

  /// Reads a `=` among operators as the comparison that was meant.
  private mutating func equalSign() -> (BinaryOperator, Int)? {
    guard !isPanicking else { return nil }
    if diagnostics.last?.span != token.span { note(.equalSignInExpression(at: token.span)) }
    return (.is, 1)
  }

  private var beginsWronglyWithOperator: Bool {
    switch token.kind {
    case .keyword(.or), .keyword(.and), .keyword(.is), .keyword(.in), .keyword(.matches), .less,
      .lessOrEqual, .greater, .greaterOrEqual, .otherwise, .range, .plus, .minus, .star, .slash:
      tokens[min(index + 1, tokens.count - 1)].kind != .colon
    case .keyword(.not): tokens[min(index + 1, tokens.count - 1)].kind == .keyword(.in)
    default: false
    }
  }

  /// Reports a second comparison or range in a row; it is read on, to say it once.
  private mutating func refuseChain(after operation: BinaryOperator, _ sign: SourceSpan) {
    let level = operation.level
    guard level == BinaryOperator.comparisonLevel || operation == .range, kind != .equal,
      let (next, length) = operatorHere(), next.level == level
    else { return }
    let second = SourceSpan(token.start, tokens[index + length - 1].end)
    if !isPanicking { note(.chained(operation, first: sign, at: second)) }
  }

  private mutating func parsePrefixed(level: Int) -> Expression {
    guard kind == .keyword(.not) else { return parseUnary() }
    let start = token.start
    if level > BinaryOperator.notLevel { note(.notNeedsParentheses(at: token.span)) }
    advance()
    let operand = parseExpression(level: BinaryOperator.notLevel)
    grow(over: height)
    return .not(operand, span(from: start))
  }

  private mutating func parseUnary() -> Expression {
    guard kind == .minus else { return parsePostfix() }
    guard enter() else { return .missing(gap) }
    defer { leave() }
    let start = token.start
    roles[index] = .prefix
    advance()
    let operand = parseUnary()
    grow(over: height)
    return .negate(operand, span(from: start))
  }

  // MARK: - Members, indices, calls

  mutating func parsePostfix() -> Expression {
    let start = token.start
    var base = parsePrimary()
    while !hasGivenUp {
      let baseHeight = height
      if kind == .lineEnd, token.kind == .dot || token.kind == .optionalDot { joinLine() }
      switch kind {
      case .dot, .optionalDot:
        let isOptional = kind == .optionalDot
        advance()
        let name = parseMemberName()
        grow(over: baseHeight)
        base = .member(base, name, isOptional: isOptional, span(from: start))
      case .leftBracket:
        let opening = openBracket()
        let place = inside(spaces: true, blocks: false) { $0.parsePipeline() }
        grow(over: baseHeight, height)
        closeBracket(opening, .rightBracket, "']'")
        base = .index(base, place, span(from: start))
      case .leftParen:
        roles[index] = .attached
        let arguments = parseArguments()
        grow(over: baseHeight, height)
        base = .call(base, arguments, span(from: start))
      default:
        height = baseHeight
        return base
      }
    }
    return base
  }

  private mutating func openBracket() -> Token {
    roles[index] = .attached
    let opening = token
    advance()
    return opening
  }

  /// Takes the closing sign with line ends still being spaces before it.
  mutating func closeBracket(_ opening: Token, _ wanted: TokenKind, _ expected: String) {
    inside(spaces: true, blocks: false) {
      $0.close(wanted, expected, opening: opening, expected: expected)
    }
  }

  /// Parses the name behind a `.`; reserved words are ordinary there.
  mutating func parseMemberName() -> Name {
    switch kind {
    case .name, .keyword:
      let name = Name(text(token), at: token.span)
      advance()
      return name
    default:
      fail(.expectedMemberName(found: found, at: missingSpan, isIncomplete: couldGoOn))
      return Name("", at: gap)
    }
  }

  /// Parses `(a, b, label: c)`, the opening sign being here; leaves the largest height of them.
  mutating func parseArguments() -> [Argument] {
    let opening = token
    advance()
    var arguments: [Argument] = []
    var tallest = 0
    inside(spaces: true, blocks: false) { parser in
      while parser.kind != .rightParen, parser.kind != .endOfFile, !parser.isPanicking {
        let before = parser.index
        arguments.append(parser.parseArgument(after: arguments.last))
        tallest = max(tallest, parser.height)
        guard parser.take(.comma), parser.index > before else { break }
      }
      parser.close(.rightParen, "')'", opening: opening, expected: "',' or ')'")
    }
    height = tallest
    return arguments
  }

  private mutating func parseArgument(after previous: Argument?) -> Argument {
    let start = token.start
    let label = parseLabel()
    let value = parseExpression()
    let argument = Argument(label: label, value: value, span: span(from: start))
    if label == nil, let previous, previous.label != nil, !isPanicking {
      note(.positionalAfterNamed(at: argument.span, named: previous.span))
    }
    return argument
  }

  /// Takes `name:` if it stands here; reserved words are ordinary there.
  mutating func parseLabel() -> Name? {
    switch kind {
    case .name, .keyword:
      let next = kind(ahead: 1)
      guard next == .colon || (next == .equal && linesAreSpaces) else { return nil }
      let name = Name(text(token), at: token.span)
      advance()
      if next == .equal { note(.equalSignAfterLabel(name.text, at: token.span)) }
      advance()
      skipLineEnd()
      return name
    default: return nil
    }
  }
}
