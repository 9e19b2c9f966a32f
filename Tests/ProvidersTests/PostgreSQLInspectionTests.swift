import Foundation
import Objects
import Postgres
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// What is looked at when a database is slow, stuck or filling up.
@Suite(.needsServer)
struct PostgreSQLInspectionTests {
  /// Waits until as many sessions of the database wait for a lock.
  private func waitForWaiters(_ count: Int, in database: TestDatabase) throws {
    let sql = """
      select count(distinct l.pid) from pg_locks l join pg_stat_activity a using (pid)
      where not l.granted and a.datname = current_database()
      """
    while try database.psql(sql) != "\(count)" {}
  }

  /// What `pg_blocking_pids` says of every session that it says something of.
  private func blockers(in database: TestDatabase) throws -> [String: String] {
    let lines = try database.psql(
      """
      select pid || '=' || (select string_agg(distinct b::text, ' ' order by b::text)
        from unnest(pg_blocking_pids(pid)) b)
      from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0
      """
    )
    return Dictionary(
      uniqueKeysWithValues: lines.split(separator: "\n").map { line in
        let parts = line.split(separator: "=")
        return (String(parts[0]), String(parts[1]))
      }
    )
  }

  private func told(_ rows: [Record]) -> [String: String] {
    let waiting = rows.filter { $0["blocked_by"]?.elements?.isEmpty == false }
    return Dictionary(
      uniqueKeysWithValues: waiting.map { row in
        let pids = row["blocked_by"]?.elements?.map(\.text).sorted() ?? []
        return (row["pid"]?.text ?? "", pids.joined(separator: " "))
      }
    )
  }

  /// Starts a session that waits, and ends when what it waits for is let go.
  private func wait(_ sql: String, in database: TestDatabase) -> Thread {
    let thread = Thread { _ = try? database.psql(sql) }
    thread.start()
    return thread
  }

  @Test func `a chain of three is three deep, each below what it waits for`() throws {
    let database = try TestDatabase("create table t (a int primary key); insert into t values (1)")
    let first = try TestDatabaseSession(database)
    try first.run("begin")
    try first.run("update t set a = 2")
    // Waits for the first's row, and holds the whole table against the third.
    _ = wait("begin; lock table t in share row exclusive mode", in: database)
    try waitForWaiters(1, in: database)
    _ = wait("begin; insert into t values (9)", in: database)
    try waitForWaiters(2, in: database)
    let rows = try database.service.inspection.locks(in: database.context)
    #expect(told(rows) == (try blockers(in: database)))
    #expect(rows.map { $0["depth"] } == [.int(0), .int(1), .int(2)])
    #expect(rows.map { $0["blocked_count"] } == [.int(2), .int(1), .int(0)])
    #expect(rows[0]["holds"] == .text("RowExclusiveLock on t"))
    #expect(rows[0]["state"] == .text("idle in transaction"))
    #expect(rows[1]["on"] == .text("t"))
    #expect(rows[1]["mode"] == .text("ShareRowExclusiveLock"))
    // It waits itself: the third stands behind it in the queue, not behind what it holds.
    #expect(rows[1]["holds"] == .nothing)
    #expect(rows[2]["relation"] == .text("t"))
    guard case .duration(let waiting)? = rows[2]["waiting"] else {
      Issue.record("since when it waits is not told")
      return
    }
    #expect(waiting > .seconds(0))
    try first.run("rollback")
  }

  /// Two readers would not hinder each other; the second waits because of the queue alone.
  @Test func `a queue is told where no holder is in the way`() throws {
    let database = try TestDatabase("create table q (a int)")
    let reader = try TestDatabaseSession(database)
    try reader.run("begin")
    try reader.run("select * from q")
    _ = wait("set lock_timeout = '30s'; alter table q add b int", in: database)
    try waitForWaiters(1, in: database)
    _ = wait("select * from q", in: database)
    try waitForWaiters(2, in: database)
    let rows = try database.service.inspection.locks(in: database.context)
    #expect(told(rows) == (try blockers(in: database)))
    #expect(rows.map { $0["depth"] } == [.int(0), .int(1), .int(2)])
    #expect(rows[0]["holds"] == .text("AccessShareLock on q"))
    #expect(rows[1]["holds"] == .nothing)
    #expect(rows[1]["mode"] == .text("AccessExclusiveLock"))
    #expect(rows[2]["mode"] == .text("AccessShareLock"))
    try reader.run("commit")
  }

  @Test func `a prepared transaction is named by its identifier`() throws {
    let database = try TestDatabase("create table p (a int); insert into p values (1)")
    let name = "it's " + database.name
    let quoted = name.replacing("'", with: "''")
    _ = try database.psql("begin; update p set a = 2; prepare transaction '\(quoted)'")
    _ = wait("update p set a = 3", in: database)
    try waitForWaiters(1, in: database)
    let rows = try database.service.inspection.locks(in: database.context)
    #expect(told(rows) == (try blockers(in: database)))
    #expect(rows.map { $0["pid"] }.first == .int(0))
    #expect(rows[0]["query"] == .text("prepared transaction '\(quoted)'"))
    #expect(rows[0]["state"] == .text("prepared"))
    #expect(rows[0]["user"] == .text("tester"))
    #expect(rows[1]["relation"] == .text("p"))
    _ = try database.psql("rollback prepared '\(quoted)'")
  }

  @Test func `an advisory lock is told by its number, Prisma's by name`() throws {
    let database = try TestDatabase()
    let holder = try TestDatabaseSession(database)
    try holder.run("select pg_advisory_lock(72707369)")
    _ = wait("select pg_advisory_lock(72707369)", in: database)
    try waitForWaiters(1, in: database)
    let rows = try database.service.inspection.locks(in: database.context)
    #expect(rows.last?["on"] == .text("advisory lock 72707369 (Prisma migrations)"))
    #expect(rows.last?["relation"] == .nothing)
    try holder.run("select pg_advisory_unlock_all()")
  }

  // MARK: - Signals

  @Test func `cancel stops the statement and leaves the session`() throws {
    let database = try TestDatabase("create table c (a int); insert into c values (1)")
    let holder = try TestDatabaseSession(database)
    try holder.run("begin")
    try holder.run("update c set a = 2")
    let waiter = Outcome { try database.psql("update c set a = 3") }
    try waitForWaiters(1, in: database)
    let rows = try database.service.inspection.locks(in: database.context)
    let pid = try #require(rows.last?["pid"]?.asInt)
    let plan = try database.service.inspection.cancel(
      database.target,
      pid: pid,
      in: database.context
    )
    #expect(plan.effect == .change)
    #expect(
      plan.summary
        == "cancel the statement of session \(pid) of tester (psql) on \(database.name)"
    )
    #expect(
      plan.consequences == [
        "active: update c set a = 3", "what the statement has changed so far is undone",
      ]
    )
    _ = try plan.perform()
    #expect(throws: (any Error).self) { try waiter.value() }
    let probe = try #require(plan.probe)
    #expect(try probe(PerformContext(call: database.context, key: "RUN/do:1")) == .done)
    try holder.run("rollback")
  }

  @Test func `cancel refuses a session that runs nothing, and says what helps`() throws {
    let database = try TestDatabase("create table c (a int); insert into c values (1)")
    let idle = try TestDatabaseSession(database)
    try idle.run("begin")
    try idle.run("update c set a = 2")
    let pid = try #require(
      Int64(database.psql("select pid from pg_stat_activity where query = 'update c set a = 2'"))
    )
    #expect {
      try database.service.inspection.cancel(database.target, pid: pid, in: database.context)
    } throws: { error in
      let failure = error as? Failure
      return failure?.kind == .nothingToDo
        && failure?.message
          == "session \(pid) of \(database.name) runs no statement: it is idle in transaction"
        && failure?.advice == [
          "nothing was sent; terminate(\(pid)) lets go of what its transaction holds"
        ]
    }
    let plan = try database.service.inspection.terminate(
      database.target,
      pid: pid,
      in: database.context
    )
    #expect(plan.consequences.contains { $0.hasSuffix("is undone with all that it changed") })
    _ = try plan.perform()
    #expect(idle.isEnded)
    #expect(try database.psql("select a from c") == "1")
  }

  @Test func `a signal reaches only the statement that was looked at`() throws {
    let database = try TestDatabase("create table c (a int); insert into c values (1)")
    let session = try TestDatabaseSession(database)
    try session.run("begin")
    try session.run("update c set a = 2")
    let pid = try #require(
      Int64(database.psql("select pid from pg_stat_activity where query = 'update c set a = 2'"))
    )
    let plan = try database.service.inspection.terminate(
      database.target,
      pid: pid,
      in: database.context
    )
    try session.run("commit")
    try session.run("begin")
    try session.run("update c set a = 3")
    let look = try #require(plan.precondition)
    #expect(try look.look(database.context) != look.seen)
    #expect {
      try plan.perform()
    } throws: { error in
      (error as? Failure)?.kind == .stale
        && (error as? Failure)?.message
          == "session \(pid) of \(database.name) is over, or does something else by now: nothing was sent"
    }
    #expect(!session.isEnded)
  }

  @Test func `a process id of nobody is said`() throws {
    let database = try TestDatabase()
    #expect {
      try database.service.inspection.terminate(database.target, pid: 1, in: database.context)
    } throws: { error in
      (error as? Failure)?.message == "\(database.name) has no session with the process id 1"
    }
  }

  // MARK: - Plans

  @Test func `a plan is a tree with what it reads, finds and keeps`() throws {
    let database = try TestDatabase(
      """
      create table orders (id int primary key, customer int, total int);
      create table customers (id int primary key, name text);
      insert into customers select i, 'c' || i from generate_series(1, 5000) i;
      insert into orders select i, i % 5000 + 1, i from generate_series(1, 20000) i;
      analyze orders; analyze customers;
      """
    )
    let statement = SQLTemplate.of(
      "select c.name from orders o join customers c on c.id = o.customer where o.total > ?",
      [.int(19_990)]
    )
    let lines = try database.service.explain(statement, in: database.context)
    let size = try database.psql("select pg_relation_size('orders')")
    let bytes = Value.size(try #require(Int64(size))).text
    #expect(lines.first?.hasPrefix("Nested Loop  about 10 rows, cost ") == true, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("├─ Seq Scan on orders o  about 10 rows") }, "\(lines)")
    #expect(lines.contains("│     keeps (o.total > 19990)"), "\(lines)")
    #expect(lines.contains("│     reads the whole table, \(bytes)"), "\(lines)")
    #expect(
      lines.contains { $0.hasPrefix("└─ Index Scan using customers_pkey on customers c") },
      "\(lines)"
    )
    #expect(lines.last == "      finds (c.id = o.customer)", "\(lines)")
    let deletion = SQLTemplate.of("delete from orders where id = 5")
    let change = try database.service.explain(deletion, in: database.context)
    #expect(change.first?.hasPrefix("Delete on orders") == true, "\(change)")
    #expect(try database.psql("select count(*) from orders") == "20000")
  }

  // MARK: - Statistics

  @Test func `the slowest statements come first, or what is missing is said`() throws {
    let database = try TestDatabase()
    #expect {
      try database.service.inspection.slowQueries(in: database.context)
    } throws: { error in
      (error as? Failure)?.kind == .refused
        && (error as? Failure)?.message.hasSuffix("pg_stat_statements is not installed there")
          == true
    }
    _ = try database.psql("create schema stats; create extension pg_stat_statements schema stats")
    _ = try database.psql("select pg_sleep(0.05)")
    _ = try database.psql("select 1")
    let rows = try database.service.inspection.slowQueries(in: database.context)
    #expect(rows.first?["query"] == .text("select pg_sleep($1)"))
    #expect(rows.first?["calls"] == .int(1))
    guard case .duration(let total)? = rows.first?["total"],
      case .percent(let share)? = rows.first?["share"]
    else {
      Issue.record("\(String(describing: rows.first))")
      return
    }
    #expect(total >= .milliseconds(50) && total < .seconds(20))
    #expect(share > 50 && share <= 100)
  }

  @Test func `a sequence ends where its column does`() throws {
    let database = try TestDatabase(
      """
      create table small (id serial primary key);
      select setval('small_id_seq', 2040109465);
      create table large (id bigserial primary key);
      create sequence down increment -1 minvalue -100 maxvalue -1 start -1;
      select setval('down', -50);
      create sequence fresh maxvalue 9 cycle;
      """
    )
    // serial makes an integer sequence; this is the one that surprises people.
    _ = try database.psql("alter sequence small_id_seq as bigint")
    let rows = try database.service.inspection.sequences(in: database.context)
    let lines = rows.map { $0.cells.map(\.text).joined(separator: " ") }
    #expect(
      lines == [
        "small_id_seq small.id 2040109465 2147483647 95% 107374182 column false",
        "down nothing -50 -100 50% 50 sequence false",
        "fresh nothing nothing 9 0% 9 sequence true",
        "large_id_seq large.id nothing 9223372036854775807 0% 9223372036854775807 sequence false",
      ]
    )
  }

  @Test func `what deleted rows leave behind is estimated`() throws {
    let database = try TestDatabase(
      """
      create table b (id int, filler text) with (autovacuum_enabled = false);
      insert into b select i, repeat('x', 100) from generate_series(1, 20000) i;
      """
    )
    _ = try database.psql("vacuum analyze b")
    func share() throws -> (wasted: Double, dead: Int64) {
      let row = try #require(
        try database.service.inspection.bloat(in: database.context).first {
          $0["table"] == .text("b")
        }
      )
      guard case .percent(let share)? = row["wasted_share"], case .percent? = row["wraparound"],
        case .size? = row["size"], case .int(let dead)? = row["dead_rows"]
      else {
        Issue.record("\(row)")
        return (-1, -1)
      }
      return (share, dead)
    }
    #expect(try share().wasted < 5)
    _ = try database.psql("delete from b where id > 2000; select pg_stat_force_next_flush()")
    while try share().dead != 18000 {}
    _ = try database.psql("vacuum (truncate false) b")
    _ = try database.psql("analyze b")
    #expect(try share().wasted > 85)
    _ = try database.psql("vacuum full b")
    _ = try database.psql("analyze b")
    #expect(try share().wasted < 10)
  }
}

/// A primary with a replica, and a pooler before it.
@Suite(.needsServer)
struct PostgreSQLCompanionTests {
  @Test func `a primary names its replicas and slots, a replica says that it is one`() throws {
    let cluster = try TestCluster.shared.get()
    let name = "standby_\(UUID().uuidString.prefix(8))"
    let database = try TestDatabase()
    let slot = "slot_\(UUID().uuidString.prefix(8).lowercased())"
    _ = try database.psql("select pg_create_physical_replication_slot('\(slot)', true)")
    let standby = try TestStandby(of: cluster, named: name)
    let parameters = try database.parameters(through: standby.port)
    let replica = PostgresDatabase(
      label: "replica",
      name: database.name,
      migrationsFolder: nil,
      parameters: parameters
    )
    // It streams as soon as it is there, but the primary tells of it a moment later.
    var found: Record?
    var primary = try database.service.inspection.replication(in: database.context)
    while found == nil {
      primary = try database.service.inspection.replication(in: database.context)
      found = primary["standbys"]?.elements?.compactMap(\.asRecord)
        .first { $0["name"] == .text(name) && $0["state"] == .text("streaming") }
    }
    #expect(primary["role"] == .text("primary"))
    #expect(primary["lag"] == .nothing)
    #expect(found?["sync"] == .text("async"))
    let slots = primary["slots"]?.elements?.compactMap(\.asRecord) ?? []
    let held = try #require(slots.first { $0["name"] == .text(slot) })
    #expect(held["kind"] == .text("physical"))
    #expect(held["active"] == .bool(false))
    guard case .size? = held["holds_back"] else {
      Issue.record("what the slot holds back is not told: \(held)")
      return
    }
    let other = try replica.inspection.replication(in: database.context)
    #expect(other["role"] == .text("replica"))
    #expect(other["upstream"] == .text("127.0.0.1:\(cluster.port)"))
    guard case .duration? = other["lag"] else {
      Issue.record("the replica's lag is not told: \(other)")
      return
    }
    #expect(try replica.identity(in: database.context).isReplica)
    _ = try database.psql("select pg_drop_replication_slot('\(slot)')")
  }

  private func pooled(_ database: TestDatabase, _ pooler: TestPooler) throws -> PostgresDatabase {
    let cluster = try TestCluster.shared.get()
    let parameters = try ConnectionParameters(
      url: pooler.url(of: cluster, database: database.name)
    )
    return PostgresDatabase(
      label: "pooled",
      name: database.name,
      migrationsFolder: nil,
      pooler: parameters
    ) { _ in parameters }
  }

  @Test func `reads go through a pooler in transactions of their own, and its pools are told`()
    throws
  {
    let database = try TestDatabase("create table t (at timestamptz); insert into t values (now())")
    let pooler = try TestPooler(before: try TestCluster.shared.get())
    let service = try pooled(database, pooler)
    let stream = try service.query(
      .of("select at, interval '1 day' as i from t"),
      in: database.context
    )
    guard case .record(let row)? = try stream.next() else {
      Issue.record("no row came")
      return
    }
    // The formats are those that a direct session has.
    guard case .time? = row["at"] else {
      Issue.record("\(row)")
      return
    }
    #expect(row["i"] == .duration(.seconds(86_400)))
    #expect(try stream.next() == nil)
    let pools = try service.inspection.pools(in: database.context)
    let own = try #require(pools.first { $0["database"] == .text(database.name) })
    #expect(own["user"] == .text("tester"))
    #expect(own["pool_mode"] == .text("transaction"))
    #expect(own["cl_waiting"] == .int(0))
    #expect(!pools.contains { $0["database"] == .text("pgbouncer") })
    // Nothing of the reading stays on the session that the next client gets.
    let left = try service.query(
      .of("select current_setting('lock_timeout') as l"),
      in: database.context
    )
    guard case .record(let inside)? = try left.next() else { return }
    #expect(inside["l"] == .text("5s"))
    _ = try left.next()
    let plain = try TestCluster.shared.get().psql(
      ["-qAt", "-c", "show lock_timeout"],
      url: pooler.url(of: try TestCluster.shared.get(), database: database.name)
        .replacing("?pgbouncer=true", with: "")
    )
    #expect(String(decoding: plain, as: UTF8.self) == "0\n")
  }

  @Test func `a change is not sent through a pooler`() throws {
    let database = try TestDatabase("create table t (a int)")
    let pooler = try TestPooler(before: try TestCluster.shared.get())
    let service = try pooled(database, pooler)
    let plan = try service.execute(
      database.target,
      WriteRequest([.of("insert into t values (1)")], expecting: [1...1]),
      in: database.context
    )
    #expect {
      try plan.perform()
    } throws: { error in
      (error as? Failure)?.kind == .refused
        && (error as? Failure)?.message
          == "pooled is reached through a pooler, where the settings and locks of a change do not hold"
        && (error as? Failure)?.advice.last
          == "postgres(url: secret(\"DATABASE_URL\"), direct: secret(\"DIRECT_URL\"))"
    }
    #expect(try database.psql("select count(*) from t") == "0")
    #expect {
      try database.service.inspection.pools(in: database.context)
    } throws: { error in
      (error as? Failure)?.message
        == "\(database.name) is not reached through a pooler: its URL names none"
    }
  }
}

extension Value {
  fileprivate var asRecord: Record? { if case .record(let record) = self { record } else { nil } }
}

/// What a call on a thread of its own gives.
private final class Outcome: @unchecked Sendable {
  private let done = DispatchSemaphore(value: 0)
  private var result: Result<String, any Error>?

  init(_ body: @escaping @Sendable () throws -> String) {
    Thread { [self] in
      result = Result { try body() }
      done.signal()
    }
    .start()
  }

  func value() throws -> String {
    done.wait()
    return try result?.get() ?? ""
  }
}
