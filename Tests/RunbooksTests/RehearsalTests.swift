import Journals
import Language
import Objects
import Runbooks
import Testing
import Values

/// A change that is measured by doing it and taking it back, right before a person is asked.
@Suite struct RehearsalTests {
  private let measure = Plan.Measure(token: "delete 12", summary: "12 rows", isExact: true)

  private func plan(
    _ world: RunHarness,
    effect: Effect = .destroy,
    environment: String = "production"
  ) -> Plan {
    let measured = world.plan(effect: effect, environment: environment, measure: measure)
    let trace = world.trace
    return world.plan(effect: effect, environment: environment) { _ throws(Failure) in
      trace.add("rehearse")
      return measured
    }
  }

  @Test func `the question has what was measured, and that is what is done`() throws {
    let world = try RunHarness(answers: ["delete 12"])
    #expect(try world.perform(plan(world)) == [.text("dpl_1")])
    #expect(world.person.asked.first?.contains("measured 12 rows") == true)
    #expect(world.trace.all.filter { $0 == "rehearse" }.count == 1)
    let intent = try world.reading.records.first { $0.kind == .intent }
    #expect(intent?["plan"]?["measure"] == "delete 12")
  }

  @Test func `the rest of the step is shown with it in its place, once`() throws {
    let world = try RunHarness(answers: ["production"])
    let plan = plan(world, effect: .change)
    try world.perform(plan, rest: [.change(plan, world.site())])
    let shown = try #require(world.person.asked.first)
    #expect(shown.contains("measured 12 rows"))
    #expect(shown.ranges(of: "~ roll production back to dpl_1").count == 1, "\(shown)")
  }

  @Test func `where nobody is asked nothing is rehearsed`() throws {
    let unprotected = try RunHarness()
    try unprotected.perform(plan(unprotected, effect: .change, environment: "development"))
    #expect(!unprotected.trace.all.contains("rehearse"))
    let alone = try RunHarness(terminal: false)
    let refused = alone.failure { try alone.perform(plan(alone)) }
    #expect(refused?.kind == .approval)
    #expect(!alone.trace.all.contains("rehearse"))
  }

  @Test func `a rehearsal that is refused ends it before anybody is asked`() throws {
    let world = try RunHarness(answers: ["production"])
    let plan = world.plan { _ throws(Failure) in throw Failure(.refused, "23503") }
    #expect(world.failure { try world.perform(plan) }?.message == "23503")
    #expect(world.person.asked.isEmpty)
    #expect(!world.trace.all.contains("perform dpl_1"))
  }

  /// Unlike an unknown outcome it says itself what is done, and is nothing that `try` may take.
  @Test func `what is done in part stops the run with its own words`() throws {
    for (kind, expected) in [
      (Failure.Kind.unknown, Failure.Kind.unknown), (.interrupted, .interrupted),
    ] {
      let world = try RunHarness(answers: ["production"])
      let stopped = Failure(kind, "5 of 23 rows are done", advice: ["opsh resume goes on"])
      let plan = world.plan(class: .marked, fails: stopped, probe: .partly)
      let failure = world.failure { try world.perform(plan) }
      #expect(failure?.kind == expected)
      #expect(failure?.message == "5 of 23 rows are done")
      #expect(failure?.advice == ["opsh resume goes on"])
      #expect(failure?.isCatchable == false)
      #expect(try world.reading.inDoubt.count == 1)
    }
  }
}
