internal import Journals
package import Language
internal import Objects
internal import Sinks
package import Values

/// Steps that need more than one person.
extension Run {
  /// Refuses, before anything is run, what needs people whom nobody could count.
  ///
  /// - Parameter steps: the titles of those steps.
  package func requireDirectory(for steps: [String]) throws(Failure) {
    guard let first = steps.first else { return }
    guard let directory = surroundings.directory else {
      throw Failure(
        .approval,
        "step '\(first)' needs another person's yes, and without the control database nobody can tell"
          + " who that is; nothing was run",
        advice: [
          surroundings.lockTerms.withoutDirectory == nil
            ? "add to the stack:  control: postgres(url: secret(\"OPSH_CONTROL_URL\"))"
            : "--without-control can not stand for a person"
        ]
      )
    }
    try directory.check()
  }

  package func mayBegin(
    _ step: StepHeading,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    try requireDirectory(for: [step.title])
    guard let directory = surroundings.directory else { return }
    let items = try walk()
    let content = PlanHash.content(of: items)
    let pause = TeamPause(
      run: id,
      step: step.title,
      shown: try PlanHash.hash(content),
      needed: step.approvals,
      lines: PlanPrinter().lines(of: items).map(\.text)
    )
    let approvals = try directory.approvals(of: pause)
    let isEnough = approvals.count + 1 >= step.approvals
    if !isEnough, let names = try approvedBefore(pause, content, directory) {
      return surroundings.report(
        StyledText("approved by \(names) before it broke off", .faint)
      )
    }
    try recordApprovals(of: pause, content, approvals, isEnough)
    guard !isEnough else {
      let names = approvals.map(\.who).joined(separator: ", ")
      return surroundings.report(StyledText("approved by \(names)", .faint))
    }
    // Only now, so that whoever looks at it finds a record on the disk.
    try directory.pause(pause)
    let missing = step.approvals - 1 - approvals.count
    throw Failure(
      .waiting,
      "step '\(step.title)' waits for \(missing == 1 ? "another person" : "\(missing) other people")",
      advice: [
        "they type, as themselves: opsh approve \(id) \(surroundings.quoted(step.title))",
        "then you: opsh resume \(id)",
      ]
    )
  }

  /// Who said yes to the whole of a step of which only a part is left.
  ///
  /// The record says what they were shown, the directory whether they did say yes.
  private func approvedBefore(
    _ pause: TeamPause,
    _ left: JSON,
    _ directory: any TeamDirectory
  ) throws(Failure) -> String? {
    guard memory?.history.steps[pause.step] == .begun else { return nil }
    for record in (memory?.history.approvals[pause.step] ?? []).reversed() {
      guard
        let approved = ApprovedContent(record["content"], shown: record["shown"]?.stringValue),
        approved.covers(left)
      else { continue }
      var whole = pause
      whole.shown = approved.shown
      let approvals = try directory.approvals(of: whole)
      if approvals.count + 1 >= pause.needed {
        return approvals.map(\.who).joined(separator: ", ")
      }
    }
    return nil
  }

  private func recordApprovals(
    of pause: TeamPause,
    _ content: JSON,
    _ approvals: [TeamApproval],
    _ isEnough: Bool
  ) throws(Failure) {
    let who = approvals.map { approval -> JSON in
      ["at": .string(approval.at.text), "who": .string(approval.who)]
    }
    try surroundings.recorder.require(
      .checked,
      [
        .init("approvals", .array(who)), .init("content", content),
        .init("holds", .bool(isEnough)),
        .init("path", .string(pause.step)), .init("shown", .string(pause.shown)),
        .init("text", .string("approved by \(pause.needed)")),
      ]
    )
  }
}
