import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// A folder of migrations, as Prisma writes it.
final class MigrationsFolder: Sendable {
  let path = "/tmp/opsh-migrations-" + UUID().uuidString

  init(_ migrations: [String: String]) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (name, text) in migrations {
      try FileManager.default.createDirectory(
        atPath: "\(path)/\(name)",
        withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)/migration.sql"))
    }
    try Data("provider = \"postgresql\"\n".utf8).write(
      to: URL(fileURLWithPath: path + "/migration_lock.toml")
    )
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite(.needsServer, .timeLimit(.minutes(6))) struct PostgreSQLMigrationTests {
  /// The table as Prisma makes it, with rows made by hand.
  private static let table = """
    create table "_prisma_migrations" (
      id varchar(36) primary key, checksum varchar(64) not null, finished_at timestamptz,
      migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
      started_at timestamptz not null default now(), applied_steps_count integer not null default 0);
    create function add(name text, sql text, began text, ended text, undone text) returns void
      language sql as $$
        insert into "_prisma_migrations"
        values (gen_random_uuid(), encode(sha256(convert_to(sql, 'UTF8')), 'hex'),
          ended::timestamptz, name, null, undone::timestamptz, began::timestamptz, 1) $$;
    """

  @Test func `table and folder together tell the state of each migration`() throws {
    let folder = try MigrationsFolder([
      "20260101000000_init": "create table a (x int);\n",
      "20260102000000_windows": "create table b (x int);\n",
      "20260103000000_edited": "create table c (x int);\n",
      "20260104000000_retried": "alter table a drop column x;\ntruncate b;\n",
      "20260105000000_failed": "select 1;\n",
      "20260106000000_undone": "select 1;\n",
      "20260108000000_pending": "drop table a;\n",
    ])
    let database = try TestDatabase(
      Self.table + """
        select add('20260101000000_init', E'create table a (x int);\\n', '2026-01-01', '2026-01-01 00:01', null);
        select add('20260102000000_windows', E'create table b (x int);\\r\\n', '2026-01-02', '2026-01-02 00:01', null);
        select add('20260103000000_edited', 'something else', '2026-01-03', '2026-01-03 00:01', null);
        select add('20260104000000_retried', 'an older text', '2026-01-04', null, '2026-01-04 01:00');
        select add('20260104000000_retried', E'alter table a drop column x;\\ntruncate b;\\n', '2026-01-04 02:00', '2026-01-04 02:01', null);
        select add('20260105000000_failed', E'select 1;\\n', '2026-01-05', null, null);
        select add('20260106000000_undone', E'select 1;\\n', '2026-01-06', null, '2026-01-06 01:00');
        select add('20260107000000_missing', 'x', '2026-01-07', '2026-01-07 00:01', null);
        """,
      migrations: folder.path
    )
    let found = try database.service.migrations(in: database.context)
    let states = found.map { "\($0.name.drop { $0 != "_" }.dropFirst()) \($0.state.rawValue)" }
    #expect(
      states == [
        "init applied", "windows applied", "edited edited", "retried applied", "failed crashed",
        "undone rolled back", "missing missing", "pending pending",
      ]
    )
    #expect(found[0].isDestructive == false)
    #expect(found[0].statements == 1)
    #expect(found[0].started == Time("2026-01-01"))
    #expect(found[3].started == Time("2026-01-04T02:00:00Z"))
    #expect(found[3].isDestructive == true)
    #expect(found[3].findings == ["drops column a.x", "empties table b"])
    #expect(found[3].statements == 2)
    #expect(found[6].isDestructive == nil)
    #expect(found[7].findings == ["drops table a"])
  }

  @Test func `without a folder the table alone speaks, and without a table there is nothing`()
    throws
  {
    let empty = try TestDatabase()
    #expect(try empty.service.migrations(in: empty.context).isEmpty)
    let database = try TestDatabase(
      Self.table + "select add('20260101000000_init', 'x', '2026-01-01', '2026-01-01 00:01', null)",
      migrations: "/nowhere/at/all"
    )
    let found = try database.service.migrations(in: database.context)
    #expect(found.map(\.state) == [.applied])
    #expect(found[0].isDestructive == nil)
  }

  @Test func `who blocks whom is a tree, the blocker first`() throws {
    let database = try TestDatabase("create table t (a int); insert into t values (1)")
    let blocker = try TestDatabaseSession(database)
    try blocker.run("begin")
    try blocker.run("update t set a = 2")
    let waiter = Thread { _ = try? database.psql("update t set a = 3") }
    waiter.start()
    var rows: [Record] = []
    while rows.isEmpty { rows = try database.service.inspection.locks(in: database.context) }
    #expect(rows.map { $0["depth"] } == [.int(0), .int(1)])
    #expect(rows[0]["blocked_count"] == .int(1))
    #expect(rows[0]["state"] == .text("idle in transaction"))
    #expect(rows[1]["blocked_by"] == .list([rows[0]["pid"] ?? .nothing]))
    let activity = try database.service.inspection.activity(in: database.context)
    let busy = activity.first { $0["pid"] == rows[0]["pid"] }
    #expect(busy?["writes"] == .bool(true))
    #expect(busy?["query"] == .text("update t set a = 2"))
    try blocker.run("rollback")
  }

  @Test func `a chain and a circle of waiting sessions are both shown once`() {
    let shape = RecordShape(["depth", "pid", "blocked_by", "blocked_count"])
    func session(_ pid: Int64, _ blockers: Int64...) -> Record {
      Record(
        shape: shape,
        cells: [.int(0), .int(pid), .list(blockers.map { .int($0) }), .int(0)]
      )
    }
    let tree = LockTree([
      session(1), session(2, 1), session(3, 2), session(4, 1), session(8), session(5, 6),
      session(6, 5),
    ])
    let lines = tree.rows.map { $0.cells.map(\.text).joined(separator: " ") }
    #expect(
      lines == [
        "0 1 [] 3", "1 2 [1] 1", "2 3 [2] 0", "1 4 [1] 0", "0 8 [] 0", "0 5 [6] 1", "1 6 [5] 1",
      ]
    )
  }

  @Test func `two databases are compared by key and content, or by count alone`() throws {
    let script = """
      create table same (a int); insert into same select generate_series(1, 10);
      create table "odd ""name" (x text); insert into "odd ""name" values ('a'), (null);
      create table keyless (a int); insert into keyless values (1), (2);
      create table keyed (a int, b text, c int, primary key (b, a));
      insert into keyed select i, 'k' || i % 3, i from generate_series(1, 100) i;
      create table grown (a int primary key); insert into grown values (1), (2);
      """
    let here = try TestDatabase(
      script + "create table only_here (a int); insert into only_here values (1)"
    )
    let there = try TestDatabase(
      script + """
        update keyless set a = 3 where a = 2; insert into keyless values (4);
        delete from keyed where a <= 7; update keyed set c = -c where a > 90;
        insert into keyed values (101, 'ü "x"', 1), (-1, '', null);
        alter table grown add column b int default 5;
        create table only_there (a int); insert into only_there values (1), (2);
        """
    )
    let rows = try here.service.compare(with: there.service, in: here.context)
    #expect(
      rows.map { $0.cells.map(\.text).joined(separator: " ") } == [
        "grown 2 2 false 0 0 0 true", "keyed 100 95 false 2 10 7 true",
        "keyless 2 3 false 1 nothing 0 false", "only_here 1 nothing false 0 0 1 true",
        "only_there nothing 2 false 2 0 0 true", "odd \"name 2 2 true 0 0 0 true",
        "same 10 10 true 0 0 0 true",
      ]
    )
  }

  @Test func `the server says who it is`() throws {
    let database = try TestDatabase("create table t (a int)")
    let identity = try database.service.identity(in: database.context)
    #expect(identity.fingerprint.hasPrefix("postgres/"))
    #expect(identity.fingerprint.hasSuffix("/" + database.name))
    #expect(identity.fields.contains { $0.name == "database" && $0.value == .text(database.name) })
    #expect(try database.service.size(in: database.context) > 1_000_000)
    #expect(try database.service.tables(in: database.context)[0]["name"] == .text("t"))
    let refused = failure { () throws(Failure) in
      try database.service.rewind(
        database.target,
        to: .moment(.now()),
        keep: nil,
        in: database.context
      )
    }
    #expect(refused?.kind == .usage)
    #expect(refused?.message.contains("not in this version") == true)
  }
}
