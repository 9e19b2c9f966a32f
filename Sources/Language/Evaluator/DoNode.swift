import Diagnostics
import Objects
import Values

/// `do plan` and `let name = do plan`.
final class DoNode: StatementNode {
  let position: Position
  let source: any ExpressionNode
  let sourceSpan: SourceSpan
  let binding: (name: String, slot: Int)?
  /// The members and functions that the source calls; they say what a plan that is not known yet
  /// would do.
  let calls: [String]

  init(
    _ position: Position,
    _ source: any ExpressionNode,
    sourceSpan: SourceSpan,
    binding: (name: String, slot: Int)?,
    calls: [String]
  ) {
    self.position = position
    self.source = source
    self.sourceSpan = sourceSpan
    self.binding = binding
    self.calls = calls
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let recalled = try recalledEffect(frame)
    if case .done(let result)? = recalled {
      try bind(result, &frame)
      return .next
    }
    let isInDoubt = if case .inDoubt? = recalled { true } else { false }
    if let walk = frame.walk {
      if isInDoubt { meetDoubt(walk, &frame) } else { try self.walk(walk, &frame) }
      return .next
    }
    guard let value = try planValue(isInDoubt: isInDoubt, &frame) else { return .next }
    let result: Value
    switch value {
    case .plan(let reference):
      let results = try perform([plan(reference, frame)], isList: false, &frame)
      result = results.first ?? .nothing
    case .record where source is RunNode: result = value
    default: result = .list(try perform(plans(value, &frame), isList: true, &frame))
    }
    guard let binding else { return .next }
    frame.slots[binding.slot] = result
    do throws(Failure) {
      try frame.operations.didBind(binding.name, result, at: frame.place(of: position))
    } catch {
      throw PlacedFailure(error)
    }
    return .next
  }

  // MARK: - Going on

  func recall(_ recollection: any Recollection, _ frame: inout Frame) throws(PlacedFailure) {
    guard binding != nil, case .done(let result)? = try recalledEffect(frame) else { return }
    try bind(result, &frame)
  }

  private func recalledEffect(_ frame: Frame) throws(PlacedFailure) -> RecalledEffect? {
    guard let recollection = frame.recollection else { return nil }
    do throws(Failure) {
      return try recollection.effect(at: frame.path(of: position))
    } catch {
      throw PlacedFailure(error, span: sourceSpan)
    }
  }

  /// Makes the plan, or the list of them.
  ///
  /// Nothing where it can not be made, because what it was about is gone, and a person said that it
  /// was done.
  private func planValue(isInDoubt: Bool, _ frame: inout Frame) throws(PlacedFailure) -> Value? {
    guard isInDoubt else { return try source.value(&frame) }
    frame.isSettling = true
    defer { frame.isSettling = false }
    do throws(PlacedFailure) {
      return try source.value(&frame)
    } catch {
      guard binding == nil, error.failure.isCatchable, error.pending == nil else { throw error }
      let isDone: Bool
      do throws(Failure) {
        isDone = try frame.operations.decide(
          at: site(frame, isList: false),
          because: error.failure
        )
      } catch let failure {
        throw PlacedFailure(failure, span: sourceSpan)
      }
      guard isDone else { throw error }
      return nil
    }
  }

  /// Binds what was given before the run was interrupted; that can not be had again by reading.
  private func bind(_ result: Recalled<Value>, _ frame: inout Frame) throws(PlacedFailure) {
    guard let binding else { return }
    do throws(Failure) {
      if case .known(let value)? = try frame.recollection?.value(at: frame.path(of: position)) {
        frame.slots[binding.slot] = value
        return
      }
      guard case .known(let value) = result else {
        guard frame.needed?.contains(binding.slot) != false else { return }
        throw Failure(
          .value,
          "what '\(binding.name)' was bound to is not on record: it held a secret or was too large",
          advice: ["do by hand what still needs it; the rest of the run can not know it"]
        )
      }
      frame.slots[binding.slot] = value
      guard frame.walk == nil else { return }
      try frame.operations.didBind(binding.name, value, at: frame.place(of: position))
    } catch {
      throw PlacedFailure(error, span: sourceSpan)
    }
  }

  /// Meets in a walk what will first be looked for in the world.
  private func meetDoubt(_ walk: Walk, _ frame: inout Frame) {
    walk.add(
      .check(
        text: "in doubt, found out first: \(frame.text(of: position.span))",
        frame.place(of: position)
      )
    )
    walk.hasChanged = true
    guard let binding else { return }
    frame.slots[binding.slot] = .pending(
      Pending(place: "\(binding.name), line \(frame.line(of: position.span))", type: .any)
    )
  }

  // MARK: - Plans

  private func plan(_ reference: any PlanReference, _ frame: Frame) throws(PlacedFailure) -> Plan {
    guard let plan = reference as? Plan else {
      throw PlacedFailure(.call("this is not a plan", advice: nil), span: sourceSpan)
    }
    return plan
  }

  private func plans(_ value: Value, _ frame: inout Frame) throws(PlacedFailure) -> [Plan] {
    guard case .list(let values) = value else { throw notPlan(value, frame) }
    guard !values.isEmpty else {
      throw PlacedFailure(
        Failure(.nothingToDo, "there is nothing to do: the list of plans is empty"),
        span: sourceSpan
      )
    }
    var plans: [Plan] = []
    for value in values {
      guard case .plan(let reference) = value else { throw notPlan(value, frame) }
      plans.append(try plan(reference, frame))
    }
    return plans
  }

  private func notPlan(_ value: Value, _ frame: Frame) -> PlacedFailure {
    frame.wrong(
      .wrongType(what: "what 'do' does", needed: "a plan", actual: value),
      value,
      sourceSpan
    )
  }

  func site(_ frame: Frame, isList: Bool) -> EffectSite {
    EffectSite(
      place: frame.place(of: position),
      step: frame.step,
      binding: binding?.name,
      isList: isList
    )
  }

  /// Names the call in the paths of its effects; in a list each has its own.
  func word(_ call: FunctionCall, _ index: Int?) -> String {
    index.map { "\(call.unit.name):\($0)" } ?? call.unit.name
  }

  // MARK: - Doing

  /// Effects go out together, calls of actions one by one; the order is kept.
  private func perform(_ plans: [Plan], isList: Bool, _ frame: inout Frame) throws(PlacedFailure)
    -> [Value]
  {
    var results: [Value] = []
    var index = 0
    while index < plans.count {
      let rest = Array(plans[(index + 1)...])
      if case .call(let call) = plans[index].body, let call = call as? FunctionCall {
        do throws(PlacedFailure) {
          results.append(try run(call, plans[index], rest, at: isList ? index : nil, &frame))
        } catch {
          throw error.naming(notDone: rest)
        }
        index += 1
        continue
      }
      let effects = plans[index...].prefix { if case .effect = $0.body { true } else { false } }
      guard !effects.isEmpty else {
        throw PlacedFailure(.notInThisVersion("doing a runbook from a runbook"), span: sourceSpan)
      }
      let after = Array(plans[effects.endIndex...])
      let snapshot = frame
      do throws(Failure) {
        results += try frame.operations.perform(
          Array(effects),
          at: site(frame, isList: isList)
        ) { () throws(Failure) in
          try RestOfStep.walk(
            snapshot,
            from: self,
            Array(effects) + after,
            first: isList ? index : nil
          )
        }
      } catch {
        throw PlacedFailure(error, span: sourceSpan).naming(notDone: after)
      }
      index = effects.endIndex
    }
    return results
  }

  private func run(
    _ call: FunctionCall,
    _ plan: Plan,
    _ rest: [Plan],
    at index: Int?,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Value {
    let isList = index != nil
    let site = site(frame, isList: isList)
    let word = word(call, index)
    let snapshot = frame
    if case .done(let result)? = try recalledCall(word, frame) {
      guard case .known(let value) = result else { return .nothing }
      return value
    }
    do throws(Failure) {
      try frame.operations.willCall(plan, at: site, word: word) { () throws(Failure) in
        try RestOfStep.walk(snapshot, from: self, [plan] + rest, first: index)
      }
    } catch {
      throw PlacedFailure(error, span: sourceSpan)
    }
    let caller = Caller(frame: frame, statement: self, remaining: rest, next: (index ?? 0) + 1)
    do throws(PlacedFailure) {
      let result = try call.unit.run(
        try recalledArguments(word, frame) ?? call.arguments,
        from: &frame,
        caller: caller,
        word: word
      )
      frame.operations.didCall(plan, at: site, word: word, .success(result))
      return result
    } catch {
      frame.operations.didCall(plan, at: site, word: word, .failure(error.failure))
      var error = error
      var place = frame.place(of: position)
      place.span = sourceSpan
      error.trace.append(place)
      throw error
    }
  }
}

extension DoNode {
  private func recalledCall(_ word: String, _ frame: Frame) throws(PlacedFailure)
    -> RecalledEffect?
  {
    do throws(Failure) {
      return try frame.recollection?.effect(at: frame.path(of: position) + "/" + word)
    } catch {
      throw PlacedFailure(error, span: sourceSpan)
    }
  }

  /// The arguments of a call that was begun: what they were computed from may be another by now.
  private func recalledArguments(_ word: String, _ frame: Frame) throws(PlacedFailure)
    -> Arguments?
  {
    do throws(Failure) {
      let path = frame.path(of: position) + "/" + word
      return try frame.recollection?.arguments(ofCallAt: path).map { Arguments($0) }
    } catch {
      throw PlacedFailure(error, span: sourceSpan)
    }
  }
}

extension PlacedFailure {
  fileprivate func naming(notDone plans: [Plan]) -> PlacedFailure {
    guard !plans.isEmpty else { return self }
    var failure = self
    failure.failure.advice.append(
      "not done: " + plans.map(\.summary).joined(separator: "; ")
    )
    return failure
  }
}
