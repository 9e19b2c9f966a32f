import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// A change of every row is asked for by name, or not done.
@Suite(.needsServer, .timeLimit(.minutes(3))) struct PostgreSQLEveryRowTests {
  private func database(_ rows: Int = 100) throws -> TestDatabase {
    try TestDatabase(
      """
      create table orders (id int primary key, state text);
      insert into orders select i, 'new' from generate_series(1, \(rows)) i; analyze orders
      """
    )
  }

  @Test(
    arguments: [
      ("delete from orders", "deletes every row of orders: it has no 'where'"),
      ("update orders set state = 'x'", "updates every row of orders: it has no 'where'"),
      ("truncate orders", "empties orders"),
      (
        "delete from orders where id is not null",
        "deletes every row of orders: its 'where' lets every row through"
      ),
      (
        "update public.orders o set state = 'x' where o.id = o.id",
        "updates every row of public.orders: its 'where' lets every row through"
      ),
      ("explain analyze delete from orders", "deletes every row of orders: it has no 'where'"),
    ]
  )
  func `what its text shows is refused before it is sent`(sql: String, words: String) throws {
    let database = try database()
    let refused = try #require(failure { () throws(Failure) in try database.execute(sql) })
    #expect(refused.kind == .refused)
    #expect(refused.message == "this \(words)")
    #expect(
      refused.advice == [
        "nothing was sent", "if every row is meant, say so: execute(sql\"…\", all_rows: true)",
      ]
    )
    // A count that fits is no word for it.
    let counted = failure { () throws(Failure) in try database.execute(sql, expecting: 100...100) }
    #expect(counted?.message == "this \(words)")
    #expect(try database.psql("select count(*) from orders where state = 'new'") == "100")
  }

  @Test func `said by name it is done, and called a loss`() throws {
    let database = try database()
    let update = try database.execute(
      "update orders set state = 'x' where id = id",
      expecting: 100...100,
      allRows: true
    )
    #expect(update.effect == .destroy)
    #expect(
      update.consequences.contains(
        "updates every row of orders: its 'where' lets every row through"
      )
    )
    #expect(update.arguments.contains { $0.name == "all_rows" && $0.value == .bool(true) })
    #expect(try update.perform() == .record(Record(["rows": .int(100)])))
    let emptying = try database.execute("truncate orders", expecting: 100...100, allRows: true)
    #expect(try emptying.perform(key: "RUN/do:2") == .record(Record(["rows": .int(100)])))
    #expect(try database.psql("select count(*) from orders") == "0")
  }

  @Test func `a nullable column does not let every row through`() throws {
    let database = try TestDatabase(
      "create table t (a int); insert into t select nullif(i, 1) from generate_series(1, 20) i"
    )
    let plan = try database.execute("delete from t where a is not null", expecting: 19...19)
    #expect(try plan.perform() == .record(Record(["rows": .int(19)])))
  }

  /// The text shows nothing here: the transaction itself counts.
  @Test(
    arguments: [
      "delete from orders where length(id::text) > 0", "delete from orders where random() < 2",
      "update orders set state = 'x' where now() > '2000-01-01'",
      "update orders set state = 'x' where id > 0",
    ]
  )
  func `what only the data shows is taken back`(sql: String) throws {
    let database = try database()
    let plan = try database.execute(sql, expecting: 1...1000)
    let refused = try #require(failure { () throws(Failure) in try plan.perform() })
    let verb = String(sql.prefix(6))
    #expect(refused.message == "would \(verb) every row of orders, all 100: nothing was kept")
    #expect(refused.advice == ["if every row is meant, say so: all_rows: true"])
    #expect(try database.psql("select count(*) from orders where state = 'new'") == "100")
    // One that stays as it was is enough.
    _ = try database.psql("insert into orders values (-1, 'old')")
    let narrowed = try database.execute(sql + " and id > -1", expecting: 1...1000)
    #expect(try narrowed.perform() == .record(Record(["rows": .int(100)])))
  }

  @Test func `a table of a few rows needs no word for it`() throws {
    let database = try database(10)
    let plan = try database.execute("delete from orders where id > 0", expecting: 10...10)
    #expect(try plan.perform() == .record(Record(["rows": .int(10)])))
  }

  @Test func `partitions count as one table`() throws {
    let database = try TestDatabase(
      """
      create table p (id int not null, n int) partition by range (id);
      create table p1 partition of p for values from (0) to (50);
      create table p2 partition of p for values from (50) to (100);
      insert into p select i, 0 from generate_series(0, 99) i; analyze p
      """
    )
    let half = try database.execute("update p set n = 1 where id < 50", expecting: 50...50)
    #expect(try half.perform() == .record(Record(["rows": .int(50)])))
    let whole = try database.execute("update p set n = 1 where id >= 0", expecting: 100...100)
    let refused = failure { () throws(Failure) in try whole.perform(key: "R/2") }
    #expect(refused?.message == "would update every row of p, all 100: nothing was kept")
    let part = try database.execute("update p1 set n = 1 where id >= 0", expecting: 50...50)
    let refusedPart = failure { () throws(Failure) in try part.perform(key: "R/3") }
    #expect(refusedPart?.message == "would update every row of p1, all 50: nothing was kept")
  }
}
