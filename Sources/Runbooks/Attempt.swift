internal import Journals
internal import Language
internal import Objects
internal import Sinks
internal import Synchronization
internal import Values

/// One effect on its way from wish to outcome: does what the machine says, and tells it what came.
struct Attempt {
  let run: Run
  let plan: Plan
  let path: String
  let site: EffectSite
  /// It was begun before the run was interrupted: nobody was asked for it yet this time.
  let isInherited: Bool

  var surroundings: Surroundings { run.surroundings }

  private var context: PerformContext { context(run.callContext) }

  func context(_ call: CallContext) -> PerformContext {
    let report = surroundings.report
    let (run, path) = (run, path)
    return PerformContext(
      call: call,
      key: "\(run.id)/\(path)",
      fence: run.fence(of: environment),
      seen: run.memory?.history.effects[path]?.seen ?? plan.precondition?.seen,
      note: { fields in run.record(.output, [.init("path", .string(path))] + fields) },
      report: { line in report(StyledText(line, .faint)) }
    )
  }

  /// The environment whose lock it needs; none for what changes only opsh's own record.
  private var environment: String? {
    guard !plan.target.isOwnRecord else { return nil }
    return plan.target.environment ?? surroundings.terms.strictestEnvironment
  }

  /// Does it; the guard has let it through already.
  ///
  /// - Throws: `stale`, `locked`, `journal`, what the effect threw, or `unknown`.
  func go() throws(Failure) -> Value {
    var value = Value.nothing
    var reason: Failure?
    var isPartly = false
    var looked: Int64 = 0
    var action = receive(
      .wanted(
        .init(
          path: path,
          effect: plan.effect,
          effectClass: plan.effectClass,
          hasProbe: plan.probe != nil
        )
      )
    )
    while true {
      switch action {
      case .askGuard:
        try askAgain()
        action = receive(.allowed(path: path))
      case .settle: action = receive(.probed(path: path, try settle(&value)))
      case .askPerson: action = receive(.decided(path: path, try decide()))
      case .lock:
        try lock()
        action = receive(.locked(path: path))
      case .attest:
        try attest()
        action = receive(.attested(path: path, isExpected: true))
      case .look:
        try confirmLock()
        looked = surroundings.awake()
        try look()
        action = receive(.looked(path: path, holds: true))
      case .recordIntent:
        try require(.intent, Run.fields(of: plan, path))
        action = receive(.intended(path: path))
      case .perform:
        let outcome = mayStillAct(since: looked, &reason) ? act(&value, &reason) : .failed
        action = receive(.performed(path: path, outcome))
      case .recordOutcome(_, let outcome):
        try record(outcome, value, &reason)
        action = receive(.recorded(path: path))
      case .probe:
        let answer = try recordProbe(&value)
        isPartly = answer == .partly
        action = receive(.probed(path: path, answer))
      case .verify:
        let answer = probe()
        try require(
          .verified,
          [.init("answer", .string(answer.rawValue)), .init("path", .string(path))]
        )
        if answer == .notDone {
          surroundings.report(
            StyledText(
              "warning: '\(plan.summary)' was answered with ok but is not seen yet",
              .yellow
            )
          )
        }
        action = receive(.probed(path: path, answer))
      case .end(_, .unknown) where isPartly: throw partlyDone(reason)
      case .end(_, let outcome): return try end(outcome, value, reason)
      case .stop(let stop): throw failure(stop)
      case .reject:
        throw Failure(.failed, "'\(plan.summary)' came out of its order; this is a fault of opsh")
      }
    }
  }

  /// Asks the world how an effect ended, and puts the answer on record.
  func recordProbe(_ value: inout Value) throws(Failure) -> Plan.Probe {
    let answer = probe()
    var fields: [JSON.Member] = [
      .init("answer", .string(answer.rawValue)), .init("path", .string(path)),
    ]
    if answer == .done, let found = found() {
      value = found
      fields += run.kept(found)
    }
    try require(.probe, fields)
    return answer
  }

  private func receive(_ event: RunMachine.Event) -> RunMachine.Action {
    run.state.withLock { $0.machine.receive(event) }
  }

  func require(_ kind: JournalRecord.Kind, _ fields: [JSON.Member]) throws(Failure) {
    do throws(Failure) {
      try surroundings.recorder.require(kind, fields)
    } catch {
      _ = receive(.journalFailed)
      throw error
    }
  }

  // MARK: - Before

  func lock() throws(Failure) {
    guard let environment else { return }
    do throws(Failure) {
      try run.takeLock(of: environment)
    } catch {
      _ = receive(error.kind == .journal ? .journalFailed : .notLocked(path: path))
      throw error
    }
  }

  /// Compares the server's own identity with the expected one.
  func attest() throws(Failure) {
    do throws(Failure) {
      let found = try surroundings.terms.attest(plan.target, run.callContext)
      guard let found else { return }
      let fields: [JSON.Member] = [
        .init("actual", .string(found.actual)),
        .init("environment", environment.map { .string($0) } ?? .null),
        .init("expected", found.expected.map { .string($0) } ?? .null),
      ]
      try require(.targetAttested, fields)
      if let failure = found.mismatch(of: PlanPrinter.target(plan.target)) { throw failure }
    } catch {
      _ = receive(.attested(path: path, isExpected: false))
      throw error
    }
  }

  /// Makes sure that nobody took the lock over.
  private func confirmLock() throws(Failure) {
    guard let environment else { return }
    do throws(Failure) {
      try run.confirmLock(of: environment)
    } catch {
      _ = receive(.looked(path: path, holds: false))
      throw error
    }
  }

  /// Looks at lock and precondition once more where the way here took long.
  ///
  /// This process may have been stopped, or the machine have slept; what can not be fenced is sent
  /// right after it.
  private func mayStillAct(since looked: Int64, _ reason: inout Failure?) -> Bool {
    guard surroundings.awake() - looked > Run.confirmation else { return true }
    do throws(Failure) {
      if let environment { try run.confirmLock(of: environment) }
      try checkPrecondition()
      return true
    } catch {
      reason = error
      return false
    }
  }

  /// Looks at the precondition again, as late as can be.
  private func look() throws(Failure) {
    do throws(Failure) {
      try checkPrecondition()
    } catch {
      _ = receive(.looked(path: path, holds: false))
      throw error
    }
  }

  private func checkPrecondition() throws(Failure) {
    guard let precondition = plan.precondition else { return }
    let seen = try precondition.look(run.callContext)
    guard Coverage.fits(precondition.seen, seen) else {
      throw Failure(
        .stale,
        "'\(plan.summary)' no longer fits: it was planned while \(precondition.summary)",
        advice: [
          "was: \(precondition.seen.text)", "is: \(seen.text)",
          "nothing was done; call the action again for a new plan",
        ]
      )
    }
  }

  // MARK: - The effect and after

  private func act(_ value: inout Value, _ reason: inout Failure?) -> RunMachine.Outcome {
    guard case .effect(let body) = plan.body else {
      reason = Failure(.value, "'\(plan.summary)' is a call, which the language runs")
      return .failed
    }
    do throws(Failure) {
      value = try body(context)
      return .ok
    } catch {
      reason = error
      if let environment { reason = run.explained(error, environment) }
      switch error.kind {
      // Whoever stopped waiting does not know what the other side did.
      case .unknown, .interrupted, .terminated, .timeout: return .unknown
      default: return .failed
      }
    }
  }

  private func record(
    _ outcome: RunMachine.Outcome,
    _ value: Value,
    _ reason: inout Failure?
  ) throws(Failure) {
    var fields: [JSON.Member] = [
      .init(
        "evidence",
        reason.map { .string($0.message) } ?? run.kept(PlanHash.content(of: value))
      ),
      .init("outcome", .string(outcome.rawValue)), .init("path", .string(path)),
    ]
    if outcome == .ok { fields += run.kept(value) }
    do throws(Failure) {
      try require(.outcome, fields)
    } catch {
      var failure = error
      failure.advice.insert("'\(plan.summary)' ended \(outcome.rawValue), unrecorded", at: 0)
      throw failure
    }
  }

  private func probe() -> Plan.Probe {
    guard let probe = plan.probe else { return .unknown }
    do throws(Failure) {
      return try probe(context(lookingContext))
    } catch {
      return .unknown
    }
  }

  /// What an effect gave whose answer was lost: looked up, as it can not be told any more.
  func found() -> Value? {
    guard let found = plan.found else { return .nothing }
    do throws(Failure) {
      return try found(context(lookingContext))
    } catch {
      // Done it is; whatever needs the result fails where it is used.
      surroundings.report(
        StyledText(
          "warning: '\(plan.summary)' was done, but what it gave can not be read: \(error.message)",
          .yellow
        )
      )
      return nil
    }
  }

  /// An interrupted effect still has to be looked at: that wish to stop does not reach the look,
  /// which has a short deadline instead.
  var lookingContext: CallContext {
    guard run.cancellation.isCancelled else { return run.callContext }
    return CallContext(
      cancellation: Cancellation(),
      now: surroundings.now(),
      deadline: .seconds(10),
      progress: surroundings.progress
    )
  }

  /// What is done of it is known, and that it does not go on by itself: the run stops here.
  private func partlyDone(_ reason: Failure?) -> Failure {
    guard var reason else { return Failure(.unknown, "'\(plan.summary)' is done in part") }
    if reason.isCatchable { reason.kind = .unknown }
    return reason
  }

  private func end(
    _ outcome: RunMachine.Outcome,
    _ value: Value,
    _ reason: Failure?
  ) throws(Failure) -> Value {
    switch outcome {
    case .ok:
      surroundings.report(StyledText("done  ", .green) + StyledText(plan.summary))
      return value
    case .failed:
      guard var reason else { throw Failure(.failed, "'\(plan.summary)' failed") }
      if reason.kind == .unknown || reason.kind == .timeout {
        reason.kind = .failed
        reason.advice.append("the world was asked: it was not done")
        if let environment { reason = run.explained(reason, environment) }
      }
      throw reason
    case .unknown:
      throw Failure(
        .unknown,
        "whether '\(plan.summary)' was done is not known: \(reason?.message ?? "no answer came")",
        advice: ["look at \(PlanPrinter.target(plan.target)) before doing anything again"]
          + plan.calls.map { "it was sent: \($0.text)" }
      )
    }
  }

  private func failure(_ stop: RunMachine.Stop) -> Failure {
    switch stop {
    case .refused: Failure(.approval, "'\(plan.summary)' was refused")
    case .locked: Failure(.locked, "the lock for '\(plan.summary)' is not held")
    case .wrongTarget: Failure(.refused, "the target of '\(plan.summary)' is another one")
    case .stale: Failure(.stale, "'\(plan.summary)' no longer fits")
    case .journal: Failure(.journal, "the journal is closed, so nothing further is changed")
    case .again(_, let outcome):
      Failure(
        outcome == .unknown ? .unknown : .value,
        "'\(plan.summary)' was done at this place already: \(outcome.rawValue)"
      )
    }
  }
}
