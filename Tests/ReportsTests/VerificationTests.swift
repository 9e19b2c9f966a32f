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
    #expect(verification.confirming == [anchor])
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
      failure?.message == "the journal of \(TestRun.id) does not match its anchor:"
        + " chat has the head \(run.head), which it never had"
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
}
