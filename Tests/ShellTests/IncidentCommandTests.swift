import Foundation
import Testing
import Values

/// `opsh incident`, and what it leaves.
@Suite struct IncidentCommandTests {
  /// A product of which nothing has to answer.
  private func makeBinary() throws -> BuiltBinary {
    let binary = try BuiltBinary()
    try binary.write(
      """
      opsh 1

      stack "shop" {
        environment production { protected: true, url: "http://127.0.0.1:9" }
      }

      """,
      to: "stack.opsh"
    )
    let untrusted = try binary.opsh("trust")
    let hash = try #require(untrusted.messages.split(whereSeparator: \.isWhitespace).last)
    try #require(try binary.opsh("trust", String(hash)).code == 0)
    return binary
  }

  private func open(_ binary: BuiltBinary, _ title: String) throws -> String {
    let opened = try binary.opsh("incident", "open", title, "--severity", "2")
    try #require(opened.code == 0, "\(opened.messages)")
    let id = opened.output.trimmingCharacters(in: .newlines)
    #expect(id.hasPrefix("inc-"), "\(opened.output)")
    return id
  }

  @Test func `it is opened, updated and closed in words, and says no more than the language`()
    throws
  {
    let binary = try makeBinary()
    let none = try binary.opsh("incident", "update", "--status", "identified")
    #expect(none.code == 2)
    #expect(none.messages.contains("no incident is open"), "\(none.messages)")
    // A title is a text, whatever stands in it.
    let title = #"checkout "down": ${1 + 1} \ $HOME"#
    let id = try open(binary, title)
    let listed = try binary.opsh("-c", "stack.incidents", "--output", "ndjson")
    #expect(try JSON.parse(listed.output)["title"]?.stringValue == title)
    let updated = try binary.opsh(
      "incident",
      "update",
      "--status",
      "monitoring",
      "--note",
      "jobs are off",
      "--commander",
      "mia"
    )
    #expect(updated.code == 0, "\(updated.messages)")
    let severity = try binary.opsh("incident", "update", id, "--severity", "1")
    #expect(severity.code == 0, "\(severity.messages)")
    let now = try JSON.parse(try binary.opsh("-c", "stack.incidents", "--output", "ndjson").output)
    #expect(now["status"] == "monitoring" && now["commander"] == "mia" && now["severity"] == 1)
    for (words, part) in [
      (["incident", "update"], "--status, --note, --severity or --commander"),
      (["incident", "update", "--status", "fine"], "investigating"),
      (["incident", "open", "x", "--severity", "9"], "'severity' must be 1 to 5"),
      (["incident", "open", "x"], "--severity"),
      (["incident", "close", "inc-nothing"], "no incident 'inc-nothing'"),
    ] {
      let wrong = try binary.program("opsh", words)
      #expect([1, 2].contains(wrong.code), "\(words): \(wrong.messages)")
      #expect(wrong.messages.contains(part), "\(words): \(wrong.messages)")
    }
    let closed = try binary.opsh("incident", "close", "--note", "it was the newest one")
    #expect(closed.code == 0, "\(closed.messages)")
    let late = try binary.opsh("incident", "close", id)
    #expect(late.code == 4, "\(late.messages)")
    let draft = try binary.opsh("postmortem", id)
    for words in ["jobs are off", "it was the newest one", "mia"] {
      #expect(draft.output.contains(words), "\(draft.output)")
    }
  }

  @Test func `its own record is verified, and a changed letter is found`() throws {
    let binary = try makeBinary()
    let id = try open(binary, "checkout is down")
    #expect(try binary.opsh("incident", "close", id).code == 0)
    let fine = try binary.opsh("transcript", "verify", id)
    #expect(fine.code == 0, "\(fine.messages)")
    #expect(fine.output.contains("chain ok: 2 records"), "\(fine.output)")
    #expect(fine.output.contains("not anchored"))
    let head = try #require(fine.output.firstMatch(of: /head +([0-9a-f]{64})/)?.1)
    let noted = try binary.opsh("transcript", "verify", id, "--head", String(head))
    #expect(noted.output.contains("anchored: your note has the head"), "\(noted.output)")
    let other = String(head.reversed())
    #expect(try binary.opsh("transcript", "verify", id, "--head", other).code == 8)
    let path = binary.root + "/state/opsh/incidents/\(id)/journal"
    let bytes = Array(try #require(FileManager.default.contents(atPath: path)))
    let first = try #require(bytes.firstIndex(of: 0x0A))
    for place in [5, 40, first - 3, first + 20, bytes.count - 2] {
      var flipped = bytes
      flipped[place] ^= 1
      try Data(flipped).write(to: URL(fileURLWithPath: path))
      let found = try binary.opsh("transcript", "verify", id)
      #expect(found.code == 8, "\(place): \(found.output)")
      #expect(found.messages.contains("is not what was written"), "\(found.messages)")
      #expect(!found.messages.contains("resume"))
    }
  }
}
