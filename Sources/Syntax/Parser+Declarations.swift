import Diagnostics

extension Parser {
  /// Parses a whole file.
  mutating func parseFile() -> SyntaxFile {
    skipEnds()
    let version = parseVersion()
    skipEnds()
    let contents: SyntaxFile.Contents
    if isWord("stack"), kind(ahead: 1) == .textStart {
      contents = .stack(parseStack())
    } else {
      contents = .items(parseItems())
    }
    return SyntaxFile(source: source, version: version, contents: contents, comments: comments)
  }

  private mutating func skipEnds() {
    while kind == .lineEnd || kind == .semicolon { advance() }
  }

  private mutating func parseVersion() -> (number: Int, span: SourceSpan)? {
    guard kind == .keyword(.opsh) else { return nil }
    let start = token.start
    advance()
    guard kind == .int, let number = Int(text(token)) else {
      fail(.expectedVersion(found: found, at: missingSpan))
      skipToStatementEnd()
      isPanicking = false
      return nil
    }
    let place = token.span
    advance()
    if number != 1 { note(.unknownVersion(number, at: place)) }
    let span = span(from: start)
    finishStatement(startedAt: index)
    return (number, span)
  }

  private mutating func parseItems() -> [Item] {
    var items: [Item] = []
    var order = ItemOrder()
    while true {
      skipEnds()
      if kind == .endOfFile || hasGivenUp { break }
      let first = index
      if kind == .rightBrace {
        note(.nothingToClose(text(token), at: token.span))
        advance()
        continue
      }
      let documentation = documentation(before: token.start)
      let place = token.span
      let item = parseItem(documentation: documentation)
      finishStatement(startedAt: first)
      if index == first, passedLineEnd != index { advance() }
      if let item {
        items.append(item)
        if let finding = order.check(item, at: place) { note(finding) }
      }
    }
    return items
  }

  /// Parses a part of a file; nothing for what cannot be one.
  mutating func parseItem(documentation: [String]) -> Item? {
    let start = token.start
    guard case .keyword(let word) = kind, word.beginsItem else {
      return .statement(parseStatement())
    }
    if word == .on, !followedByFailure { return .statement(parseStatementOn()) }
    advance()
    switch word {
    case .opsh:
      note(.versionNotFirst(at: SourceSpan(start, start + 4)))
      if kind == .int { advance() }
      return nil
    case .runbook:
      let title = parsePlainText(.title)
      return .runbook(title: title, documentation: documentation, span: span(from: start))
    case .use:
      let path = parsePlainText(.path)
      return .use(path: path, span: span(from: start))
    case .param: return .parameter(parseParameter(documentation, start))
    case .func: return .function(parseFunction(documentation, start))
    case .step: return .step(parseStep(documentation, start))
    case .on:
      advance()
      let block = parseBlock(after: "on failure")
      return .onFailure(block, span: span(from: start))
    default:
      let block = parseBlock(after: "finally")
      return .finally(block, span: span(from: start))
    }
  }

  private var followedByFailure: Bool {
    kind(ahead: 1) == .name && spells("failure", index + 1)
  }

  private mutating func parseStatementOn() -> Statement {
    let start = token.start
    advance()
    fail(.expectedWord("failure", in: "on", found: found, at: missingSpan))
    skipToStatementEnd()
    return .missing(span(from: start))
  }

  /// Gives the `##` lines that end on the line before `offset`.
  func documentation(before offset: Int) -> [String] {
    var low = 0
    var high = comments.count
    while low < high {
      let middle = (low + high) / 2
      if comments[middle].span.end <= offset { low = middle + 1 } else { high = middle }
    }
    var lines: [String] = []
    var next = offset
    while low > 0 {
      let comment = comments[low - 1]
      let gap = bytes[comment.span.end..<next]
      guard comment.isDocumentation, comment.standsAlone,
        gap.allSatisfy({ $0 <= UInt8(ascii: " ") }),
        gap.count(where: { $0 == UInt8(ascii: "\n") }) == 1
      else { break }
      lines.append(comment.text)
      next = comment.span.start
      low -= 1
    }
    return lines.reversed()
  }

  // MARK: - Parameters and functions

  private mutating func parseParameter(
    _ documentation: [String],
    _ start: Int
  ) -> ParameterDeclaration {
    let name = parseNewName("param")
    let type = parseTypeAfterColon(name)
    var value: Pipeline?
    if !isPanicking, take(.equal) {
      skipLineEnd()
      value = parsePipeline()
    }
    return ParameterDeclaration(
      name: name,
      type: type,
      defaultValue: value,
      documentation: documentation,
      span: span(from: start)
    )
  }

  private mutating func parseTypeAfterColon(_ name: Name) -> TypeName {
    guard take(.colon) else {
      fail(.expectedType(of: name.text, found: found, at: missingSpan))
      return TypeName(name: Name("", at: gap), isList: false, span: gap)
    }
    return parseType(of: name.text)
  }

  private mutating func parseType(of what: String) -> TypeName {
    let start = token.start
    var isList = false
    if isWord("list"), kind(ahead: 1) == .name, spells("of", index + 1) {
      advance()
      advance()
      isList = true
    }
    switch kind {
    case .name, .keyword(.nothing):
      let name = Name(text(token), at: token.span)
      advance()
      if isList, name.text == "list", isWord("of") {
        fail(.listOfLists(at: span(from: start)))
        skipToStatementEnd()
      }
      return TypeName(name: name, isList: isList, span: span(from: start))
    default:
      fail(.expectedType(of: what, found: found, at: missingSpan))
      return TypeName(name: Name("", at: gap), isList: isList, span: gap)
    }
  }

  private mutating func parseFunction(
    _ documentation: [String],
    _ start: Int
  ) -> FunctionDeclaration {
    deepest = 0
    let name = parseNewName("func")
    let parameters = parseFunctionParameters(name)
    var result: TypeName?
    if !isPanicking, take(.colon) { result = parseType(of: name.text) }
    let body = parseBlock(after: "func")
    return FunctionDeclaration(
      name: name,
      parameters: parameters,
      result: result,
      body: body,
      nesting: deepest,
      documentation: documentation,
      span: span(from: start)
    )
  }

  private mutating func parseFunctionParameters(_ name: Name) -> [FunctionParameter] {
    guard kind == .leftParen else {
      fail(.expectedParameters(of: name.text, found: found, at: missingSpan))
      return []
    }
    roles[index] = .attached
    let opening = token
    advance()
    var parameters: [FunctionParameter] = []
    inside(spaces: true, blocks: false) { parser in
      while parser.kind != .rightParen, parser.kind != .endOfFile, !parser.isPanicking {
        parameters.append(parser.parseFunctionParameter())
        guard parser.take(.comma) else { break }
      }
      parser.close(.rightParen, "')'", opening: opening, expected: "',' or ')'")
    }
    return parameters
  }

  private mutating func parseFunctionParameter() -> FunctionParameter {
    let start = token.start
    let name = parseNewName("func")
    let type = parseTypeAfterColon(name)
    let value = !isPanicking && take(.equal) ? parseExpression() : nil
    return FunctionParameter(
      name: name,
      type: type,
      defaultValue: value,
      span: span(from: start)
    )
  }
}
