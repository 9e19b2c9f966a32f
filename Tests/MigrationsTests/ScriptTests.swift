import Migrations
import SQLText
import Testing

private func script(_ text: String) throws -> MigrationScript {
  try MigrationScript(
    MigrationFile(name: "n", version: "n", path: "n/migration.sql", text: Array(text.utf8)),
    of: .prisma
  )
}

@Suite struct ScriptTests {
  @Test(
    arguments: [
      "create table a (x int); insert into a values (1);", "", "-- nothing",
      "alter type t add value 'x';", "do $$ begin perform 1; end $$;", "create index i on a (x);",
      "drop index i;", "analyze a;", "refresh materialized view concurrently m;",
      "create table b (commit int); call p(); select 1;",
    ]
  )
  func `what fits into a transaction goes into one`(text: String) throws {
    #expect(try script(text).way == .transaction)
  }

  @Test(
    arguments: [
      "create index concurrently i on a (x);",
      "-- why\ncreate unique index concurrently i on a (x)",
      "drop index concurrently i;", "reindex index concurrently i;", "reindex schema public;",
      "vacuum a;", "create database d;", "alter system set work_mem = '1MB';", "cluster;",
      "alter table p detach partition q concurrently;", "discard all;",
    ]
  )
  func `what the server takes only by itself goes alone`(text: String) throws {
    #expect(try script(text).way == .alone)
  }

  @Test(
    arguments: [
      ("begin; select 1; commit;", "it begins or ends a transaction by itself"),
      ("savepoint s; select 1;", "it begins or ends a transaction by itself"),
      (
        "create table a (x int); create index concurrently i on a (x);",
        "it has a statement that no transaction takes"
      ),
      ("this is no sql;", "its text can not be read"),
      ("call p();", "it may end its transaction by itself"),
      ("do $$ begin commit; end $$;", "it may end its transaction by itself"),
    ]
  )
  func `all else is sent as it is written`(text: String, why: String) throws {
    #expect(try script(text).way == .asWritten(why))
  }

  @Test func `what is kept when a statement fails is what a COMMIT stands behind`() throws {
    let divided = try script("create table a (x int); commit; create table b (x int); select no;")
    #expect(divided.kept(whenFailedAt: 3) == .first(2))
    #expect(divided.kept(whenFailedAt: 0) == .nothing)
    #expect(try script("select 1; select no;").kept(whenFailedAt: 1) == .nothing)
    #expect(try script("no sql").kept(whenFailedAt: 0) == .unknown)
    #expect(try script("begin; rollback; commit; no;;").kept(whenFailedAt: 0) == .unknown)
    #expect(try script("do $$ begin commit; end $$").kept(whenFailedAt: 0) == .unknown)
  }

  @Test func `lines are those of the file`() throws {
    let text = "-- first\n\n-- why\nselect 1;\n\n  select 2\n  from nowhere;\n"
    let read = try script(text)
    #expect(read.line(ofStatement: 0) == 4)
    #expect(read.line(ofStatement: 1) == 6)
    #expect(read.line(ofStatement: 2) == nil)
    #expect(read.line(ofCharacter: 1) == 1)
    #expect(read.line(ofCharacter: text.count - 5) == 7)
  }

  @Test func `data from the client, broken text and NUL are refused before anything is sent`() {
    #expect(throws: MigrationRefusal.needsClientCopy("n/migration.sql", line: 2)) {
      try script("select 1;\ncopy a from stdin;")
    }
    for bytes in [[0xFF, 0x31], [0x31, 0x00]] as [[UInt8]] {
      #expect(throws: MigrationRefusal.self) {
        try MigrationScript(
          MigrationFile(name: "n", version: "n", path: "p", text: bytes),
          of: .prisma
        )
      }
    }
  }

  @Test func `an index that is built concurrently is known by name and table`() throws {
    let read = try script("create index concurrently if not exists i on app.a (x);")
    let index = try #require(read.concurrentIndexes.first)
    #expect(index.name == "i" && index.table.description == "app.a" && index.isConditional)
    #expect(try script("create index concurrently on a (x)").concurrentIndexes.isEmpty)
  }
}
