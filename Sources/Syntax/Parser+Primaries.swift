import Diagnostics

extension Parser {
  mutating func parsePrimary() -> Expression {
    height = 1
    let span = token.span
    switch kind {
    case .int, .number, .percent, .duration, .size, .time: return parseNumber()
    case .textStart: return parseTextExpression()
    case .name: return .name(takeName())
    case .keyword(let word): return parseKeyword(word)
    case .dot:
      roles[index] = .field
      advance()
      return .field(parseMemberName(), self.span(from: span.start))
    case .leftParen: return parseParenthesized()
    case .leftBracket: return parseList()
    case .leftBrace where !bracesAreBlocks: return parseRecord()
    case .leftBrace where !looksLikeBlock:
      let record = parseRecord()
      note(.recordInHead(at: record.span, in: source))
      return record
    default: return missingExpression()
    }
  }

  private mutating func takeName() -> Name {
    let name = Name(text(token), at: token.span)
    advance()
    return name
  }

  private mutating func parseKeyword(_ word: Keyword) -> Expression {
    let span = token.span
    switch word {
    case .true, .false:
      advance()
      return .bool(word == .true, span)
    case .nothing:
      advance()
      return .nothing(span)
    case .now:
      advance()
      return .now(span)
    case .it:
      advance()
      return .it(span)
    case .do:
      note(.misplacedDo(at: span))
      advance()
      return parsePostfix()
    case .run: return parseBareRun()
    case .not:
      note(.notNeedsParentheses(at: span))
      advance()
      return parsePostfix()
    default: return missingExpression()
    }
  }

  mutating func missingExpression() -> Expression {
    let place = missingSpan
    if case .keyword(let word) = kind, !lineGoesOn(after: index) {
      fail(.reservedWord(word.rawValue, at: place))
    } else {
      fail(.expectedExpression(found: found, at: place, isIncomplete: couldGoOn))
    }
    // What the lexer refused stands for the expression that it was meant to be.
    if token.kind == .invalid { advance() }
    return .missing(gap)
  }

  // MARK: - Numbers

  private mutating func parseNumber() -> Expression {
    let token = token
    let letters = bytes[token.start..<token.end]
    advance()
    do {
      return try literal(token, letters)
    } catch let failure as NumberReading.Failure {
      note(.badNumber(failure, text(token), at: token.span))
    } catch let failure as TimeReading.Failure {
      note(.badTime(failure, text(token), at: token.span))
    } catch {
      return .missing(token.span)
    }
    return .missing(token.span)
  }

  private mutating func literal(_ token: Token, _ letters: ArraySlice<UInt8>) throws -> Expression {
    switch token.kind {
    case .int: return .int(try NumberReading.int(letters), token.span)
    case .number: return .number(try NumberReading.number(letters), token.span)
    case .percent: return .percent(try NumberReading.number(letters.dropLast()), token.span)
    case .size: return .size(try NumberReading.size(letters), token.span)
    case .time: return .time(try TimeReading.time(letters), token.span)
    default:
      let value = try NumberReading.duration(letters)
      guard take(.keyword(.ago)) else { return .duration(value, token.span) }
      return .ago(value, span(from: token.start))
    }
  }

  // MARK: - Brackets

  private mutating func parseParenthesized() -> Expression {
    let opening = token
    advance()
    let pipeline = inside(spaces: true, blocks: false) { $0.parseSource() }
    grow(over: height)
    closeBracket(opening, .rightParen, "')'")
    return .parenthesized(pipeline, span(from: opening.start))
  }

  private mutating func parseList() -> Expression {
    let opening = token
    advance()
    var elements: [Expression] = []
    var tallest = 0
    inside(spaces: true, blocks: false) { parser in
      while parser.kind != .rightBracket, parser.kind != .endOfFile, !parser.isPanicking {
        elements.append(parser.parseExpression())
        tallest = max(tallest, parser.height)
        guard parser.take(.comma) else { break }
      }
      parser.close(.rightBracket, "']'", opening: opening, expected: "',' or ']'")
    }
    grow(over: tallest)
    return .list(elements, span(from: opening.start))
  }

  private mutating func parseRecord() -> Expression {
    let opening = token
    roles[index] = .record
    advance()
    var fields: [RecordField] = []
    var tallest = 0
    inside(spaces: false, blocks: false) { parser in
      parser.skipSeparators()
      while parser.kind != .rightBrace, parser.kind != .endOfFile, !parser.isPanicking {
        guard let field = parser.parseRecordField() else { break }
        fields.append(field)
        tallest = max(tallest, parser.height)
        guard parser.kind == .comma || parser.kind == .lineEnd else { break }
        parser.skipSeparators()
      }
      parser.roles[parser.index] = .record
      parser.close(.rightBrace, "'}'", opening: opening, expected: "',' or '}'")
    }
    grow(over: tallest)
    return .record(fields, span(from: opening.start))
  }

  /// Skips the comma or line ends between entries.
  mutating func skipSeparators() {
    while kind == .lineEnd { advance() }
    if kind == .comma { advance() }
    while kind == .lineEnd { advance() }
  }

  private mutating func parseRecordField() -> RecordField? {
    if kind == .textStart {
      let name = parsePlainText(.fieldName)
      guard take(.colon) else {
        fail(.expectedColon(after: name.text, found: found, at: missingSpan))
        return nil
      }
      skipLineEnd()
      return RecordField(name: name, isQuoted: true, value: parseExpression())
    }
    switch kind {
    case .name, .keyword:
      let name = takeName()
      if kind == .equal {
        note(.equalSignAfterLabel(name.text, at: token.span))
        advance()
      } else if !take(.colon) {
        fail(.expectedColon(after: name.text, found: found, at: missingSpan))
        return nil
      }
      skipLineEnd()
      return RecordField(name: name, isQuoted: false, value: parseExpression())
    default:
      fail(.expectedFieldName(found: found, at: missingSpan))
      return nil
    }
  }
}
