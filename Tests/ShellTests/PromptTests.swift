import Foundation
import PseudoTerminalSupport
import Testing

/// A session at the prompt.
@Suite struct PromptTests {
  private static let prompt = "opsh>"

  @Test(.timeLimit(.minutes(5)))
  func `a session types, completes, interrupts, asks and unlocks`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 4)
    let terminal = try world.terminal()
    try typesLines(terminal)
    try interrupts(terminal, world)
    try asks(terminal, world)
    try unlocks(terminal, world)
    terminal.type("exit\r")
    try terminal.expect("head ")
    #expect(try terminal.end() == 0)
  }

  private func typesLines(_ terminal: PseudoTerminal) throws {
    try terminal.expect(Self.prompt)
    terminal.type("20 + 3\r")
    try terminal.expect("23\r\n")
    try terminal.expect(Self.prompt)
    terminal.type("\u{1B}[A\u{7F}4\r")
    try terminal.expect("24\r\n")
    try terminal.expect(Self.prompt)
    terminal.type("if true {\r")
    try terminal.expect("… ")
    terminal.type("\"in the block\"\r")
    try terminal.expect("… ")
    terminal.type("}\r")
    try terminal.expect("in the block\r\n")
    try terminal.expect(Self.prompt)
    terminal.type("production.datab\t.name\r")
    try terminal.expect("optiq_prod")
    try terminal.expect(Self.prompt)
  }

  private func interrupts(_ terminal: PseudoTerminal, _ world: SandboxWorld) throws {
    terminal.type("production.database.query(sql\"select pg_sleep(60)\")\r")
    try world.waits(untilRunning: true, "pg_sleep(60)")
    terminal.type("\u{03}")
    try terminal.expect("interrupted")
    try terminal.expect(Self.prompt)
    try world.waits(untilRunning: false, "pg_sleep(60)")
    terminal.type("6 * 7\r")
    try terminal.expect("42\r\n")
    try terminal.expect(Self.prompt)
  }

  private func asks(_ terminal: PseudoTerminal, _ world: SandboxWorld) throws {
    terminal.type("do production.jobs.pause()\r")
    try terminal.expect("type production to do this: ")
    terminal.type("y\r")
    try terminal.expect("was refused")
    try terminal.expect(Self.prompt)
    #expect(try world.changes() == [])
  }

  private func unlocks(_ terminal: PseudoTerminal, _ world: SandboxWorld) throws {
    terminal.type("do production.unlock(for: 10m, because: \"a test of the prompt\")\r")
    try terminal.expect("undo nothing to do, it ends by itself")
    try terminal.expect("type production to do this: ")
    terminal.type("production\r")
    try terminal.expect("production unlocked ")
    try terminal.expect(Self.prompt)
    terminal.type("do production.jobs.pause()\r")
    try terminal.expect("do this? [y/N] ")
    terminal.type("y\r")
    try terminal.expect("done")
    try terminal.expect(Self.prompt)
    #expect(try world.changes().count == 1)
    terminal.type("do production.database.rewind(to: now - 5m)\r")
    try terminal.expect("type rewind ")
    terminal.type("y\r")
    try terminal.expect("was refused")
    try terminal.expect(Self.prompt)
    #expect(try world.changes().count == 1)
  }
}
