package import Objects

/// Decides what comes next for each effect of a run: no clock, no terminal, no network.
///
/// The performer does what an action says and tells the machine what came of it. Resuming is
/// feeding it the journal's events.
package struct RunMachine: Sendable {
  package enum Outcome: String, Hashable, Sendable {
    case ok, failed, unknown
  }

  package enum Event: Hashable, Sendable {
    /// A `do` wants an effect at a place.
    case wanted(Wish)
    /// The guard let it through, by a person's yes, an approval, or because nothing was to be asked.
    case allowed(path: String)
    case refused(path: String)
    case locked(path: String)
    case notLocked(path: String)
    case attested(path: String, isExpected: Bool)
    case looked(path: String, holds: Bool)
    /// The intent is on the disk.
    case intended(path: String)
    case performed(path: String, Outcome)
    /// The outcome is on the disk.
    case recorded(path: String)
    case probed(path: String, Plan.Probe)
    /// A person resolved an unknown.
    case decided(path: String, Outcome)
    /// The journal could not be written.
    case journalFailed
  }

  package enum Action: Hashable, Sendable {
    case askGuard(path: String)
    case lock(path: String)
    case attest(path: String)
    case look(path: String)
    case recordIntent(path: String)
    case perform(path: String)
    case recordOutcome(path: String, Outcome)
    case probe(path: String)
    case verify(path: String)
    /// Finds out how an effect ended that was begun before the run was interrupted.
    case settle(path: String)
    /// Nothing can tell how it ended but a person.
    case askPerson(path: String)
    case end(path: String, Outcome)
    case stop(Stop)
    /// The event does not fit what came before: our fault, or a journal that was not ours.
    case reject(Event)
  }

  package enum Stop: Hashable, Sendable {
    case refused(path: String), locked(path: String), wrongTarget(path: String)
    case stale(path: String)
    case journal
    /// The same place was done, or its outcome is not known: it is never done blindly again.
    case again(path: String, Outcome)
  }

  /// An effect as the machine needs it.
  package struct Wish: Hashable, Sendable {
    package var path: String
    package var effect: Effect
    package var effectClass: EffectClass
    package var hasProbe: Bool

    package init(path: String, effect: Effect, effectClass: EffectClass, hasProbe: Bool) {
      self.path = path
      self.effect = effect
      self.effectClass = effectClass
      self.hasProbe = hasProbe
    }
  }

  private enum Stage: Hashable {
    case guarding, locking, attesting, looking, intending, performing
    case recording(Outcome)
    case probing, verifying
    /// Begun before the run was interrupted; how it ended is not known.
    case inDoubt
    case settling, deciding
    case ended(Outcome)
    case stopped
  }

  private var wishes: [String: Wish] = [:]
  private var stages: [String: Stage] = [:]
  private var isClosed = false

  package init() {}

  /// The places whose intent is on the disk and whose outcome is not known.
  package var inDoubt: [String] {
    stages.filter { Self.isInDoubt($0.value) }.map(\.key).sorted()
  }

  private static func isInDoubt(_ stage: Stage) -> Bool {
    switch stage {
    case .performing, .ended(.unknown), .recording(.unknown), .probing, .inDoubt, .settling,
      .deciding:
      true
    default: false
    }
  }

  /// Says that all that was received came from the journal: whoever performed it is gone.
  package mutating func goOn() {
    for (path, stage) in stages {
      switch stage {
      case .ended(let outcome) where outcome != .unknown: continue
      case .recording(.ok), .verifying: stages[path] = .ended(.ok)
      case .recording(.failed): stages[path] = .ended(.failed)
      default: stages[path] = Self.isInDoubt(stage) ? .inDoubt : .stopped
      }
    }
  }

  /// Ends what was in doubt by what a step's own probe says.
  package mutating func settle(_ path: String, isDone: Bool) {
    guard stages[path] == .inDoubt else { return }
    stages[path] = .ended(isDone ? .ok : .failed)
  }

  package mutating func receive(_ event: Event) -> Action {
    switch event {
    case .wanted(let wish): want(wish)
    case .journalFailed: close()
    case .allowed(let path):
      move(path, from: .guarding, to: .locking, event, then: .lock(path: path))
    case .refused(let path): stop(path, from: .guarding, event, .refused(path: path))
    case .locked(let path): locked(path, event)
    case .notLocked(let path): stop(path, from: .locking, event, .locked(path: path))
    case .attested(let path, true):
      move(path, from: .attesting, to: .looking, event, then: .look(path: path))
    case .attested(let path, false): stop(path, from: .attesting, event, .wrongTarget(path: path))
    case .looked(let path, true):
      move(path, from: .looking, to: .intending, event, then: .recordIntent(path: path))
    case .looked(let path, false): stop(path, from: .looking, event, .stale(path: path))
    case .intended(let path):
      move(path, from: .intending, to: .performing, event, then: .perform(path: path))
    case .performed(let path, let outcome):
      move(
        path,
        from: .performing,
        to: .recording(outcome),
        event,
        then: .recordOutcome(path: path, outcome)
      )
    case .recorded(let path): recorded(path, event)
    case .probed(let path, let answer): probed(path, answer, event)
    case .decided(let path, let outcome): decided(path, outcome, event)
    }
  }

  private mutating func decided(_ path: String, _ outcome: Outcome, _ event: Event) -> Action {
    switch (stages[path], outcome) {
    case (.deciding, .failed):
      stages[path] = .guarding
      return .askGuard(path: path)
    case (.deciding, .unknown), (.deciding, .ok), (.ended(.unknown), _):
      stages[path] = .ended(outcome)
      return .end(path: path, outcome)
    default: return .reject(event)
    }
  }

  private mutating func want(_ wish: Wish) -> Action {
    guard !isClosed else { return .stop(.journal) }
    switch stages[wish.path] {
    case nil, .stopped, .ended(.failed):
      wishes[wish.path] = wish
      stages[wish.path] = .guarding
      return .askGuard(path: wish.path)
    case .ended(let outcome): return .stop(.again(path: wish.path, outcome))
    case .performing: return .stop(.again(path: wish.path, .unknown))
    case .inDoubt:
      wishes[wish.path] = wish
      stages[wish.path] = .settling
      return .settle(path: wish.path)
    default: return .reject(.wanted(wish))
    }
  }

  private mutating func close() -> Action {
    isClosed = true
    return .stop(.journal)
  }

  private mutating func locked(_ path: String, _ event: Event) -> Action {
    guard wishes[path]?.effect == .destroy else {
      return move(path, from: .locking, to: .looking, event, then: .look(path: path))
    }
    return move(path, from: .locking, to: .attesting, event, then: .attest(path: path))
  }

  private mutating func recorded(_ path: String, _ event: Event) -> Action {
    guard case .recording(let outcome) = stages[path], let wish = wishes[path] else {
      return .reject(event)
    }
    switch outcome {
    case .unknown where wish.hasProbe:
      stages[path] = .probing
      return .probe(path: path)
    case .ok where wish.hasProbe && (wish.effectClass == .observable || wish.effectClass == .keyed):
      stages[path] = .verifying
      return .verify(path: path)
    default:
      stages[path] = .ended(outcome)
      return .end(path: path, outcome)
    }
  }

  private mutating func probed(_ path: String, _ answer: Plan.Probe, _ event: Event) -> Action {
    if stages[path] == .settling { return settled(path, answer) }
    let outcome: Outcome
    switch (stages[path], answer) {
    case (.verifying, _): outcome = .ok
    case (.probing, .done): outcome = .ok
    case (.probing, .notDone): outcome = .failed
    case (.probing, .unknown), (.probing, .partly): outcome = .unknown
    default: return .reject(event)
    }
    stages[path] = .ended(outcome)
    return .end(path: path, outcome)
  }

  /// What the world says of an effect that was in doubt.
  ///
  /// Done: its outcome is recorded. Not done: a marked one is done now, since its yes was given and
  /// the marker keeps it to once; any other goes the whole way again.
  private mutating func settled(_ path: String, _ answer: Plan.Probe) -> Action {
    switch answer {
    case .done:
      // What comes behind its outcome would only look once more.
      wishes[path]?.hasProbe = false
      stages[path] = .recording(.ok)
      return .recordOutcome(path: path, .ok)
    // What was begun goes on behind what is done of it.
    case .partly,
      .notDone where wishes[path]?.effectClass == .marked:
      stages[path] = .performing
      return .perform(path: path)
    case .notDone:
      stages[path] = .guarding
      return .askGuard(path: path)
    case .unknown:
      stages[path] = .deciding
      return .askPerson(path: path)
    }
  }

  private mutating func move(
    _ path: String,
    from: Stage,
    to: Stage,
    _ event: Event,
    then action: Action
  ) -> Action {
    guard stages[path] == from else { return .reject(event) }
    // An effect that began is followed to its end even if the journal is gone.
    guard !isClosed || from == .performing || from == .ended(.unknown) else {
      return .stop(.journal)
    }
    stages[path] = to
    return action
  }

  private mutating func stop(
    _ path: String,
    from: Stage,
    _ event: Event,
    _ reason: Stop
  ) -> Action {
    guard stages[path] == from else { return .reject(event) }
    stages[path] = .stopped
    return .stop(reason)
  }
}
