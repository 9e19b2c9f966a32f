import PseudoTerminalSupport
import Testing

/// Text of others on a real terminal: commit messages, build logs, errors, rows, names of columns.
@Suite struct HostileTextTests {
  private static let bidirectional: [UnicodeScalar] = [
    "\u{202E}", "\u{202C}", "\u{2066}", "\u{2069}",
  ]

  /// Reads the screen of a program that colours nothing by itself.
  private func screen(_ world: SandboxWorld, _ words: String...) throws -> String {
    let terminal = try world.terminal(words)
    let code = try terminal.end()
    let seen = String(decoding: terminal.everything, as: UTF8.self)
    #expect(code == 0 || code == 1, "\(words): \(seen)")
    for byte: UInt8 in [0x1B, 0x07, 0x08, 0x9B] where byte < 0x80 {
      #expect(!terminal.withoutProgress.contains(byte), "\(words): \(seen.debugDescription)")
    }
    for scalar in Self.bidirectional {
      #expect(!seen.unicodeScalars.contains(scalar), "\(words): \(seen.debugDescription)")
    }
    // C1 controls are two bytes in UTF-8.
    #expect(!seen.unicodeScalars.contains { (0x80...0x9F).contains($0.value) }, "\(words)")
    return seen
  }

  @Test(.timeLimit(.minutes(5)))
  func `what others wrote is shown harmless, wherever it comes from`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 13)
    let messages = "staging.deployments | select .message | distinct"
    for format in ["table", "json", "csv", "markdown"] {
      let seen = try screen(world, "-c", messages, "--output", format)
      #expect(seen.contains("txt.drocer"), "\(format)")
      #expect(seen.contains("All good"), "\(format)")
      if format != "json" { #expect(seen.contains("␛"), "\(format)") }
    }
    let note =
      "note (staging.deployments | where (.message ?? \"\") matches \"drocer\" | first 1 | only).message ?? \"\""
    #expect(try screen(world, "-c", note).contains("txt.drocer"))
    let log = try screen(
      world,
      "-c",
      "production.live.build_log | where .message matches \"Compiled\""
    )
    #expect(log.contains("Compiled successfully␛[0m"))
    let issues = try screen(world, "-c", "production.errors(since: now - 1h) | each .title")
    #expect(issues.contains("␛[31m(client)"))
    // The server repeats what it was sent, and a column may be called anything.
    let error = "production.database.query(sql\"select E'\\\\x1b[2J\\\\u202e'::int\")"
    #expect(try screen(world, "-c", error).contains("invalid input syntax"))
    _ = try world.psql(#"create view odd as select 1 as U&"a\001b[2Jb\202Ec""#)
    let column = "production.database.query(sql\"select * from odd\")"
    #expect(try screen(world, "-c", column + " | as table").contains("a␛[2Jb"))
    #expect(try screen(world, "status", "production", "--timeout", "10s").contains("culprit"))
    #expect(try world.changes() == [])
  }
}
