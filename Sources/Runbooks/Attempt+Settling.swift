internal import Journals
internal import Language
internal import Objects
internal import Sinks
internal import Synchronization
internal import Values

/// Finding out how an effect ended that was begun before the run was interrupted.
extension Attempt {
  /// Looks by the plan's probe, and for what it gave; unknown where it has none.
  func settle(_ value: inout Value) throws(Failure) -> Plan.Probe {
    guard let begun = run.memory?.history.effects[path] else { return .unknown }
    surroundings.report(
      StyledText("in doubt  ", .yellow) + StyledText(plan.summary)
        + StyledText(", begun before the interruption: looking", .faint)
    )
    guard Run.isSame(begun.intent["plan"] ?? .null, PlanHash.content(of: plan)) else {
      throw Failure(
        .unknown,
        "whether '\(begun.intent["summary"]?.stringValue ?? path)' was done is not known, and at its"
          + " place the runbook would now do something else: '\(plan.summary)'",
        advice: ["look at \(PlanPrinter.target(plan.target)), then undo the run or begin a new one"]
      )
    }
    try lock()
    if plan.effect == .destroy { try attest() }
    let answer = plan.probe == nil ? Plan.Probe.unknown : try recordProbe(&value)
    if answer != .unknown { forget() }
    return answer
  }

  /// Asks a person how it ended: nobody and nothing answers for them.
  func decide() throws(Failure) -> RunMachine.Outcome {
    let target = PlanPrinter.target(plan.target)
    let isDone = try run.decide(
      plan.summary,
      at: path,
      target: target,
      calls: plan.calls.map(\.text)
    )
    forget()
    return isDone ? .ok : .failed
  }

  private func forget() {
    run.state.withLock { _ = $0.inherited.remove(path) }
  }

  /// What was found not to be done is asked for anew.
  func askAgain() throws(Failure) {
    guard isInherited else { return }
    let (plan, site) = (plan, site)
    try run.pass([plan], at: site) { () throws(Failure) in [.change(plan, site)] }
  }
}
