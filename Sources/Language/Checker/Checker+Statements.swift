import Diagnostics
import Objects
import Syntax
import Values

extension Checker {
  /// Checks a block with names of its own.
  func check(_ block: Block) {
    names.open()
    for statement in block.statements { check(statement) }
    warnOfUnused(names.close())
  }

  func check(_ statement: Statement) {
    switch statement {
    case .bind(let name, let isDone, let value, _):
      let type = isDone ? inferDone(value, after: name.span.end) : inferMayAsk(value)
      declare(name, type, .letName)
    case .perform(let plan, let span): _ = inferDone(plan, after: span.start)
    case .giveBack(let value, let span): checkReturn(value, at: span)
    case .expect(let condition, let reason, _):
      checkCondition(condition, of: "'expect'", mayAsk: false)
      if let reason { require(.text, reason, what: "the reason after 'else'") }
    case .branch(let branch): check(branch)
    case .loop(let loop): check(loop)
    case .parallelBlock(let arguments, let block, _): checkParallel(arguments, block)
    case .parallelLoop(let arguments, let loop, _): checkParallel(arguments, loop)
    case .retry(let retry): check(retry)
    case .waitUntil(let wait): check(wait)
    case .attempt(let body, let error, let handler, _): checkTry(body, error, handler)
    case .confirm(let text, let span): checkQuestion("confirm", text, at: span)
    case .manual(let text, let span): checkQuestion("manual", text, at: span)
    case .note(let text, _): require(.text, text, what: "a note")
    case .show(let value): checkShown(value)
    case .help(let topic, _): checkHelp(topic)
    case .missing: break
    }
  }

  // MARK: - Plans

  /// Gives what doing a plan gives; `start` is somewhere before the `do`.
  private func inferDone(_ pipeline: Pipeline, after start: Int) -> StaticType {
    let given = infer(pipeline)
    switch given.plain {
    case .any: return .any
    case .plan: return StaticType(given.result ?? .any)
    case .list(let element) where element.unwrapped == .plan || element == .any:
      return StaticType(.list(of: given.result ?? .any))
    default:
      let word = wordBefore(pipeline.span.start, after: start)
      add(.doWithoutPlan(given.plain, isRun: pipeline.isRun, at: pipeline.span, word: word))
      return given
    }
  }

  /// Finds the `do` and the space behind it.
  private func wordBefore(_ end: Int, after start: Int) -> SourceSpan {
    var position = end
    while position - 2 >= start {
      if source.bytes[position - 2] == UInt8(ascii: "d"),
        source.bytes[position - 1] == UInt8(ascii: "o")
      {
        return SourceSpan(position - 2, end)
      }
      position -= 1
    }
    return SourceSpan(end, end)
  }

  private func checkShown(_ pipeline: Pipeline) {
    let given = infer(pipeline)
    guard given.isPlanned, !scope.isPrompt else { return }
    add(.planNotDone(isRun: pipeline.isRun, at: pipeline.span))
  }

  // MARK: - Functions

  private func checkReturn(_ value: Pipeline?, at span: SourceSpan) {
    let given = value.map { infer($0) } ?? StaticType(.nothing)
    guard let function else {
      add(.returnOutsideFunction(at: span))
      return
    }
    guard let result = function.result, let type = type(of: result) else { return }
    let place = value?.span ?? span
    require(type, given, value?.single, at: place, what: "what '\(function.name.text)' returns")
  }

  /// Gives the type a declaration means, without reporting one that there is not.
  func type(of name: TypeName) -> ValueType? {
    guard let type = scope.vocabulary.type(named: name.name.text) else { return nil }
    return name.isList ? .list(of: type) : type
  }

  // MARK: - Branches and loops

  private func check(_ branch: IfStatement) {
    checkCondition(branch.condition, of: "'if'")
    check(branch.body)
    switch branch.alternative {
    case .elseIf(let next): check(next)
    case .elseBlock(let block): check(block)
    case nil: break
    }
  }

  private func check(_ loop: ForStatement) {
    let given = infer(loop.source)
    if !isList(given.plain) {
      add(.notAList(given.plain, what: "'for'", at: loop.source.span))
    }
    names.open()
    declare(loop.name, isList(given.plain) ? element(of: given) : .any, .loop)
    for statement in loop.body.statements { check(statement) }
    warnOfUnused(names.close())
  }

  private func check(_ retry: RetryStatement) {
    require(.int, retry.count, what: "the count of 'retry'")
    if let pause = retry.pause { require(.duration, pause, what: "'every'") }
    if let factor = retry.backoff { require(.number, factor, what: "'backoff'") }
    check(retry.body)
  }

  private func check(_ wait: WaitStatement) {
    checkCondition(wait.condition, of: "'wait until'", mayAsk: false)
    if let pause = wait.pause { require(.duration, pause, what: "'every'") }
    require(.duration, wait.limit, what: "'for'")
  }

  private func checkTry(_ body: Block, _ error: Name, _ handler: Block) {
    check(body)
    names.open()
    let kinds = Failure.Kind.allCases.filter { Failure($0, "").isCatchable }.map(\.rawValue)
    let fields: [ValueType.Field] = [
      .init("kind", .oneOf(kinds)), .init("message", .text), .init("where", .text),
    ]
    declare(error, StaticType(.fields(fields)), .caught)
    for statement in handler.statements { check(statement) }
    warnOfUnused(names.close())
  }

  // MARK: - Parallel

  private func checkParallel(_ arguments: [Argument], _ block: Block) {
    checkParallelArguments(arguments)
    let outer = isInParallel
    isInParallel = true
    for statement in block.statements {
      names.open()
      check(statement)
      warnOfUnused(names.close(.parallel))
    }
    isInParallel = outer
  }

  private func checkParallel(_ arguments: [Argument], _ loop: ForStatement) {
    checkParallelArguments(arguments)
    let outer = isInParallel
    isInParallel = true
    check(loop)
    isInParallel = outer
  }

  private func checkParallelArguments(_ arguments: [Argument]) {
    for (parameter, argument) in match(arguments, to: Self.parallelParameters, of: "parallel") {
      require(parameter?.type ?? .any, argument)
      guard let label = argument.label, label.text == "canary" || label.text == "give_up" else {
        continue
      }
      addLater("'\(label.text):'", at: argument.span)
    }
  }

  // MARK: - Questions

  private func checkQuestion(_ word: String, _ text: Expression, at span: SourceSpan) {
    require(.text, text, what: "the text of '\(word)'")
    if isInParallel { add(.asksInParallel(word, at: span)) }
  }

  /// Checks that a member asked about exists; other topics are names of many kinds.
  private func checkHelp(_ topic: Expression?) {
    guard case .member(let base, let name, _, _) = topic else { return }
    switch base {
    case .name, .member: _ = lookUp(name, in: infer(base))
    default: break
    }
  }
}

extension Pipeline {
  /// The expression, where nothing follows it.
  var single: Expression? {
    guard stages.isEmpty, case .expression(let expression) = source else { return nil }
    return expression
  }

  var isRun: Bool {
    if case .run = source { true } else { false }
  }
}
