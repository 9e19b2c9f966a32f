import Foundation
import Migrations
import Objects
import Postgres
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// Applying a Prisma folder on a real server: the rows are those that Prisma's own program leaves.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct MigrateTests {
  private static let first = "20260101000000_init"
  private static let second = "20260102000000_second"
  private static let third = "20260103000000_third"
  private static let good = [
    first: "create table a (x int);\n", second: "alter table a add column y int;\n",
    third: "-- nothing yet\n",
  ]

  @Test func `what is pending is applied, with rows as Prisma writes them`() throws {
    let world = try MigrateWorld(Self.good)
    let plan = try world.plan()
    #expect(plan.effect == .change)
    #expect(plan.effectClass == .marked)
    #expect(plan.summary == "apply 3 migrations to \(world.database.name)")
    #expect(try world.database.psql("select to_regclass('_prisma_migrations')") == "")
    #expect(try plan.ask() == .notDone)
    #expect(try plan.applied() == [Self.first, Self.second, Self.third])
    #expect(
      try world.rows() == [
        "init finished steps=1", "second finished steps=1", "third finished steps=1",
      ]
    )
    #expect(
      try world.database.psql(
        """
        select bool_and(checksum = encode(sha256(convert_to(text, 'UTF8')), 'hex')
          and id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
          and finished_at > started_at and logs is null)
        from _prisma_migrations join (values
          ('\(Self.first)', E'create table a (x int);\\n'),
          ('\(Self.second)', E'alter table a add column y int;\\n'),
          ('\(Self.third)', E'-- nothing yet\\n')) as t (name, text) on name = migration_name
        """
      ) == "t"
    )
    #expect(
      try world.database.psql(
        """
        select string_agg(concat_ws(' ', column_name, data_type, character_maximum_length,
          is_nullable, column_default), '; ' order by ordinal_position)
        from information_schema.columns where table_name = '_prisma_migrations'
        """
      )
        == "id character varying 36 NO; checksum character varying 64 NO; finished_at timestamp with time zone YES; migration_name character varying 255 NO; logs text YES; rolled_back_at timestamp with time zone YES; started_at timestamp with time zone NO now(); applied_steps_count integer NO 0"
    )
    #expect(try world.database.psql("select count(*) from opsh.migration_attempt") == "0")
    #expect(
      try world.database.psql("select string_agg(path, ',' order by path) from opsh.marker")
        == "do:1/\(Self.first),do:1/\(Self.second),do:1/\(Self.third)"
    )
    #expect(try plan.ask() == .done)
    // A folder that is another one by now says nothing of what was done.
    let renamed = "\(world.folder.path)/\(Self.third)"
    try FileManager.default.moveItem(atPath: renamed, toPath: renamed + "_elsewhere")
    #expect(try plan.ask() == .done)
    try FileManager.default.moveItem(atPath: renamed + "_elsewhere", toPath: renamed)
    let again = failure { () throws(Failure) in try world.plan() }
    #expect(again?.kind == .nothingToDo)
    #expect(again?.message == "\(world.database.name): no migration is pending")
  }

  @Test func `a file that fails keeps nothing, and says where, what is there and what to type`()
    throws
  {
    let world = try MigrateWorld([
      Self.first: "create table a (x int);\n",
      Self.second: "-- two\ncreate table b (x int);\n\nalter table nowhere add column y int;\n",
      Self.third: "create table c (x int);\n",
    ])
    let name = world.database.name
    let failed = try #require(failure { () throws(Failure) in try world.migrate() })
    #expect(failed.kind == .failed)
    #expect(
      failed.message
        == "\(name): migration \(Self.second) stopped at statement 2 (\(Self.second)/migration.sql, line 4): relation \"nowhere\" does not exist (SQLSTATE 42P01)"
    )
    #expect(
      failed.advice == [
        "nothing of this file was kept", "\(Self.first) before it was applied and stays",
        "mend the file, then: do production.database.resolve(\"\(Self.second)\", as: \"rolled back\"), and migrate again",
      ]
    )
    #expect(try world.rows() == ["init finished steps=1", "second logs steps=0"])
    #expect(try world.database.psql("select to_regclass('b')") == "")
    #expect(try world.states() == ["init applied", "second failed", "third pending"])
    let shown = try world.database.service.migrations(in: world.database.context)[1]
    #expect(shown.error?.contains("Database error code: 42P01") == true)
    let refused = try #require(failure { () throws(Failure) in try world.plan() })
    #expect(refused.message.contains("Prisma's P3009"))
    try world.resolve(Self.second, as: .rolledBack)
    #expect(try world.rows()[1] == "second rolled-back logs steps=0")
    try world.folder.write("\(Self.second)/migration.sql", "create table b (x int);\n")
    #expect(try world.migrate(key: "RUN2/do:1") == [Self.second, Self.third])
    #expect(
      try world.rows() == [
        "init finished steps=1", "second rolled-back logs steps=0", "second finished steps=1",
        "third finished steps=1",
      ]
    )
  }

  @Test func `an error without a place in the text is still given its statement's line`() throws {
    let world = try MigrateWorld([
      Self.first: "create table a (x int);\ninsert into a values (0);\n\nselect\n 1 / x from a;\n"
    ])
    let failed = try #require(failure { () throws(Failure) in try world.migrate() })
    #expect(failed.message.contains("stopped at statement 3 (\(Self.first)/migration.sql, line 4)"))
    #expect(failed.message.contains("division by zero"))
  }

  @Test func `a COMMIT inside keeps what is before it, and that is said`() throws {
    let world = try MigrateWorld([
      Self.first: "create table a (x int);\ncommit;\ncreate table b (x int);\nselect no;\n"
    ])
    let plan = try world.plan()
    #expect(plan.effectClass == .observable)
    #expect(
      plan.consequences.contains(
        "\(Self.first): 4 statements, sent as it is written since it begins or ends a transaction by itself"
      )
    )
    let failed = try #require(failure { () throws(Failure) in try plan.applied() })
    #expect(
      failed.advice == [
        "its statements 1 to 2 were kept, since a COMMIT stands behind them; the rest was not",
        "do the rest by hand, then: do production.database.resolve(\"\(Self.first)\", as: \"applied\")",
        "or take back what was kept, then: do production.database.resolve(\"\(Self.first)\", as: \"rolled back\"), and migrate again",
      ]
    )
    #expect(try world.database.psql("select to_regclass('a'), to_regclass('b')") == "a|")
    #expect(try world.rows() == ["init logs steps=0"])
    try world.resolve(Self.first, as: .applied)
    #expect(
      try world.rows() == ["init rolled-back logs steps=0", "init finished logs-empty steps=0"]
    )
  }

  @Test func `a transaction that is begun and not ended is a failure`() throws {
    let world = try MigrateWorld([Self.first: "begin;\ncreate table a (x int);\n"])
    let failed = try #require(failure { () throws(Failure) in try world.migrate() })
    #expect(failed.message.contains("it begins a transaction that it does not end"))
    #expect(failed.advice.first == "nothing of this file was kept")
    #expect(try world.database.psql("select to_regclass('a')") == "")
    #expect(try world.rows() == ["init logs steps=0"])
  }

  @Test func `what one file sets does not reach the next, nor the record of it`() throws {
    let world = try MigrateWorld([
      Self.first:
        "select pg_catalog.set_config('search_path', '', false);\nset role pg_read_all_data;\n",
      Self.second: "create table a (x int);\n",
    ])
    #expect(try world.migrate() == [Self.first, Self.second])
    #expect(try world.database.psql("select to_regclass('public.a')") == "a")
  }

  @Test func `one that loses data makes it a destroy`() throws {
    let world = try MigrateWorld(
      [
        Self.first: "drop table a;\n", Self.second: "this is no sql\n",
      ],
      script: "create table a (x int)"
    )
    // The table is there, the record of migrations is not: as at Prisma, nothing is assumed.
    let refused = try #require(failure { () throws(Failure) in try world.plan() })
    #expect(
      refused.message
        == "\(world.database.name): schema public has tables, such as a, but no record of migrations (Prisma's P3005)"
    )
    _ = try world.database.psql("drop table a")
    let plan = try world.plan(until: Self.first)
    #expect(plan.effect == .destroy)
    #expect(plan.measure?.token == "migrate 1")
    #expect(plan.consequences.contains("  drops table a"))
    #expect(
      try world.plan().consequences.contains("  can not be read, so it may lose data")
    )
  }

  @Test func `a baseline makes the table and calls what is there applied`() throws {
    let world = try MigrateWorld(Self.good, script: "create table a (x int)")
    let plan = try world.database.service.baseline(
      world.database.target,
      until: Self.first,
      in: world.database.context
    )
    #expect(plan.consequences.contains("makes the table public._prisma_migrations"))
    _ = try plan.perform()
    #expect(try plan.ask() == .done)
    #expect(try world.rows() == ["init finished logs-empty steps=0"])
    #expect(try world.migrate(key: "RUN2/do:1") == [Self.second, Self.third])
  }

  @Test func `an edited one is refused by name, and accepted when that is said`() throws {
    let world = try MigrateWorld([Self.first: "create table a (x int);\n"])
    try world.migrate()
    try world.folder.write("\(Self.first)/migration.sql", "create table a (x bigint);\n")
    #expect(try world.states() == ["init edited"])
    let refused = try #require(failure { () throws(Failure) in try world.plan() })
    #expect(refused.message.hasSuffix("has another text today: \(Self.first)"))
    let accepted = failure { () throws(Failure) in try world.plan(acceptsEdited: true) }
    #expect(accepted?.kind == .nothingToDo)
  }

  @Test func `only what was agreed to is applied: not what came or changed since`() throws {
    let world = try MigrateWorld([Self.first: "create table a (x int);\n"])
    let plan = try world.plan()
    try world.folder.write("\(Self.first)/migration.sql", "drop table a;\n")
    let stale = try #require(failure { () throws(Failure) in try plan.applied() })
    #expect(stale.kind == .stale)
    #expect(stale.message.contains("the text of \(Self.first) is another one"))
    try world.folder.write("\(Self.first)/migration.sql", "create table a (x int);\n")
    try FileManager.default.createDirectory(
      atPath: "\(world.folder.path)/\(Self.second)",
      withIntermediateDirectories: true
    )
    try world.folder.write("\(Self.second)/migration.sql", "drop table a;\n")
    let reports = Reports()
    #expect(try plan.applied(reports: reports) == [Self.first])
    #expect(
      reports.all == [
        "\(Self.second) came into the folder since this was agreed to: it stays pending"
      ]
    )
    #expect(try world.states() == ["init applied", "second pending"])
  }

  @Test func `the schema of the URL is the one, and is made; a table elsewhere is not overlooked`()
    throws
  {
    let world = try MigrateWorld(Self.good)
    var parameters = try world.database.service.parameters(world.database.context)
    parameters.schema = "shop \"app\""
    let named = parameters
    let service = PostgresDatabase(
      label: "named",
      name: "named",
      migrationsFolder: world.folder.path
    ) { _ in named }
    let plan = try service.migrate(world.database.target, MigrationRequest(), in: .test())
    #expect(try plan.applied().count == 3)
    #expect(
      try world.database.psql(
        "select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'shop \"app\"' and relname in ('a', '_prisma_migrations')"
      ) == "2"
    )
    // The URL of this one names no schema: the only record there is counts.
    #expect(try world.states() == ["init applied", "second applied", "third applied"])
  }

  @Test func `a role that may only make tables applies them, without opsh's own tables`() throws {
    let world = try MigrateWorld(Self.good)
    let name = world.database.name
    _ = try world.database.psql(
      "create role \(name) login; grant create, usage on schema public to \(name)"
    )
    var parameters = try world.database.service.parameters(world.database.context)
    parameters.user = name
    let poor = parameters
    let service = PostgresDatabase(
      label: name,
      name: name,
      migrationsFolder: world.folder.path
    ) { _ in poor }
    let plan = try service.migrate(world.database.target, MigrationRequest(), in: .test())
    #expect(plan.effectClass == .observable)
    #expect(
      plan.consequences.last
        == "the role may not keep the tables opsh.marker and opsh.migration_attempt: after a crash a person has to say what was done"
    )
    #expect(try plan.ask() == .notDone)
    #expect(try plan.applied() == [Self.first, Self.second, Self.third])
    #expect(try plan.ask() == .done)
    #expect(try world.database.psql("select to_regnamespace('opsh') is null") == "t")
  }

  @Test func `without a folder, without migrations and through a pooler it says what is missing`()
    throws
  {
    let none = try TestDatabase()
    func refused(_ service: PostgresDatabase) -> Failure? {
      failure { () throws(Failure) in
        try service.migrate(none.target, MigrationRequest(), in: .test())
      }
    }
    #expect(refused(none.service)?.message.contains("names no folder of migrations") == true)
    let empty = try MigrationsFolder(files: ["README.md": "x"])
    var parameters = try none.service.parameters(none.context)
    let direct = parameters
    let blank = PostgresDatabase(label: "d", name: "d", migrationsFolder: empty.path) { _ in direct
    }
    #expect(refused(blank)?.message == "d: \(empty.path) holds no migrations")
    parameters.isPooled = true
    let pooled = parameters
    let through = PostgresDatabase(label: "d", name: "d", migrationsFolder: empty.path) { _ in
      pooled
    }
    #expect(refused(through)?.message.contains("through a pooler (pgbouncer=true)") == true)
  }
}
