private import Journals
package import Language
package import Objects
private import Sinks
private import Synchronization
package import Values

extension Run {
  package func perform(
    _ plans: [Plan],
    at site: EffectSite,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure) -> [Value] {
    guard !plans.isEmpty else { throw Failure(.nothingToDo, "there is nothing to do") }
    try cancellation.check()
    try refuseWithoutJournal()
    var turns = try turns(of: plans, at: site)
    try rehearse(&turns, at: site)
    let measured = turns
    let fresh = turns.filter { !$0.isDone && !isInherited($0.path(at: site)) }.map(\.plan)
    if !fresh.isEmpty {
      try inTurn { () throws(Failure) in
        try self.pass(fresh, at: site) { () throws(Failure) in
          Self.items(try walkRest(), replacing: plans, by: measured, at: site)
        }
      }
    }
    var results: [Value] = []
    for (number, turn) in turns.enumerated() {
      if let result = turn.result {
        results.append(result)
        continue
      }
      do throws(Failure) {
        results.append(try perform(turn.plan, at: site, index: turn.index))
      } catch {
        throw Self.naming(turns[(number + 1)...].map(\.plan), in: error)
      }
    }
    return results
  }

  package func willCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    try refuseWithoutJournal()
    try inTurn { () throws(Failure) in
      // The call itself changes nothing: what its body does passes the guard on its own.
      guard self.surroundings.person.isPresent else { return }
      let isCovered = self.state.withLock { $0.coverage.take(plan, at: site) }
      guard !isCovered, self.state.withLock({ $0.approval == nil }) else { return }
      try self.askAhead(try walk())
    }
    // The texts are in the run's folder; here the name is enough.
    let arguments = Value.record(Record(fields: plan.arguments.map { ($0.name, $0.value) }))
    let fields: [JSON.Member] = [
      .init("arguments", RecordedValue.encode(arguments) ?? .null), .init("call", "began"),
      .init("path", .string(site.place.path)), .init("summary", .string(plan.summary)),
      .init("word", .string(word)),
    ]
    record(.output, fields)
  }

  package func willStartTurns(
    at place: Place,
    step: String?,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    try refuseWithoutJournal()
    try inTurn { () throws(Failure) in
      guard self.surroundings.person.isPresent,
        self.state.withLock({ $0.approval == nil })
      else { return }
      try self.askAhead(try walkRest())
    }
  }

  /// Asks now for what a walk found, before the places come at which it is done.
  private func askAhead(_ items: [WalkItem]) throws(Failure) {
    let first = PlanPrinter.changes(in: items).first { $0.effect == .change && $0.plan != nil }
    guard let plan = first?.plan, let site = first?.site else { return }
    try pass([plan], at: site) { () throws(Failure) in items }
    // What was asked for here is done at its own place.
    state.withLock { state in
      state.coverage.add([.change(plan, site)], includesDestroys: false)
    }
  }

  package func didCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    _ result: Result<Value, Failure>
  ) {
    var fields: [JSON.Member] = [
      .init("path", .string(site.place.path)), .init("word", .string(word)),
    ]
    switch result {
    case .success(let value): fields += [.init("call", "ok")] + kept(value)
    case .failure: fields.append(.init("call", "failed"))
    }
    record(.output, fields)
  }

  /// Only one question stands at a time, whatever runs in parallel.
  private func inTurn(_ body: () throws(Failure) -> Void) throws(Failure) {
    let result: Result<Void, Failure> = questions.withLock { _ in
      do throws(Failure) {
        try body()
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func refuseWithoutJournal() throws(Failure) {
    guard let error = surroundings.recorder.failure else { return }
    throw Failure(.journal, error.message, advice: ["no record, no change: nothing was done"])
  }

  private static func naming(_ rest: [Plan], in failure: Failure) -> Failure {
    guard !rest.isEmpty else { return failure }
    var failure = failure
    failure.advice += rest.map { "not done: \($0.summary)" }
    return failure
  }

  // MARK: - One effect

  private func perform(_ plan: Plan, at site: EffectSite, index: Int?) throws(Failure) -> Value {
    try plan.begin()
    let path = place(site, index)
    let attempt = Attempt(
      run: self,
      plan: plan,
      path: path,
      site: site,
      isInherited: isInherited(path)
    )
    do throws(Failure) {
      let value = try attempt.go()
      plan.end(.ok)
      noticeUnlock(plan)
      giveLockBack()
      return value
    } catch {
      plan.end(error.kind == .unknown ? .unknown : .failed)
      giveLockBack()
      throw error
    }
  }

  /// The place of an effect, a number behind it where the same place comes again.
  private func place(_ site: EffectSite, _ index: Int?) -> String {
    var path = site.place.path
    if let index { path += "/\(index)" }
    return state.withLock { state in
      let use = state.uses[path, default: 0]
      state.uses[path] = use + 1
      return use == 0 ? path : "\(path)#\(use + 1)"
    }
  }

  /// `unlock(for:because:)` changes nothing but what is asked from then on.
  private func noticeUnlock(_ plan: Plan) {
    guard plan.member == "environment.unlock", let environment = plan.target.environment,
      case .duration(let span) = plan.arguments.first(where: { $0.name == "for" })?.value
    else { return }
    let now = surroundings.now()
    state.withLock { state in
      state.unlockedUntil[environment] = Time(microseconds: now.microseconds + span.microseconds)
    }
  }

  /// How long an environment stays unlocked, for the prompt to count down.
  package func unlockedSpan(of environment: String) -> TimeSpan? {
    let now = surroundings.now()
    return state.withLock { $0.unlockedUntil[environment] }.flatMap { until in
      until > now ? TimeSpan(microseconds: until.microseconds - now.microseconds) : nil
    }
  }

  private func giveLockBack() {
    guard surroundings.isPrompt else { return }
    releaseLocks()
  }

  static func fields(of plan: Plan, _ path: String) -> [JSON.Member] {
    [
      .init("by_hand", .array(plan.calls.map { .string($0.byHand) })),
      .init("calls", .array(plan.calls.map { .string($0.text) })),
      .init("class", .string(plan.effectClass.rawValue)),
      .init("path", .string(path)), .init("plan", PlanHash.content(of: plan)),
      .init("summary", .string(plan.summary)),
    ]
  }
}
