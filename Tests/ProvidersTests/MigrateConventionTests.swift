import Foundation
import Migrations
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// Folders of dbmate and golang-migrate, by the rules of their own programs.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct MigrateConventionTests {
  private static let dbmate = [
    "20260101000000_init.sql":
      "-- migrate:up\ncreate table a (x int);\n\n-- migrate:down\ndrop table a;\n",
    "20260102000000_index.sql":
      "-- migrate:up transaction:false\ncreate index concurrently a_x on a (x);\n\n-- migrate:down\n",
    "20260103000000_more.sql": "-- migrate:up\nalter table a add column y int;\n-- migrate:down\n",
  ]

  private func versions(_ world: MigrateWorld) throws -> String {
    try world.database.psql(
      "select coalesce(string_agg(version, ',' order by version), '') from schema_migrations"
    )
  }

  @Test func `dbmate: each version is in its table when it is applied`() throws {
    let world = try MigrateWorld(files: Self.dbmate)
    let plan = try world.plan()
    #expect(plan.calls[0].byHand.hasPrefix("dbmate --migrations-dir"))
    #expect(
      plan.consequences.first == "kept as dbmate keeps them, in the table public.schema_migrations"
    )
    #expect(try world.database.service.migrationConvention(in: .test()) == "dbmate")
    #expect(
      plan.consequences.contains(
        "20260102000000_index: one statement outside of a transaction, which may stop half-way"
      )
    )
    #expect(
      try plan.applied() == ["20260101000000_init", "20260102000000_index", "20260103000000_more"]
    )
    #expect(try versions(world) == "20260101000000,20260102000000,20260103000000")
    #expect(
      try world.database.psql(
        "select string_agg(column_name || ' ' || data_type, ',') from information_schema.columns where table_name = 'schema_migrations'"
      ) == "version character varying"
    )
    #expect(failure { () throws(Failure) in try world.plan() }?.kind == .nothingToDo)
  }

  @Test func `dbmate: what fails is simply not in the table`() throws {
    let world = try MigrateWorld(files: Self.dbmate)
    try world.folder.write(
      "20260103000000_more.sql",
      "-- migrate:up\n\ncreate table b (x int);\nselect no;\n"
    )
    let failed = try #require(failure { () throws(Failure) in try world.migrate() })
    #expect(failed.message.contains("stopped at statement 2 (20260103000000_more.sql, line 4)"))
    #expect(failed.advice.last == "mend the file, and migrate again")
    #expect(try versions(world) == "20260101000000,20260102000000")
    #expect(try world.database.psql("select to_regclass('b')") == "")
    try world.folder.write("20260103000000_more.sql", "-- migrate:up\ncreate table b (x int);\n")
    #expect(try world.migrate(key: "R2/do:1") == ["20260103000000_more"])
    #expect(
      try world.database.service.migrations(in: world.database.context).map(\.state.rawValue)
        == ["applied", "applied", "applied"]
    )
  }

  @Test func `dbmate: a database that was there before is resolved version by version`() throws {
    let world = try MigrateWorld(files: Self.dbmate, script: "create table a (x int)")
    _ = try world.database.service.baseline(
      world.database.target,
      until: "20260101000000_init",
      in: .test()
    ).perform(key: "R0/do:1")
    #expect(try versions(world) == "20260101000000")
    #expect(try world.migrate().count == 2)
  }

  private static let golang = [
    "1_init.up.sql": "create table a (x int);\n", "1_init.down.sql": "drop table a;\n",
    "2_more.up.sql": "alter table a add column y int;\n",
    "10_last.up.sql": "create index concurrently a_x on a (x);\n",
  ]

  private func version(_ world: MigrateWorld) throws -> String {
    try world.database.psql("select version || ' ' || dirty from schema_migrations")
  }

  @Test func `golang-migrate: one version, dirty while it is at it`() throws {
    let world = try MigrateWorld(files: Self.golang)
    #expect(try world.plan().calls[0].byHand.contains("migrate -path"))
    #expect(try world.migrate() == ["1_init", "2_more", "10_last"])
    #expect(try version(world) == "10 false")
    try world.folder.write("11_wrong.up.sql", "create table b (x int);\nselect no;\n")
    try world.folder.write("12_more.up.sql", "create table c (x int);\n")
    let failed = try #require(failure { () throws(Failure) in try world.migrate(key: "R2/do:1") })
    #expect(
      failed.advice.last
        == "mend the file, then: do production.database.resolve(\"11_wrong\", as: \"rolled back\"), and migrate again"
    )
    #expect(try version(world) == "11 true")
    let refused = try #require(failure { () throws(Failure) in try world.plan() })
    #expect(
      refused.message
        == "\(world.database.name): migration 11_wrong was begun and not finished: golang-migrate calls the database dirty"
    )
    try world.resolve("11_wrong", as: .rolledBack)
    #expect(try version(world) == "10 false")
    try world.folder.write("11_wrong.up.sql", "create table b (x int);\n")
    #expect(try world.migrate(key: "R3/do:1") == ["11_wrong", "12_more"])
    #expect(try version(world) == "12 false")
  }

  @Test func `golang-migrate: dirty by opsh's own attempt goes on, with the version before`() throws
  {
    let world = try MigrateWorld(
      files: Self.golang,
      script: (MigrationTable(convention: .golangMigrate, schema: "public", isPresent: false).create
        + ["create table a (x int)", "insert into schema_migrations values (2, true)"]
        + AttemptTable.create
        + [
          "insert into opsh.migration_attempt values ('public.schema_migrations 2', 'R', 1, now())"
        ])
        .joined(separator: ";")
    )
    let reports = Reports()
    #expect(try world.plan().applied(reports: reports) == ["2_more", "10_last"])
    #expect(reports.all.first?.contains("2_more was cut off before") == true)
    #expect(try version(world) == "10 false")
  }

  @Test func `golang-migrate's own lock is taken`() throws {
    // crc32("/shop\0public\0schema_migrations") times 1486364155, in 32 bits.
    let table = MigrationTable(convention: .golangMigrate, schema: "public", isPresent: true)
    #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
    let key = table.lockKey(database: "shop")
    #expect(key == Int64(CRC32.of(Array("/shop\0public\0schema_migrations".utf8)) &* 1_486_364_155))
    let world = try MigrateWorld(files: Self.golang)
    let other = try TestDatabaseSession(world.database)
    try other.run("select pg_advisory_lock(\(table.lockKey(database: world.database.name)))")
    #expect(
      try world.database.service.migrationLockHolder(table, in: world.database.context) != nil
    )
  }
}
