import Foundation
import Journals
import Reports
import Sinks
import Testing
import Values

@Suite struct VerificationTests {
  private let run: TestRun

  init() throws {
    run = try TestRun()
  }

  private func words(_ verification: Verification) -> String {
    verification.lines.map(\.text).joined(separator: "\n")
  }

  @Test func `a journal without an anchor is never called verified`() throws {
    let verification = try Verification(of: TestRun.id, in: run.store)
    #expect(verification.failure == nil)
    #expect(words(verification).contains("chain ok: 15 records"))
    #expect(words(verification).contains("head      \(run.head)"))
    #expect(words(verification).contains("not anchored"))
    #expect(!words(verification).contains("verified"))
  }

  @Test func `an anchor with the same head confirms it`() throws {
    let anchor = Verification.Anchor(place: "the marker row in production", head: run.head)
    let verification = try Verification(of: TestRun.id, in: run.store, anchors: [anchor])
    #expect(verification.failure == nil)
    #expect(words(verification).contains("anchored: the marker row in production has the head"))
    #expect(!words(verification).contains("not anchored"))
  }

  @Test func `an older anchor confirms what was written up to it`() throws {
    var chain = try Chain(runID: TestRun.id)
    for record in try run.store.read(id: TestRun.id).records.prefix(4) {
      _ = try chain.append(record.json)
    }
    let anchor = Verification.Anchor(place: "chat", head: chain.head)
    let verification = try Verification(of: TestRun.id, in: run.store, anchors: [anchor])
    #expect(verification.confirming.map(\.anchor) == [anchor])
    #expect(verification.confirming.map(\.records) == [4])
    #expect(words(verification).contains("anchored up to record 4 of 15: chat has the head"))
    #expect(words(verification).contains("not anchored: the 11 behind it"))
  }

  @Test func `a journal that was shortened contradicts its anchor`() throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: run.journalPath))
    let lines = bytes.split(separator: 0x0A).dropLast(2)
    let shortened = Data(lines.joined(separator: [0x0A])) + [0x0A]
    try shortened.write(to: URL(fileURLWithPath: run.journalPath))
    let unanchored = try Verification(of: TestRun.id, in: run.store)
    #expect(unanchored.failure == nil)
    let anchor = Verification.Anchor(place: "chat", head: run.head)
    let failure = try Verification(of: TestRun.id, in: run.store, anchors: [anchor]).failure
    #expect(failure?.kind == .journal)
    #expect(
      failure?.message
        == "the journal of \(TestRun.id) does not match its anchor: chat has the head"
        + " \(run.head), which it never had"
    )
  }

  @Test func `a changed record is named`() throws {
    let text = try String(contentsOfFile: run.journalPath, encoding: .utf8)
    try text.replacingOccurrences(of: "customers were told", with: "customers were sold")
      .write(toFile: run.journalPath, atomically: true, encoding: .utf8)
    let verification = try Verification(of: TestRun.id, in: run.store)
    #expect(verification.chain == .doesNotMatch(record: 10))
    #expect(verification.failure?.exitCode == 8)
    #expect(verification.lines.isEmpty)
  }

  @Test func `a torn end is told`() throws {
    let handle = try #require(FileHandle(forWritingAtPath: run.journalPath))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"at\":".utf8))
    try handle.close()
    let verification = try Verification(of: TestRun.id, in: run.store)
    #expect(words(verification).contains("6 bytes at its end are torn"))
    #expect(verification.failure == nil)
  }

  /// What verifying says of other bytes in the journal's place: nothing if it finds fault with them.
  private func accepted(_ bytes: [UInt8], _ anchors: [Verification.Anchor] = []) throws -> String? {
    try Data(bytes).write(to: URL(fileURLWithPath: run.journalPath))
    let verification = try Verification(of: TestRun.id, in: run.store, anchors: anchors)
    return verification.failure == nil ? words(verification) : nil
  }

  private var lines: [[UInt8]] {
    get throws {
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: run.journalPath)))
      return bytes.split(separator: 0x0A).map { Array($0) + [0x0A] }
    }
  }

  @Test func `a bit that was flipped anywhere is found`() throws {
    let bytes = Array(try lines.joined())
    for place in bytes.indices {
      for bit in [0, 5] as [UInt8] {
        var changed = bytes
        changed[place] ^= 1 << bit
        #expect(try accepted(changed) == nil, "byte \(place), bit \(bit)")
      }
    }
  }

  @Test func `a record that was left out, doubled, moved or swapped is found`() throws {
    let lines = try lines
    for index in lines.indices {
      var doubled = lines
      doubled.insert(lines[index], at: index)
      #expect(try accepted(Array(doubled.joined())) == nil, "doubled \(index)")
      guard index + 1 < lines.count else { continue }
      var without = lines
      without.remove(at: index)
      #expect(try accepted(Array(without.joined())) == nil, "left out \(index)")
      var swapped = lines
      swapped.swapAt(index, index + 1)
      #expect(try accepted(Array(swapped.joined())) == nil, "swapped \(index)")
    }
  }

  @Test func `one that was cut off contradicts its head and is never called verified`() throws {
    let lines = try lines
    let anchor = Verification.Anchor(place: "your note", head: run.head)
    for count in 1..<lines.count {
      let cut = Array(lines.prefix(count).joined())
      #expect(try accepted(cut, [anchor]) == nil)
      let said = try #require(try accepted(cut))
      #expect(said.contains("not anchored") && !said.contains("verified"))
    }
  }

  @Test func `one that was rewritten with a new chain contradicts its head`() throws {
    let records = try run.store.read(id: TestRun.id).records
    let anchor = Verification.Anchor(place: "your note", head: run.head)
    for changed in records.indices {
      var chain = try Chain(runID: TestRun.id)
      var bytes: [UInt8] = []
      for var record in records {
        if record.sequence == changed { record.at = Time(microseconds: 1) }
        bytes += try chain.append(record.json)
      }
      #expect(try accepted(bytes, [anchor]) == nil)
      let said = try #require(try accepted(bytes))
      #expect(said.contains("not anchored") && !said.contains("verified"))
    }
  }
}
