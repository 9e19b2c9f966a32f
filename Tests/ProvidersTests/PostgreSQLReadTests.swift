import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

@Suite(.needsServer, .timeLimit(.minutes(6))) struct PostgreSQLReadTests {
  @Test(
    arguments: [
      ("commit; create table x (a int)", "2"),
      // In capitals, because another test sends it to the same server on purpose.
      ("SET TRANSACTION READ WRITE", "set"),
      ("with gone as (delete from t returning a) select * from gone", "delete"),
      ("copy t to program 'true'", "copy"),
      ("select pg_reload_conf()", "pg_reload_conf"),
      ("select pg_advisory_lock(1)", "pg_advisory_lock"),
      ("select pg_try_advisory_xact_lock(1)", "pg_try_advisory_xact_lock"),
      ("select nextval('s')", "nextval"),
      ("select mischief()", "public.mischief"),
      ("select * from t for update", "lock"),
      ("select a into copy from t", "into"),
      ("explain analyze select 1", "analyze"),
      ("insert into t values (9)", "insert"),
      ("selec 1", "syntax"),
    ]
  )
  func `what would write is refused before it is sent`(sql: String, words: String) throws {
    let database = try TestDatabase(
      """
      create table t (a int); insert into t values (1); create sequence s;
      create function mischief() returns int language sql volatile as 'insert into t values (5) returning a'
      """
    )
    let failure = try #require(failure { () throws(Failure) in try database.query(sql) })
    #expect(failure.kind == .refused)
    #expect(failure.message.contains(words), "\(failure.message)")
    #expect(failure.advice.contains { $0.contains("execute") })
    #expect(try database.psql("select count(*) from t") == "1")
    // Each test has a database of its own, so the text would stand in the log for it alone.
    let log = try TestCluster.shared.get().log
    #expect(!log.split(separator: "\n").contains { $0.hasSuffix("<unnamed>: \(sql)") })
  }

  @Test func `stable functions, show and explain are reads`() throws {
    let database = try TestDatabase("create table t (a int)")
    #expect(try database.query("select now() > '2000-01-01' as ok")[0]["ok"] == .bool(true))
    // So the log would show a refused statement that had been sent all the same.
    let log = try TestCluster.shared.get().log
    #expect(log.contains("<unnamed>: select now() > '2000-01-01' as ok\n"))
    #expect(try database.query("show server_version").count == 1)
    #expect(try database.query("values (1), (2)").count == 2)
    #expect(try database.query("select gen_random_uuid() as id").count == 1)
    let plan = try database.service.explain(.of("delete from t"), in: database.context)
    #expect(plan.first?.contains("Delete") == true)
    let refused = failure { () throws(Failure) in
      try database.service.explain(.of("analyze t"), in: database.context)
    }
    #expect(refused?.kind == .refused)
  }

  @Test func `values are bound by their type and never become SQL text`() throws {
    let database = try TestDatabase("create table t (a int, b text); insert into t values (1, 'x')")
    let hostile = "'; drop table t; --"
    let row = try database.query(
      """
      select ?::text as a, ?::bigint + 1 as b, ?::numeric as c, 2 = any(?) as d, ?::text[] as e,
        ? + interval '1 hour' as f, ?::interval as g, ?::text is null as h, ? as i
      """,
      .text(hostile),
      .int(41),
      .percent(5),
      .list([.int(1), .int(2)]),
      .list([.text("a,b"), .nothing]),
      .time(Time(microseconds: 0)),
      .duration(.seconds(90)),
      .nothing,
      .bool(true)
    )[0]
    #expect(row["a"] == .text(hostile))
    #expect(row["b"] == .int(42))
    #expect(row["c"] == .number(0.05))
    #expect(row["d"] == .bool(true))
    #expect(row["e"] == .list([.text("a,b"), .nothing]))
    #expect(row["f"] == .time(Time(microseconds: 3_600_000_000)))
    #expect(row["g"] == .duration(.seconds(90)))
    #expect(row["h"] == .bool(true))
    #expect(row["i"] == .bool(true))
    let secret = Secret(name: "TOKEN", text: "very-secret-text")
    let refused = failure { () throws(Failure) in
      try database.query("select ?::text", .secret(secret))
    }
    #expect(refused?.message.contains("TOKEN") == true)
    #expect(refused?.message.contains("very-secret-text") == false)
    let mixed = failure { () throws(Failure) in
      try database.query("select ?::text[]", .list([.int(1), .text("a")]))
    }
    #expect(mixed?.kind == .value)
  }

  @Test func `cells become values by their type`() throws {
    let database = try TestDatabase("create type mood as enum ('good', 'bad')")
    let cases: [(String, Value)] = [
      ("true", .bool(true)), ("7::smallint", .int(7)), ("-9223372036854775808", .int(.min)),
      ("9223372036854775807", .int(.max)), ("0.5::float8", .number(0.5)),
      ("'NaN'::float8", .text("NaN")), ("12.50::numeric", .number(12.5)),
      ("123456789012345678::numeric", .int(123_456_789_012_345_678)),
      ("0.1234567890123456789::numeric", .text("0.1234567890123456789")),
      ("'a'::varchar", .text("a")), ("'good'::mood", .text("good")),
      (
        "'6f8e1a4e-0000-4000-8000-000000000000'::uuid",
        .text("6f8e1a4e-0000-4000-8000-000000000000")
      ),
      ("'1970-01-01 00:00:01.5+00'::timestamptz", .time(Time(microseconds: 1_500_000))),
      ("'1970-01-01 01:00:00+01'::timestamptz", .time(Time(microseconds: 0))),
      ("'1970-01-01 00:00:02'::timestamp", .time(Time(microseconds: 2_000_000))),
      ("'1970-01-02'::date", .time(Time(microseconds: 86_400_000_000))),
      ("'infinity'::timestamptz", .text("infinity")), ("'-infinity'::date", .text("-infinity")),
      ("'infinity'::timestamp", .text("infinity")),
      ("interval '1 day 02:03:04.5'", .duration(TimeSpan(microseconds: 93_784_500_000))),
      ("interval '-00:00:01'", .duration(.seconds(-1))),
      ("interval '1 day -01:00:00'", .duration(.hours(23))),
      ("interval '1 month'", .text("1 mon")), ("interval '0'", .duration(.seconds(0))),
      ("'{\"a\": [1, null]}'::jsonb", .record(Record(["a": .list([.int(1), .nothing])]))),
      ("array[1, null, 3]", .list([.int(1), .nothing, .int(3)])),
      ("array[array[true], array[false]]", .list([.list([.bool(true)]), .list([.bool(false)])])),
      ("array['1970-01-01'::date]", .list([.time(Time(microseconds: 0))])),
      ("'\\x00ff'::bytea", .text("\\x00ff")), ("null::int", .nothing), ("''", .text("")),
      ("4294967295::oid", .int(4_294_967_295)),
    ]
    for (sql, value) in cases {
      #expect(try database.query("select \(sql) as it")[0]["it"] == value, "\(sql)")
    }
  }

  @Test func `the first rows of ten million come at once and the statement ends`() throws {
    let database = try TestDatabase()
    let sql = "select i, i * 2 as twice from generate_series(1, 10000000) i"
    let stream = try database.service.query(.of(sql), in: database.context)
    #expect(stream.columnNames == ["i", "twice"])
    for number in 1...5 as ClosedRange<Int64> {
      #expect(try stream.next() == .record(Record(["i": .int(number), "twice": .int(number * 2)])))
    }
    stream.cancel()
    #expect(try stream.next() == nil)
    let active = try database.psql(
      "select count(*) from pg_stat_activity where datname = current_database() and state = 'active'"
        + " and query like '%generate_series%' and pid <> pg_backend_pid()"
    )
    #expect(active == "0")
    // The connection is of use again.
    #expect(try database.query("select 1 as one")[0]["one"] == .int(1))
  }

  @Test func `the rows as CSV are psql's, byte for byte`() throws {
    let database = try TestDatabase()
    let sql = """
      select i, case when i % 3 = 0 then null when i % 3 = 1 then 'a "q", b' else E'line\\nend' end \
      as words from generate_series(1, 3000) i
      """
    let stream = try database.service.query(.of(sql), in: database.context)
    var bytes: [UInt8] = []
    #expect(try stream.writeCSV { bytes += $0 })
    let cluster = try TestCluster.shared.get()
    #expect(try bytes == cluster.psql(["--csv", "-c", sql], database: database.name))
  }

  @Test func `errors say what the server said, and where`() throws {
    let database = try TestDatabase("create table orders (id int)")
    let wrong = try #require(
      failure { () throws(Failure) in try database.query("select idd from orders") }
    )
    #expect(wrong.kind == .refused)
    #expect(wrong.message.contains("42703"))
    #expect(wrong.advice.contains { $0.contains("character 8: idd from orders") })
    let late = failure { () throws(Failure) in
      let stream = try database.service.query(
        .of("select 1 / (3 - i) from generate_series(1, 5) i"),
        in: database.context
      )
      while try stream.next() != nil {}
    }
    #expect(late?.kind == .refused)
    #expect(try database.query("select 1").count == 1)
  }

  @Test func `a slow answer, a wish to stop and a dead server are told apart`() throws {
    let database = try TestDatabase()
    let impatient = CallContext.test(deadline: .milliseconds(200))
    let slow = failure { () throws(Failure) in
      try database.service.query(.of("select pg_sleep(30)"), in: impatient)
    }
    #expect(slow?.kind == .unreachable)
    let stopping = CallContext.test()
    let thread = Thread { stopping.cancellation.cancel() }
    thread.start()
    let stopped = failure { () throws(Failure) in
      try database.service.query(.of("select pg_sleep(30)"), in: stopping)
    }
    #expect(stopped?.kind == .interrupted)
    let port = try FreePort.find()
    let dead = try TestDatabase(through: port)
    let nobody = failure { () throws(Failure) in try dead.query("select 1") }
    #expect(nobody?.kind == .unreachable)
    #expect(nobody?.message.contains("127.0.0.1:\(port)") == true)
    #expect(nobody?.message.contains("tried for") == true)
  }

  @Test func `a kept session that the server has ended is replaced`() throws {
    let database = try TestDatabase()
    #expect(try database.query("select 1").count == 1)
    _ = try database.psql(
      "select pg_terminate_backend(pid) from pg_stat_activity"
        + " where datname = current_database() and pid <> pg_backend_pid()"
    )
    #expect(try database.query("select 2 as two")[0]["two"] == .int(2))
  }

  @Test func `several streams at once have a connection each`() throws {
    let database = try TestDatabase()
    let one = try database.service.query(
      .of("select generate_series(1, 3) i"),
      in: database.context
    )
    let two = try database.service.query(
      .of("select generate_series(4, 6) i"),
      in: database.context
    )
    var found: [Value] = []
    for _ in 1...3 {
      for stream in [one, two] {
        if case .record(let row)? = try stream.next() { found.append(row.cells[0]) }
      }
    }
    #expect(found == [1, 4, 2, 5, 3, 6].map { .int($0) })
  }
}
