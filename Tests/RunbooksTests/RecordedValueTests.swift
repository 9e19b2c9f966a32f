import Journals
import Objects
import Testing
import Values

@testable import Runbooks

@Suite struct RecordedValueTests {
  private static let kind = ObjectKind("lamp", summary: "a lamp", members: [])

  private static let lamp = Value.object(
    ObjectValue(kind, identity: "l1", environment: "production", payload: 1)
  )

  private static let values: [Value] = [
    .nothing, .bool(true), .int(.min), .number(3), .number(0.1), .number(-1e300), .percent(5),
    .text("a \"b\"\n"), .duration(TimeSpan(microseconds: 1)), .size(1 << 40),
    .time(Time(microseconds: 1_795_857_243_539_239)), .range(1, 10), .range(3, 1),
    .list([.int(1), .text("two"), .list([])]),
    .record(Record(fields: [("z", .time(Time(microseconds: 5))), ("a", .nothing)])),
    .sql(SQLTemplate(fragments: ["select ", ""], parameters: [.number(1)])),
    .record(Record(fields: [("time", .int(1))])), .record(Record(fields: [])),
  ]

  private func record(_ fields: [JSON.Member]) throws -> JournalRecord {
    // As a journal has it: canonical, and read back.
    let text = JSON.object(fields).bytes(isCanonical: true)
    return JournalRecord(
      sequence: 0,
      kind: .bound,
      at: Time(microseconds: 0),
      monotonic: 0,
      fields: try #require(try JSON.parse(text).objectValue)
    )
  }

  private func source(_ blobs: [String: [UInt8]] = [:]) -> RecordedValue.Source {
    RecordedValue.Source(
      object: { name throws(Failure) in
        name == .init(kind: "lamp", identity: "l1", environment: "production") ? Self.lamp : nil
      },
      secret: { name throws(Failure) in .secret(Secret(name: name, text: "hunter22")) },
      blob: { blobs[$0] }
    )
  }

  @Test(arguments: values)
  func `a value comes back from its record as it was`(_ value: Value) throws {
    let fields = RecordedValue.fields(of: value, redacted: { $0 }, keep: { _ in nil })
    let back = try RecordedValue.value(of: record(fields), from: source())
    #expect(back == value)
    #expect(back?.type.name == value.type.name)
  }

  @Test func `an object is found again by its name, a secret by its own`() throws {
    let value = Value.record(
      Record(fields: [("lamp", Self.lamp), ("key", .secret(Secret(name: "KEY", text: "hunter22")))])
    )
    let fields = RecordedValue.fields(of: value, redacted: { $0 }, keep: { _ in nil })
    #expect(!JSON.object(fields).text.contains("hunter22"))
    #expect(try RecordedValue.value(of: record(fields), from: source()) == value)
  }

  @Test func `what holds a secret is not on record, and is read again`() throws {
    let fields = RecordedValue.fields(
      of: .text("hunter22"),
      redacted: { _ in "‹KEY›" },
      keep: { _ in "kept" }
    )
    #expect(!JSON.object(fields).text.contains("hunter22"))
    #expect(try RecordedValue.value(of: record(fields), from: source()) == nil)
  }

  @Test func `a large value is kept beside the journal, and gone with its bytes`() throws {
    let value = Value.list((0..<2000).map { .int($0) })
    var kept: [UInt8] = []
    let fields = RecordedValue.fields(of: value, redacted: { $0 }) { bytes in
      kept = bytes
      return "abc"
    }
    #expect(JSON.object(fields).text.utf8.count < 300)
    #expect(try RecordedValue.value(of: record(fields), from: source(["abc": kept])) == value)
    #expect(try RecordedValue.value(of: record(fields), from: source()) == nil)
    let lost = RecordedValue.fields(of: value, redacted: { $0 }, keep: { _ in nil })
    #expect(try RecordedValue.value(of: record(lost), from: source()) == nil)
  }

  @Test func `a plan and what is pending are made anew`() throws {
    let pending = Value.pending(Pending(place: "copy, line 3", type: .any))
    let fields = RecordedValue.fields(
      of: .list([pending]),
      redacted: { $0 },
      keep: { _ in nil }
    )
    #expect(try RecordedValue.value(of: record(fields), from: source()) == nil)
  }
}
