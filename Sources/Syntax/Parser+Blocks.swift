import Diagnostics

/// Statements that have blocks.
extension Parser {
  /// Parses `if`; a chain of `else if` is read in a loop and then put together from its end.
  mutating func parseIf(_ start: Int) -> IfStatement {
    var links: [(condition: Pipeline, body: Block, start: Int)] = []
    var last: Block?
    var start = start
    while true {
      advance()
      let condition = parseHead()
      links.append((condition, parseBlock(after: "if"), start))
      guard !hasGivenUp, takeTrailing(.else) else { break }
      guard kind == .keyword(.if) else {
        last = parseBlock(after: "else")
        break
      }
      guard links.count + depth < Self.depthLimit else {
        note(.tooManyBranches(limit: Self.depthLimit, at: token.span))
        skipToStatementEnd()
        break
      }
      start = token.start
    }
    return join(links, last)
  }

  private func join(
    _ links: [(condition: Pipeline, body: Block, start: Int)],
    _ last: Block?
  ) -> IfStatement {
    var alternative = last.map(IfStatement.Alternative.elseBlock)
    let end = last?.span.end ?? links.last?.body.span.end ?? previousEnd
    for link in links.dropFirst().reversed() {
      let statement = IfStatement(
        condition: link.condition,
        body: link.body,
        alternative: alternative,
        span: SourceSpan(link.start, max(link.start, end))
      )
      alternative = .elseIf(statement)
    }
    let first = links[0]
    return IfStatement(
      condition: first.condition,
      body: first.body,
      alternative: alternative,
      span: SourceSpan(first.start, max(first.start, end))
    )
  }

  mutating func parseFor(_ start: Int) -> ForStatement {
    advance()
    let name = parseNewName("for")
    if !take(.keyword(.in)) {
      fail(.expectedWord("in", in: "for", found: found, at: missingSpan))
    }
    skipLineEndAfterIn()
    let source = isPanicking ? missingPipeline() : parseHead()
    let body = parseBlock(after: "for")
    return ForStatement(name: name, source: source, body: body, span: span(from: start))
  }

  private mutating func skipLineEndAfterIn() {
    if index > 0, tokens[index - 1].kind == .keyword(.in) { skipLineEnd() }
  }

  func missingPipeline() -> Pipeline {
    Pipeline(source: .expression(.missing(gap)), stages: [], span: gap)
  }

  mutating func parseParallel(_ start: Int) -> Statement {
    advance()
    var arguments: [Argument] = []
    if kind == .leftParen {
      roles[index] = .attached
      arguments = parseArguments()
    }
    if kind == .keyword(.for) {
      let loop = parseFor(token.start)
      return .parallelLoop(arguments: arguments, loop, span: span(from: start))
    }
    let body = parseBlock(after: "parallel")
    return .parallelBlock(arguments: arguments, body, span: span(from: start))
  }

  mutating func parseRetry(_ start: Int) -> Statement {
    advance()
    let count = parseHeadExpression()
    let pause = takeWord("every") ? parseHeadExpression() : nil
    let backoff = takeWord("backoff") ? parseHeadExpression() : nil
    let body = parseBlock(after: "retry")
    return .retry(
      RetryStatement(
        count: count,
        pause: pause,
        backoff: backoff,
        body: body,
        span: span(from: start)
      )
    )
  }

  mutating func parseWait(_ start: Int) -> Statement {
    advance()
    if !take(.keyword(.until)) {
      fail(.expectedWord("until", in: "wait", found: found, at: missingSpan))
    }
    let condition = parsePipeline()
    let pause = !isPanicking && takeWord("every") ? parseExpression() : nil
    var limit = Expression.missing(gap)
    if !isPanicking {
      if take(.keyword(.for)) {
        limit = parseExpression()
      } else {
        fail(.waitWithoutLimit(at: missingSpan, found: found))
      }
    }
    let span = span(from: start)
    return .waitUntil(
      WaitStatement(condition: condition, pause: pause, limit: limit, span: span)
    )
  }

  mutating func parseTry(_ start: Int) -> Statement {
    advance()
    let body = parseBlock(after: "try")
    guard takeTrailing(.catch) else {
      fail(suggesting([.catch], .tryWithoutCatch(at: missingSpan)))
      return .attempt(
        body: body,
        error: Name("", at: gap),
        handler: Block(statements: [], span: gap),
        span: span(from: start)
      )
    }
    let name = parseNewName("catch")
    let handler = parseBlock(after: "catch")
    return .attempt(body: body, error: name, handler: handler, span: span(from: start))
  }
}
