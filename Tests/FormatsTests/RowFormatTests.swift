import Formats
import Objects
import Testing
import Values

@Suite struct RowFormatTests {
  private let deployments: Value = .list([
    .record(Record(["id": .text("dpl_1"), "age": .duration(.minutes(92)), "ok": .bool(true)])),
    .record(Record(["id": .text("dpl_22"), "age": .nothing, "ok": .bool(false)])),
  ])

  @Test func `into a pipe records are JSON lines`() throws {
    #expect(
      try RowFormat.lines.text(of: deployments)
        == #"{"id":"dpl_1","age":5520,"ok":true}"# + "\n"
        + #"{"id":"dpl_22","age":null,"ok":false}"# + "\n"
    )
  }

  @Test func `into a pipe a list of scalars is a line each`() throws {
    let list: Value = .list([.int(1), .text("two"), .nothing, .percent(2.505)])
    #expect(try RowFormat.lines.text(of: list) == "1\ntwo\nnothing\n2.505%\n")
  }

  @Test(arguments: [
    (Value.int(42), "42\n"), (.text("a\nb"), "a\nb\n"), (.text("whole line\n"), "whole line\n"),
    (.duration(.seconds(3723)), "1h2m3s\n"), (.size(1_234_567), "1234567B\n"),
    (.size(512_000_000), "512MB\n"),
    (.time(Time(microseconds: 1)), "1970-01-01T00:00:00.000001Z\n"),
    (.record(Record(["a": .list([.int(1)])])), "{\"a\":[1]}\n"), (.bool(false), "false\n"),
    (.range(2, 4), "2\n3\n4\n"), (.range(4, 2), ""),
    (.range(.max - 1, .max), "\(Int64.max - 1)\n\(Int64.max)\n"),
  ])
  func `into a pipe a value is exact`(_ value: Value, _ text: String) throws {
    #expect(try RowFormat.lines.text(of: value) == text)
  }

  @Test func `JSON is one array of rows`() throws {
    #expect(
      try RowFormat.json.text(of: deployments)
        == #"[{"id":"dpl_1","age":5520,"ok":true},{"id":"dpl_22","age":null,"ok":false}]"#
    )
    #expect(try RowFormat.json.text(of: .list([])) == "[]")
    #expect(try RowFormat.json.text(of: .nothing) == "null")
    #expect(try RowFormat.json.text(of: .stream(TestStream([.int(1), .int(2)]))) == "[1,2]")
  }

  @Test func `every line of NDJSON is a value`() throws {
    #expect(try RowFormat.ndjson.text(of: .list([.int(1), .list([.text("a")])])) == "1\n[\"a\"]\n")
  }

  @Test func `an object is what its kind declares as columns`() throws {
    let kind = ObjectKind(
      "deployment",
      summary: "one build",
      members: [
        .field("id", .text, "its id", column: true) { (id: String) in .text(id) },
        .field("url", .text, "where", column: false) { (_: String) in .text("hidden") },
        .field("state", .text, "its state", column: true) { (_: String) in .text("ready") },
      ]
    )
    let object = Value.object(ObjectValue(kind, identity: "dpl_1", payload: "dpl_1"))
    #expect(try RowFormat.lines.text(of: object) == "{\"id\":\"dpl_1\",\"state\":\"ready\"}\n")
    #expect(try RowFormat.csv.text(of: .list([object])) == "id,state\ndpl_1,ready\n")
    #expect(try RowFormat.table.text(of: object) == "id     dpl_1\nstate  ready\n")
  }

  @Test func `yaml is not in this version`() {
    #expect(throws: Failure(.usage, "'as yaml' is not in this version")) {
      try RowFormat.named("yaml")
    }
  }

  @Test(arguments: ["lines", "xml", "", "JSON"])
  func `an unknown format is told with those there are`(_ name: String) throws {
    let failure = try #require(throws: Failure.self) { try RowFormat.named(name) }
    #expect(failure.kind == .usage)
    #expect(failure.message == "there is no format '\(name)'")
    #expect(failure.advice == ["the formats are table, json, ndjson, csv, tsv, markdown"])
  }

  @Test func `what came before a failure is written, and an array stays open`() throws {
    let failure = Failure(.unreachable, "the connection broke")
    let rows: [Result<Value, Failure>] = [.success(.int(1)), .failure(failure), .success(.int(2))]
    for (format, text) in [(RowFormat.json, "[1"), (.lines, "1\n"), (.csv, "value\n1\n")] {
      let stream = TestStream(rows)
      var written = ""
      #expect(throws: failure) {
        try format.write(.stream(stream)) { written += String(decoding: $0, as: UTF8.self) }
      }
      #expect(written == text)
      #expect(stream.isCancelled)
    }
  }

  @Test func `a reader that went away stops the source`() {
    let stream = CountingStream(10_000_000)
    let gone = Failure(.failed, "nobody reads the output any more")
    #expect(throws: gone) {
      try RowFormat.ndjson.write(.stream(stream)) { _ throws(Failure) in throw gone }
    }
    #expect(stream.rowsMade < 100_000)
  }

  @Test(arguments: RowFormat.allCases)
  func `a long stream is never held as a whole`(_ format: RowFormat) throws {
    var largest = 0
    var total = 0
    try format.write(.stream(CountingStream(50_000))) { bytes in
      largest = max(largest, bytes.count)
      total += bytes.count
    }
    #expect(total > 250_000)
    #expect(largest < 100_000)
  }
}
