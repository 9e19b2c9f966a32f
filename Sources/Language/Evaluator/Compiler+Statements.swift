import Diagnostics
import Syntax
import Values

extension Compiler {
  /// Compiles statements in a scope of their own.
  mutating func block(_ block: Block, isRecorded: Bool = false) -> BlockNode {
    scoped { $0.statements(block.statements, isRecorded: isRecorded) }
  }

  /// Compiles statements into the scope that is open.
  mutating func statements(_ statements: [Statement], isRecorded: Bool) -> BlockNode {
    let outer = hasDo
    hasDo = false
    // What a block that acts binds may be needed by what comes after a crash.
    let records = isRecorded || statements.contains(where: \.hasDo)
    var nodes: [any StatementNode] = []
    for (index, statement) in statements.enumerated() {
      nodes.append(
        within(.fixed(String(index))) { $0.statement(statement, isRecorded: records) }
      )
    }
    let node = BlockNode(nodes, acts: hasDo, isRecorded: records)
    hasDo = outer || hasDo
    return node
  }

  mutating func statement(_ statement: Statement, isRecorded: Bool) -> any StatementNode {
    let position = position(statement.span)
    switch statement {
    case .bind(let name, let isDone, let pipeline, _):
      return bind(name, isDone: isDone, pipeline, position, isRecorded: isRecorded)
    case .perform(let pipeline, _): return perform(pipeline, binding: nil, position)
    case .giveBack(let pipeline, _):
      return ReturnNode(position, pipeline.map { self.pipeline($0) })
    case .expect(let pipeline, let reason, _):
      return ExpectNode(
        position,
        condition(pipeline),
        span: pipeline.span,
        reason: reason.map { expression($0) },
        reasonSpan: reason?.span ?? pipeline.span
      )
    case .branch(let statement): return branch(statement, position)
    case .loop(let statement): return loop(statement, position)
    case .parallelBlock(let arguments, let block, _):
      return parallel(arguments, block, position)
    case .parallelLoop(let arguments, let loop, _): return parallel(arguments, loop, position)
    case .retry(let statement): return retry(statement, position)
    case .waitUntil(let statement):
      return WaitNode(
        position,
        condition(statement.condition),
        span: statement.condition.span,
        pause: statement.pause.map { expression($0) },
        limit: expression(statement.limit)
      )
    case .attempt(let body, let error, let handler, _):
      return attempt(body, error, handler, position)
    case .confirm(let text, _):
      return QuestionNode(position, isConfirm: true, expression(text), span: text.span)
    case .manual(let text, _):
      return QuestionNode(position, isConfirm: false, expression(text), span: text.span)
    case .note(let text, _): return NoteNode(position, expression(text), span: text.span)
    case .show(let pipeline): return show(pipeline, position)
    case .help: return UnsupportedNode(position, Failure(.usage, "help works at the prompt only"))
    case .missing: return UnsupportedNode(position, Failure(.usage, "a statement is missing"))
    }
  }

  // MARK: - Kinds

  private mutating func bind(
    _ name: Name,
    isDone: Bool,
    _ pipeline: Pipeline,
    _ position: Position,
    isRecorded: Bool
  ) -> any StatementNode {
    guard isDone else {
      let node = self.pipeline(pipeline)
      return LetNode(
        position,
        name: name.text,
        slot: declare(name.text),
        node,
        isRecorded: isRecorded
      )
    }
    return perform(pipeline, binding: name.text, position)
  }

  private mutating func perform(_ pipeline: Pipeline, binding: String?, _ position: Position)
    -> any StatementNode
  {
    hasDo = true
    let node = self.pipeline(pipeline)
    return DoNode(
      position,
      node,
      sourceSpan: pipeline.span,
      binding: binding.map { ($0, declare($0)) },
      calls: pipeline.calledNames
    )
  }

  private mutating func show(_ pipeline: Pipeline, _ position: Position) -> any StatementNode {
    var isSilent = false
    var isCall = false
    if case .save? = pipeline.stages.last?.kind { isSilent = true }
    if pipeline.stages.isEmpty, case .expression(.call(.name(let name), _, _)) = pipeline.source,
      let unit = surroundings.functions[name.text]
    {
      isCall = true
      isSilent = unit.result == nil
    }
    return ShowNode(
      position,
      self.pipeline(pipeline, isShown: true),
      isSilent: isSilent,
      isCall: isCall
    )
  }

  private mutating func branch(_ statement: IfStatement, _ position: Position) -> IfNode {
    let condition = pipeline(statement.condition)
    let body = within(.fixed("then")) { $0.block(statement.body) }
    var alternative: BlockNode?
    switch statement.alternative {
    case .elseBlock(let block): alternative = within(.fixed("else")) { $0.block(block) }
    case .elseIf(let nested):
      alternative = within(.fixed("else")) { compiler in
        let outer = compiler.hasDo
        compiler.hasDo = false
        let node = compiler.branch(nested, compiler.position(nested.span))
        let acts = compiler.hasDo
        compiler.hasDo = outer || acts
        return BlockNode([node], acts: acts, isRecorded: false)
      }
    case nil: break
    }
    return IfNode(
      position,
      condition,
      span: statement.condition.span,
      body: body,
      alternative: alternative
    )
  }

  private mutating func loop(_ statement: ForStatement, _ position: Position) -> ForNode {
    let source = pipeline(statement.source)
    let turnSlot = newSlot()
    return scoped { compiler in
      let slot = compiler.declare(statement.name.text)
      let body = compiler.within(.turn("for", slot: turnSlot)) { $0.block(statement.body) }
      return ForNode(
        position,
        name: statement.name.text,
        slot: slot,
        turnSlot: turnSlot,
        source,
        sourceSpan: statement.source.span,
        body: body
      )
    }
  }

  private mutating func parallel(
    _ arguments: [Argument],
    _ block: Block,
    _ position: Position
  ) -> any StatementNode {
    let limit = limit(arguments)
    let turnSlot = newSlot()
    var turns: [BlockNode] = []
    var acts = false
    for (index, statement) in block.statements.enumerated() {
      let turn = within(.fixed("branch:\(index)")) { compiler in
        compiler.scoped { $0.statements([statement], isRecorded: false) }
      }
      acts = acts || turn.acts
      turns.append(turn)
    }
    return ParallelNode(
      position,
      .statements(turns),
      turnSlot: turnSlot,
      limit: limit ?? ConstantNode(.int(Int64(min(max(turns.count, 1), 64)))),
      acts: acts
    )
  }

  private mutating func parallel(
    _ arguments: [Argument],
    _ loop: ForStatement,
    _ position: Position
  ) -> any StatementNode {
    let limit = limit(arguments)
    let node = self.loop(loop, position)
    return ParallelNode(
      position,
      .loop(slot: node.slot, source: node.source, span: node.sourceSpan, body: node.body),
      turnSlot: node.turnSlot,
      limit: limit,
      acts: node.body.acts
    )
  }

  private mutating func limit(_ arguments: [Argument]) -> (any ExpressionNode)? {
    for argument in arguments {
      switch argument.label?.text {
      case "at_most": continue
      case let label?:
        return FailingNode(.notInThisVersion("\(label):"), at: argument.span)
      case nil:
        return FailingNode(
          .call("'parallel' takes at_most: with its label", advice: nil),
          at: argument.span
        )
      }
    }
    return arguments.first.map { expression($0.value) }
  }

  private mutating func retry(_ statement: RetryStatement, _ position: Position)
    -> any StatementNode
  {
    let count = expression(statement.count)
    let pause = statement.pause.map { expression($0) }
    let backoff = statement.backoff.map { expression($0) }
    let turnSlot = newSlot()
    let body = within(.turn("retry", slot: turnSlot)) { $0.block(statement.body) }
    return RetryNode(
      position,
      count: count,
      pause: pause,
      backoff: backoff,
      turnSlot: turnSlot,
      body: body
    )
  }

  private mutating func attempt(
    _ body: Block,
    _ error: Name,
    _ handler: Block,
    _ position: Position
  ) -> any StatementNode {
    let body = within(.fixed("try")) { $0.block(body) }
    return scoped { compiler in
      let slot = compiler.declare(error.text)
      return TryNode(
        position,
        body: body,
        slot: slot,
        handler: compiler.within(.fixed("catch")) { $0.block(handler) }
      )
    }
  }
}
