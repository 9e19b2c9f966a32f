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
    let pause = TeamPause(
      run: id,
      step: step.title,
      shown: try PlanHash.hash(PlanHash.content(of: items)),
      needed: step.approvals,
      lines: PlanPrinter().lines(of: items).map(\.text)
    )
    let approvals = try directory.approvals(of: pause)
    let isEnough = approvals.count + 1 >= step.approvals
    try recordApprovals(of: pause, approvals, isEnough)
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

  private func recordApprovals(
    of pause: TeamPause,
    _ approvals: [TeamApproval],
    _ isEnough: Bool
  ) throws(Failure) {
    let who = approvals.map { approval -> JSON in
      ["at": .string(approval.at.text), "who": .string(approval.who)]
    }
    try surroundings.recorder.require(
      .checked,
      [
        .init("approvals", .array(who)), .init("holds", .bool(isEnough)),
        .init("path", .string(pause.step)), .init("shown", .string(pause.shown)),
        .init("text", .string("approved by \(pause.needed)")),
      ]
    )
  }
}
