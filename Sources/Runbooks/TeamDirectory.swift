package import Journals
package import Objects
package import Values

/// What the machines of a team share: who changes which environment, whichever machine they sit at.
///
/// `Shell` has the one that is a database; without it a run knows of its own machine only.
package protocol TeamDirectory: AnyObject, Sendable {
  /// Takes the right to change an environment, or says who has it.
  ///
  /// - Throws: `unreachable` where the directory does not answer: nobody knows then.
  func acquire(
    _ environment: String,
    as holder: EnvironmentLock.Holder
  ) throws(Failure) -> TeamClaim.Acquired
  /// Takes it whoever has it: first the environment's databases turn the old holder away, then the
  /// directory names the new one.
  func takeOver(
    _ environment: String,
    as holder: EnvironmentLock.Holder,
    because reason: String
  ) throws(Failure) -> TeamClaim
  /// Says who has it now instead; nothing while the claim holds.
  func loss(of claim: TeamClaim) throws(Failure) -> TeamClaim.Loss?
  /// Tells those who wait which step it is in; what can not be told is left out.
  func describe(_ claim: TeamClaim, step: String?)
  func release(_ claim: TeamClaim) throws(Failure)

  /// Makes sure that it answers.
  func check() throws(Failure)
  /// Puts down for others what a step would do.
  func pause(_ pause: TeamPause) throws(Failure)
  /// Who else said yes to exactly what was shown.
  func approvals(of pause: TeamPause) throws(Failure) -> [TeamApproval]
}

/// A step that waits for other people.
package struct TeamPause: Hashable, Sendable {
  package var run: String
  package var step: String
  /// The hash of what it would do: a yes is for exactly that.
  package var shown: String
  /// How many people in all, the one who started it included.
  package var needed: Int
  /// What it would do, as the plan shows it.
  package var lines: [String]

  package init(run: String, step: String, shown: String, needed: Int, lines: [String]) {
    self.run = run
    self.step = step
    self.shown = shown
    self.needed = needed
    self.lines = lines
  }
}

package struct TeamApproval: Hashable, Sendable {
  package var who: String
  package var at: Time

  package init(who: String, at: Time) {
    self.who = who
    self.at = at
  }
}

/// The right to change one environment, as the directory has it.
package struct TeamClaim: Hashable, Sendable {
  package enum Acquired: Hashable, Sendable {
    case claim(TeamClaim)
    case held(EnvironmentLock.Holder)
  }

  /// It was taken over; by whom and why, if they have it still.
  package struct Loss: Hashable, Sendable {
    package var holder: EnvironmentLock.Holder?

    package init(holder: EnvironmentLock.Holder?) {
      self.holder = holder
    }
  }

  package var environment: String
  package var run: String
  /// Grows with every holding: databases turn away what has an older one.
  package var epoch: Int64
  /// Whoever had it before it was taken over.
  package var takenFrom: EnvironmentLock.Holder?
  /// What the takeover could not make sure of, a line each.
  package var warnings: [String]

  package init(
    environment: String,
    run: String,
    epoch: Int64,
    takenFrom: EnvironmentLock.Holder? = nil,
    warnings: [String] = []
  ) {
    self.environment = environment
    self.run = run
    self.epoch = epoch
    self.takenFrom = takenFrom
    self.warnings = warnings
  }

  package var fence: Fence { Fence(environment: environment, epoch: epoch) }
}

/// What a person said about locks when they started the run.
package struct LockTerms: Hashable, Sendable {
  /// How long to wait for whoever holds it; nothing: not at all.
  package var wait: TimeSpan?
  /// Why it is taken from whoever has it.
  package var takeOver: String?
  /// Why this goes on without the directory, although the stack has one.
  package var withoutDirectory: String?

  package init() {}
}
