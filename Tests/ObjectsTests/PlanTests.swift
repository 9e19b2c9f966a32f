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
        .init("it is \(seen.text)", seen: seen) { _ throws(Failure) in seen }
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

  @Test func `whatever decides what is done changes the hash`() {
    let plans = [
      plan(), plan(environment: "staging"), plan(environment: nil), plan(identity: "door"),
      plan(attested: "system 7"), plan(member: "lamp.dim"), plan(arguments: []),
      plan(arguments: [("to", .text("off"))]), plan(arguments: [("at", .text("on"))]),
      plan(arguments: [("to", .text("on")), ("at", .nothing)]), plan(effect: .destroy),
      plan(seen: "on"), plan(seen: "off"), plan(measure: "delete 2"), plan(measure: "delete 3"),
      plan(body: .call(NamedCall("a"))), plan(body: .call(NamedCall("b"))),
    ]
    #expect(Set(plans.map(\.hashContent.canonicalText)).count == plans.count)
  }

  @Test func `what is only said of it does not change the hash`() throws {
    let said = plan(
      summary: "something else",
      consequences: ["more"],
      calls: [.init("POST x", byHand: "curl x")]
    )
    #expect(said.hashContent == plan().hashContent)
    try said.begin()
    said.end(.failed)
    #expect(said.hashContent == plan().hashContent)
  }

  @Test func `a secret enters the hash by its name, a pending value by its place`() {
    func hash(_ value: Value) -> String {
      plan(arguments: [("v", value)]).hashContent.canonicalText
    }
    let one = hash(.secret(Secret(name: "KEY", text: "hunter22")))
    #expect(one == hash(.secret(Secret(name: "KEY", text: "changed"))))
    #expect(one != hash(.secret(Secret(name: "OTHER", text: "hunter22"))))
    #expect(!one.contains("hunter22"))
    #expect(hash(.pending(Pending(place: "copy, line 3", type: .any))).contains("copy, line 3"))
    #expect(
      hash(.pending(Pending(place: "copy, line 3", type: .any)))
        != hash(.pending(Pending(place: "copy, line 4", type: .any)))
    )
  }

  @Test func `an object enters the hash as what tells it apart`() {
    func hash(_ name: String, isLit: Bool = true) -> JSON {
      let lamp = Value.object(Lamp(name: name, isLit: isLit).value())
      return plan(arguments: [("l", lamp), ("all", .list([.record(Record(["l": lamp]))]))])
        .hashContent
    }
    #expect(hash("desk") != hash("door"))
    #expect(hash("desk") == hash("desk", isLit: false))
  }

  @Test func `a plan is itself and no other`() {
    let plan = plan()
    #expect(Value.plan(plan) == .plan(plan))
    #expect(Value.plan(plan) != .plan(self.plan()))
    #expect(Value.plan(plan).text == "switch desk")
  }
}

private final class NamedCall: PlannedCall {
  let hashContent: JSON

  init(_ name: String) {
    hashContent = .string(name)
  }
}
