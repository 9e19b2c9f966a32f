import Objects
import Testing
import Values

@Suite struct ObjectTests {
  private let lamp = Lamp(name: "desk", isLit: true).value()

  @Test func `a kind that is declared once is found everywhere`() {
    let vocabulary = Vocabulary([.lamp])
    #expect(vocabulary.kind("lamp") === ObjectKind.lamp)
    #expect(vocabulary.type(named: "lamp") == .object("lamp"))
    #expect(vocabulary.type(named: "duration") == .duration)
    #expect(vocabulary.type(named: "lamps") == nil)
    #expect(ObjectKind.lamp.columns.map(\.name) == ["name", "lit"])
    #expect(ObjectKind.lamp.member("brightness")?.cost == .request)
    #expect(ObjectKind.lamp.member("switch")?.isAction == true)
    #expect(ObjectKind.lamp.member("dim") == nil)
    #expect(ObjectKind.lamp.later == ["dim"])
    #expect(ObjectKind.lamp.elements == nil)
    #expect(Value.object(lamp).type == .object("lamp"))
    #expect(Value.object(lamp).text == "desk")
    #expect(Value.object(lamp).json.text == #"{"name":"desk","lit":true}"#)
    #expect(lamp.summaryRecord.names == ["name", "lit"])
  }

  @Test func `an object is the one of its kind and identity`() {
    #expect(Value.object(lamp) == .object(Lamp(name: "desk", isLit: false).value()))
    #expect(Value.object(lamp) != .object(Lamp(name: "door", isLit: true).value()))
    let other = ObjectValue(
      ObjectKind("table", summary: "", members: []),
      identity: "desk",
      payload: 1
    )
    #expect(Value.object(lamp) != .object(other))
  }

  @Test func `fields and reads give values, with their arguments`() throws {
    #expect(try lamp.read("lit", in: .test) == .bool(true))
    #expect(try lamp.read("maker", in: .test) == .nothing)
    #expect(try lamp.read("brightness", in: .test) == .number(42))
    let at = Arguments([("at", .time(Time(microseconds: 7)))])
    #expect(try lamp.read("brightness", at, in: .test) == .number(7))
  }

  @Test func `a wrong name or use says so`() {
    #expect(throws: Failure(.value, "lamp has no member 'lita'")) {
      try lamp.read("lita", in: .test)
    }
    #expect(throws: Failure(.value, "'switch' is an action: call it")) {
      try lamp.read("switch", in: .test)
    }
    #expect(throws: Failure(.value, "lamp has no action 'lit'")) {
      try lamp.plan("lit", Arguments(), in: .test)
    }
    #expect(throws: Failure(.value, "lamp has no action 'x'")) {
      try lamp.plan("x", Arguments(), in: .test)
    }
    let strange = ObjectValue(.lamp, identity: "x", environment: "production", payload: 7)
    #expect(throws: Failure(.value, "lamp x is not what 'switch' needs")) {
      try strange.plan("switch", Arguments(), in: .test)
    }
    #expect(strange.summaryRecord.cells == [.nothing, .nothing])
  }

  @Test func `a member that only some environments have is refused elsewhere, with advice`() throws
  {
    let staging = Lamp(name: "desk", isLit: true).value(in: "staging")
    #expect(
      throws: Failure(
        .refused,
        "staging has no 'switch'",
        advice: ["use the switch on the wall"]
      )
    ) { try staging.plan("switch", Arguments(), in: .test) }
    #expect(throws: Failure(.refused, "staging has no 'colour'", advice: ["look at it"])) {
      try staging.read("colour", in: .test)
    }
    #expect(try lamp.read("colour", in: .test) == .text("red"))
    // What belongs to no environment is not restricted by one.
    #expect(
      try Lamp(name: "x", isLit: true).value(in: nil).read("colour", in: .test) == .text("red")
    )
    let environment = ObjectValue(
      ObjectKind("environment", summary: "", members: ObjectKind.lamp.members),
      identity: "staging",
      payload: Lamp(name: "x", isLit: true)
    )
    #expect(throws: Failure.self) { try environment.plan("switch", Arguments(), in: .test) }
  }

  @Test func `of two members of one name the first counts`() {
    let kind = ObjectKind(
      "x",
      summary: "",
      members: [
        .field("a", .int, "one") { (_: Int) in .int(1) },
        .field("a", .int, "two") { (_: Int) in .int(2) },
        .read("all", .list(of: .int), "each") { (_: Int, _, _) throws(Failure) in .list([]) },
      ]
    )
    #expect(kind.member("a")?.summary == "one")
    #expect(kind.elements?.name == "all")
  }

  @Test func `effects have an order`() {
    #expect(Effect.read < .change)
    #expect(Effect.change < .destroy)
    #expect(Effect.allCases.max() == .destroy)
  }
}

@Suite struct ArgumentsTests {
  private let template = SQLTemplate(fragments: ["select 1"], parameters: [])

  @Test func `each accessor takes its type and gives nothing for what was left out`() throws {
    let lamp = Lamp(name: "desk", isLit: true).value()
    let arguments = Arguments([
      ("text", .text("a")), ("int", .int(3)), ("bool", .bool(true)),
      ("time", .time(Time(microseconds: 1))), ("duration", .duration(.seconds(1))),
      ("sql", .sql(template)), ("lamp", .object(lamp)), ("none", .nothing),
    ])
    #expect(try arguments.text("text") == "a")
    #expect(try arguments.int("int") == 3)
    #expect(try arguments.bool("bool") == true)
    #expect(try arguments.time("time") == Time(microseconds: 1))
    #expect(try arguments.duration("duration") == .seconds(1))
    #expect(try arguments.sql("sql") === template)
    #expect(try arguments.object("lamp", kind: "lamp") === lamp)
    #expect(try arguments.text("none") == nil)
    #expect(try arguments.int("missing") == nil)
    #expect(arguments["none"] == nil)
  }

  @Test func `a value of another type is named with what is needed`() {
    let arguments = Arguments([
      ("a", .percent(1)), ("b", .object(Lamp(name: "d", isLit: true).value())),
    ])
    let calls: [(String, () throws -> Void)] = [
      ("a text", { _ = try arguments.text("a") }),
      ("a whole number", { _ = try arguments.int("a") }),
      ("true or false", { _ = try arguments.bool("a") }),
      ("a time", { _ = try arguments.time("a") }),
      ("a duration", { _ = try arguments.duration("a") }),
      ("an sql\"…\"", { _ = try arguments.sql("a") }),
      ("a deployment", { _ = try arguments.object("a", kind: "deployment") }),
    ]
    for (needed, call) in calls {
      #expect(throws: Failure(.value, "'a' must be \(needed), but is percent")) { try call() }
    }
    #expect(throws: Failure(.value, "'b' must be a deployment, but is lamp")) {
      try arguments.object("b", kind: "deployment")
    }
  }
}
