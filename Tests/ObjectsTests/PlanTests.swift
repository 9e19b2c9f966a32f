import Objects
import Testing
import Values

@Suite struct PlanTests {
  private func plan(
    environment: String? = "production",
    identity: String = "desk",
    attested: String? = nil,
    member: String = "lamp.switch",
    arguments: [(name: String, value: Value)] = [("to", .text("on"))],
    effect: Effect = .change,
    summary: String = "switch desk",
    consequences: [String] = [],
    calls: [Plan.Call] = [],
    seen: JSON? = nil,
    measure: String? = nil,
    body: Plan.Body = .effect { _ throws(Failure) in .nothing }
  ) -> Plan {
    Plan(
      target: .init(
        environment: environment,
        kind: "lamp",
        identity: identity,
        attested: attested
      ),
      member: member,
      arguments: arguments,
      effect: effect,
      effectClass: .opaque,
      summary: summary,
      consequences: consequences,
      calls: calls,
      precondition: seen.map { seen in
        .init("it is \(seen.text)", of: "state", seen: seen) { _ throws(Failure) in seen }
      },
      measure: measure.map { .init(token: $0, summary: "\($0), about", isExact: false) },
      body: body
    )
  }

  @Test func `a plan is done once, and a failed one may be tried again`() throws {
    let plan = plan()
    #expect(plan.currentState == .fresh)
    try plan.begin()
    #expect(plan.currentState == .underway)
    #expect(throws: Failure(.value, "this plan is being done already: switch desk")) {
      try plan.begin()
    }
    plan.end(.failed)
    try plan.begin()
    plan.end(.ok)
    #expect(
      throws: Failure(
        .value,
        "this plan was done already: switch desk",
        advice: ["a plan is done once; call the action again for a new one"]
      )
    ) { try plan.begin() }
    #expect(plan.currentState == .ok)
  }

  @Test func `a plan whose outcome is unknown is not done again`() throws {
    let plan = plan()
    try plan.begin()
    plan.end(.unknown)
    #expect(throws: Failure(.value, "the outcome of this plan is unknown: switch desk")) {
      try plan.begin()
    }
    #expect(plan.currentState == .unknown)
  }

  @Test func `only one of many threads gets a plan`() async {
    let plan = plan()
    let taken = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 { group.addTask { (try? plan.begin()) != nil } }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(taken == 1)
  }

  @Test func `a plan is itself and no other`() {
    let plan = plan()
    #expect(Value.plan(plan) == .plan(plan))
    #expect(Value.plan(plan) != .plan(self.plan()))
    #expect(Value.plan(plan).text == "switch desk")
  }
}
