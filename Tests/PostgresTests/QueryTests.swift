import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsServer, .timeLimit(.minutes(6))) struct QueryTests {
  @Test func `a statement gives its columns, rows and what was done`() throws {
    let connection = try openConnection(readOnly: true)
    let cursor = try connection.read(
      "select 1 as a, null as b, 'é' as c union all select 2, 'x', ''"
    )
    #expect(cursor.columns.map(\.name) == ["a", "b", "c"])
    #expect(cursor.columns.map(\.type) == [.int4, .text, .text])
    #expect(try allRows(cursor) == [["1", nil, "é"], ["2", "x", ""]])
    #expect(cursor.commandTag == "SELECT 2")
  }

  @Test func `a row outlives its cursor, and lends its bytes`() throws {
    let connection = try openConnection()
    let cursor = try connection.query("select 'héé', null")
    let row = try #require(try cursor.next())
    cursor.close()
    #expect(row.text(0) == "héé")
    #expect(row.withBytes(0) { $0?.count } == 5)
    #expect(row.withBytes(1) { $0?.count } == nil)
  }

  @Test(arguments: [
    (Bind.null, "select $1::text", nil),
    (.bool(true), "select $1", "t"),
    (.int(7), "select $1", "7"),
    (.int(.min), "select $1", "-9223372036854775808"),
    (.int(2), "select pg_typeof($1)", "integer"),
    (.int(3_000_000_000), "select pg_typeof($1)", "bigint"),
    (.int(1), "select '{\"a\":[5,6]}'::jsonb -> 'a' -> $1", "6"),
    (.number(0.1), "select $1 + 0.2", "0.3"),
    (.number(1e300), "select $1 = 1e300", "t"),
    (.number(.nan), "select $1", "NaN"),
    (.number(-.infinity), "select $1", "-Infinity"),
    (.text("a'b\\c\"d\n€"), "select $1", "a'b\\c\"d\n€"),
    (.text("6f0c2a58-6f6a-4a0a-8f5a-0123456789ab"), "select gen_random_uuid() = $1", "f"),
    (.text("2026-01-01"), "select date '2026-01-02' - $1", "1"),
    (.bytes([0, 255, 39, 92]), "select encode($1, 'hex')", "00ff275c"),
    (.boolArray([true, nil, false]), "select $1", "{t,NULL,f}"),
    (.intArray([1, nil, -3]), "select 1 = any($1)", "t"),
    (.intArray([3_000_000_000]), "select sum(x) from unnest($1) as x", "3000000000"),
    (.numberArray([0.5, nil]), "select 0.5 = any($1)", "t"),
    (.textArray([]), "select 'a' = any($1)", "f"),
    (
      .textArray(["6f0c2a58-6f6a-4a0a-8f5a-0123456789ab"]), "select gen_random_uuid() = any($1)",
      "f"
    ),
    (.typed("2026-01-01", .date), "select pg_typeof($1)", "date"),
  ])
  func `a bind arrives as what it is`(_ bind: Bind, _ sql: String, _ expected: String?) throws {
    let connection = try openConnection(readOnly: true)
    let cursor = try connection.read(sql, [bind])
    #expect(try allRows(cursor) == [[expected]])
  }

  @Test func `a list of nasty texts is the same list at the server`() throws {
    let nasty = ["", "NULL", "null", "a,b", "{}", "\"", "\\", "\\\"", "'", " x ", "é\n\t", "}"]
    let connection = try openConnection(readOnly: true)
    let cursor = try connection.read(
      "select x, x is null from unnest($1::text[]) with ordinality as t(x, n) order by n",
      [.textArray(nasty + [nil])]
    )
    let rows = try allRows(cursor)
    #expect(rows.map { $0[0] } == nasty + [nil])
    #expect(rows.last?[1] == "t")
    let echo = try allRows(connection.read("select $1::text[]", [.textArray(nasty + [nil])]))
    let text = try #require(echo[0][0])
    let parsed = ArrayLiteral.parse(text)
    #expect(parsed == nasty.map { ArrayLiteral.Element.text($0) } + [.null])
  }

  @Test func `a NUL in a bind or a statement is refused before it is sent`() throws {
    let connection = try openConnection()
    #expect(throws: PostgresError.invalidStatement("it holds a NUL at byte 8")) {
      try connection.execute("select 1\0; drop table x")
    }
    let failure = #expect(throws: PostgresError.self) {
      _ = try connection.read("select $1", [.text("a\0b")])
    }
    #expect(failure?.fate == .notSent)
    #expect(try allRows(connection.read("select 2")) == [["2"]])
  }

  @Test func `the server's error comes with its facts, and the connection goes on`() throws {
    let connection = try openConnection(database: try TestCluster.shared.get().makeDatabase())
    try connection.execute("create table t (id int constraint only_one primary key)")
    try connection.execute("insert into t values (1)")
    let failure = #expect(throws: PostgresError.self) {
      try connection.execute("insert into t values (1)")
    }
    guard case .refused(let fault) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(fault.sqlState == "23505")
    #expect(fault.severity == "ERROR")
    #expect(fault.constraint == "only_one")
    #expect(fault.table == "t")
    #expect(fault.detail == "Key (id)=(1) already exists.")
    #expect(failure?.fate == .undone)
    let syntax = #expect(throws: PostgresError.self) { try connection.execute("selec 'é'") }
    #expect(syntax?.sqlState == "42601")
    #expect(try allRows(connection.query("select count(*) from t")) == [["1"]])
  }

  @Test func `a second statement in the text is refused by the protocol`() throws {
    let connection = try openConnection()
    let failure = #expect(throws: PostgresError.self) {
      try connection.execute("select 1; select 2")
    }
    #expect(failure?.sqlState == "42601")
  }

  @Test func `a read can not write`() throws {
    let database = try TestCluster.shared.get().makeDatabase()
    let connection = try openConnection(database: database)
    try connection.execute("create table t (id int)")
    let failure = #expect(throws: PostgresError.self) {
      _ = try connection.read("insert into t values (1)")
    }
    #expect(failure?.sqlState == "25006")
    let turned = try connection.read("set transaction read write")
    #expect(try turned.next() == nil)
    #expect(throws: PostgresError.self) { _ = try connection.read("create table u (id int)") }
    try connection.execute("insert into t values (1)")
    let readOnly = try openConnection(database: database, readOnly: true)
    let refusal = #expect(throws: PostgresError.self) {
      try readOnly.execute("insert into t values (2)")
    }
    #expect(refusal?.sqlState == "25006")
  }

  @Test func `a connection is busy while its cursor is open`() throws {
    let connection = try openConnection()
    let cursor = try connection.query("select generate_series(1, 3)")
    #expect(throws: PostgresError.busy) { try connection.execute("select 1") }
    while try cursor.next() != nil {}
    try connection.execute("select 1")
  }

  @Test func `copy is refused instead of hanging`() throws {
    let connection = try openConnection()
    #expect(throws: PostgresError.self) { try connection.execute("copy (select 1) to stdout") }
    let other = try openConnection()
    #expect(throws: PostgresError.self) { try other.execute("copy pg_class from stdin") }
  }

  @Test func `the server says who it is`() throws {
    let cluster = try TestCluster.shared.get()
    let identity = try openConnection(readOnly: true).identity()
    #expect(identity.database == "postgres")
    #expect(identity.sessionUser == cluster.user)
    #expect(identity.isSuperuser)
    #expect(identity.timeline == 1)
    #expect(identity.dataDirectory?.hasSuffix("/data") == true)
    #expect(identity.address == "127.0.0.1")
    #expect(identity.port == cluster.port)
    #expect(identity.systemIdentifier?.count ?? 0 > 15)
    #expect(!identity.isInRecovery)
    #expect(identity.neonProject == nil)
  }

  @Test func `a script says which statement failed`() throws {
    let connection = try openConnection(database: try TestCluster.shared.get().makeDatabase())
    let done = try connection.executeScript("create table t (a int); insert into t values (1), (2)")
    #expect(done.map(\.tag) == ["CREATE TABLE", "INSERT 0 2"])
    let failure = #expect(throws: ScriptFailure.self) {
      try connection.executeScript(
        "select * from t; insert into t values (3); select 1 / 0; select 2"
      )
    }
    #expect(failure?.statement == 2)
    #expect(failure?.error.sqlState == "22012")
    #expect(try allRows(connection.query("select count(*) from t")) == [["2"]])
  }
}
