import Foundation
import PseudoTerminalSupport
import Testing

/// What a person sees while something takes longer than two seconds.
@Suite struct WaitingTests {
  private static let slow = "production.database.query(sql\"select pg_sleep(4)\") | count"
  private static let terminal = ["NO_COLOR": "1", "TERM": "xterm"]
  private static let erase = "\r\u{1B}[K"

  @Test(.timeLimit(.minutes(5)))
  func `a terminal shows what is under way, and takes it away before the answer`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 6)
    let reading = "reading from optiq_prod on Neon branch main, "
    let terminal = try world.terminal("-c", Self.slow, with: Self.terminal)
    try terminal.expect(Self.erase + reading)
    #expect(try terminal.end() == 0)
    let text = String(decoding: terminal.everything, as: UTF8.self)
    #expect(text.hasSuffix(Self.erase + "1\r\n"), "\(text.debugDescription)")

    let file = world.folder + "/slow.opsh"
    let runbook = """
      opsh 1

      runbook "Slow"

      step "Look" {
        \(Self.slow)
      }

      step "Look again" {
        wait until production.health.status is "down" every 10s for 3s
      }
      """
    try runbook.write(toFile: file, atomically: true, encoding: .utf8)
    let stepped = try world.terminal(file, with: Self.terminal)
    try stepped.expect(Self.erase + "1/2 Look · " + reading)
    try stepped.expect(
      Self.erase + "2/2 Look again · waiting for production.health.status is \"down\", 2"
    )
    try stepped.expect(" of at most 3s")
    #expect(try stepped.end() == 1)
  }

  @Test(.timeLimit(.minutes(5)))
  func `nothing of it goes into a pipe, to a dumb terminal, or over a question`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 7)
    let piped = try world.opsh("-c", Self.slow)
    #expect(piped.output == "1\n")
    #expect(piped.messages == "")

    let dumb = try world.terminal("-c", Self.slow, with: ["TERM": "dumb"])
    #expect(try dumb.end() == 0)
    #expect(String(decoding: dumb.everything, as: UTF8.self) == "1\r\n")

    let code = "do run sleep 4"
    let asked = try world.terminal("-c", code, with: Self.terminal)
    try asked.expect("type production to do this: ")
    #expect(asked.staysQuiet(forSeconds: 3))
    asked.type("production\r")
    try asked.expect(Self.erase + "running sleep, ")
    #expect(try asked.end() == 0)
    let text = String(decoding: asked.everything, as: UTF8.self)
    let question = try #require(text.range(of: "type production to do this: "))
    #expect(text[question.upperBound...].hasPrefix("production\r\n"), "\(text.debugDescription)")
  }
}
