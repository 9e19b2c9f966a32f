import Foundation
import Journals
import Sinks
import Testing
import Values

@Suite struct JournalTests {
  let id = "20261123-0301-k7q2"

  func journal(_ file: RecordingFile, _ registry: SecretRegistry = SecretRegistry()) throws
    -> Journal
  {
    let time = try #require(Time("2026-11-23T03:01Z"))
    return try Journal(runID: id, file: file, registry: registry) { (time, 7) }
  }

  func read(_ bytes: [UInt8]) throws -> JournalReading {
    try JournalReading(bytes, runID: id, path: "memory")
  }

  func sample() throws -> [UInt8] {
    let file = RecordingFile()
    let journal = try journal(file)
    try journal.append(.runCreated, [.init("run", .string(id))], durable: true)
    try journal.append(.intent, [.init("path", "a/0")], durable: true)
    try journal.append(.outcome, [.init("path", "a/0"), .init("outcome", "ok")], durable: true)
    return file.bytes
  }

  @Test func `a line is canonical JSON, a space and the chain's hash`() throws {
    let file = RecordingFile()
    try journal(file).append(.note, [.init("text", "x")], durable: true)
    let body =
      #"{"at":"2026-11-23T03:01:00Z","kind":"note","mono":7,"n":0,"text":"x"}"#
    let first = try SHA256.hex(of: "opsh journal 1\n\(id)")
    let hash = try SHA256.hex(of: "\(first)\n\(body)")
    #expect(String(decoding: file.bytes, as: UTF8.self) == "\(body) \(hash)\n")
  }

  @Test func `what was written reads back`() throws {
    let reading = try read(sample())
    #expect(reading.records.map(\.kind) == [.runCreated, .intent, .outcome])
    #expect(reading.records.map(\.sequence) == [0, 1, 2])
    #expect(reading.tail.isEmpty)
    #expect(reading.inDoubt.isEmpty)
  }

  @Test func `a journal cut at any byte loses its torn tail and nothing else`() throws {
    let bytes = try sample()
    let ends = bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 }
    for length in 0...bytes.count {
      let reading = try read(Array(bytes[..<length]))
      let whole = ends.filter { $0 <= length }
      #expect(reading.records.count == whole.count)
      #expect(reading.goodLength == whole.last ?? 0)
      #expect(reading.tail == Array(bytes[(whole.last ?? 0)..<length]))
    }
  }

  @Test func `a byte changed anywhere is never read as if it were written so`() throws {
    let bytes = try sample()
    let last = bytes.dropLast().lastIndex(of: 0x0A) ?? 0
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      guard place <= last else {
        // In the last line it may look like a torn write, but is never taken for a record.
        #expect((try? read(changed).records.count) ?? 2 < 3)
        continue
      }
      #expect(throws: JournalError.self) { try read(changed) }
    }
  }

  @Test func `a record left out, doubled or moved does not verify`() throws {
    let lines = try sample().split(separator: 0x0A).map { Array($0) + [0x0A] }
    #expect(throws: JournalError.doesNotVerify(path: "memory", record: 1)) {
      try read(lines[0] + lines[2])
    }
    #expect(throws: JournalError.doesNotVerify(path: "memory", record: 2)) {
      try read(lines[0] + lines[1] + lines[1] + lines[2])
    }
    #expect(throws: JournalError.doesNotVerify(path: "memory", record: 0)) {
      try read(lines[1] + lines[0] + lines[2])
    }
    #expect(throws: JournalError.doesNotVerify(path: "memory", record: 0)) {
      try JournalReading(lines.flatMap { $0 }, runID: "another", path: "memory")
    }
  }

  @Test func `an intent reserves room, is written and synced in this order`() throws {
    let file = RecordingFile()
    let journal = try journal(file)
    try journal.append(.intent, [], durable: true)
    try journal.append(.output, [], durable: false)
    try journal.append(.outcome, [], durable: true)
    #expect(
      file.calls == [.reserve, .append, .synchronize, .append, .append, .synchronize]
    )
  }

  @Test(arguments: 0..<5)
  func `after a failure nothing is written or synced again`(_ call: Int) throws {
    let file = RecordingFile(failingAt: call)
    let journal = try journal(file)
    var failures = 0
    for kind in [JournalRecord.Kind.intent, .outcome, .note] {
      do { try journal.append(kind, [], durable: true) } catch { failures += 1 }
    }
    #expect(failures >= 1)
    #expect(journal.isBroken)
    #expect(file.calls.count == call + 1)
    #expect(throws: JournalError.broken(path: "memory")) {
      try journal.append(.note, [], durable: true)
    }
  }

  @Test func `secrets are masked before the hash`() throws {
    let registry = SecretRegistry()
    registry.add(Secret(name: "T", text: "tok_0123456789"))
    registry.add(Secret(name: "PIN", text: "4929123456789"))
    let file = RecordingFile()
    let journal = try journal(file, registry)
    let fields: [JSON.Member] = [
      .init("text", "a tok_0123456789"), .init("pin", 4_929_123_456_789),
      .init("list", [["tok_0123456789": "dG9rXzAxMjM0NTY3ODk="]]),
    ]
    try journal.append(.output, fields, durable: true)
    let text = String(decoding: file.bytes, as: UTF8.self)
    #expect(!text.contains("0123456789") && !text.contains("4929") && !text.contains("dG9r"))
    #expect(try read(file.bytes).records[0]["text"] == "a ‹T›")
  }

  @Test func `bytes that are not UTF-8 are kept and marked`() {
    #expect(JournalRecord.json(of: [0x61]) == "a")
    #expect(JournalRecord.json(of: [0xFF]) == ["base64": "/w=="])
    #expect(JournalRecord.json(of: [0xFF, 0xFE]) == ["base64": "//4="])
    #expect(JournalRecord.json(of: [0xFF, 0xFE, 0x00, 0x01]) == ["base64": "//4AAQ=="])
  }

  @Test func `an intent without an outcome is in doubt until a probe or a person says`() throws {
    let file = RecordingFile()
    let journal = try journal(file)
    try journal.append(.intent, [.init("path", "a")], durable: true)
    #expect(try read(file.bytes).inDoubt.count == 1)
    try journal.append(.outcome, [.init("path", "a"), .init("outcome", "unknown")], durable: true)
    #expect(try read(file.bytes).inDoubt.count == 1)
    try journal.append(.probe, [.init("path", "a"), .init("answer", "done")], durable: true)
    #expect(try read(file.bytes).inDoubt.isEmpty)
  }
}
