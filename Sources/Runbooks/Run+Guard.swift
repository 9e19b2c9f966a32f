internal import Journals
internal import Language
internal import Objects
internal import Sinks
internal import Synchronization
internal import Values

extension Run {
  /// What the guard has to know of a plan.
  func facts(of plan: Plan, isCovered: Bool) -> Guard.Facts {
    let environment = plan.target.environment ?? surroundings.terms.strictestEnvironment
    let now = surroundings.now()
    let (isUnlocked, isBound) = state.withLock { state in
      let until = environment.flatMap { state.unlockedUntil[$0] }
      return (until.map { now < $0 } ?? false, state.approval != nil)
    }
    return Guard.Facts(
      effect: plan.effect,
      // Without a stack nothing says that anything is unprotected.
      isProtected: !plan.target.isOwnRecord
        && environment.map(surroundings.terms.isProtected) ?? true,
      isUnlocked: isUnlocked,
      isCovered: isCovered,
      isBoundToApproval: isBound,
      hasTerminal: surroundings.person.isPresent,
      environment: environment ?? plan.target.identity,
      object: plan.target.identity,
      token: plan.measure?.token
    )
  }

  /// Lets plans through the guard, or throws; asks at most once for a list.
  func pass(
    _ plans: [Plan],
    at site: EffectSite,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    try checkApprovalAge()
    var asked: [Plan] = []
    // A line in opsh's own record needs no more of a yes than a note does.
    for plan in plans where !plan.target.isOwnRecord {
      let isCovered = state.withLock { $0.coverage.take(plan, at: site) }
      switch Guard.decide(facts(of: plan, isCovered: isCovered)) {
      case .pass: continue
      case .refuse(let refusal): throw failure(refusal, plan)
      case .ask(let confirmation):
        guard plan.effect != .destroy else {
          try confirm(confirmation, [.change(plan, site)], plan, isRest: false)
          continue
        }
        asked.append(plan)
      }
    }
    guard let first = asked.first,
      case .ask(let confirmation) = Guard.decide(facts(of: first, isCovered: false))
    else { return }
    try askForRest(confirmation, asked, first, at: site, walk: walk)
  }

  /// Asks for what is at hand and for the rest of the step at once.
  private func askForRest(
    _ confirmation: Guard.Confirmation,
    _ plans: [Plan],
    _ first: Plan,
    at site: EffectSite,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    var items = try walk()
    let shown = PlanPrinter.changes(in: items)
    let isAtHandShown = plans.allSatisfy { plan in
      let content = PlanHash.content(of: plan)
      return shown.contains { change in
        change.plan.map { $0 === plan || Coverage.fits(PlanHash.content(of: $0), content) } ?? false
      }
    }
    if !isAtHandShown { items = plans.map { .change($0, site) } + items }
    // One answer stands for one environment: what changes another is asked for at its place.
    try confirm(confirmation, items, first, isRest: true)
    let environment = facts(of: first, isCovered: false).environment
    state.withLock { state in
      state.coverage.add(
        Self.items(items) { self.environmentName(of: $0) == environment },
        includesDestroys: false
      )
      for plan in plans { _ = state.coverage.take(plan, at: site) }
    }
  }

  private func environmentName(of plan: Plan) -> String {
    plan.target.environment ?? surroundings.terms.strictestEnvironment ?? plan.target.identity
  }

  /// Keeps the changes that fit; a change that is pending as a whole names no environment yet.
  private static func items(
    _ items: [WalkItem],
    where isWanted: (Plan) -> Bool
  ) -> [WalkItem] {
    items.compactMap { item in
      switch item {
      case .change(let plan, _): isWanted(plan) ? item : nil
      case .call(let plan, let site, let inner):
        .call(plan, site, Self.items(inner, where: isWanted))
      case .step(let heading, let inner): .step(heading, Self.items(inner, where: isWanted))
      case .branch(let heading, let inner):
        .branch(heading: heading, Self.items(inner, where: isWanted))
      default: item
      }
    }
  }

  private func confirm(
    _ confirmation: Guard.Confirmation,
    _ items: [WalkItem],
    _ plan: Plan,
    isRest: Bool
  ) throws(Failure) {
    let prompt: String
    switch confirmation {
    case .yes: prompt = "do this? [y/N] "
    case .word(let word):
      let warning =
        switch (isRest, plan.undo) {
        case (true, _): ""
        case (false, nil): ", it can not be undone"
        case (false, _?): ", it loses data"
        }
      prompt = "type \(word) to do this\(warning): "
    }
    let lines = PlanPrinter().lines(of: items)
    let answer = try converse(prompt, at: plan.summary, lines: lines)
    guard confirmation.isGiven(by: answer) else {
      throw Failure(
        .approval,
        answer == nil || answer == ""
          ? "'\(plan.summary)' was not answered" : "'\(plan.summary)' was refused",
        advice: ["nothing of it was done"]
      )
    }
  }

  private func checkApprovalAge() throws(Failure) {
    let now = surroundings.now()
    guard let approval = state.withLock({ $0.approval }),
      !ApprovalStore.isFresh(approval.usedAt, at: now)
    else { return }
    throw Failure(.approval, "the approval is older than 30 minutes; nothing further was done")
  }

  private func failure(_ refusal: Guard.Refusal, _ plan: Plan) -> Failure {
    switch refusal {
    case .noTerminal:
      Failure(
        .approval,
        "'\(plan.summary)' needs a yes, and there is no terminal",
        advice: hashAdvice(plan)
      )
    case .notApproved:
      Failure(
        .approval,
        "'\(plan.summary)' is not what was approved; nothing further was done",
        advice: ["look at the plan again"]
      )
    case .unmeasured:
      Failure(
        .approval,
        "'\(plan.summary)' loses data and how much could not be measured, so it is not done"
      )
    }
  }

  private func hashAdvice(_ plan: Plan) -> [String] {
    guard let hash = try? PlanHash.hash(of: plan) else { return [] }
    return ["the plan is \(hash)", "look at it with opsh plan, then give --approve"]
  }
}
