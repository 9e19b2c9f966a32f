import Objects
import Values

/// What a run that goes on after an interruption does before it does anything new.
extension CompiledRunbook {
  /// Puts the arguments on record, where they are not yet.
  func record(_ arguments: [String: Value], _ frame: inout Frame) throws(PlacedFailure) {
    for parameter in parameters {
      guard let value = frame.world.parameters?.known[parameter.name],
        arguments[parameter.name] != nil
      else { continue }
      try ParameterStore.record(value, of: parameter, frame)
    }
  }

  /// Looks again at the result of the last step that was done, by its `probe`.
  func lookAgain(_ frame: inout Frame) throws(PlacedFailure) {
    guard let recollection = frame.recollection else { return }
    let open = steps.filter { recollection.step($0.heading.title) != .done }
    frame.needed = open.reduce(into: []) { $0.formUnion($1.reads) }
    let done = steps.prefix { step in
      switch recollection.step(step.heading.title) {
      case .done, .skipped: true
      case .begun, nil: false
      }
    }
    guard let last = done.last(where: { recollection.step($0.heading.title) == .done }),
      let probe = last.probe
    else { return }
    var looking = frame
    looking.needed = nil
    for step in done where recollection.step(step.heading.title) == .done {
      try step.body.recall(recollection, &looking)
    }
    guard try answer(of: probe, &looking) == .notDone else { return }
    let words =
      "step '\(last.heading.title)' was done, but its probe says that it is so no longer; go on?"
    do throws(Failure) {
      _ = try frame.operations.ask(Question(words, .confirm), at: frame.place(of: last.position))
    } catch {
      throw PlacedFailure(error, at: frame.place(of: last.position))
    }
  }

  /// Goes on with a step that was begun; one that is over only gives its names.
  func goOn(
    _ step: Step,
    from state: RecalledStep,
    _ recollection: any Recollection,
    _ frame: inout Frame
  ) throws(PlacedFailure) {
    switch state {
    case .skipped: return
    case .done: try step.body.recall(recollection, &frame)
    case .begun:
      if try isDone(step, recollection, &frame) {
        try step.body.recall(recollection, &frame)
      } else {
        try runBody(step, &frame)
      }
    }
  }

  /// Asks the step's own `probe`, where nothing else can tell how what is in doubt in it ended.
  private func isDone(
    _ step: Step,
    _ recollection: any Recollection,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Bool {
    guard let probe = step.probe, recollection.isProbeNeeded(for: step.heading.title) else {
      return false
    }
    var looking = frame
    try step.body.recall(recollection, &looking)
    let answer = try answer(of: probe, &looking)
    do throws(Failure) {
      try frame.operations.didProbe(step.heading, answer)
    } catch {
      throw PlacedFailure(error, at: frame.place(of: step.position))
    }
    return answer == .done
  }

  /// True is done, false not done, anything else and what can not be looked at unknown.
  func answer(of probe: any ExpressionNode, _ frame: inout Frame) throws(PlacedFailure)
    -> Plan.Probe
  {
    do throws(PlacedFailure) {
      return switch try probe.value(&frame) {
      case .bool(true): .done
      case .bool(false): .notDone
      default: .unknown
      }
    } catch {
      guard error.failure.isCatchable || error.pending != nil else { throw error }
      return .unknown
    }
  }
}
