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
    if let walk = frame.walk {
      try self.walk(walk, &frame)
      return .next
    }
    let value = try source.value(&frame)
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
    do throws(Failure) {
      try frame.operations.willCall(plan, at: site) { () throws(Failure) in
        try RestOfStep.walk(snapshot, from: self, [plan] + rest, first: index)
      }
    } catch {
      throw PlacedFailure(error, span: sourceSpan)
    }
    let caller = Caller(frame: frame, statement: self, remaining: rest, next: (index ?? 0) + 1)
    do throws(PlacedFailure) {
      let result = try call.unit.run(
        call.arguments,
        from: &frame,
        caller: caller,
        word: word
      )
      frame.operations.didCall(plan, at: site, failure: nil)
      return result
    } catch {
      frame.operations.didCall(plan, at: site, failure: error.failure)
      var error = error
      var place = frame.place(of: position)
      place.span = sourceSpan
      error.trace.append(place)
      throw error
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
