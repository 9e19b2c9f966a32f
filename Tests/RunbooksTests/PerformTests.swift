import Foundation
import Journals
import Language
import Objects
import Runbooks
import Testing
import Values

@Suite struct PerformTests {
  @Test func `the intent is on the disk before the effect and the outcome before the end`() throws {
    let world = try RunHarness(answers: ["production"])
    #expect(try world.perform(world.plan()) == [.text("dpl_1")])
    #expect(
      world.trace.all == [
        "write prompt.shown", "sync", "write prompt.answered", "sync", "write lock.acquired",
        "sync", "write intent", "sync", "perform dpl_1", "write outcome", "sync",
        "said done  roll production back to dpl_1",
      ]
    )
    #expect(try world.reading.inDoubt.isEmpty)
  }

  @Test(arguments: [nil, "", "y", "Production", "staging"])
  func `a wrong answer or none does nothing and exits 4`(_ answer: String?) throws {
    let world = try RunHarness(answers: [answer])
    let failure = world.failure { try world.perform(world.plan()) }
    #expect(failure?.exitCode == 4)
    #expect(!world.trace.all.contains("perform dpl_1"))
    #expect(!world.trace.all.contains("write intent"))
  }

  @Test func `a change of what is unprotected asks nothing`() throws {
    let world = try RunHarness(terminal: false)
    try world.perform(world.plan(environment: "development"))
    #expect(world.person.asked.isEmpty)
    #expect(world.trace.all.contains("perform dpl_1"))
  }

  @Test func `without a terminal a protected change is refused`() throws {
    let world = try RunHarness(terminal: false)
    let failure = world.failure { try world.perform(world.plan()) }
    #expect(failure?.exitCode == 4)
    #expect(!world.trace.all.contains("perform dpl_1"))
  }

  let measure = Plan.Measure(token: "delete 12", summary: "12 rows", isExact: true)

  @Test(arguments: [
    (nil, ", it can not be undone: "), ("rewind(to: \"kept\")", ", it loses data: "),
  ])
  func `the question of a destroy says what its plan says of undoing it`(
    _ undo: String?,
    _ words: String
  ) throws {
    let world = try RunHarness(answers: ["delete 12"])
    try world.perform(world.plan(effect: .destroy, measure: measure, undo: undo))
    #expect(world.person.asked.first?.hasSuffix("type delete 12 to do this" + words) == true)
  }

  @Test func `a destroy asks for its token and compares the server's identity`() throws {
    let world = try RunHarness(answers: ["delete 12"])
    try world.perform(world.plan(effect: .destroy, measure: measure))
    #expect(try world.reading.records.contains { $0.kind == .targetAttested })
    let wrong = try RunHarness(answers: ["delete 12"], actual: "db-2")
    let failure = wrong.failure {
      try wrong.perform(wrong.plan(effect: .destroy, measure: measure))
    }
    #expect(failure?.message.contains("is db-2, but should be db-1") == true)
    #expect(!wrong.trace.all.contains("perform dpl_1"))
  }

  @Test func `a target that nobody named is never trusted for a destroy`() throws {
    let world = try RunHarness(answers: ["delete 12"], expected: nil)
    let failure = world.failure {
      try world.perform(world.plan(effect: .destroy, measure: measure))
    }
    #expect(failure?.kind == .refused)
    #expect(!world.trace.all.contains("perform dpl_1"))
  }

  @Test func `a stale plan does nothing and shows was and is`() throws {
    let world = try RunHarness(answers: ["production"])
    let failure = world.failure { try world.perform(world.plan(now: "dpl_8")) }
    #expect(failure?.kind == .stale)
    #expect(failure?.advice.prefix(2) == [#"was: "dpl_9""#, #"is: "dpl_8""#])
    #expect(!world.trace.all.contains("perform dpl_1"))
  }

  @Test func `a failure is known, recorded and may be tried again`() throws {
    let world = try RunHarness(answers: ["production", "production"])
    let plan = world.plan(fails: Failure(.refused, "409"))
    #expect(world.failure { try world.perform(plan) }?.message == "409")
    #expect(plan.currentState == .failed)
    #expect(try world.reading.inDoubt.isEmpty)
    #expect(world.failure { try world.perform(plan) }?.message == "409")
    #expect(world.trace.all.filter { $0 == "perform dpl_1" }.count == 2)
  }

  static let probed: [(Plan.Probe, Failure.Kind?)] = [
    (.done, nil), (.notDone, .failed), (.unknown, .unknown),
  ]

  @Test(arguments: probed)
  func `a lost answer is settled by the probe`(
    _ answer: Plan.Probe,
    _ kind: Failure.Kind?
  ) throws {
    let world = try RunHarness(answers: ["production"])
    let lost = Failure(.unknown, "the connection was reset")
    let plan = world.plan(class: .observable, fails: lost, probe: answer)
    #expect(world.failure { try world.perform(plan) }?.kind == kind)
    let kinds = try world.reading.records.map(\.kind).suffix(3)
    #expect(kinds == [.intent, .outcome, .probe])
    #expect(try world.reading.inDoubt.isEmpty == (answer != .unknown))
    #expect(world.trace.all.filter { $0 == "perform dpl_1" }.count == 1)
  }

  @Test func `what was done in spite of a lost answer gives its result`() throws {
    let world = try RunHarness(answers: ["production", "production", "production"])
    let lost = Failure(.unknown, "the connection was reset")
    let done = world.plan(class: .keyed, fails: lost, probe: .done, found: .success(.text("copy")))
    #expect(try world.perform(done) == [.text("copy")])
    #expect(done.currentState == .ok)
    // Its answer came: nothing is looked up.
    let told = world.plan("b", class: .keyed, probe: .done, found: .success(.text("copy")))
    #expect(try world.perform(told, at: "b/0") == [.text("b")])
    let failure = Failure(.unreachable, "no route")
    let unread = world.plan("c", class: .keyed, fails: lost, probe: .done, found: .failure(failure))
    #expect(try world.perform(unread, at: "c/0") == [.nothing])
    #expect(unread.currentState == .ok)
  }

  @Test func `a lost answer without a probe is unknown and never done again`() throws {
    let world = try RunHarness(answers: ["production", "production"])
    let plan = world.plan(fails: Failure(.unknown, "reset"))
    let failure = world.failure { try world.perform(plan) }
    #expect(failure?.exitCode == 7)
    #expect(failure?.advice.contains("it was sent: POST /rollback/dpl_1") == true)
    #expect(world.failure { try world.perform(plan) } != nil)
    #expect(world.trace.all.filter { $0 == "perform dpl_1" }.count == 1)
  }

  @Test func `an interrupted effect is still looked at`() throws {
    let world = try RunHarness(answers: ["production"])
    let run = world.run
    let plan = Plan(
      target: .init(environment: "production", kind: "environment", identity: "production"),
      member: "environment.rollback",
      effect: .change,
      effectClass: .observable,
      summary: "roll back",
      probe: { context throws(Failure) in
        try context.call.cancellation.check()
        return .notDone
      },
      body: .effect { context throws(Failure) in
        run.cancellation.cancel()
        try context.call.cancellation.check()
        return .nothing
      }
    )
    #expect(world.failure { try world.perform(plan) }?.kind == .interrupted)
    #expect(try world.reading.inDoubt.isEmpty)
    #expect(world.failure { try world.perform(world.plan("b"), at: "z") }?.kind == .interrupted)
    #expect(!world.trace.all.contains("perform b"))
  }

  @Test func `an observable effect is looked at afterwards`() throws {
    let world = try RunHarness(answers: ["production"])
    try world.perform(world.plan(class: .observable, probe: .done))
    #expect(try world.reading.records.last?.kind == .verified)
  }

  @Test func `a list is asked for once, stops at the first that fails, names the rest`() throws {
    let world = try RunHarness(answers: ["production"])
    let refused = Failure(.refused, "no")
    let failure = world.failure {
      try world.perform(world.plan("a"), world.plan("b", fails: refused), world.plan("c"))
    }
    #expect(failure?.advice == ["not done: roll production back to c"])
    #expect(world.person.asked.count == 1)
    #expect(world.trace.all.contains("perform a") && !world.trace.all.contains("perform c"))
  }

  @Test func `an empty list is nothing to do`() throws {
    let world = try RunHarness()
    #expect(world.failure { try world.perform() }?.exitCode == 3)
  }

  @Test func `one yes covers the rest of the step and nothing else`() throws {
    let world = try RunHarness(answers: ["production"])
    let first = world.plan("a")
    let second = world.plan("b")
    let rest: [WalkItem] = [.change(first, world.site("s/0")), .change(second, world.site("s/1"))]
    try world.perform(first, at: "s/0", rest: rest)
    try world.perform(world.plan("b"), at: "s/1")
    #expect(world.person.asked.count == 1)
    #expect(world.failure { try world.perform(world.plan("c"), at: "s/2") }?.exitCode == 4)
    #expect(world.failure { try world.perform(world.plan("b"), at: "s/1") }?.exitCode == 4)
    #expect(world.person.asked.count == 3)
  }

  @Test(arguments: 0..<10)
  func `whichever write fails, no effect happens without a recorded intent`(_ call: Int) throws {
    let world = try RunHarness(answers: ["production", "production"], failingAt: call)
    let failure = world.failure { try world.perform(world.plan()) }
    let events = world.trace.all
    if let effect = events.firstIndex(of: "perform dpl_1") {
      let intent = try #require(events.firstIndex(of: "write intent"))
      #expect(intent + 1 < effect && events[intent + 1] == "sync")
    }
    #expect(failure?.exitCode == 8)
    #expect(world.failure { try world.perform(world.plan("b"), at: "z") }?.exitCode == 8)
    #expect(!world.trace.all.contains("perform b"))
    #expect(world.trace.all.filter { $0 == "sync" } == events.filter { $0 == "sync" })
  }

  @Test func `a lock that somebody holds is told with who, run and step`() throws {
    let first = try RunHarness(answers: ["production"])
    try first.run.willBegin(.init(title: "Roll back", number: 1, count: 2, documentation: []))
    try first.perform(first.plan())
    let second = try RunHarness(answers: ["production"], folder: first.folder)
    let failure = second.failure { try second.perform(second.plan()) }
    #expect(failure?.exitCode == 6)
    let words = "production is being changed by ann in run 20261123-0301-test, in step 'Roll back'"
    #expect(failure?.message.hasPrefix(words) == true)
    _ = first.run.finish(nil)
    let third = try RunHarness(answers: ["production"], folder: first.folder)
    try third.perform(third.plan())
  }

  @Test func `unlocking makes a y do for changes`() throws {
    let world = try RunHarness(answers: ["production", "y"])
    let unlock = Plan(
      target: .init(environment: "production", kind: "environment", identity: "production"),
      member: "environment.unlock",
      arguments: [("for", .duration(.minutes(15))), ("because", .text("incident"))],
      effect: .change,
      effectClass: .opaque,
      summary: "unlock production",
      body: .effect { _ throws(Failure) in .nothing }
    )
    try world.perform(unlock, at: "line/1")
    #expect(try #require(world.run.unlockedSpan(of: "production")) > .minutes(14))
    try world.perform(world.plan(), at: "line/2")
    #expect(world.person.asked.last?.hasSuffix("do this? [y/N] ") == true)
  }

  @Test func `the last record holds the head of all before it`() throws {
    let world = try RunHarness(answers: ["production"])
    try world.perform(world.plan())
    let head = try #require(world.run.finish(Failure(.expectation, "no")))
    let reading = try world.reading
    #expect(reading.head == head)
    #expect(reading.finished?["exit"] == 3)
  }
}
