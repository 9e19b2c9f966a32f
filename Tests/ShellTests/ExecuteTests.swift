import PseudoTerminalSupport
import Testing

/// Writing to a protected database: counted, asked for, done once.
@Suite struct ExecuteTests {
  private static let book = """
    opsh 1

    runbook "Mend the currencies"

    param env: environment
    param last: text
    param count: int

    step "Mend" {
      let mended = do env.database.execute(sql"update orders set currency = 'XXX' where id <= ${last}", expecting: count)
      mended.rows
    }
    """

  private static func words(_ last: String, _ count: Int) -> [String] {
    ["mend.opsh", "env=production", "last=\(last)", "count=\(count)"]
  }

  private func mended(_ world: SandboxWorld) throws -> String {
    try world.psql("select count(*) from orders where currency = 'XXX'")
  }

  @Test(.timeLimit(.minutes(5)))
  func `a write is counted in its transaction, and done once`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 8)
    try world.write(Self.book, to: "mend.opsh")
    try keepsNothing(world)
    try doesOnce(world)
    try growsStale(world)
    try asks(world)
    try asksForLosses(world)
    #expect(try world.changes() == [])
  }

  /// More rows than were said: all of it is taken back.
  private func keepsNothing(_ world: SandboxWorld) throws {
    let words = Self.words("ord_000005", 3)
    let before = try world.dump(world.postgres)
    let done = try world.approve(words, try world.hash(words))
    #expect(done.code == 1, "\(done.messages)")
    #expect(done.messages.contains("would change 5 rows, not 3: nothing was kept"))
    #expect(done.messages.contains("call it again with the number that is right"))
    #expect(try world.dump(world.postgres) == before)
    #expect(try world.psql("select count(*) from opsh.marker") == "0\n")
    #expect(try world.transcript().contains("would change 5 rows, not 3"))
  }

  private func doesOnce(_ world: SandboxWorld) throws {
    let words = Self.words("ord_000003", 3)
    let plan = try world.binary.program("opsh", ["plan"] + words, in: world.folder)
    #expect(plan.output.contains("measured 3 rows of orders, or nothing is kept"), "\(plan.output)")
    #expect(plan.output.contains("undo can not be taken back"))
    let refused = try world.binary.program("opsh", words, in: world.folder)
    #expect(
      refused.messages.contains("opsh mend.opsh env=production last=ord_000003 count=3 --approve "),
      "\(refused.messages)"
    )
    let hash = try world.hash(words)
    #expect(plan.output.contains(hash))
    let other = try world.approve(Self.words("ord_000003", 4), hash)
    #expect(other.code == 4, "\(other.messages)")
    #expect(try mended(world) == "0\n")
    let done = try world.approve(words, hash)
    #expect(done.code == 0, "\(done.messages)")
    #expect(done.output.hasSuffix("3\n"))
    #expect(try mended(world) == "3\n")
    #expect(try world.psql("select count(*) from opsh.marker") == "1\n")
    let again = try world.approve(words, hash)
    #expect(again.code == 4)
    #expect(again.messages.contains("used already"))
    #expect(try world.psql("select count(*) from opsh.marker") == "1\n")
  }

  /// What was measured enters the approval: when the rows are others, it is another plan.
  private func growsStale(_ world: SandboxWorld) throws {
    let code = """
      do production.database.execute(sql"update orders set currency = 'YYY' where currency = 'XXX'")
      """
    let hash = try world.hash(["-c", code])
    _ = try world.psql("update orders set currency = 'XXX' where id > 'ord_000001'")
    _ = try world.psql("update orders set currency = 'GBP' where id = 'ord_000001'")
    _ = try world.psql("analyze orders")
    let stale = try world.approve(["-c", code], hash)
    #expect(stale.code == 4, "\(stale.messages)")
    #expect(stale.messages.contains("is not the one that was approved; nothing was run"))
    #expect(try world.psql("select count(*) from orders where currency = 'YYY'") == "0\n")
  }

  /// Nobody said how many: what a rehearsal changed stands in the question, and must come again.
  private func asks(_ world: SandboxWorld) throws {
    let code = """
      do production.database.execute(sql"update orders set currency = 'EUR' where currency = 'XXX'")
      """
    let count = try mended(world).dropLast()
    for answer in ["y", "production"] {
      let terminal = try world.terminal("-c", code)
      let shown = try terminal.expect("type production to do this: ")
      #expect(shown.contains("measured \(count) rows of orders"), "\(shown)")
      #expect(shown.contains("taken back if it changes other than \(count) rows"), "\(shown)")
      #expect(shown.contains("rehearsed and taken back: updates \(count) rows of orders"))
      terminal.type(answer + "\r")
      #expect(try terminal.end() == (answer == "y" ? 4 : 0))
      #expect(try mended(world) == (answer == "y" ? "\(count)\n" : "0\n"))
    }
  }

  /// A loss is asked for with its measured size, is never approved unmeasured, and says why.
  private func asksForLosses(_ world: SandboxWorld) throws {
    _ = try world.psql("create table scrap as select generate_series(1, 2) as n")
    let code = "do production.database.execute(sql\"delete from scrap\", all_rows: true"
    for hash in [[], ["--approve", String(repeating: "0", count: 64)]] {
      let unmeasured = try world.binary.program(
        "opsh",
        ["-c", code + ")"] + hash,
        in: world.folder
      )
      #expect(unmeasured.code == 4)
      #expect(unmeasured.messages.contains("loses data and how much was not measured"))
      #expect(!unmeasured.messages.contains("--approve"), "\(unmeasured.messages)")
    }
    for answer in ["production", "delete 2"] {
      let terminal = try world.terminal("-c", code + ", expecting: 2)")
      let shown = try terminal.expect("type delete 2 to do this, it can not be undone: ")
      #expect(shown.contains("measured 2 rows of scrap, or nothing is kept"), "\(shown)")
      #expect(try world.psql("select count(*) from scrap") == "2\n")
      terminal.type(answer + "\r")
      #expect(try terminal.end() == (answer == "production" ? 4 : 0))
    }
    #expect(try world.psql("select count(*) from scrap") == "0\n")
  }
}
