import Foundation
import PseudoTerminalSupport
import Testing
import Values

/// The runbooks about a database that is stuck, slow or filling up, on sessions that really are.
@Suite struct DatabaseRunbookTests {
  private static let locks = ["runbooks/locks.opsh", "env=production"]
  private static let long = ["runbooks/long-queries.opsh", "env=production", "over=2s"]

  /// A session of psql beside everything else: it does one statement after the other and stays open.
  private final class Session {
    private let process = Process()
    private let input = Pipe()

    init(_ world: SandboxWorld, _ statements: String...) throws {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/psql")
      process.arguments = ["-X", "-v", "ON_ERROR_STOP=1", "-d", world.postgres]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      process.standardInput = input
      try process.run()
      let text = statements.map { $0 + ";\n" }.joined()
      try input.fileHandleForWriting.write(contentsOf: Array(text.utf8))
    }

    deinit { process.terminate() }

    /// Lets it end by itself; gives its exit code.
    func end() throws -> Int32 {
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      return process.terminationStatus
    }
  }

  /// Waits until a condition on the server's sessions holds.
  private func wait(_ world: SandboxWorld, until condition: String) throws {
    while try world.psql("select exists (select from pg_stat_activity where \(condition))") != "t\n"
    {
    }
  }

  @Test(.timeLimit(.minutes(3)))
  func `who holds up the others is shown, and ended when that is asked for`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 51)
    _ = try world.psql("create table stuck (a int); insert into stuck values (1)")
    let holder = try Session(world, "begin", "update stuck set a = 2", "select pg_sleep(3600)")
    try wait(world, until: "query = 'select pg_sleep(3600);' and state = 'active'")
    let waiter = try Session(world, "update stuck set a = 3")
    try wait(world, until: "query = 'update stuck set a = 3;' and wait_event_type = 'Lock'")
    let pid = try world.psql(
      "select pid from pg_stat_activity where query = 'select pg_sleep(3600);'"
    ).trimmingCharacters(in: .newlines)

    let looked = try world.binary.program("opsh", Self.locks, in: world.folder)
    #expect(looked.code == 0, "\(looked.messages)")
    let rows = try looked.output.split(separator: "\n").filter { $0.hasPrefix("{") }
      .map { try JSON.parse(String($0)) }
    #expect(rows.map { $0["depth"]?.intValue } == [0, 1], "\(looked.output)")
    #expect(rows.first?["pid"]?.intValue == Int64(pid), "\(looked.output)")
    #expect(looked.output.contains("update stuck set a = 3"), "\(looked.output)")

    let free = Self.locks + ["free=true"]
    #expect(try world.plan(free) == [])
    #expect(try world.psql("select count(*) from pg_stat_activity where pid = \(pid)") == "1\n")
    let freed = try world.approve(free, try world.hash(free))
    #expect(freed.code == 0, "\(freed.messages)")
    #expect(try waiter.end() == 0)
    #expect(try holder.end() != 0)
    #expect(try world.psql("select a from stuck") == "3\n")

    let again = try world.binary.program("opsh", free, in: world.folder)
    #expect(again.code == 0, "\(again.messages)")
    #expect(
      (again.output + again.messages).contains("nobody waits for a lock"),
      "\(again.messages)"
    )
  }

  @Test(.timeLimit(.minutes(3)))
  func `what goes on for long is listed, and stopped when that is asked for`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 52)
    _ = try world.psql("create table slow (a int)")
    let statement = try Session(world, "select pg_sleep(3600)")
    let left = try Session(world, "begin", "insert into slow values (1)")
    try wait(world, until: "query = 'select pg_sleep(3600);' and now() - query_start > '2.1 s'")
    try wait(
      world,
      until: "query like 'insert into slow%' and state = 'idle in transaction'"
        + " and clock_timestamp() - xact_start > '2.1 s'"
    )
    let looked = try world.binary.program("opsh", Self.long, in: world.folder)
    #expect(looked.code == 0, "\(looked.messages)")
    #expect(looked.output.contains("select pg_sleep(3600)"), "\(looked.output)")
    #expect(looked.output.contains("idle in transaction"), "\(looked.output)")
    let stop = Self.long + ["stop=true"]
    #expect(try world.plan(stop) == [])
    let stopped = try world.approve(stop, try world.hash(stop))
    #expect(stopped.code == 0, "\(stopped.messages)")
    #expect(try statement.end() != 0)
    #expect(try world.psql("select count(*) from slow") == "0\n")
    #expect(
      try world.psql("select count(*) from pg_stat_activity where query like 'insert into slow%'")
        == "0\n"
    )
    _ = try left.end()
  }

  @Test(.timeLimit(.minutes(3)))
  func `what fills the disk and who could take over is shown`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 53)
    let check = try world.binary.program(
      "opsh",
      ["runbooks/failover-check.opsh", "env=production"],
      in: world.folder
    )
    #expect(check.code == 0, "\(check.messages)")
    #expect((check.output + check.messages).contains("0 of 0 replicas are within 30s"))
    let strict = try world.binary.program(
      "opsh",
      ["runbooks/failover-check.opsh", "env=production", "least=90d"],
      in: world.folder
    )
    #expect(strict.code == 3, "\(strict.messages)")
    #expect(strict.messages.contains("no replica is within 30s, and it can go back only"))

    let words = ["runbooks/disk-full.opsh", "env=production", "stop_writes=true"]
    let planned = try world.plan(words)
    #expect(planned.count == 1, "\(planned)")
    let done = try world.approve(words, try world.hash(words))
    #expect(done.code == 0, "\(done.messages)")
    #expect(PlannedCall.fit(planned, try world.calls()))
    #expect(done.output.contains("orders"), "\(done.output)")
    #expect(try world.psql("show default_transaction_read_only") == "on\n")
  }

  @Test(.timeLimit(.minutes(4)))
  func `going back shows first what goes, and keeps it by name`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 54)
    _ = try world.psql("create table dear (id int primary key, word text)")
    _ = try world.psql("insert into dear values (1, 'one'), (2, 'two'), (3, 'three')")
    // What is archived after this moment is later than it, too.
    let moment = try world.psql(
      "select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    ).trimmingCharacters(in: .newlines)
    _ = try world.psql("update dear set word = 'zwei' where id = 2")
    _ = try world.psql("delete from dear where id = 3")
    _ = try world.psql("insert into dear values (4, 'four'), (5, 'five')")
    let words = ["runbooks/rewind.opsh", "env=production", "to=\(moment)"]
    _ = try world.plan(words)
    let terminal = try world.terminal(words)
    try terminal.expect("type production to do this: ")
    terminal.type("production\r")
    let shown = try terminal.expect("Is this what goes from production?")
    let lines = shown.split(whereSeparator: \.isNewline).map {
      $0.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    #expect(lines.contains(["dear", "3", "4", "false", "2", "1", "1", "true"]), "\(shown)")
    terminal.type("yes\r")
    try terminal.expect("type rewind ")
    let rest = try terminal.expect(" to do this, it loses data: ")
    let token = try #require(rest.split(separator: " ").first)
    terminal.type("rewind \(token)\r")
    try terminal.expect("type production to do this: ")
    terminal.type("production\r")
    #expect(try terminal.end() == 0, "\(String(decoding: terminal.everything, as: UTF8.self))")
    #expect(
      try world.psql("select string_agg(id || word, ' ' order by id) from dear")
        == "1one 2two 3three\n"
    )
    let standing = "production.jobs.paused; production.database.writes_stopped"
    #expect(try world.opsh("-c", standing).output == "false\nfalse\n")
    let kept = try world.opsh("-c", "production.database.branches | each .name").output
    #expect(kept.contains("before-") && kept.contains("preview-"), "\(kept)")
  }
}
