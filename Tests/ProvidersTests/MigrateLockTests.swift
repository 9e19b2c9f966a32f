import Foundation
import Objects
import Postgres
import PostgresTestSupport
import Stack
import Synchronization
import Testing
import Values

@testable import Providers

/// Others at the same database: who migrates too, who holds a table, who left an index behind.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct MigrateLockTests {
  private static let first = "20260101000000_init"
  private static let second = "20260102000000_second"

  /// What something on another thread ended with.
  private final class Outcome: Sendable {
    private let result = Mutex<Result<[String], Failure>?>(nil)
    private let ended = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () throws(Failure) -> [String]) {
      Thread { [self] in
        let found: Result<[String], Failure>
        do throws(Failure) {
          found = .success(try body())
        } catch {
          found = .failure(error)
        }
        result.withLock { $0 = found }
        ended.signal()
      }.start()
    }

    func wait() -> Result<[String], Failure>? {
      ended.wait()
      return result.withLock { $0 }
    }
  }

  @Test func `two people: the second waits, names the first, and finds nothing pending`() throws {
    let world = try MigrateWorld(
      [Self.second: "alter table a add column y int;\n"],
      script: "create table a (x int)"
    )
    let service = world.database.service
    _ = try service.baseline(world.database.target, until: Self.second, in: .test()).perform()
    _ = try world.database.psql("delete from _prisma_migrations")
    let blocker = try TestDatabaseSession(world.database)
    try blocker.run("begin")
    try blocker.run("lock table a")
    let plans = (try world.plan(), try world.plan())
    let reports = (Reports(), Reports())
    let one = Outcome { () throws(Failure) in
      try plans.0.applied(key: "ONE/do:1", reports: reports.0)
    }
    #expect(reports.0.wait(for: "waiting for pid"))
    #expect(
      reports.0.all.contains { $0.contains("idle in transaction") && $0.contains("lock table a") }
    )
    let two = Outcome { () throws(Failure) in
      try plans.1.applied(key: "TWO/do:1", reports: reports.1)
    }
    #expect(reports.1.wait(for: "others apply migrations now: waiting for pid"))
    #expect(reports.1.all.contains { $0.contains("opsh ONE") })
    try blocker.run("rollback")
    #expect(try one.wait()?.get() == [Self.second])
    #expect(try two.wait()?.get() == [])
    #expect(reports.1.all.last == "nothing of it is pending any more: it was applied meanwhile")
    #expect(try world.rows() == ["second finished steps=1"])
  }

  @Test func `a table that is locked: given up soon, tried again, and the holder named`() throws {
    let world = try MigrateWorld(
      [Self.first: "create table b (x int);\nalter table a add column y int;\n"],
      script: "create table a (x int); create schema other; alter table a set schema other"
    )
    try world.folder.write(
      "\(Self.first)/migration.sql",
      "create table b (x int);\nalter table other.a add column y int;\n"
    )
    let blocker = try TestDatabaseSession(world.database)
    try blocker.run("begin")
    try blocker.run("lock table other.a")
    let plan = try world.plan(timeout: .milliseconds(500), tries: 2)
    let reports = Reports()
    let failed = try #require(
      failure { () throws(Failure) in try plan.applied(reports: reports) }
    )
    #expect(failed.kind == .failed)
    #expect(
      failed.message.contains(
        "got no lock in 2 tries, at statement 2 (\(Self.first)/migration.sql, line 2), held by pid"
      )
    )
    #expect(failed.message.contains("lock table other.a"))
    #expect(
      failed.advice == [
        "nothing of this file was kept", "it is pending again; migrate again for the rest",
      ]
    )
    #expect(
      reports.all.contains {
        $0.contains("got no lock in 500ms from pid") && $0.contains("try 2 of 2")
      }
    )
    // What kept nothing needs no resolving.
    #expect(try world.rows() == ["init rolled-back logs steps=0"])
    let again = try world.plan(timeout: .milliseconds(300), tries: 20)
    let later = Reports()
    let outcome = Outcome { () throws(Failure) in
      try again.applied(key: "R2/do:1", reports: later)
    }
    #expect(later.wait(for: "try 2 of 20"))
    try blocker.run("rollback")
    #expect(try outcome.wait()?.get() == [Self.first])
    #expect(
      try world.rows() == ["init rolled-back logs steps=0", "init finished steps=1"]
    )
  }

  @Test func `a person who stops it keeps nothing, and it is pending again`() throws {
    let world = try MigrateWorld([
      Self.first: "create table a (x int);\n", Self.second: "select pg_sleep(60);\n",
    ])
    let plan = try world.plan()
    let cancellation = Cancellation()
    let call = CallContext(cancellation: cancellation, now: .now(), deadline: .seconds(30))
    let outcome = Outcome { () throws(Failure) in try plan.applied(in: call) }
    while try world.database.psql(
      "select count(*) from pg_stat_activity where query like 'select pg_sleep(60)%' and datname = current_database()"
    ) == "0" {}
    cancellation.cancel()
    guard case .failure(let stopped)? = outcome.wait() else {
      Issue.record("it went on")
      return
    }
    #expect(stopped.kind == .interrupted)
    #expect(stopped.advice.contains("nothing of this file was kept"))
    #expect(stopped.advice.contains("\(Self.first) before it was applied and stays"))
    #expect(try world.rows() == ["init finished steps=1", "second rolled-back logs steps=0"])
    #expect(try plan.ask() == .notDone)
  }

  @Test func `a lock that is held for too long is a refusal that names its holder`() throws {
    let world = try MigrateWorld([Self.first: "create table a (x int);\n"])
    let plan = try world.plan()
    let other = try TestDatabaseSession(world.database)
    try other.run("select pg_advisory_lock(72707369)")
    // Not the ten seconds of the lock: a person's patience ends before.
    let cancellation = Cancellation()
    let call = CallContext(cancellation: cancellation, now: .now(), deadline: .seconds(30))
    let reports = Reports()
    let outcome = Outcome { () throws(Failure) in try plan.applied(reports: reports, in: call) }
    #expect(reports.wait(for: "pg_advisory_lock(72707369)"))
    cancellation.cancel()
    guard case .failure(let stopped)? = outcome.wait() else {
      Issue.record("it went on")
      return
    }
    #expect(stopped.kind == .interrupted)
    #expect(try world.database.psql("select to_regclass('_prisma_migrations')") == "")
  }

  @Test func `an invalid index is said, and dropped when its own migration is tried again`() throws
  {
    let world = try MigrateWorld([
      Self.first: "create table a (x int);\ninsert into a values (1), (1);\n",
      Self.second: "-- alone\ncreate unique index concurrently a_x on a (x);\n",
    ])
    let plan = try world.plan()
    #expect(plan.effectClass == .observable)
    let failed = try #require(failure { () throws(Failure) in try plan.applied() })
    #expect(
      failed.message.contains("stopped at statement 1 (\(Self.second)/migration.sql, line 2)")
    )
    #expect(
      failed.advice.contains(
        "index public.a_x is there and invalid: no read uses it; once this is resolved as rolled back, the next attempt drops it first"
      )
    )
    try world.resolve(Self.second, as: .rolledBack)
    let again = try world.plan()
    #expect(
      again.consequences.contains(
        "index public.a_x on a is invalid already, as a CREATE INDEX CONCURRENTLY leaves it when it fails; mend it with: drop index concurrently \"public\".\"a_x\""
      )
    )
    _ = try world.database.psql("delete from a where ctid = '(0,1)'")
    let reports = Reports()
    #expect(try again.applied(key: "R2/do:1", reports: reports) == [Self.second])
    #expect(
      reports.all.contains(
        "dropping the invalid index public.a_x, which an earlier attempt at \(Self.second) left"
      )
    )
    #expect(
      try world.database.psql("select indisvalid from pg_index where indexrelid = 'a_x'::regclass")
        == "t"
    )
  }

  @Test func `an invalid index of others is in the way, and not dropped`() throws {
    let world = try MigrateWorld(
      [Self.first: "create index concurrently if not exists a_x on other.a (x);\n"],
      script: """
        create schema other; create table other.a (x int); create index a_x on other.a (x);
        update pg_index set indisvalid = false where indexrelid = 'other.a_x'::regclass
        """
    )
    let refused = try #require(failure { () throws(Failure) in try world.migrate() })
    #expect(refused.kind == .refused)
    #expect(refused.message.contains("an invalid one of that name is there"))
    #expect(
      refused.advice.last
        == "drop it first: psql \"$DATABASE_URL\" -X -c 'drop index concurrently \"other\".\"a_x\"'"
    )
    #expect(try world.rows().isEmpty)
  }

  @Test func `a script that lets go of the lock stops what is behind it`() throws {
    let world = try MigrateWorld([
      Self.first: "select pg_advisory_unlock_all();\n", Self.second: "create table a (x int);\n",
    ])
    let failed = try #require(failure { () throws(Failure) in try world.migrate() })
    #expect(failed.message.contains("it let go of the lock for migrations"))
    #expect(try world.rows() == ["init finished steps=1"])
  }
}
