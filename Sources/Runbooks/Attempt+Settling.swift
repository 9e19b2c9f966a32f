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
    // What it was about is another by now: the plan of today can not tell how that one ended.
    guard isSame(begun) else { return .unknown }
    try lock()
    if plan.effect == .destroy { try attest() }
    let answer = plan.probe == nil ? Plan.Probe.unknown : try recordProbe(&value)
    if answer != .unknown { forget() }
    return answer
  }

  private func isSame(_ begun: RunHistory.Effect) -> Bool {
    Run.isSame(begun.intent["plan"] ?? .null, PlanHash.content(of: plan))
  }

  /// Asks a person how it ended: nobody and nothing answers for them.
  func decide() throws(Failure) -> RunMachine.Outcome {
    let isDone: Bool
    if let begun = run.memory?.history.effects[path], !isSame(begun) {
      surroundings.report(
        StyledText("at its place the runbook would now do: \(plan.summary)", .yellow)
      )
      isDone = try run.decide(begun.intent, at: path)
    } else {
      isDone = try run.decide(
        plan.summary,
        at: path,
        target: PlanPrinter.target(plan.target),
        calls: plan.calls.map(\.text)
      )
    }
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
