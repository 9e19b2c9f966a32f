import Foundation
import Objects
import Postgres
import SQLText
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// Large changes in pieces: however often it is broken off, the sum is that of one run.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct PostgreSQLBatchTests {
  /// 23 rows that match and 7 that do not, their keys in no order.
  private func database() throws -> TestDatabase {
    let database = try TestDatabase(
      """
      create table t (id int primary key, n int not null default 0, keep bool not null);
      insert into t select (i * 7) % 31, 0, i % 31 > 23 from generate_series(1, 30) i; analyze t
      """
    )
    _ = try database.psql(Marker.create.joined(separator: ";"))
    return database
  }

  private static let add = "update t set n = n + 1 where not keep"
  private static let fives = WriteRequest.Batch(rows: 5, pause: .seconds(0))

  private func service(_ database: TestDatabase, through port: Int) throws -> PostgresDatabase {
    PostgresDatabase(
      label: database.name,
      name: database.name,
      migrationsFolder: nil,
      parameters: try database.parameters(through: port)
    )
  }

  private func job(_ database: TestDatabase, through port: Int) throws -> BatchJob {
    let change = try NarrowedChange(Self.add)
    return BatchJob(
      database: try service(database, through: port),
      statement: BatchStatement(
        change: change,
        key: [.init(name: "id", type: "integer")],
        binds: []
      ),
      batch: Self.fives,
      write: Write(sql: Self.add, binds: [], verb: "update"),
      makesMarker: false
    )
  }

  private func sums(_ database: TestDatabase) throws -> String {
    try database.psql(
      "select count(*) filter (where not keep and n = 1), count(*) filter (where keep and n = 0) from t"
    )
  }

  @Test func `it is done in pieces, each row once, and says how far it is`() throws {
    let database = try database()
    let plan = try database.execute(Self.add, expecting: 23...23, batch: Self.fives)
    #expect(plan.effectClass == .marked)
    #expect(plan.measure?.token == "update 23")
    #expect(plan.summary == "update in t on \(database.name), 5 rows at a time")
    #expect(
      plan.consequences.contains("refused before the first batch if other than 23 rows match")
    )
    #expect(try plan.ask() == .notDone)
    #expect(try plan.perform() == .record(Record(["rows": .int(23)])))
    #expect(try sums(database) == "23|7")
    #expect(try plan.ask() == .done)
    #expect(try plan.perform() == .record(Record(["rows": .nothing])))
    #expect(try sums(database) == "23|7")
  }

  /// Cut before a batch's marker moves, before its commit reaches the server, and behind it.
  @Test(arguments: 1...5)
  func `broken off in any batch it goes on behind the last one that is kept`(batch: Int) throws {
    let cuts: [(text: String, skipping: Int, forwarding: Bool, isKept: Bool)] = [
      ("\"batches\":\(batch),", 0, false, false), ("commit\0", batch, false, false),
      ("commit\0", batch, true, true),
    ]
    for cut in cuts {
      let database = try database()
      let cluster = try TestCluster.shared.get()
      let proxy = try CuttingProxy(
        to: cluster.port,
        cutAt: cut.text,
        occurrence: cut.skipping + 1,
        forwarding: cut.forwarding
      )
      let broken = try job(database, through: proxy.port)
      let lost = failure { () throws(Failure) in
        try broken.perform(PerformContext(call: .test(), key: "R/do:1"))
      }
      let done = (batch - 1) * 5
      if batch > 1 {
        // Nothing may take it for a failure after which it is begun anew.
        #expect(lost?.kind == .unknown)
        #expect(
          lost?.message.contains(
            "\(done) of about 23 rows are done, in \(batch == 2 ? "1 batch that stays" : "\(batch - 1) batches that stay")"
          ) == true,
          "\(lost?.message ?? "")"
        )
        #expect(
          lost?.advice.contains { $0.hasPrefix("opsh resume goes on behind them") } == true
        )
      }
      let plan = try database.execute(Self.add, batch: Self.fives)
      let isWhole = cut.isKept && batch == 5
      let isBegun = batch > 1 || cut.isKept
      #expect(try plan.ask(key: "R/do:1") == (isWhole ? .done : isBegun ? .partly : .notDone))
      if !isWhole {
        #expect(try plan.perform(key: "R/do:1") == .record(Record(["rows": .int(23)])))
      }
      #expect(try sums(database) == "23|7", "batch \(batch), \(cut)")
      #expect(try plan.ask(key: "R/do:1") == .done)
    }
  }

  @Test func `a wish to stop between two batches says how far it came`() throws {
    let database = try database()
    let context = CallContext.test()
    let plan = try database.execute(
      Self.add,
      batch: WriteRequest.Batch(rows: 5, pause: .seconds(600))
    )
    let thread = Thread {
      while (try? database.psql("select path from opsh.marker where path like '%\"batches\":1,%'"))
        ?? "" == ""
      {}
      context.cancellation.cancel()
    }
    thread.start()
    let stopped = try #require(
      failure { () throws(Failure) in try plan.perform(key: "R/do:1", in: context) }
    )
    #expect(stopped.kind == .interrupted)
    #expect(
      stopped.message == "interrupted: 5 of about 23 rows are done, in 1 batch that stays"
    )
    #expect(try plan.ask(key: "R/do:1") == .partly)
    let rest = try database.execute(Self.add, batch: Self.fives)
    #expect(try rest.perform(key: "R/do:1") == .record(Record(["rows": .int(23)])))
    #expect(try sums(database) == "23|7")
  }

  /// The first attempt's statement is still under way at the server when the second begins.
  @Test func `two attempts at once share the batches`() async throws {
    let database = try database()
    let plans = try (0..<3).map { _ in try database.execute(Self.add, batch: Self.fives) }
    async let one = plans[0].perform(key: "R/do:1")
    async let two = plans[1].perform(key: "R/do:1")
    async let three = plans[2].perform(key: "R/do:1")
    _ = try await (one, two, three)
    #expect(try sums(database) == "23|7")
  }

  @Test func `a row that another session holds is waited for, not left out`() throws {
    let database = try database()
    let held = try TestDatabaseSession(database)
    try held.run("begin")
    try held.run("update t set n = 100 where id = 14")
    let plan = try database.execute(Self.add, batch: Self.fives)
    let thread = Thread {
      while (try? database.psql(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
          + " and datname = current_database()"
      )) != "1" {}
      try? held.run("commit")
    }
    thread.start()
    #expect(try plan.perform() == .record(Record(["rows": .int(23)])))
    #expect(try database.psql("select n from t where id = 14") == "101")
    #expect(try database.psql("select sum(n) from t where id <> 14") == "22")
  }

  @Test func `rows that come in behind the end are left out`() throws {
    let database = try database()
    let plan = try database.execute(
      "delete from t where not keep",
      batch: WriteRequest.Batch(rows: 10, pause: .milliseconds(1))
    )
    _ = try database.psql(
      """
      create function more() returns trigger language plpgsql as $$
      begin insert into t values (1000 + old.id, 0, false); return old; end $$;
      create trigger more before delete on t for each row execute function more()
      """
    )
    #expect(try plan.perform() == .record(Record(["rows": .int(23)])))
    #expect(try database.psql("select count(*), min(id) from t where not keep") == "23|1001")
  }

  @Test func `keys of several columns and of every kind of order`() throws {
    let database = try TestDatabase(
      """
      create table "Odd t" ("Key A" text collate "C", b uuid, c timestamptz, n int default 0,
        primary key ("Key A", c, b));
      insert into "Odd t" select chr(65 + i % 5) || '"', gen_random_uuid(),
        timestamptz '2026-01-01' + (i / 9) * interval '1.000001 s', 0 from generate_series(1, 100) i;
      analyze "Odd t"
      """
    )
    let plan = try database.execute(
      "update \"Odd t\" as x set n = x.n + ? where x.c >= ? -- the end",
      .int(2),
      .time(Time(microseconds: 0)),
      expecting: 100...100,
      allRows: true,
      batch: WriteRequest.Batch(rows: 7, pause: .seconds(0))
    )
    #expect(try plan.perform() == .record(Record(["rows": .int(100)])))
    #expect(try database.psql("select min(n), max(n), count(*) from \"Odd t\"") == "2|2|100")
  }

  @Test func `no condition, said by name, is done in batches as well`() throws {
    let database = try database()
    let refused = failure { () throws(Failure) in
      try database.execute("update t set n = n + 1", batch: Self.fives)
    }
    #expect(refused?.message == "this updates every row of t: it has no 'where'")
    let plan = try database.execute("update t set n = n + 1", allRows: true, batch: Self.fives)
    #expect(plan.effect == .destroy)
    #expect(try plan.perform() == .record(Record(["rows": .int(30)])))
    #expect(try database.psql("select min(n), max(n) from t") == "1|1")
  }

  @Test func `a count that does not fit is refused before the first batch`() throws {
    let database = try database()
    for (plan, words) in [
      (
        try database.execute(Self.add, expecting: 10...22, batch: Self.fives),
        "would change 23 rows, not 10..22: nothing was kept"
      ),
      (
        try database.execute("delete from t where id >= 0", expecting: 1...50, batch: Self.fives),
        "would delete every row of t, all 30: nothing was kept"
      ),
    ] {
      let refused = failure { () throws(Failure) in try plan.perform() }
      #expect(refused?.message == words)
      #expect(try plan.ask() == .notDone)
    }
    #expect(try database.psql("select count(*), sum(n) from t") == "30|0")
  }

  /// What is done stays: the failure says so, and is none that `try` or `retry` would take.
  @Test func `a batch that the server refuses leaves those before it`() throws {
    let database = try database()
    _ = try database.psql("alter table t add check (id <> 19 or n = 0)")
    let plan = try database.execute(Self.add, batch: Self.fives)
    let stopped = try #require(failure { () throws(Failure) in try plan.perform() })
    #expect(stopped.kind == .unknown)
    #expect(stopped.message.contains("23514"))
    #expect(stopped.message.hasSuffix("10 of about 23 rows are done, in 2 batches that stay"))
    #expect(try database.psql("select sum(n) from t") == "10")
    _ = try database.psql("alter table t drop constraint t_check")
    #expect(try plan.perform() == .record(Record(["rows": .int(23)])))
    #expect(try sums(database) == "23|7")
  }

  @Test(
    arguments: [
      ("insert into t values (99, 0, true)", "only an update or delete can be done in batches"),
      (
        "update t set n = s.n from s where s.id = t.id",
        "a statement that joins other tables can not be done in batches"
      ),
      (
        "delete from t where n < (select avg(n) from t)",
        "a query inside it reads t, so its first batch would change what the next one does"
      ),
      (
        "update t set id = id + 100 where not keep",
        "it changes id, by which the batches are told apart"
      ),
      (
        "delete from t where random() < 0.5",
        "its 'where' calls random, which gives another answer each time it is asked"
      ),
      (
        "delete from s where id > 3",
        "s has no primary key, so nothing tells which of its rows are done"
      ),
      (
        "delete from tree where id > 3",
        "the foreign key tree_parent_fkey takes further rows of tree along,"
          + " so its batches would get into each other's way"
      ),
      ("delete from ruled where id > 3", "the rule keep on ruled puts something else in its place"),
    ]
  )
  func `what can not be done in batches says why`(sql: String, words: String) throws {
    let database = try database()
    _ = try database.psql(
      """
      create table s (id int, n int);
      create table tree (id int primary key, parent int references tree on delete cascade);
      create table ruled (id int primary key); create rule keep as on delete to ruled do instead nothing
      """
    )
    let refused = failure { () throws(Failure) in try database.execute(sql, batch: Self.fives) }
    #expect(refused?.kind == .refused)
    #expect(refused?.message == words)
    #expect(refused?.advice.first == "nothing was sent")
  }

  @Test func `an empty table is done at once, and so is one without a match`() throws {
    let database = try database()
    let none = try database.execute("delete from t where id = 77", batch: Self.fives)
    #expect(try none.perform(key: "R/1") == .record(Record(["rows": .int(0)])))
    #expect(try none.ask(key: "R/1") == .done)
    _ = try database.psql("delete from t")
    let empty = try database.execute("delete from t where id = 77", batch: Self.fives)
    #expect(try empty.perform(key: "R/2") == .record(Record(["rows": .int(0)])))
    #expect(try empty.ask(key: "R/2") == .done)
  }
}
