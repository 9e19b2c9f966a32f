import Diagnostics

extension Parser {
  /// Parses a step; `step` is behind us.
  mutating func parseStep(_ documentation: [String], _ start: Int) -> StepDeclaration {
    let title = parsePlainText(.title)
    var clauses = StepClauses()
    while !isPanicking, parseStepClause(&clauses) {}
    let body = parseBlock(after: "step")
    let undo = takeTrailing(.undo) ? parseBlock(after: "undo") : nil
    let probe = takeTrailing(.probe) ? parseProbe() : nil
    if probe != nil, undo == nil, token.kind == .keyword(.undo) {
      note(.stepClauseOrder("undo", before: "probe", at: token.span))
      _ = takeTrailing(.undo)
      _ = parseBlock(after: "undo")
    }
    return StepDeclaration(
      title: title,
      condition: clauses.condition,
      timeout: clauses.timeout,
      approvals: clauses.approvals,
      body: body,
      undo: undo,
      probe: probe,
      documentation: documentation,
      span: span(from: start)
    )
  }

  private struct StepClauses {
    var condition: Pipeline?
    var timeout: Expression?
    var approvals: Expression?
  }

  /// Parses `when`, `timeout` or `approved by`; false if none of them is here.
  private mutating func parseStepClause(_ clauses: inout StepClauses) -> Bool {
    let place = token.span
    if take(.keyword(.when)) {
      if clauses.condition != nil {
        note(.secondItem("when", at: place, first: place))
      } else if clauses.timeout != nil || clauses.approvals != nil {
        let other = clauses.timeout != nil ? "timeout" : "approved by"
        note(.stepClauseOrder("when", before: other, at: place))
      }
      clauses.condition = parseHead()
      return true
    }
    if takeWord("timeout") {
      if clauses.timeout != nil {
        note(.secondItem("timeout", at: place, first: place))
      } else if clauses.approvals != nil {
        note(.stepClauseOrder("timeout", before: "approved by", at: place))
      }
      clauses.timeout = parseHeadExpression()
      return true
    }
    guard takeWord("approved") else { return false }
    if clauses.approvals != nil { note(.secondItem("approved by", at: place, first: place)) }
    expectWord("by", after: "approved")
    if !isPanicking { clauses.approvals = parseHeadExpression() }
    return true
  }

  private mutating func parseProbe() -> Pipeline? {
    guard kind == .leftBrace else {
      fail(
        .expectedBlock(after: "probe", found: found, at: missingSpan, isIncomplete: couldGoOn)
      )
      return nil
    }
    let opening = token
    advance()
    return inside(spaces: false, blocks: false) { parser in
      parser.skipLineEnd()
      let condition = parser.parsePipeline()
      while parser.kind == .lineEnd { parser.advance() }
      parser.close(.rightBrace, "'}'", opening: opening, expected: "'}'")
      return condition
    }
  }

  // MARK: - The stack file

  mutating func parseStack() -> StackDeclaration {
    let start = token.start
    let first = index
    advance()
    let title = parsePlainText(.title)
    let entries = parseEntries(after: "stack")
    let stack = StackDeclaration(title: title, entries: entries, span: span(from: start))
    finishStatement(startedAt: first)
    while kind == .lineEnd || kind == .semicolon { advance() }
    if kind != .endOfFile { note(.afterStack(at: token.span)) }
    return stack
  }

  private mutating func parseEntries(after what: String) -> [StackEntry] {
    guard kind == .leftBrace else {
      let missing = Diagnostic.expectedBlock(
        after: what,
        found: found,
        at: missingSpan,
        isIncomplete: couldGoOn
      )
      fail(suggesting(Self.wordsInside, missing))
      return []
    }
    let opening = token
    advance()
    guard enter() else { return [] }
    defer { leave() }
    var entries: [StackEntry] = []
    inside(spaces: false, blocks: false) { parser in
      parser.skipSeparators()
      while parser.kind != .rightBrace, parser.token.kind != .endOfFile, !parser.hasGivenUp {
        let first = parser.index
        if let entry = parser.parseEntry() { entries.append(entry) }
        parser.finishEntry()
        if parser.index == first, parser.passedLineEnd != first { parser.advance() }
      }
      parser.close(.rightBrace, "'}'", opening: opening, expected: "'}'")
    }
    return entries
  }

  /// Ends an entry: at a comma, its line's end, or before the `}`.
  private mutating func finishEntry() {
    if kind != .comma, kind != .lineEnd, kind != .rightBrace, kind != .endOfFile {
      fail(.unexpectedAfterEntry(text(token), at: token.span))
      skipToStatementEnd()
      if kind == .semicolon { advance() }
    }
    isPanicking = false
    skipSeparators()
  }

  private mutating func parseEntry() -> StackEntry? {
    let start = token.start
    let isName: Bool
    switch kind {
    case .name, .keyword: isName = true
    default: isName = false
    }
    guard isName else {
      fail(.expectedEntry(found: found, at: missingSpan))
      return nil
    }
    let name = Name(text(token), at: token.span)
    advance()
    if kind == .equal {
      note(.equalSignAfterLabel(name.text, at: token.span))
      advance()
      return .value(name: name, parseExpression())
    }
    if take(.colon) {
      skipLineEnd()
      return .value(name: name, parseExpression())
    }
    return parseBlockEntry(name, start)
  }

  private mutating func parseBlockEntry(_ kindName: Name, _ start: Int) -> StackEntry? {
    let label: Name
    switch kind {
    case .textStart: label = parsePlainText(.label)
    case .name:
      label = Name(text(token), at: token.span)
      advance()
    default:
      fail(.expectedColon(after: kindName.text, found: found, at: missingSpan))
      return nil
    }
    let entries = parseEntries(after: kindName.text)
    return .block(kind: kindName, label: label, entries: entries, span: span(from: start))
  }
}
