internal import Journals
internal import Objects
internal import Sinks
internal import Synchronization
internal import Values

/// The right to change an environment, as a run has it: on this machine, and in the team's directory
/// where there is one.
struct HeldLock: Sendable {
  var file: EnvironmentLock
  var claim: TeamClaim?
  /// When the directory was asked last, in microseconds of a clock that also counts sleep.
  var confirmedAt: Int64
}

extension Run {
  private enum Obstacle {
    case machine(EnvironmentLock.Holder?)
    case directory(EnvironmentLock.Holder)
  }

  /// Takes the lock of an environment, waiting for it or taking it over if the run was told so.
  ///
  /// - Throws: `locked`, `unreachable` where the directory does not answer, or `journal`.
  func takeLock(of environment: String) throws(Failure) {
    let result: Result<Void, Failure> = locking.withLock { _ in
      do throws(Failure) {
        try takeLockInTurn(environment)
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  private func takeLockInTurn(_ environment: String) throws(Failure) {
    let (isHeld, loss) = state.withLock { ($0.locks[environment] != nil, $0.losses[environment]) }
    // Whoever lost it does not come back by itself: the world was another's meanwhile.
    if let loss { throw loss }
    guard !isHeld else { return }
    try checkLockTerms()
    let start = surroundings.monotonic()
    var told: String?
    while true {
      guard let obstacle = try tryLock(environment) else { return }
      let words = Self.words(environment, obstacle)
      guard let wait = surroundings.lockTerms.wait else {
        throw Failure(.locked, words, advice: lockAdvice(obstacle))
      }
      let left = wait.microseconds - (surroundings.monotonic() - start)
      guard left > 0 else {
        throw Failure(
          .locked,
          words,
          advice: ["waited \(wait.roundedText); nothing was done"] + againAdvice(obstacle)
        )
      }
      if words != told {
        told = words
        let limit = wait.roundedText
        surroundings.report(StyledText("waiting for \(limit) at most: \(words)", .faint))
      }
      try cancellation.wait(min(Self.pace, TimeSpan(microseconds: left)))
    }
  }

  private static let pace = TimeSpan.milliseconds(500)

  private func checkLockTerms() throws(Failure) {
    guard surroundings.directory == nil, surroundings.lockTerms.takeOver != nil else { return }
    throw Failure(
      .usage,
      "there is no control database, so there is nothing to take over",
      advice: ["the lock of this machine ends with the process that holds it; nothing was done"]
    )
  }

  /// Takes both locks; gives what is in the way, with nothing held then.
  private func tryLock(_ environment: String) throws(Failure) -> Obstacle? {
    let holder = holder(step: state.withLock { $0.step })
    let file: EnvironmentLock
    do throws(JournalError) {
      switch try EnvironmentLock.acquire(environment, in: surroundings.locksPath, as: holder) {
      case .held(let other): return .machine(other)
      case .lock(let lock): file = lock
      }
    } catch {
      throw Failure(.locked, error.message)
    }
    do throws(Failure) {
      return try claim(environment, as: holder, with: file)
    } catch {
      if state.withLock({ $0.locks[environment] == nil }) { file.release() }
      throw error
    }
  }

  private func claim(
    _ environment: String,
    as holder: EnvironmentLock.Holder,
    with file: EnvironmentLock
  ) throws(Failure) -> Obstacle? {
    let terms = surroundings.lockTerms
    var claim: TeamClaim?
    if let directory = surroundings.directory {
      if let reason = terms.takeOver {
        claim = try directory.takeOver(environment, as: holder, because: reason)
      } else {
        switch try directory.acquire(environment, as: holder) {
        case .claim(let found): claim = found
        case .held(let other):
          file.release()
          return .directory(other)
        }
      }
    }
    let lock = HeldLock(file: file, claim: claim, confirmedAt: surroundings.awake())
    state.withLock { $0.locks[environment] = lock }
    tellTakeover(claim)
    try surroundings.recorder.require(.lockAcquired, Self.fields(environment, claim, terms))
    return nil
  }

  private func tellTakeover(_ claim: TeamClaim?) {
    guard let claim, surroundings.lockTerms.takeOver != nil else { return }
    let from = claim.takenFrom.map { "from \(Self.words(of: $0))" } ?? "; nobody held it"
    surroundings.report(StyledText("took over \(claim.environment) \(from)", .yellow))
    for line in claim.warnings { surroundings.report(StyledText("warning: \(line)", .yellow)) }
  }

  private static func fields(
    _ environment: String,
    _ claim: TeamClaim?,
    _ terms: LockTerms
  ) -> [JSON.Member] {
    var fields = [JSON.Member("environment", .string(environment))]
    if let claim {
      fields.append(.init("epoch", .int(claim.epoch)))
      if let reason = terms.takeOver {
        fields.append(.init("taken_from", claim.takenFrom?.json ?? .null))
        fields.append(.init("reason", .string(reason)))
      }
    }
    if let reason = terms.withoutDirectory {
      fields.append(.init("without_control", .string(reason)))
    }
    return fields
  }

  // MARK: - While it is held

  /// How long an answer of the directory is good for: an effect is sent within this time of it.
  static let confirmation: Int64 = 200_000

  /// Makes sure that the lock is still ours, unless that was done a moment ago.
  ///
  /// - Throws: `locked` where somebody took it over, which is recorded; `unreachable` where nobody
  ///   can say.
  func confirmLock(of environment: String) throws(Failure) {
    guard let directory = surroundings.directory,
      let held = state.withLock({ $0.locks[environment] }), let claim = held.claim,
      surroundings.awake() - held.confirmedAt > Self.confirmation
    else { return }
    guard let loss = try directory.loss(of: claim) else {
      let now = surroundings.awake()
      return state.withLock { $0.locks[environment]?.confirmedAt = now }
    }
    throw lose(environment, to: loss.holder)
  }

  /// Takes note that somebody else has the environment now; gives what that means.
  @discardableResult
  func lose(_ environment: String, to holder: EnvironmentLock.Holder?) -> Failure {
    let failure = Self.lossFailure(environment, holder)
    let held = state.withLock { state in
      state.losses[environment] = failure
      return state.locks.removeValue(forKey: environment)
    }
    guard let held else { return failure }
    held.file.release()
    let fields: [JSON.Member] = [
      .init("environment", .string(environment)),
      .init("epoch", held.claim.map { .int($0.epoch) } ?? .null),
      .init("to", holder?.json ?? .null),
      .init("reason", holder?.reason.map { .string($0) } ?? .null),
    ]
    record(.lockLost, fields)
    return failure
  }

  /// What a failed effect has to do with the lock.
  ///
  /// A database that turned us away, or that ended our session, did so for whoever took the
  /// environment over: they first make sure that nothing of ours comes through.
  func explained(_ failure: Failure, _ environment: String) -> Failure {
    guard [.locked, .unreachable, .failed].contains(failure.kind),
      let claim = state.withLock({ $0.locks[environment]?.claim })
    else { return failure }
    var explained = failure
    do throws(Failure) {
      if let loss = try surroundings.directory?.loss(of: claim) {
        let lost = lose(environment, to: loss.holder)
        explained.kind = .locked
        explained.advice += [lost.message] + lost.advice
      } else if failure.kind == .locked {
        explained.advice += [
          "the control database still names this run: the fence is ahead of it, as after a takeover"
            + " that broke off or with another control database",
          "if nobody else is at work: " + surroundings.again(["--take-over", "why"]),
        ]
      }
    } catch {
      guard failure.kind == .locked else { return failure }
      explained.advice += [error.message] + error.advice
    }
    return explained
  }

  private static func lossFailure(
    _ environment: String,
    _ holder: EnvironmentLock.Holder?
  ) -> Failure {
    var words = "\(environment) was taken over"
    if let holder {
      words += " by \(Self.words(of: holder))"
      if let reason = holder.reason { words += ": \"\(reason)\"" }
    }
    return Failure(
      .locked,
      words,
      advice: ["this run changes nothing further there; talk to them before you go on"]
    )
  }

  /// What a database has to be told, so that it turns this run away once it lost the lock.
  func fence(of environment: String?) -> Fence? {
    guard let environment else { return nil }
    return state.withLock { $0.locks[environment]?.claim?.fence }
  }

  /// Tells everybody who waits which step this is.
  func describeLocks(step: String) {
    let locks = state.withLock { Array($0.locks.values) }
    for lock in locks {
      lock.file.describe(holder(step: step))
      if let claim = lock.claim { surroundings.directory?.describe(claim, step: step) }
    }
  }

  /// Gives every lock back, and records it.
  func releaseLocks() {
    let locks = state.withLock { state in
      defer { state.locks = [:] }
      return state.locks
    }
    for (environment, lock) in locks.sorted(by: { $0.key < $1.key }) {
      if let claim = lock.claim, let directory = surroundings.directory {
        do throws(Failure) {
          try directory.release(claim)
        } catch {
          let words = "\(environment) is still locked by this run in the control database"
          surroundings.report(StyledText("warning: \(words): \(error.message)", .yellow))
        }
      }
      lock.file.release()
      record(.lockReleased, [.init("environment", .string(environment))])
    }
  }

  // MARK: - Words

  private static func words(of holder: EnvironmentLock.Holder) -> String {
    let host = holder.host.map { " on \($0)" } ?? ""
    let step = holder.step.map { ", in step '\($0)'" } ?? ""
    return "\(holder.who)\(host) in run \(holder.run)\(step), since \(holder.since.text)"
  }

  private static func words(_ environment: String, _ obstacle: Obstacle) -> String {
    switch obstacle {
    case .machine(nil): "\(environment) is being changed by another run"
    case .machine(let holder?), .directory(let holder):
      "\(environment) is being changed by \(words(of: holder))"
    }
  }

  private func lockAdvice(_ obstacle: Obstacle) -> [String] {
    ["nothing was done", "to wait for it: " + surroundings.again(["--wait", "10m"])]
      + againAdvice(obstacle)
  }

  /// Whose record lies here with nobody to write it has no process any more: whoever goes on with it
  /// has its lock again, and gives it back.
  private func deadAdvice(_ holder: EnvironmentLock.Holder) -> [String] {
    guard let host = surroundings.host, holder.host == host,
      surroundings.recorder.isLeftOpen(holder.run)
    else { return [] }
    return ["it ran on this machine, and its process is gone: opsh resume \(holder.run)"]
  }

  private func againAdvice(_ obstacle: Obstacle) -> [String] {
    switch obstacle {
    case .machine where surroundings.lockTerms.takeOver != nil:
      ["it runs on this machine: end its process, and its lock here ends with it"]
    case .machine: []
    case .directory(let holder):
      deadAdvice(holder)
        + ["if it is certain to be dead: " + surroundings.again(["--take-over", "why"])]
    }
  }
}
