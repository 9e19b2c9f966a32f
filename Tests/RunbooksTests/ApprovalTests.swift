import Language
import Objects
import Runbooks
import Sinks
import Testing
import Values

@Suite struct ApprovalTests {
  func hash(_ walk: [WalkItem], text: String = "t", to: Value = .text("dpl_1")) throws -> String {
    try PlanHash.hash(texts: [Array(text.utf8)], parameters: [("to", to)], walk: walk)
  }

  @Test func `without a terminal the run ends before its first step, saying how to go on`() throws {
    let world = try RunHarness(terminal: false)
    let walk: [WalkItem] = [.change(world.plan(), world.site())]
    let hash = try hash(walk)
    let failure = world.failure {
      try world.run.prepare(walk: walk, hash: hash, approved: nil)
    }
    #expect(failure?.exitCode == 4)
    #expect(failure?.advice.first?.hasSuffix("opsh x.opsh --approve \(hash)") == true)
    #expect(!world.trace.all.contains("write intent"))
  }

  @Test func `an approval lets exactly its changes through, once`() throws {
    let world = try RunHarness(terminal: false)
    let walk: [WalkItem] = [.change(world.plan(), world.site())]
    let approved = try hash(walk)
    try world.run.prepare(walk: walk, hash: approved, approved: approved)
    try world.perform(world.plan())
    #expect(world.trace.all.contains("perform dpl_1"))
    #expect(world.failure { try world.perform(world.plan("dpl_2"), at: "b") }?.exitCode == 4)
    #expect(!world.trace.all.contains("perform dpl_2"))
    let again = try RunHarness(terminal: false, folder: world.folder)
    let second = again.failure {
      try again.run.prepare(walk: walk, hash: approved, approved: approved)
    }
    #expect(second?.exitCode == 4)
    #expect(second?.message.hasPrefix("this approval was used already") == true)
  }

  @Test func `another plan than the approved one is refused before the first step`() throws {
    let world = try RunHarness(terminal: false)
    let walk: [WalkItem] = [.change(world.plan(), world.site())]
    let (hash, other) = (
      try hash(walk), try hash([.change(world.plan("dpl_2"), world.site())])
    )
    let failure = world.failure {
      try world.run.prepare(walk: walk, hash: hash, approved: other)
    }
    #expect(failure?.exitCode == 4)
  }

  @Test func `a reachable question without a terminal ends it before the first step`() throws {
    let world = try RunHarness(terminal: false)
    let question = WalkItem.question(Question("Sure?", .confirm), world.site().place)
    let walk = [WalkItem.branch(heading: "if x", [question])]
    let failure = world.failure {
      try world.run.prepare(walk: walk, hash: "h", approved: nil)
    }
    #expect(failure?.message == "'Sure?' has to be answered, and there is no terminal")
  }

  @Test func `a destroy that is pending or unmeasured can not be approved in advance`() throws {
    let world = try RunHarness(terminal: false)
    let unmeasured: [WalkItem] = [.change(world.plan(effect: .destroy), world.site())]
    let pending: [WalkItem] = [
      .pendingChange(text: "env.database.rewind(to: x)", effect: .destroy, world.site())
    ]
    for walk in [unmeasured, pending] {
      let failure = world.failure {
        try world.run.prepare(walk: walk, hash: "h", approved: "h")
      }
      #expect(failure?.exitCode == 4)
      #expect(failure?.message.contains("can not be approved in advance") == true)
    }
  }

  @Test func `the same plan has the same hash and anything that matters changes it`() throws {
    let world = try RunHarness()
    let walk: [WalkItem] = [.change(world.plan(), world.site())]
    let base = try hash(walk)
    #expect(try hash([.change(world.plan(), world.site("elsewhere"))]) == base)
    #expect(try hash([.held(text: "now 12:00", world.site().place)] + walk) == base)
    #expect(try hash([.change(world.plan(now: "later"), world.site())]) == base)
    #expect(base.count == 64)
    let measure = Plan.Measure(token: "1", summary: "", isExact: true)
    let others = [
      try hash(walk, text: "u"), try hash(walk, to: .text("dpl_2")),
      try hash([.change(world.plan("dpl_2"), world.site())]),
      try hash([.change(world.plan(effect: .destroy), world.site())]),
      try hash([.change(world.plan(environment: "staging"), world.site())]),
      try hash([.change(world.plan(seen: "dpl_7"), world.site())]),
      try hash([.change(world.plan(measure: measure), world.site())]), try hash(walk + walk),
      try hash([]),
    ]
    #expect(Set(others + [base]).count == others.count + 1)
  }

  @Test func `a secret enters by its name, a pending value by its place`() {
    let one = PlanHash.content(of: .secret(Secret(name: "T", text: "one one one")))
    let two = PlanHash.content(of: .secret(Secret(name: "T", text: "two two two")))
    #expect(one == two && one == ["secret": "T"])
    let pending = PlanHash.content(of: .pending(Pending(place: "copy, line 3", type: .any)))
    #expect(pending == ["pending": "copy, line 3"])
    #expect(Coverage.fits(["to": pending], ["to": ["kind": "x", "identity": "y"]]))
    #expect(!Coverage.fits(["to": "a"], ["to": "b"]))
    #expect(!Coverage.fits(["to": "a"], ["to": "a", "more": "b"]))
  }

  @Test func `a plan prints its target, calls, precondition and undo`() throws {
    let world = try RunHarness()
    let lines = PlanPrinter(isByHand: true).lines(
      of: [.change(world.plan(), world.site())],
      hash: "abc",
      commandLine: "opsh x.opsh --approve abc"
    ).map(\.text)
    #expect(lines.first == "~ roll production back to dpl_1")
    #expect(lines.contains("    sends POST /rollback/dpl_1"))
    #expect(lines.contains("    by hand vercel rollback dpl_1"))
    #expect(lines.contains("    while dpl_9 is live"))
    #expect(lines.suffix(2) == ["plan abc", "opsh x.opsh --approve abc"])
  }
}
