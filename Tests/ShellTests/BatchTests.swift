import Foundation
import PostgresTestSupport
import PseudoTerminalSupport
import Testing

/// A change in batches by the built program, which is killed in them.
@Suite(.enabled(if: TestCluster.isAvailable, Comment(rawValue: TestCluster.skipReason)))
struct BatchTests {
  private static let book = """
    opsh 1

    runbook "Fill"

    param env: environment

    step "Fill" {
      let filled = do env.database.execute(sql"update t set n = n + 1 where not keep", expecting: 200, batch: 20)
      filled.rows
    }

    """

  /// A product whose database is not protected, with 200 rows to change and 40 to leave.
  private struct World {
    let binary: BuiltBinary
    let cluster: TestCluster
    let name: String

    init() throws {
      binary = try BuiltBinary()
      cluster = try TestCluster.shared.get()
      name = try cluster.makeDatabase()
      _ = try psql(
        """
        create table t (id int primary key, n int not null default 0, keep bool not null);
        insert into t select i, 0, i % 6 = 0 from generate_series(1, 240) i; analyze t
        """
      )
      try binary.write(BatchTests.book, to: "fill.opsh")
      try binary.write(
        """
        opsh 1

        stack "shop" {
          environment production {
            protected: false
            database: postgres(url: secret("DATABASE_URL"))
          }
        }

        """,
        to: "stack.opsh"
      )
      let untrusted = try binary.opsh("trust")
      let hash = try #require(untrusted.messages.split(whereSeparator: \.isWhitespace).last)
      try #require(try binary.opsh("trust", String(hash)).code == 0)
    }

    var environment: [String: String] {
      ["DATABASE_URL": cluster.url(database: name), "NO_COLOR": "1"]
    }

    func opsh(_ arguments: String...) throws -> BuiltBinary.Result {
      try binary.program("opsh", arguments, with: environment)
    }

    func terminal(_ arguments: String...) throws -> PseudoTerminal {
      try PseudoTerminal(
        program: BuiltBinary.folder + "/opsh",
        arguments,
        environment: binary.environment.merging(environment) { $1 },
        directory: binary.work,
        columns: 160,
        rows: 40,
        patience: 60
      )
    }

    func psql(_ sql: String) throws -> String {
      let bytes = try cluster.psql(["-qAt", "-c", sql], database: name)
      return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Holds a row, so that whoever comes to it waits there; ends when told.
    func hold(_ id: Int) throws {
      _ = try psql("create table if not exists go (a int); delete from go")
      let sql = """
        begin; update t set n = n where id = \(id); \
        do $$ begin while not exists (select from go) loop perform pg_sleep(0.01); end loop; end $$; \
        rollback
        """
      let (cluster, name) = (cluster, name)
      Thread { _ = try? cluster.psql(["-q", "-c", sql], database: name) }.start()
      while try psql("select count(*) from pg_locks where locktype = 'transactionid' and granted")
        == "0"
        || psql(
          "select count(*) from pg_stat_activity where query like '%from go%' and state = 'active' and pid <> pg_backend_pid() and datname = current_database()"
        ) == "0"
      {}
    }

    /// Until a session of opsh's waits for the held row.
    func waitForWaiter() throws {
      while try psql(
        """
        select count(*) from pg_stat_activity where application_name like 'opsh%'
          and wait_event_type = 'Lock' and datname = current_database()
        """
      ) == "0" {}
    }

    func letGo() throws { _ = try psql("insert into go values (1)") }
  }

  @Test(.timeLimit(.minutes(3)))
  func `killed in several batches it changes every row once`() throws {
    let world = try World()
    // The rows of the second and the sixth batch; what is killed there is not committed.
    for (id, words, done) in [(26, ["fill.opsh", "env=production"], 20), (130, ["resume"], 100)] {
      try world.hold(id)
      let terminal =
        words.count > 1 ? try world.terminal(words[0], words[1]) : try world.terminal(words[0])
      try world.waitForWaiter()
      terminal.killProgram()
      #expect(try world.psql("select sum(n) from t where not keep") == String(done))
      try world.letGo()
    }
    let listed = try world.opsh("runs", "--output", "ndjson").output
    #expect(listed.contains("\"in_doubt\":1"), "\(listed)")
    let resumed = try world.opsh("resume")
    #expect(resumed.code == 0, "\(resumed.messages)")
    #expect(resumed.output.contains("200"), "\(resumed.output)")
    #expect(
      resumed.messages.contains("goes on behind id = 119, the last row that is done"),
      "\(resumed.messages)"
    )
    #expect(
      try world.psql(
        "select count(*) filter (where n = 1 and not keep), count(*) filter (where n = 0 and keep) from t"
      ) == "200|40"
    )
  }

  @Test(.timeLimit(.minutes(3)))
  func `Ctrl-C between two batches says what is done, and that it goes on there`() throws {
    let world = try World()
    let terminal = try world.terminal(
      "-c",
      "do production.database.execute(sql\"update t set n = n + 1 where not keep\", batch: 20, pause: 1h)"
    )
    while try world.psql("select count(*) from t where n = 1") != "20" {}
    terminal.type("\u{3}")
    let shown = try terminal.expect("the last row that is done is id = 23")
    #expect(shown.contains("20 of about 200 rows are done, in 1 batch that stays"), "\(shown)")
    #expect(shown.contains("opsh resume goes on behind them"))
    #expect(try terminal.end() == 130)
    #expect(try world.psql("select sum(n) from t") == "20")
  }
}
