internal import Control
internal import Journals
internal import Objects
internal import Runbooks
internal import Sinks
internal import Stack
internal import Values

/// The team's directory as runs ask it: the control database, and the fences of the databases that
/// the stack operates.
final class ControlDirectory: TeamDirectory {
  private let session: Session
  private let cancellation: @Sendable () -> Cancellation

  init(_ session: Session, cancellation: @escaping @Sendable () -> Cancellation) {
    self.session = session
    self.cancellation = cancellation
  }

  private func control() throws(Failure) -> ControlDatabase {
    guard let control = try session.control() else {
      throw Failure(.usage, "the stack file names no control database")
    }
    return control
  }

  func acquire(
    _ environment: String,
    as holder: EnvironmentLock.Holder
  ) throws(Failure) -> TeamClaim.Acquired {
    try needed { (control) throws(Failure) in
      switch try control.acquire(environment, as: holder, cancellation()) {
      case .claim(let claim): .claim(TeamClaim(claim))
      case .held(let other): .held(other)
      }
    }
  }

  func takeOver(
    _ environment: String,
    as holder: EnvironmentLock.Holder,
    because reason: String
  ) throws(Failure) -> TeamClaim {
    try needed { (control) throws(Failure) in
      var warnings: [String] = []
      let claim = try control.takeOver(environment, as: holder, because: reason, cancellation()) {
        (present, epoch) throws(Failure) in
        try raiseFence(Fence(environment: environment, epoch: epoch), from: present, &warnings)
      }
      return TeamClaim(claim, warnings: warnings)
    }
  }

  private func raiseFence(
    _ fence: Fence,
    from present: EnvironmentLock.Holder?,
    _ warnings: inout [String]
  ) throws(Failure) -> Int64 {
    let database = try session.operated().environment(fence.environment)?.database
    guard let database, let bookkeeping = database.bookkeeping else { return fence.epoch }
    do throws(Failure) {
      let raised = try bookkeeping.raiseFence(
        fence,
        endingSessionsOf: present?.run,
        in: session.callContext
      )
      if case .raised(let epoch) = raised { return epoch }
      warnings.append(
        "the role may not keep the table opsh.fence in \(database.label): what that run still sends"
          + " there is not turned away"
      )
      return fence.epoch
    } catch {
      var failure = error
      failure.message = "\(fence.environment) is not taken over: \(error.message)"
      failure.advice.append("first its database has to turn the old run away, and that failed")
      throw failure
    }
  }

  func loss(of claim: TeamClaim) throws(Failure) -> TeamClaim.Loss? {
    switch try control().standing(of: ControlDatabase.Claim(claim), cancellation()) {
    case .held: nil
    case .lost(let holder): TeamClaim.Loss(holder: holder)
    }
  }

  func describe(_ claim: TeamClaim, step: String?) {
    // Only text for those who wait: whoever changes something asks again anyway.
    try? control().describe(ControlDatabase.Claim(claim), step: step, cancellation())
  }

  /// Also after an interruption: others wait for it.
  func release(_ claim: TeamClaim) throws(Failure) {
    try control().release(ControlDatabase.Claim(claim), Cancellation())
  }

  // MARK: - Other people

  func check() throws(Failure) {
    _ = try needed { (control) throws(Failure) in try control.user(cancellation()) }
  }

  /// Beside what the step would do, the other person sees what the run's first record says of it.
  func pause(_ pause: TeamPause) throws(Failure) {
    let reading: JournalReading
    do throws(JournalError) {
      reading = try session.runStore.read(id: pause.run)
    } catch {
      throw Failure(.journal, error.message)
    }
    var members: [JSON.Member] = [
      .init("head", .string(reading.head)),
      .init(
        "lines",
        .array(
          pause.lines.map { .string(Redactor.redact($0, registry: session.registry)) }
        )
      ),
    ]
    for name in ["host", "operator", "parameters", "reason", "texts"] {
      if let value = reading.records.first?[name] { members.append(.init(name, value)) }
    }
    try control().pause(
      pause.run,
      before: pause.step,
      shown: pause.shown,
      needed: pause.needed,
      content: .object(members),
      cancellation()
    )
  }

  func approvals(of pause: TeamPause) throws(Failure) -> [TeamApproval] {
    try control().approvals(of: pause.run, step: pause.step, shown: pause.shown, cancellation())
      .map { TeamApproval(who: $0.who, at: $0.at) }
  }

  /// Says what an answer that does not come means to somebody who is about to change something.
  private func needed<Result>(
    _ body: (ControlDatabase) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    do throws(Failure) {
      return try body(try control())
    } catch {
      guard [.unreachable, .missingSecret].contains(error.kind) else { throw error }
      var failure = error
      failure.advice += [
        "nothing was done: without it nobody knows who else changes things here",
        "if that has to be risked: " + session.again(["--without-control", "why"]),
      ]
      throw failure
    }
  }
}

extension TeamClaim {
  init(_ claim: ControlDatabase.Claim, warnings: [String] = []) {
    self.init(
      environment: claim.environment,
      run: claim.run,
      epoch: claim.epoch,
      takenFrom: claim.takenFrom,
      warnings: warnings
    )
  }
}

extension ControlDatabase.Claim {
  init(_ claim: TeamClaim) {
    self.init(
      environment: claim.environment,
      run: claim.run,
      epoch: claim.epoch,
      takenFrom: claim.takenFrom
    )
  }
}

extension Session {
  /// Gives a run what it needs of other machines.
  func shareLocks(
    _ surroundings: inout Surroundings,
    cancellation: @escaping @Sendable () -> Cancellation
  ) {
    surroundings.host = Self.hostName()
    surroundings.lockTerms = options.lockTerms
    surroundings.again = { [self] in again($0) }
    surroundings.quoted = { ProgramRunner.quoted($0) }
    surroundings.tellHead = { [self] in tellHead(of: $0) }
    let isShared = (try? stack())?.definition?.control != nil
    if isShared, options.lockTerms.withoutDirectory == nil {
      surroundings.directory = ControlDirectory(self, cancellation: cancellation)
    }
  }

  /// Refuses `--without-control` where there is none to go without: a slip that should be seen.
  func checkLockOptions() throws(Failure) {
    guard options.lockTerms.withoutDirectory != nil, try stack()?.definition?.control == nil else {
      return
    }
    throw Failure(
      .usage,
      "--without-control was given, but the stack has no control database",
      advice: ["leave it out; nothing was run"]
    )
  }

  /// This command line with further words behind it.
  func again(_ words: [String]) -> String {
    (["opsh"] + options.words + words).map(ProgramRunner.quoted).joined(separator: " ")
  }
}
