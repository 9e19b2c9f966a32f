import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

@Suite(.needsServer, .timeLimit(.minutes(6))) struct PostgreSQLExecuteTests {
  private func database() throws -> TestDatabase {
    try TestDatabase(
      """
      create table orders (id int primary key, state text);
      insert into orders select i, 'new' from generate_series(1, 100) i; analyze orders
      """
    )
  }

  @Test func `a plan changes nothing; the deed is counted and marked`() throws {
    let database = try database()
    let plan = try database.execute("delete from orders where id <= ?", .int(7), expecting: 7...7)
    #expect(plan.effect == .change)
    #expect(plan.effectClass == .marked)
    #expect(plan.measure?.token == "delete 7")
    #expect(try database.psql("select count(*) from orders") == "100")
    #expect(try database.psql("select to_regclass('opsh.marker')") == "")
    #expect(try plan.ask() == .notDone)
    #expect(try plan.perform(key: "R1/do:1") == .record(Record(["rows": .int(7)])))
    #expect(try database.psql("select count(*) from orders") == "93")
    #expect(try database.psql("select run || ' ' || path from opsh.marker") == "R1 do:1")
    #expect(try plan.ask(key: "R1/do:1") == .done)
    #expect(try plan.ask(key: "R1/do:2") == .notDone)
    #expect(try database.psql("select count(*) from opsh.marker") == "1")
  }

  @Test func `a second attempt with the same key meets the first one's mark`() throws {
    let database = try database()
    let plan = try database.execute("update orders set state = 'x' || id where id < 4")
    #expect(try plan.perform() == .record(Record(["rows": .int(3)])))
    #expect(try plan.perform() == .record(Record(["rows": .nothing])))
    #expect(try database.psql("select count(*) from opsh.marker") == "1")
  }

  @Test func `another count than was said takes it all back`() throws {
    let database = try database()
    let plan = try database.execute("delete from orders where id <= 13", expecting: 12...12)
    let refused = try #require(failure { () throws(Failure) in try plan.perform() })
    #expect(refused.kind == .refused)
    #expect(refused.message == "would change 13 rows, not 12: nothing was kept")
    #expect(try database.psql("select count(*) from orders") == "100")
    #expect(try plan.ask() == .notDone)
    let range = try database.execute("delete from orders where id <= 13", expecting: 10...20)
    #expect(try range.perform() == .record(Record(["rows": .int(13)])))
  }

  @Test func `far more than the planner expected is taken back as well`() throws {
    let database = try database()
    // The planner can not see through the function: it expects one row in three.
    let plan = try database.execute(
      "update orders set state = 'y' where id % 100 = 5 or id > 0",
      allRows: true
    )
    #expect(plan.measure?.isExact == false)
    _ = try plan.perform()
    let wild = try TestDatabase(
      "create table t (a int, b int); insert into t select 1, 1 from generate_series(1, 5000)"
        + "; alter table t set (autovacuum_enabled = off); analyze t; update t set a = 2"
    )
    let surprise = try wild.execute("delete from t where a = 2", allRows: true)
    let refused = try #require(failure { () throws(Failure) in try surprise.perform() })
    #expect(refused.message.hasPrefix("would change 5000 rows, but the planner expected at most"))
    #expect(refused.advice.contains("if that is right, say so: expecting: 5000"))
    #expect(try wild.psql("select count(*) from t") == "5000")
  }

  @Test(
    arguments: [
      ("delete from orders", Effect.destroy), ("update orders set state = 'x'", .destroy),
      ("truncate orders", .destroy), ("drop table orders", .destroy),
      ("do $$ begin end $$", .destroy), ("insert into orders values (101, 'x')", .change),
      ("update orders set state = 'x' where id = 1", .change),
      ("create index on orders (state)", .change),
    ]
  )
  func `what loses data is a destroy`(sql: String, effect: Effect) throws {
    let plan = try database().execute(sql, allRows: true)
    #expect(plan.effect == effect)
  }

  @Test func `reads, several statements and the end of the transaction are refused`() throws {
    let database = try database()
    for sql in [
      "select 1", "delete from orders where id = 1; commit", "commit", "",
      "with gone as (delete from orders returning id) select count(*) from gone",
      "with gone as (delete from orders returning id) delete from orders where id = 1",
    ] {
      let refused = failure { () throws(Failure) in try database.execute(sql) }
      #expect(refused?.kind == .refused, "\(sql)")
    }
    let wrong = try database.execute("insert into orders values (1, 'twice')")
    let refused = try #require(failure { () throws(Failure) in try wrong.perform() })
    #expect(refused.message.contains("23505"))
    #expect(refused.advice.contains("nothing of it was kept"))
    #expect(try wrong.ask() == .notDone)
  }

  @Test func `a lost answer to commit is unknown, and the mark tells`() throws {
    let script = "create table t (a int); insert into t values (1)"
    for isDone in [true, false] {
      let direct = try TestDatabase(script)
      let cluster = try TestCluster.shared.get()
      let proxy = try CuttingProxy(to: cluster.port, cutAt: "commit\0", forwarding: isDone)
      let cut = PostgresDatabase(
        label: direct.name,
        name: direct.name,
        migrationsFolder: nil,
        parameters: try direct.parameters(through: proxy.port)
      )
      // The plan is made over the way that holds; only the deed goes through the cutting one.
      let template = SQLTemplate.of("update t set a = 2 where a = 1")
      let job = WriteJob(
        database: cut,
        writes: [
          Write(sql: template.text, binds: [], verb: "update", allowed: 1...1, bound: .person)
        ],
        marker: .present
      )
      _ = try direct.psql(Marker.create.joined(separator: ";"))
      let lost = failure { () throws(Failure) in
        try job.perform(PerformContext(call: .test(), key: "R/do:1"))
      }
      #expect(lost?.kind == .unknown)
      let plan = try direct.execute("update t set a = 2 where a = 1")
      #expect(try plan.ask(key: "R/do:1") == (isDone ? .done : .notDone))
      #expect(try direct.psql("select a from t") == (isDone ? "2" : "1"))
    }
  }

  @Test func `writes are stopped for everybody, and allowed again`() throws {
    let database = try database()
    let context = database.context
    let other = try TestDatabaseSession(database)
    let stop = try database.service.stopWrites(database.target, in: context)
    #expect(try !database.service.writesAreStopped(in: context))
    #expect(try stop.ask() == .notDone)
    _ = try stop.perform()
    #expect(try stop.ask() == .done)
    #expect(other.isEnded)
    #expect(throws: (any Error).self) { try database.psql("delete from orders") }
    // Our own writes go on: what was stopped must be possible to mend.
    let mend = try database.execute("delete from orders where id = 1", expecting: 1...1)
    #expect(try mend.perform() == .record(Record(["rows": .int(1)])))
    let allow = try database.service.allowWrites(database.target, in: context)
    _ = try allow.perform()
    #expect(try database.psql("delete from orders where id = 2 returning id") == "2")
    let again = try database.service.allowWrites(database.target, in: context)
    #expect(again.summary.contains("already"))
    #expect(again.target == allow.target && again.precondition == nil)
    _ = try again.perform()
    #expect(try !database.service.writesAreStopped(in: context))
  }
}
