import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// What a change reaches beyond its own rows, and a rehearsal that measures it.
@Suite(.needsServer, .timeLimit(.minutes(5))) struct PostgreSQLBlastRadiusTests {
  private static let shop = """
    create table customers (id int primary key, code int unique);
    create table orders (id int primary key, customer int references customers on delete cascade,
      state text);
    create table items (id int primary key, order_id int references orders on delete cascade);
    create table notes (order_id int references orders on delete set null,
      code int references customers (code) on update cascade);
    create table defaults (order_id int default 1 references orders on delete set default);
    create table payments (id int, item int references items);
    create table log (what text);
    create function write_log() returns trigger language plpgsql as $$
      begin insert into log values (tg_op); return coalesce(new, old); end $$;
    create trigger audit after delete on orders for each row execute function write_log();
    create trigger audit_state after update of state on orders for each row
      execute function write_log();
    create trigger items_gone after delete on items for each statement execute function write_log();
    insert into customers select i, i * 10 from generate_series(1, 20) i;
    insert into orders select i, 1 + i % 20, 'new' from generate_series(1, 100) i;
    insert into items select i, 1 + i % 100 from generate_series(1, 300) i;
    insert into notes select 1 + i % 50, 10 * (1 + i % 20) from generate_series(1, 50) i;
    insert into defaults values (1), (2);
    analyze
    """

  /// Taken over by hand from the schema above.
  @Test func `foreign keys are followed to their end, with the triggers on the way`() throws {
    let database = try TestDatabase(Self.shop)
    let plan = try database.execute("delete from customers where id in (1, 2)", expecting: 2...2)
    #expect(plan.effect == .destroy)
    #expect(
      plan.consequences.filter { !$0.contains("opsh.marker") } == [
        "deletes about 10 rows of orders too (orders_customer_fkey, on delete cascade)",
        "sets order_id to its default in about 1 rows of defaults (defaults_order_id_fkey)",
        "deletes about 30 rows of items too (items_order_id_fkey, on delete cascade)",
        "sets order_id to null in about 5 rows of notes (notes_order_id_fkey)",
        "fails while rows of notes refer to what it changes (notes_code_fkey)",
        "fails while rows of payments refer to what it changes (payments_item_fkey)",
        "fires on orders: audit", "fires on items: items_gone",
        "taken back if it changes other than 2 rows",
      ]
    )
    let renamed = try database.execute("update customers set code = 11 where id = 1")
    #expect(renamed.effect == .change)
    #expect(
      renamed.consequences.first
        == "changes code in about 3 rows of notes too (notes_code_fkey, on update cascade)"
    )
    let other = try database.execute("update customers set id = id where id = 1")
    #expect(
      other.consequences.first
        == "fails while rows of orders refer to what it changes (orders_customer_fkey)"
    )
    let state = try database.execute("update orders set state = 'x' where id = 1")
    #expect(state.consequences.first == "fires on orders: audit_state")
    let quiet = try database.execute("update orders set customer = 2 where id = 1")
    #expect(quiet.consequences.allSatisfy { !$0.hasPrefix("fires") })
  }

  @Test func `a truncate names what it takes along, or what keeps it from it`() throws {
    let database = try TestDatabase(Self.shop)
    let alone = try database.execute("truncate items", allRows: true)
    #expect(
      alone.consequences.contains(
        "fails, because payments refers to it (payments_item_fkey): truncate it as well"
      )
    )
    let both = try database.execute("truncate items, payments", allRows: true)
    #expect(both.consequences.allSatisfy { !$0.hasPrefix("fails") })
    let along = try database.execute("truncate orders cascade", allRows: true)
    #expect(along.effect == .destroy)
    for words in [
      "empties items too, about 300 rows of items (items_order_id_fkey)",
      "empties notes too, about 50 rows of notes (notes_order_id_fkey)",
    ] {
      #expect(along.consequences.contains(words), "\(along.consequences)")
    }
  }

  @Test func `partitions, children, rules and a key that comes back`() throws {
    let database = try TestDatabase(
      """
      create table p (id int primary key) partition by range (id);
      create table p1 partition of p for values from (0) to (50);
      create table p2 partition of p for values from (50) to (100);
      create table refers (p int references p on delete cascade);
      create table base (id int); create table child () inherits (base);
      create table tree (id int primary key, parent int references tree on delete cascade);
      create table ruled (id int); create rule keep as on delete to ruled do instead nothing;
      create function nothing() returns trigger language plpgsql as 'begin return old; end';
      create trigger each before delete on p for each row execute function nothing();
      create trigger once before delete on p1 for each statement execute function nothing();
      insert into p select generate_series(0, 99); insert into tree values (1, null), (2, 1);
      analyze
      """
    )
    func lines(_ sql: String) throws -> [String] {
      try database.execute(sql).consequences
    }
    #expect(
      try lines("delete from p where id = 1").prefix(3) == [
        "p has 2 partitions",
        "deletes about 0 rows of refers too (refers_p_fkey, on delete cascade)",
        "fires on p: each",
      ]
    )
    let part = try lines("delete from p1 where id = 1")
    #expect(part[0].hasPrefix("deletes about 0 rows of refers"))
    #expect(part[1] == "fires on p1: each, once")
    #expect(
      try lines("delete from base where id = 1").first == "reaches what inherits from base: child"
    )
    #expect(try lines("delete from only base where id = 1").first?.hasPrefix("taken back") == true)
    #expect(
      try lines("delete from tree where id = 2").first
        == "deletes about 1 further rows of tree too (tree_parent_fkey, on delete cascade)"
    )
    #expect(
      try lines("delete from ruled where id = 2").first
        == "the rule keep on ruled puts something else in its place"
    )
  }

  // MARK: - Rehearsal

  private func rehearsed(_ plan: Plan) throws(Failure) -> Plan {
    guard let rehearse = plan.rehearse else { throw Failure(.value, "it can not be rehearsed") }
    return try rehearse(.test())
  }

  @Test func `a rehearsal measures every table and keeps nothing`() throws {
    let database = try TestDatabase(Self.shop)
    _ = try database.psql(
      "delete from notes where order_id is null or code = 20; delete from items where id > 250;"
        + " delete from log"
    )
    let before = try database.psql("select count(*) from items")
    let plan = try database.execute("delete from orders where id between 2 and 5")
    #expect(plan.measure?.isExact == false)
    let measured = try rehearsed(plan)
    #expect(measured.measure?.token == "delete 4")
    #expect(measured.measure?.isExact == true)
    let items = try database.psql("select count(*) from items where order_id between 2 and 5")
    let notes = try database.psql("select count(*) from notes where order_id between 2 and 5")
    for words in [
      "rehearsed and taken back: deletes \(items) rows of items",
      "rehearsed and taken back: updates \(notes) rows of notes",
      "rehearsed and taken back: deletes 4 rows of orders",
      "rehearsed and taken back: inserts 5 rows of log",
      "taken back if it changes other than 4 rows",
      "deletes rows of items too (items_order_id_fkey, on delete cascade)",
    ] {
      #expect(measured.consequences.contains(words), "\(words): \(measured.consequences)")
    }
    #expect(try database.psql("select count(*) from items") == before)
    #expect(try database.psql("select count(*) from log") == "0")
    #expect(try database.psql("select to_regclass('opsh.marker')") == "")
    #expect(measured.rehearse == nil)
    #expect(try measured.perform() == .record(Record(["rows": .int(4)])))
    #expect(try database.psql("select count(*) from log") == "5")
  }

  @Test func `what comes out otherwise than rehearsed is taken back`() throws {
    let database = try TestDatabase(Self.shop)
    let plan = try rehearsed(try database.execute("delete from orders where id between 60 and 62"))
    _ = try database.psql("insert into items values (9001, 61)")
    let further = try #require(failure { () throws(Failure) in try plan.perform() })
    #expect(
      further.message
        == "it now deletes 10 rows of items, in the rehearsal it deletes 9 rows of items:"
        + " nothing was kept"
    )
    let again = try rehearsed(try database.execute("delete from orders where id between 60 and 62"))
    _ = try database.psql("delete from orders where id = 61")
    let fewer = try #require(failure { () throws(Failure) in try again.perform() })
    #expect(
      fewer.message == "would change 2 rows, but changed 3 when it was rehearsed: nothing was kept"
    )
    #expect(try database.psql("select count(*) from orders") == "99")
  }

  @Test func `a rehearsal meets what the real change would meet`() throws {
    let database = try TestDatabase(Self.shop)
    _ = try database.psql("insert into payments values (1, 5)")
    let blocked = failure { () throws(Failure) in
      try rehearsed(try database.execute("delete from orders where id = 6"))
    }
    #expect(blocked?.message.contains("23503") == true)
    #expect(
      blocked?.advice.first == "it was only rehearsed, in a transaction that was rolled back"
    )
    let all = failure { () throws(Failure) in
      try rehearsed(try database.execute("update orders set state = 'x' where length(state) > 0"))
    }
    #expect(all?.message == "would update every row of orders, all 100: nothing was kept")
    let counted = failure { () throws(Failure) in
      try rehearsed(
        try database.execute("update orders set state = 'x' where id < 5", expecting: 3...3)
      )
    }
    #expect(counted?.message == "would change 4 rows, not 3: nothing was kept")
  }

  @Test func `locks, size and what acts outside are why it is not rehearsed`() throws {
    let database = try TestDatabase(Self.shop)
    func reason(_ sql: String, allRows: Bool = false) throws -> String? {
      let plan = try rehearsed(try database.execute(sql, allRows: allRows))
      #expect(plan.measure?.isExact != true)
      return plan.consequences.first { $0.hasPrefix("not rehearsed: ") }
    }
    let held = try TestDatabaseSession(database)
    try held.run("begin")
    try held.run("update orders set state = 'held' where id = 3")
    #expect(
      try reason("update orders set state = 'x' where id = 3")
        == "not rehearsed: another session holds a lock that it needs; see locks"
    )
    try held.run("rollback")
    _ = try database.psql(
      """
      create table big (id int); insert into big select generate_series(1, 100100); analyze big;
      create function outward() returns trigger language plpgsql as $$
        begin perform dblink_exec('', ''); return new; end $$;
      create function inward() returns trigger language plpgsql as $$
        begin perform pg_notify('a', 'b'); perform nextval('numbers'); return new; end $$;
      create sequence numbers;
      create table acts (id int); insert into acts values (1);
      create trigger acts before update on acts for each row execute function outward();
      create table tells (id int); insert into tells values (1);
      create trigger tells before update on tells for each row execute function inward()
      """
    )
    let big = try reason("delete from big where id >= 0", allRows: true)
    #expect(big?.hasPrefix("not rehearsed: the planner expects 100") == true, "\(big ?? "")")
    #expect(big?.hasSuffix(" rows, and more than 100000 hold up others") == true)
    #expect(
      try reason("update acts set id = 2 where id = 1")
        == "not rehearsed: the function outward names dblink_exec, which acts outside of the transaction"
    )
    #expect(
      try reason("update orders set state = pg_terminate_backend(0)::text where id = 1")
        == "not rehearsed: pg_terminate_backend acts outside of the transaction"
    )
    let told = try rehearsed(try database.execute("update tells set id = 2 where id = 1"))
    #expect(told.measure?.token == "update 1")
    #expect(told.measure?.isExact == true)
  }

  @Test func `a truncate is counted, not rehearsed`() throws {
    let database = try TestDatabase(
      "create table t (id int); insert into t select generate_series(1, 9)"
    )
    let plan = try rehearsed(
      try database.execute("truncate t", allRows: true)
    )
    #expect(plan.measure == nil)
    _ = try database.psql("analyze t")
    let counted = try rehearsed(try database.execute("truncate t", allRows: true))
    #expect(counted.measure?.token == "truncate 9")
    #expect(counted.measure?.isExact == true)
    _ = try database.psql("insert into t values (10)")
    let refused = failure { () throws(Failure) in try counted.perform() }
    #expect(
      refused?.message
        == "would change 10 rows, but changed 9 when it was rehearsed: nothing was kept"
    )
    #expect(try database.psql("select count(*) from t") == "10")
  }

  // MARK: - Several statements

  @Test func `a list is one transaction: each is counted, all are kept or none`() throws {
    let database = try TestDatabase(Self.shop)
    let both = [
      "update orders set state = 'x' where id <= 3", "delete from items where order_id = 90",
    ]
    let plan = try database.execute(both, expecting: [3...3, 2...4])
    #expect(plan.measure?.token == "update 3, delete 2..4")
    #expect(plan.summary == "update in orders, then delete in items on \(database.name)")
    #expect(plan.calls.count == 2)
    #expect(
      plan.consequences.contains("all 2 statements are one transaction: all are kept, or none")
    )
    #expect(
      try plan.perform(key: "R/1")
        == .record(Record(["rows": .int(6), "counts": .list([.int(3), .int(3)])]))
    )
    #expect(try database.psql("select count(*) from opsh.marker") == "1")
    let wrong = try database.execute(
      ["update orders set state = 'y' where id <= 3", "delete from items where order_id = 91"],
      expecting: [3...3, 1...1]
    )
    let refused = failure { () throws(Failure) in try wrong.perform(key: "R/2") }
    #expect(refused?.message == "would change 3 rows, not 1: nothing was kept")
    #expect(try database.psql("select count(*) from orders where state = 'y'") == "0")
    let made = try database.execute(["create table later (a int)", "insert into later values (1)"])
    #expect(
      try made.perform(key: "R/3")
        == .record(Record(["rows": .int(1), "counts": .list([.nothing, .int(1)])]))
    )
  }

  @Test func `one that can not be in a transaction refuses the whole list`() throws {
    let database = try TestDatabase(Self.shop)
    for (statement, words) in [
      ("vacuum orders", "the server does not do this 'vacuum' inside of a transaction"),
      ("create index concurrently on orders (state)", "does not do this 'create'"),
      ("commit", "must not end"), ("select 1", "only reads"), ("delete from orders", "every row"),
    ] {
      let refused = failure { () throws(Failure) in
        try database.execute(["update orders set state = 'z' where id = 1", statement])
      }
      #expect(refused?.kind == .refused)
      #expect(refused?.message.hasPrefix("statement 2: ") == true)
      #expect(refused?.message.contains(words) == true, "\(refused?.message ?? "")")
    }
    let plan = try rehearsed(
      try database.execute([
        "update orders set state = 'x' where id <= 3", "delete from items where order_id <= 2",
      ])
    )
    #expect(plan.measure?.token == "update 3, delete 6")
    #expect(plan.consequences.contains("2: taken back if it changes other than 6 rows"))
  }
}
