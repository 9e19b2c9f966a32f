import Foundation
import PseudoTerminalSupport
import Testing

/// Long answers, foreign text and sources that fail, through the built program.
@Suite struct FaultTests {
  @Test(.timeLimit(.minutes(5)))
  func `a stream that is no longer wanted ends on the server too`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 5)
    let code = """
      production.database.query(sql"select g from generate_series(1, 10000000) g") \
      | where .g > 10 | first 5
      """
    let start = Date()
    let result = try world.opsh("-c", code)
    #expect(Date().timeIntervalSince(start) < 20)
    #expect(result.code == 0, "\(result.messages)")
    #expect(result.output == (11...15).map { "{\"g\":\($0)}\n" }.joined())
    try world.waits(untilRunning: false, "generate_series(1, 10000000)")
    // A sanitizer's own memory is larger than any limit.
    guard !BuiltBinary.folder.contains("sanitizer") else { return }
    let limited = try world.binary.program(
      "/bin/sh",
      ["-c", "ulimit -v 250000; exec \"$@\"", "sh", BuiltBinary.folder + "/opsh", "-c", code],
      in: world.folder
    )
    #expect(limited.output == result.output, "\(limited.messages)")
  }

  /// A plan that needs it ends there, after one wait and not after one for each default.
  @Test(.timeLimit(.minutes(5)))
  func `defaults that nobody answers are waited for once`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 6)
    try world.write(
      """
      opsh 1
      runbook "Slow"
      param env: environment
      param first: text = env.live.id
      param second: text = env.live.url
      param third: text = "${first} ${second}"
      step "Look" {
        expect first is not ""
        expect third is not second
      }

      """,
      to: "slow.opsh"
    )
    try world.fault("vercel", "slow")
    let start = Date()
    let plan = try world.opsh("plan", "slow.opsh", "env=production", "--timeout", "3s")
    let spent = Date().timeIntervalSince(start)
    #expect(plan.code == 5, "\(plan.messages)")
    #expect(plan.messages.contains("slow.opsh:4:"), "\(plan.messages)")
    #expect(spent > 2.5 && spent < 6, "\(spent) s")
  }

  @Test(.timeLimit(.minutes(5)))
  func `what fails is named, and everything else still answers`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 4)
    try fails(world, "vercel", "down", code: "production.live.id", named: "Vercel")
    try fails(world, "sentry", "down", code: "production.errors(since: now - 1h)", named: "Sentry")
    try fails(
      world,
      "neon",
      "401",
      code: "production.database.query(sql\"select 1\")",
      named: "Neon"
    )
    for (vendor, kind) in [("vercel", "garbage"), ("sentry", "slow"), ("neon", "slow")] {
      try world.fault(vendor, kind)
      let status = try world.opsh("status", "production")
      #expect(status.output.contains("no answer"), "\(vendor) \(kind): \(status.output)")
      #expect(status.output.contains("health"), "\(vendor) \(kind): \(status.output)")
      try world.fault(vendor, "off")
    }
    #expect(try world.changes() == [])
  }

  private func fails(
    _ world: SandboxWorld,
    _ vendor: String,
    _ kind: String,
    code: String,
    named name: String
  ) throws {
    try world.fault(vendor, kind)
    let result = try world.opsh("-c", code)
    #expect(result.code == 5, "\(vendor) \(kind): \(result.output)\(result.messages)")
    #expect(result.messages.contains("error: \(name)"), "\(result.messages)")
    // Longer than it waits by itself: the others must answer on a busy machine, too.
    let status = try world.opsh("status", "production", "--timeout", "2s")
    #expect(status.output.contains("no answer"), "\(vendor) \(kind): \(status.output)")
    #expect(status.output.contains("health"), "\(vendor) \(kind): \(status.output)")
    #expect(status.output.contains("live ") || vendor == "vercel", "\(status.output)")
    // Who did not answer has said neither yes nor no.
    #expect(!status.output.contains("no deployment fits"), "\(vendor) \(kind): \(status.output)")
    // What was seen so far is told, though it is asked again: nothing listens there.
    #expect(
      kind != "down" || status.output.contains(": could not connect to"),
      "\(vendor) \(kind): \(status.output)"
    )
    if vendor == "vercel" {
      #expect(status.output.contains("culprit   not known without Vercel"), "\(status.output)")
    }
    try world.fault(vendor, "off")
  }

  @Test(.timeLimit(.minutes(5)))
  func `escapes in foreign text never reach a terminal raw`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 6)
    let code = """
      production.database.query(sql"select chr(27) || '[31mred' as t, chr(7) as bell") | as table
      """
    let terminal = try world.terminal("-c", code)
    #expect(try terminal.end() == 0, "\(String(decoding: terminal.everything, as: UTF8.self))")
    let seen = String(decoding: terminal.everything, as: UTF8.self)
    #expect(seen.contains("␛[31mred"), "\(seen)")
    #expect(!terminal.withoutProgress.contains(0x1B), "\(seen.debugDescription)")
    #expect(!terminal.everything.contains(0x07))
    let table = try world.terminal("-c", "staging.deployments | select .id, .message")
    #expect(try table.end() == 0, "\(String(decoding: table.everything, as: UTF8.self))")
    #expect(String(decoding: table.everything, as: UTF8.self).contains("␛"))
    #expect(!table.withoutProgress.contains(0x1B))
  }
}
