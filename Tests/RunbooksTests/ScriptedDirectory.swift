import Journals
import Objects
import Runbooks
import Synchronization
import Values

/// A directory that answers what a test put there, and traces what it was asked.
final class ScriptedDirectory: TeamDirectory {
  struct State {
    /// Who holds it at each further try; a claim once they are over.
    var holders: [EnvironmentLock.Holder] = []
    var failure: Failure?
    var loss: TeamClaim.Loss?
    var epoch: Int64 = 3
    var asked = 0
    var steps: [String?] = []
    var released: [TeamClaim] = []
    var pauses: [TeamPause] = []
    var approvals: [TeamApproval] = []
    /// What they said yes to; nothing: whatever is asked about.
    var approved: String?
  }

  private let state: Mutex<State>

  init(_ change: (inout State) -> Void = { _ in }) {
    var fresh = State()
    change(&fresh)
    state = Mutex(fresh)
  }

  var now: State { state.withLock { $0 } }

  func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  static let ben = EnvironmentLock.Holder(
    who: "ben",
    run: "R2",
    step: "Cut over",
    since: Time(microseconds: 0),
    host: "desk"
  )

  func acquire(_ environment: String, as holder: EnvironmentLock.Holder) throws(Failure)
    -> TeamClaim.Acquired
  {
    try state.withLock { (state) throws(Failure) in
      state.asked += 1
      if let failure = state.failure { throw failure }
      if !state.holders.isEmpty { return .held(state.holders.removeFirst()) }
      return .claim(TeamClaim(environment: environment, run: holder.run, epoch: state.epoch))
    }
  }

  func takeOver(
    _ environment: String,
    as holder: EnvironmentLock.Holder,
    because reason: String
  ) throws(Failure) -> TeamClaim {
    state.withLock { state in
      TeamClaim(
        environment: environment,
        run: holder.run,
        epoch: state.epoch,
        takenFrom: state.holders.first,
        warnings: ["nobody told the database"]
      )
    }
  }

  func loss(of claim: TeamClaim) throws(Failure) -> TeamClaim.Loss? {
    try state.withLock { (state) throws(Failure) in
      state.asked += 1
      if let failure = state.failure { throw failure }
      return state.loss
    }
  }

  func describe(_ claim: TeamClaim, step: String?) { state.withLock { $0.steps.append(step) } }

  func check() throws(Failure) {
    if let failure = now.failure { throw failure }
  }

  func pause(_ pause: TeamPause) throws(Failure) { state.withLock { $0.pauses.append(pause) } }

  func approvals(of pause: TeamPause) throws(Failure) -> [TeamApproval] {
    let state = now
    return state.approved.map { $0 == pause.shown } ?? true ? state.approvals : []
  }

  func release(_ claim: TeamClaim) throws(Failure) { state.withLock { $0.released.append(claim) } }
}
