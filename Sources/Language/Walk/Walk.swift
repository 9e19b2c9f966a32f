import Diagnostics
import Objects
import Values

/// What a walk has met so far; one thread walks.
final class Walk {
  private(set) var items: [WalkItem] = []
  /// Says that a change was met: from there on checks can not be looked at.
  var hasChanged = false
  /// Says that a function may have returned in a branch that nobody knows yet.
  var hasMaybeReturned = false
  private var changed: Set<Subject> = []

  /// What of an object a change looks at and changes.
  private struct Subject: Hashable {
    var environment: String?
    var kind: String
    var identity: String
    var name: String
  }

  func add(_ item: WalkItem) {
    items.append(item)
  }

  /// Meets a change: what it saw of its object is the past where that was changed before it.
  func add(_ plan: Plan, at site: EffectSite) {
    hasChanged = true
    guard let precondition = plan.precondition else { return add(.change(plan, site)) }
    let subject = Subject(
      environment: plan.target.environment,
      kind: plan.target.kind,
      identity: plan.target.identity,
      name: precondition.subject
    )
    let isFirst = changed.insert(subject).inserted
    add(.change(isFirst ? plan : plan.behindChange(), site))
  }

  /// Walks something whose items belong together.
  func collect<Result>(
    _ body: () throws(PlacedFailure) -> Result
  ) throws(PlacedFailure) -> (Result, [WalkItem]) {
    let before = items
    items = []
    defer { items = before }
    let result = try body()
    return (result, items)
  }

  func branch<Result>(
    _ heading: String,
    _ body: () throws(PlacedFailure) -> Result
  ) throws(PlacedFailure) -> Result {
    let (result, met) = try collect(body)
    if !met.isEmpty { add(.branch(heading: heading, met)) }
    return result
  }
}

extension DoNode {
  /// Meets a `do` in a walk: lists what it would do and binds a result that is not known yet.
  func walk(_ walk: Walk, _ frame: inout Frame) throws(PlacedFailure) {
    var type = ValueType.any
    do throws(PlacedFailure) {
      let value = try source.value(&frame)
      if case .list(let values) = value {
        guard !values.isEmpty else {
          throw PlacedFailure(
            Failure(.nothingToDo, "there is nothing to do: the list of plans is empty"),
            span: sourceSpan
          )
        }
        for (index, value) in values.enumerated() { try meet(value, index, walk, &frame) }
      } else {
        try meet(value, nil, walk, &frame)
      }
      if case .plan(let plan as Plan) = value { type = plan.resultType }
    } catch {
      guard frame.notYetKnown(error) != nil else { throw error }
      addPending(isList: false, walk, frame)
    }
    guard let binding else { return }
    frame.slots[binding.slot] = .pending(
      Pending(place: "\(binding.name), line \(frame.line(of: position.span))", type: type)
    )
  }

  func meet(_ value: Value, _ index: Int?, _ walk: Walk, _ frame: inout Frame) throws(PlacedFailure)
  {
    switch value {
    case .plan(let plan as Plan): try meet(plan, index, walk, &frame)
    case .pending: addPending(isList: index != nil, walk, frame)
    case .record where source is RunNode:
      walk.add(.held(text: frame.text(of: sourceSpan), frame.place(of: position)))
    default:
      throw PlacedFailure(
        .wrongType(what: "what 'do' does", needed: "a plan", actual: value),
        span: sourceSpan
      )
    }
  }

  func meet(_ plan: Plan, _ index: Int?, _ walk: Walk, _ frame: inout Frame) throws(PlacedFailure) {
    let site = site(frame, isList: index != nil)
    guard case .call(let call) = plan.body, let call = call as? FunctionCall else {
      walk.add(plan, at: site)
      return
    }
    let (_, items) = try walk.collect { () throws(PlacedFailure) in
      try call.unit.run(call.arguments, from: &frame, caller: nil, word: word(call, index))
    }
    walk.add(.call(plan, site, items))
  }

  private func addPending(isList: Bool, _ walk: Walk, _ frame: Frame) {
    walk.add(
      .pendingChange(
        text: frame.text(of: position.span),
        effect: effect(frame),
        site(frame, isList: isList)
      )
    )
    walk.hasChanged = true
  }

  /// Without the plan the declarations say what it would do; of several the worst counts.
  private func effect(_ frame: Frame) -> Effect {
    let kinds = frame.operations.vocabulary.kinds.values
    let actions = calls.flatMap { name in
      kinds.compactMap { kind in kind.member(name).flatMap { $0.isAction ? $0 : nil } }
    }
    // What opsh keeps for itself needs no yes, as its plan will say when it is known.
    return actions.map { $0.isOwnRecord && $0.effect == .change ? .read : $0.effect }.max()
      ?? .change
  }
}

/// The walk from a `do`, inclusive, to the end of its step.
enum RestOfStep {
  static func walk(_ frame: Frame, from statement: DoNode, _ plans: [Plan], first: Int?)
    throws(Failure) -> [WalkItem]
  {
    do throws(PlacedFailure) {
      return try items(frame, statement, plans, first)
    } catch {
      throw error.failure
    }
  }

  private static func items(
    _ frame: Frame,
    _ statement: DoNode,
    _ plans: [Plan],
    _ first: Int?
  ) throws(PlacedFailure) -> [WalkItem] {
    let walk = Walk()
    var frame = frame
    frame.walk = walk
    for (offset, plan) in plans.enumerated() {
      try statement.meet(plan, first.map { $0 + offset }, walk, &frame)
    }
    statement.bindPending(plans, isList: first != nil, &frame)
    while true {
      try finish(&frame)
      guard let caller = frame.caller else { return walk.items }
      frame = caller.frame
      frame.walk = walk
      for (offset, plan) in caller.remaining.enumerated() {
        try caller.statement.meet(plan, caller.next + offset, walk, &frame)
      }
      caller.statement.bindPending([], isList: !caller.remaining.isEmpty, &frame)
    }
  }

  /// Walks what is left of the blocks and loops of an activation, from the innermost outwards.
  static func finish(_ frame: inout Frame) throws(PlacedFailure) {
    while let entry = frame.trail.popLast() {
      let flow =
        switch entry {
        case .block(let block, let index): try block.execute(from: index + 1, &frame)
        case .loop(let loop, let elements, let next): try loop.act(on: elements, from: next, &frame)
        }
      if case .returned = flow { frame.trail = [] }
    }
  }
}

extension DoNode {
  fileprivate func bindPending(_ plans: [Plan], isList: Bool, _ frame: inout Frame) {
    guard let binding else { return }
    let type = isList ? .any : plans.first?.resultType ?? .any
    frame.slots[binding.slot] = .pending(
      Pending(place: "\(binding.name), line \(frame.line(of: position.span))", type: type)
    )
  }
}
