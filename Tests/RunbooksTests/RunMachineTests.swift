import Objects
import Runbooks
import Testing

@Suite struct RunMachineTests {
  func wish(
    _ effect: Effect = .change,
    _ kind: EffectClass = .opaque,
    probe: Bool = false
  ) -> RunMachine.Event {
    .wanted(.init(path: "a", effect: effect, effectClass: kind, hasProbe: probe))
  }

  func machine(_ events: RunMachine.Event...) -> RunMachine {
    var machine = RunMachine()
    for event in events { _ = machine.receive(event) }
    return machine
  }

  let toPerform: [RunMachine.Event] = [
    .allowed(path: "a"), .locked(path: "a"), .looked(path: "a", holds: true), .intended(path: "a"),
  ]

  @Test func `a change goes from guard to record in this order`() {
    var machine = RunMachine()
    #expect(machine.receive(wish()) == .askGuard(path: "a"))
    #expect(machine.receive(.allowed(path: "a")) == .lock(path: "a"))
    #expect(machine.receive(.locked(path: "a")) == .look(path: "a"))
    #expect(machine.receive(.looked(path: "a", holds: true)) == .recordIntent(path: "a"))
    #expect(machine.receive(.intended(path: "a")) == .perform(path: "a"))
    #expect(machine.receive(.performed(path: "a", .ok)) == .recordOutcome(path: "a", .ok))
    #expect(machine.receive(.recorded(path: "a")) == .end(path: "a", .ok))
  }

  @Test func `a destroy asks the server who it is`() {
    var machine = machine(wish(.destroy), .allowed(path: "a"))
    #expect(machine.receive(.locked(path: "a")) == .attest(path: "a"))
    let answer = machine.receive(.attested(path: "a", isExpected: false))
    #expect(answer == .stop(.wrongTarget(path: "a")))
  }

  @Test func `no event performs before the intent is recorded`() {
    let before = [wish()] + toPerform.dropLast()
    for count in 0...before.count {
      let start = before.prefix(count).reduce(into: RunMachine()) { _ = $0.receive($1) }
      for event in before + [
        .performed(path: "a", .ok), .recorded(path: "a"), .probed(path: "a", .done),
        .decided(path: "a", .ok), .refused(path: "a"),
      ] {
        var machine = start
        if case .perform = machine.receive(event) { Issue.record("\(event) performed") }
      }
    }
  }

  @Test func `an unknown outcome is probed where there is a probe and ends unknown elsewhere`() {
    let events = toPerform + [.performed(path: "a", .unknown)]
    var blind = events.reduce(into: machine(wish())) { _ = $0.receive($1) }
    #expect(blind.receive(.recorded(path: "a")) == .end(path: "a", .unknown))
    #expect(blind.inDoubt == ["a"])
    #expect(blind.receive(wish()) == .stop(.again(path: "a", .unknown)))
    #expect(blind.receive(.decided(path: "a", .ok)) == .end(path: "a", .ok))
    let settled: [(Plan.Probe, RunMachine.Outcome)] = [
      (.done, .ok), (.notDone, .failed), (.unknown, .unknown), (.partly, .unknown),
    ]
    for (answer, outcome) in settled {
      let start = machine(wish(.change, .observable, probe: true))
      var seeing = events.reduce(into: start) { _ = $0.receive($1) }
      #expect(seeing.receive(.recorded(path: "a")) == .probe(path: "a"))
      #expect(seeing.receive(.probed(path: "a", answer)) == .end(path: "a", outcome))
    }
  }

  @Test func `what was done is not done again and what failed may be`() {
    var done = toPerform.reduce(into: machine(wish())) { _ = $0.receive($1) }
    var failed = done
    #expect(done.receive(wish()) == .stop(.again(path: "a", .unknown)))
    _ = done.receive(.performed(path: "a", .ok))
    _ = done.receive(.recorded(path: "a"))
    #expect(done.receive(wish()) == .stop(.again(path: "a", .ok)))
    _ = failed.receive(.performed(path: "a", .failed))
    _ = failed.receive(.recorded(path: "a"))
    #expect(failed.receive(wish()) == .askGuard(path: "a"))
  }

  @Test func `without a journal nothing begins and what began is followed to its end`() {
    var idle = machine(.journalFailed)
    #expect(idle.receive(wish()) == .stop(.journal))
    var early = machine(wish(), .allowed(path: "a"), .journalFailed)
    #expect(early.receive(.locked(path: "a")) == .stop(.journal))
    var late = toPerform.reduce(into: machine(wish())) { _ = $0.receive($1) }
    _ = late.receive(.journalFailed)
    #expect(late.receive(.performed(path: "a", .ok)) == .recordOutcome(path: "a", .ok))
  }

  @Test func `an event that does not fit is rejected`() {
    var machine = RunMachine()
    #expect(machine.receive(.intended(path: "a")) == .reject(.intended(path: "a")))
    #expect(machine.receive(.performed(path: "b", .ok)) == .reject(.performed(path: "b", .ok)))
  }

  /// A machine as it is after a crash behind these events.
  func gone(_ kind: EffectClass, _ events: [RunMachine.Event]) -> RunMachine {
    var machine = events.reduce(into: machine(wish(.change, kind, probe: true))) {
      _ = $0.receive($1)
    }
    machine.goOn()
    return machine
  }

  @Test(arguments: [
    (EffectClass.observable, Plan.Probe.done, RunMachine.Action.recordOutcome(path: "a", .ok)),
    (.keyed, .done, .recordOutcome(path: "a", .ok)),
    (.marked, .done, .recordOutcome(path: "a", .ok)),
    // Its yes was given, and the marker keeps it to once.
    (.marked, .notDone, .perform(path: "a")), (.observable, .notDone, .askGuard(path: "a")),
    (.keyed, .notDone, .askGuard(path: "a")), (.observable, .unknown, .askPerson(path: "a")),
    (.marked, .unknown, .askPerson(path: "a")), (.opaque, .unknown, .askPerson(path: "a")),
    (.marked, .partly, .perform(path: "a")),
  ])
  func `what a crash left in doubt is found out by its class`(
    _ kind: EffectClass,
    _ answer: Plan.Probe,
    _ action: RunMachine.Action
  ) {
    var machine = gone(kind, toPerform)
    #expect(machine.inDoubt == ["a"])
    #expect(machine.receive(wish(.change, kind, probe: true)) == .settle(path: "a"))
    #expect(machine.receive(.probed(path: "a", answer)) == action)
  }

  @Test func `a person decides what nothing else can tell`() {
    for (outcome, action) in [
      (RunMachine.Outcome.ok, RunMachine.Action.end(path: "a", .ok)),
      (.failed, .askGuard(path: "a")), (.unknown, .end(path: "a", .unknown)),
    ] {
      var machine = gone(.opaque, toPerform)
      _ = machine.receive(wish())
      _ = machine.receive(.probed(path: "a", .unknown))
      #expect(machine.receive(.decided(path: "a", outcome)) == action)
    }
  }

  @Test func `what ended before a crash is not done again, what failed may be`() {
    var done = gone(.opaque, toPerform + [.performed(path: "a", .ok), .recorded(path: "a")])
    #expect(done.receive(wish()) == .stop(.again(path: "a", .ok)))
    var failed = gone(.opaque, toPerform + [.performed(path: "a", .failed), .recorded(path: "a")])
    #expect(failed.receive(wish()) == .askGuard(path: "a"))
    var early = gone(.opaque, Array(toPerform.dropLast()))
    #expect(early.inDoubt == [])
    #expect(early.receive(wish()) == .askGuard(path: "a"))
  }

  @Test func `a crash between an unknown outcome and its probe leaves it in doubt`() {
    var machine = gone(
      .observable,
      toPerform + [.performed(path: "a", .unknown), .recorded(path: "a")]
    )
    #expect(machine.receive(wish(.change, .observable, probe: true)) == .settle(path: "a"))
    var other = gone(.observable, toPerform)
    other.settle("a", isDone: true)
    #expect(other.receive(wish()) == .stop(.again(path: "a", .ok)))
  }
}
