import Testing
import Values

@Suite struct ValueTests {
  @Test func `equal values have equal hashes, and equality is an equivalence`() {
    let values = Self.samples
    for left in values {
      #expect(left == left)
      for right in values where left == right {
        #expect(right == left)
        #expect(left.hashValue == right.hashValue, "\(left.text) and \(right.text)")
        for third in values where right == third { #expect(left == third) }
      }
    }
  }

  /// Pairs that are the same in spite of their looks, and many that are not.
  private static let samples: [Value] = {
    var numbers = SeededNumbers(seed: 11)
    var values: [Value] = [
      .nothing, .bool(true), .bool(false), .int(0), .number(0), .number(-0.0), .int(5),
      .number(5), .percent(5), .duration(.seconds(5)), .size(5), .text("5"),
      .int(1 << 53), .int(1 << 53 + 1), .number(9_007_199_254_740_992), .int(.max),
      .number(9_223_372_036_854_775_808), .time(Time(microseconds: 5)), .list([]), .range(3, 2),
      .range(9, 1), .range(1, 3), .list([.int(1), .int(2), .int(3)]),
      .list([.number(1), .int(2), .int(3)]), .record(Record(["a": .int(1)])),
      .record(Record(["a": .number(1)])), .record(Record(["b": .int(1)])), .record(Record([:])),
      .text("é"), .text("e\u{301}"),
      .sql(SQLTemplate(fragments: ["a", ""], parameters: [.int(1)])),
      .sql(SQLTemplate(fragments: ["a", ""], parameters: [.number(1)])),
      .sql(SQLTemplate(fragments: ["a", ""], parameters: [.int(2)])),
      .secret(Secret(name: "A", text: "x")), .secret(Secret(name: "B", text: "x")),
      .secret(Secret(name: "A", text: "y")),
      .pending(Pending(place: "line 1", type: .any)),
    ]
    for _ in 0..<60 {
      let small = Int64.random(in: 0...3, using: &numbers)
      values.append(numbers.choice(2) == 0 ? .int(small) : .number(Double(small)))
      values.append(.range(small, small + 1))
      values.append(.list([.int(small), .number(Double(small + 1))]))
    }
    return values
  }()

  @Test func `numbers compare by size, and units keep things apart`() {
    #expect(Value.int(2) == .number(2))
    #expect(Value.int(1 << 53 + 1) != .number(9_007_199_254_740_992))
    #expect(Value.int(5) != .percent(5))
    #expect(Value.int(5) != .size(5))
    #expect(Value.text("true") != .bool(true))
    #expect(Value.nothing != .list([]))
    #expect(Value.list([.int(1), .int(2)]) == .range(1, 2))
    #expect(Value.range(3, 1) == .range(9, 2))
    #expect(Value.list([]) == .range(2, 1))
    #expect(Value.range(1, .max) != .list([.int(1)]))
  }

  @Test func `records need the same names in the same order`() {
    let shape = RecordShape(["a", "b"])
    let left = Record(shape: shape, cells: [.int(1), .int(2)])
    #expect(Value.record(left) == .record(Record(["a": .int(1), "b": .int(2)])))
    #expect(Value.record(left) != .record(Record(["b": .int(2), "a": .int(1)])))
    #expect(left["b"] == .int(2))
    #expect(left["c"] == nil)
  }

  @Test func `a record with many or repeated names finds the first of each`() {
    let names = (0..<12).map { "n\($0 % 10)" }
    let record = Record(fields: names.enumerated().map { ($1, .int(Int64($0))) })
    #expect(record["n0"] == .int(0))
    #expect(record["n9"] == .int(9))
    #expect(record["x"] == nil)
    #expect(record.names == names)
    #expect(Record(fields: [("a", .int(1)), ("a", .int(2))])["a"] == .int(1))
  }

  @Test(arguments: [
    (Value.nothing, "nothing", "null"), (.bool(true), "true", "true"), (.number(2), "2", "2"),
    (.number(0.25), "0.25", "0.25"), (.percent(5), "5%", "0.05"),
    (.percent(12.5), "12.5%", "0.125"),
    (.duration(.milliseconds(1500)), "1.5s", "1.5"), (.duration(.minutes(2)), "2m", "120"),
    (.size(1_500_000), "1.5MB", "1500000"),
    (.time(Time(microseconds: 0)), "1970-01-01T00:00:00Z", "\"1970-01-01T00:00:00Z\""),
    (.list([.int(1), .text("a")]), "[1, a]", "[1,\"a\"]"), (.range(1, 3), "1..3", "[1,2,3]"),
    (.range(3, 1), "3..1", "[]"),
    (.record(Record(["a": .int(1), "b": .nothing])), "{a: 1, b: nothing}", "{\"a\":1,\"b\":null}"),
    (
      .sql(SQLTemplate(fragments: ["select ", " + ", ""], parameters: [.int(1), .int(2)])),
      "select $1 + $2", "\"select $1 + $2\""
    ),
    (.secret(Secret(name: "KEY", text: "hunter22")), "‹KEY›", "\"‹KEY›\""),
    (
      .pending(Pending(place: "copy, line 33", type: .any)), "‹copy, line 33›",
      "{\"pending\":\"copy, line 33\"}"
    ),
  ])
  func `a value has a text for people and JSON for programs`(
    value: Value,
    text: String,
    json: String
  ) {
    #expect(value.text == text)
    #expect(value.json.text == json)
  }

  @Test func `what a program answered becomes a value`() throws {
    let json = try JSON.parse(#"{"a":[1,1.5,"x",null,true]}"#)
    let value = Value(json)
    #expect(value.json == json)
    #expect(value.type == .record)
    #expect(Value.range(1, 2).type.name == "list of int")
    #expect(ValueType.optional(.list(of: .object("job"))).name == "list of job or nothing")
    #expect(ValueType.optional(.optional(.int)).unwrapped == .int)
    #expect(ValueType.named["duration"] == .duration)
  }
}

@Suite struct SecretTests {
  private let secret = Secret(name: "DATABASE_URL", text: "postgres://u:hunter22@h/d")

  @Test func `nothing that shows a value shows a secret's text`() {
    var dumped = ""
    dump(secret, to: &dumped)
    dump(Value.secret(secret), to: &dumped)
    dump(["x": secret], to: &dumped)
    let shown = [
      dumped, "\(secret)", String(reflecting: secret), String(describing: [secret]),
      "\(Value.secret(secret))", String(reflecting: Value.secret(secret)),
      Value.secret(secret).text, Value.secret(secret).json.text,
      Value.list([.secret(secret)]).json.text, Value.record(Record(["s": .secret(secret)])).text,
    ]
    for text in shown { #expect(!text.contains("hunter22")) }
    #expect("\(secret)" == "‹DATABASE_URL›")
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test func `its text is had in one way only, and compares as a whole`() {
    #expect(secret.withExposedText { $0.hasSuffix("/d") })
    #expect(secret.hasSameText(as: Secret(name: "OTHER", text: "postgres://u:hunter22@h/d")))
    #expect(
      !secret.hasSameText(as: Secret(name: "DATABASE_URL", text: "postgres://u:hunter23@h/d"))
    )
    #expect(!secret.hasSameText(as: Secret(name: "DATABASE_URL", text: "")))
  }
}
