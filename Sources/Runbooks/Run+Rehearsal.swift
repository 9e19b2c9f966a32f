internal import Language
internal import Objects
internal import Sinks
internal import Synchronization
internal import Values

/// Measuring a change by doing it and taking it back, before a person is asked.
extension Run {
  /// Puts the measured plan in the place of each that a person is about to be asked for.
  ///
  /// Only where somebody is there to ask and the environment is protected: an approval was given for
  /// the plan as it was estimated.
  func rehearse(_ turns: inout [Turn], at site: EffectSite) throws(Failure) {
    for index in turns.indices {
      let plan = turns[index].plan
      guard let rehearse = plan.rehearse, isAskedFor(turns[index], at: site) else { continue }
      surroundings.report(StyledText("rehearsing \(plan.summary)", .faint))
      turns[index].plan = try rehearse(callContext)
    }
  }

  private func isAskedFor(_ turn: Turn, at site: EffectSite) -> Bool {
    guard surroundings.person.isPresent, !turn.isDone, !isInherited(turn.path(at: site)) else {
      return false
    }
    var coverage = state.withLock { $0.coverage }
    let isCovered = coverage.take(turn.plan, at: site)
    let facts = facts(of: turn.plan, isCovered: isCovered)
    guard facts.isProtected, !facts.isBoundToApproval else { return false }
    switch Guard.decide(facts) {
    // What is not measured yet is refused; this is what measures it.
    case .ask, .refuse(.unmeasured): return true
    case .pass, .refuse: return false
    }
  }

  /// A walk as it is shown: with the measured plans where it met the others.
  static func items(
    _ items: [WalkItem],
    replacing plans: [Plan],
    by turns: [Turn],
    at site: EffectSite
  ) -> [WalkItem] {
    items.map { item in
      switch item {
      case .change(let plan, let place) where place.place.path == site.place.path:
        let content = PlanHash.content(of: plan)
        let index = zip(plans, turns).enumerated().first { _, pair in
          pair.0 === plan || PlanHash.content(of: pair.0) == content
        }?.offset
        return .change(index.map { turns[$0].plan } ?? plan, place)
      case .step(let heading, let inner):
        return .step(heading, Self.items(inner, replacing: plans, by: turns, at: site))
      case .branch(let heading, let inner):
        return .branch(
          heading: heading,
          Self.items(inner, replacing: plans, by: turns, at: site)
        )
      case .call(let plan, let place, let inner):
        return .call(plan, place, Self.items(inner, replacing: plans, by: turns, at: site))
      default: return item
      }
    }
  }
}
