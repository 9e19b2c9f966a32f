import Diagnostics

extension Parser {
  /// Parses `{ statements }`.
  mutating func parseBlock(after what: String) -> Block {
    guard kind == .leftBrace else {
      let missing = Diagnostic.expectedBlock(
        after: what,
        found: found,
        at: missingSpan,
        isIncomplete: couldGoOn
      )
      fail(suggesting(Self.wordsInside, missing))
      return recoverBlock()
    }
    let opening = token
    advance()
    var statements: [Statement] = []
    guard enter() else { return Block(statements: [], span: opening.span) }
    defer { leave() }
    inside(spaces: false, blocks: false) { parser in
      statements = parser.parseStatements()
      parser.closeBlock(opening)
    }
    return Block(statements: statements, span: span(from: opening.start))
  }

  /// Finds the block behind an error in its statement's head, so that what is in it is still read.
  private mutating func recoverBlock() -> Block {
    var open = 0
    while true {
      switch kind {
      case .leftBrace where open == 0 && looksLikeBlock:
        isPanicking = false
        return parseBlock(after: "")
      case .endOfFile, .lineEnd, .semicolon, .rightBrace:
        if open == 0 || token.kind == .endOfFile { return Block(statements: [], span: gap) }
      case .leftParen, .leftBracket, .leftBrace, .interpolationStart, .spreadStart: open += 1
      case .rightParen, .rightBracket, .interpolationEnd: open = max(0, open - 1)
      default: break
      }
      if kind == .rightBrace { open = max(0, open - 1) }
      advance()
    }
  }

  /// Says that the brace here opens statements rather than a record.
  var looksLikeBlock: Bool {
    switch (kind(ahead: 1), kind(ahead: 2)) {
    case (.name, .colon), (.keyword, .colon): false
    default: true
    }
  }

  private mutating func parseStatements() -> [Statement] {
    var statements: [Statement] = []
    while true {
      while kind == .lineEnd || kind == .semicolon { advance() }
      if kind == .rightBrace || kind == .endOfFile || hasGivenUp { return statements }
      // A part of a file at the left margin says that the brace before it is missing.
      if beginsItem(index), token.start == 0 || bytes[token.start - 1] == UInt8(ascii: "\n") {
        return statements
      }
      let first = index
      statements.append(parseStatement())
      finishStatement(startedAt: first)
      if index == first, passedLineEnd != index { advance() }
    }
  }

  private mutating func closeBlock(_ opening: Token) {
    if take(.rightBrace) { return }
    if token.kind == .endOfFile {
      fail(.notClosed("{", opening: opening.span, atEnd: token.start))
    } else {
      fail(.notClosed("{", opening: opening.span, before: text(token), at: token.span))
    }
  }

  // MARK: - One statement

  mutating func parseStatement() -> Statement {
    let start = token.start
    switch kind {
    case .keyword(let word): return parseKeywordStatement(word, start)
    case .name where isWord("help") && isHelp: return parseHelp(start)
    case .name where kind(ahead: 1) == .equal:
      note(.bindingWithoutLet(text(token), at: token.span))
      return parseBinding(start)
    case .dot, .minus: note(.statementBeginsWithSign(text(token), at: token.span))
    default: break
    }
    return .show(parseSource())
  }

  private mutating func parseKeywordStatement(_ word: Keyword, _ start: Int) -> Statement {
    switch word {
    case .let:
      advance()
      return parseBinding(start)
    case .do:
      advance()
      let source = parseSource()
      return .perform(source, span: span(from: start))
    case .return:
      advance()
      let source = isAtStatementEnd ? nil : parseSource()
      return .giveBack(source, span: span(from: start))
    case .expect: return parseExpect(start)
    case .if: return .branch(parseIf(start))
    case .for: return .loop(parseFor(start))
    case .parallel: return parseParallel(start)
    case .retry: return parseRetry(start)
    case .wait: return parseWait(start)
    case .try: return parseTry(start)
    case .confirm, .manual, .note: return parseSaying(word, start)
    case .else, .catch, .undo, .probe:
      fail(.trailingWordWithoutBlock(word.rawValue, at: token.span))
      return .missing(gap)
    case .opsh, .runbook, .param, .use, .func, .step, .finally, .on:
      note(.itemInBlock(word.rawValue, at: token.span))
      _ = parseItem(documentation: [])
      return .missing(span(from: start))
    default: return .show(parseSource())
    }
  }

  private mutating func parseBinding(_ start: Int) -> Statement {
    let name = parseNewName("let")
    guard take(.equal) else {
      fail(.expectedEqualSign(after: name.text, found: found, at: missingSpan))
      return .missing(span(from: start))
    }
    skipLineEnd()
    let isDone = take(.keyword(.do))
    let source = parseSource()
    return .bind(name: name, isDone: isDone, source, span: span(from: start))
  }

  /// Parses a name that is given here; `use` says by which word.
  mutating func parseNewName(_ use: String) -> Name {
    switch kind {
    case .name:
      let name = Name(text(token), at: token.span)
      advance()
      if name.text.utf8.contains(where: { $0 >= 65 && $0 <= 90 }) { note(.nameNotSnakeCase(name)) }
      return name
    case .keyword(let word):
      note(.reservedName(word.rawValue, at: token.span))
      let name = Name(text(token), at: token.span)
      advance()
      return name
    default:
      fail(.expectedName(after: use, found: found, at: missingSpan))
      return Name("", at: gap)
    }
  }

  private mutating func parseExpect(_ start: Int) -> Statement {
    advance()
    let condition = parsePipeline()
    let reason = !isPanicking && takeTrailing(.else) ? parseExpression() : nil
    return .expect(condition, reason: reason, span: span(from: start))
  }

  private mutating func parseSaying(_ word: Keyword, _ start: Int) -> Statement {
    advance()
    let text = parseExpression()
    let span = span(from: start)
    return switch word {
    case .confirm: .confirm(text, span: span)
    case .manual: .manual(text, span: span)
    default: .note(text, span: span)
    }
  }

  // MARK: - Help

  /// Says that this `help` is the statement and not a name: a thing to explain follows, or nothing.
  private var isHelp: Bool {
    switch kind(ahead: 1) {
    case .name: true
    case .keyword(let word): !lineGoesOn(after: index + 1) && word != .not
    case .lineEnd, .endOfFile, .semicolon: mode == .prompt
    default: false
    }
  }

  private mutating func parseHelp(_ start: Int) -> Statement {
    if mode == .file { note(.helpInFile(at: token.span)) }
    advance()
    guard !isAtStatementEnd else { return .help(nil, span: span(from: start)) }
    if case .keyword = kind {
      let word = Name(text(token), at: token.span)
      advance()
      return .help(.name(word), span: span(from: start))
    }
    let subject = parsePostfix()
    return .help(subject, span: span(from: start))
  }
}
