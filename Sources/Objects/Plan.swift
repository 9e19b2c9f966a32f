private import Synchronization
package import Values

/// What an action would do: an inert value until a `do` performs it.
///
/// It holds values, never expressions; its precondition is what it saw of its own object.
package final class Plan: PlanReference {
  /// Whom it would change.
  package struct Target: Hashable, Sendable {
    /// The environment's name; nothing for what belongs to no environment.
    package var environment: String?
    /// The object's kind and identity, such as `environment`, `production`.
    package var kind: String
    package var identity: String
    /// Who the server itself says it is, where it was asked.
    package var attested: String?
    /// Says that only opsh's own record is changed, nothing of what is operated: it needs no yes, no
    /// lock and no terminal, as a note needs none.
    package var isOwnRecord = false

    package init(environment: String?, kind: String, identity: String, attested: String? = nil) {
      self.environment = environment
      self.kind = kind
      self.identity = identity
      self.attested = attested
    }
  }

  /// One request, statement or program start that it would make.
  package struct Call: Hashable, Sendable {
    /// Such as `POST https://api.vercel.com/v1/projects/optiq/rollback/dpl_1`; secrets by name.
    package var text: String
    /// The vendor's own command line or `curl` that does the same by hand; secrets as `$NAME`.
    package var byHand: String

    package init(_ text: String, byHand: String) {
      self.text = text
      self.byHand = byHand
    }
  }

  /// What must still hold right before acting.
  package struct Precondition: Sendable {
    /// What it saw, in words, such as `dpl_9 is live`.
    package var summary: String
    /// What of its object it looked at, such as `live`: an earlier change of the same makes what was
    /// seen the past.
    package var subject: String
    package var seen: JSON
    /// Looks again.
    package var look: @Sendable (CallContext) throws(Failure) -> JSON

    package init(
      _ summary: String,
      of subject: String,
      seen: JSON,
      look: @escaping @Sendable (CallContext) throws(Failure) -> JSON
    ) {
      self.summary = summary
      self.subject = subject
      self.seen = seen
      self.look = look
    }
  }

  /// How large the effect is, as measured.
  package struct Measure: Hashable, Sendable {
    /// What a person types for a `destroy`, such as `delete 1284`.
    package var token: String
    /// Such as `1,284 rows of orders`.
    package var summary: String
    /// False for an estimate.
    package var isExact: Bool

    package init(token: String, summary: String, isExact: Bool) {
      self.token = token
      self.summary = summary
      self.isExact = isExact
    }
  }

  /// What the world says of an effect whose outcome is not known.
  package enum Probe: String, Sendable {
    case done, notDone = "not done", unknown
    /// It was begun and did not come to its end; done again, it goes on behind what is done.
    case partly = "partly done"
  }

  /// Does it and takes it back, to find out how large it is: gives the plan with that measured.
  package typealias Rehearse = @Sendable (CallContext) throws(Failure) -> Plan

  package enum Body: Sendable {
    /// Acts on the world; throws a failure of kind `unknown` when the answer was lost.
    case effect(@Sendable (PerformContext) throws(Failure) -> Value)
    /// The call of an action function or a runbook; the language runs its body.
    case call(any PlannedCall)
  }

  package let target: Target
  /// Kind and member, such as `environment.rollback`.
  package let member: String
  package let arguments: [(name: String, value: Value)]
  package let effect: Effect
  package let effectClass: EffectClass
  package let summary: String
  /// What a person should know before saying yes, a line each.
  package let consequences: [String]
  package let calls: [Call]
  package let precondition: Precondition?
  package let measure: Measure?
  /// How it is taken back, in words; nothing if it can not be.
  package let undo: String?
  package let resultType: ValueType
  package let body: Body
  /// Looks whether it was done; its context has the same key that the effect was performed with.
  package let probe: (@Sendable (PerformContext) throws(Failure) -> Probe)?
  /// What it gives, read from the world once the probe says that it was done.
  ///
  /// The answer that had it was lost. Nothing for an effect that gives nothing.
  package let found: (@Sendable (PerformContext) throws(Failure) -> Value)?
  /// Asked for right before a person is asked, where the environment is protected.
  package let rehearse: Rehearse?
  private let state = Mutex(State.fresh)

  package init(
    target: Target,
    member: String,
    arguments: [(name: String, value: Value)] = [],
    effect: Effect,
    effectClass: EffectClass,
    summary: String,
    consequences: [String] = [],
    calls: [Call] = [],
    precondition: Precondition? = nil,
    measure: Measure? = nil,
    undo: String? = nil,
    resultType: ValueType = .nothing,
    probe: (@Sendable (PerformContext) throws(Failure) -> Probe)? = nil,
    found: (@Sendable (PerformContext) throws(Failure) -> Value)? = nil,
    rehearse: Rehearse? = nil,
    body: Body
  ) {
    self.target = target
    self.member = member
    self.arguments = arguments
    self.effect = effect
    self.effectClass = effectClass
    self.summary = summary
    self.consequences = consequences
    self.calls = calls
    self.precondition = precondition
    self.measure = measure
    self.undo = undo
    self.resultType = resultType
    self.probe = probe
    self.found = found
    self.rehearse = rehearse
    self.body = body
  }

  /// The same plan as a walk meets it behind a change of what its precondition looked at: what it
  /// saw is the past then, and what it will see is not known yet.
  package func behindChange() -> Plan {
    Plan(
      target: target,
      member: member,
      arguments: arguments,
      effect: effect,
      effectClass: effectClass,
      summary: summary,
      consequences: consequences,
      calls: calls,
      precondition: precondition.map { precondition in
        Precondition(
          "what comes before it is done",
          of: precondition.subject,
          seen: ["pending": .string(precondition.subject)],
          look: precondition.look
        )
      },
      measure: measure,
      undo: undo,
      resultType: resultType,
      probe: probe,
      found: found,
      body: body
    )
  }

  // MARK: - Once only

  package enum State: String, Sendable {
    case fresh, underway, ok, failed, unknown
  }

  package var currentState: State { state.withLock { $0 } }

  /// Takes the plan for doing it; only a fresh or failed one can be taken.
  package func begin() throws(Failure) {
    let before = state.withLock { state in
      let before = state
      if before == .fresh || before == .failed { state = .underway }
      return before
    }
    switch before {
    case .fresh, .failed: return
    case .underway: throw Failure(.value, "this plan is being done already: \(summary)")
    case .ok:
      throw Failure(
        .value,
        "this plan was done already: \(summary)",
        advice: ["a plan is done once; call the action again for a new one"]
      )
    case .unknown:
      throw Failure(.value, "the outcome of this plan is unknown: \(summary)")
    }
  }

  package func end(_ outcome: State) {
    state.withLock { $0 = outcome }
  }
}

/// The planned call of an action function or runbook; the language's own type conforms.
package protocol PlannedCall: AnyObject, Sendable {
  /// Name and sha256 of the texts.
  var hashContent: JSON { get }
}

/// What a database compares with its own row: an older epoch was taken over, and changes nothing.
package struct Fence: Hashable, Sendable {
  package var environment: String
  package var epoch: Int64

  package init(environment: String, epoch: Int64) {
    self.environment = environment
    self.epoch = epoch
  }
}

/// What performing needs of its surroundings.
package struct PerformContext: Sendable {
  package let call: CallContext
  /// The run's id and the effect's place in it: the same again on resume, different otherwise.
  package let key: String
  /// What the effect's precondition saw before it was begun, as its intent has it: a probe that
  /// compares with the state before compares with this.
  package let seen: JSON?
  /// Puts a fact about the effect on record while it is under way.
  package let note: @Sendable ([JSON.Member]) -> Void
  /// The lock that it is done under; nothing where no other machine could take that over.
  package let fence: Fence?
  /// Says how far it is, in a line; goes to people, never to data.
  package let report: @Sendable (String) -> Void

  package init(
    call: CallContext,
    key: String,
    fence: Fence? = nil,
    seen: JSON? = nil,
    note: @escaping @Sendable ([JSON.Member]) -> Void = { _ in },
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.call = call
    self.key = key
    self.seen = seen
    self.note = note
    self.fence = fence
    self.report = report
  }
}
