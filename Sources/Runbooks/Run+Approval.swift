private import Journals
package import Language
private import Objects
private import Sinks
private import Synchronization
package import Values

extension Run {
  /// Looks at a run before its first step (`design: Plans 12 and 13`).
  ///
  /// `approved` is the hash that was given with `--approve`, `hash` that of this walk.
  ///
  /// - Throws: `approval` where an answer would be needed that nobody can give, or the approval
  ///   does not fit; nothing was run then.
  package func prepare(walk: [WalkItem], hash: String, approved: String?) throws(Failure) {
    if approved != nil || !surroundings.person.isPresent { try refuseQuestions(walk) }
    if let approved {
      try redeem(approved, hash: hash, walk: walk)
    } else if !surroundings.person.isPresent {
      try refuseUnapproved(walk, hash: hash)
    }
  }

  private func refuseQuestions(_ walk: [WalkItem]) throws(Failure) {
    guard !surroundings.person.isPresent,
      let first = PlanPrinter.questions(in: walk).first
    else { return }
    throw Failure(
      .approval,
      "'\(first.question.text)' has to be answered, and there is no terminal",
      advice: ["give what can be known beforehand as name=value; nothing was run"]
    )
  }

  private func redeem(_ approved: String, hash: String, walk: [WalkItem]) throws(Failure) {
    try refuseUnapprovable(walk)
    guard approved == hash else {
      offer(hash)
      throw Failure(
        .approval,
        "the plan is not the one that was approved; nothing was run",
        advice: ["this plan would be approved by: \(surroundings.commandLine(hash))"]
      )
    }
    let now = surroundings.now()
    switch try answer(approved, at: now) {
    case .accepted: break
    case .used(let time):
      throw Failure(
        .approval,
        "this approval was used already" + (time.map { " at \($0.text)" } ?? ""),
        advice: [
          "an approval serves one run; the same plan can be approved anew after"
            + " \(ApprovalStore.lifetime.roundedText), another one at once"
        ]
      )
    case .expired(let offered):
      throw Failure(
        .approval,
        "this approval is older than 30 minutes: the plan was shown at \(offered.text)",
        advice: ["look at the plan again"]
      )
    }
    state.withLock { state in
      state.approval = (approved, now)
      state.coverage.add(walk, includesDestroys: true)
    }
  }

  private func answer(_ hash: String, at now: Time) throws(Failure) -> ApprovalStore.Answer {
    do throws(JournalError) {
      return try surroundings.approvals.redeem(hash, at: now)
    } catch {
      throw Failure(.journal, error.message)
    }
  }

  private func refuseUnapproved(_ walk: [WalkItem], hash: String) throws(Failure) {
    let strictest = surroundings.terms.strictestEnvironment
    let isAnyProtected = strictest.map(surroundings.terms.isProtected) ?? true
    let needed = PlanPrinter.changes(in: walk).first { change in
      // Which environment a pending change is for is not known: the strictest counts.
      guard let plan = change.plan else {
        return change.effect == .destroy || change.effect == .change && isAnyProtected
      }
      if case .refuse = Guard.decide(facts(of: plan, isCovered: false)) { return true }
      return false
    }
    guard let needed else { return }
    try refuseUnapprovable(walk)
    offer(hash)
    throw Failure(
      .approval,
      "'\(needed.text)' needs a yes, and there is no terminal; nothing was run",
      advice: ["exactly this plan would be approved by: \(surroundings.commandLine(hash))"]
    )
  }

  private func refuseUnapprovable(_ walk: [WalkItem]) throws(Failure) {
    let reasons = PlanPrinter.unapprovable(in: walk)
    guard let first = reasons.first else { return }
    throw Failure(
      .approval,
      first,
      advice: Array(reasons.dropFirst()) + ["run it at a terminal; nothing was run"]
    )
  }

  /// Remembers when a hash was shown, so that an approval can grow old.
  package func offer(_ hash: String) {
    do throws(JournalError) {
      try surroundings.approvals.offer(hash, at: surroundings.now())
    } catch {
      surroundings.report(StyledText("warning: \(error.message)", .yellow))
    }
  }
}
