import Backups
import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

@Suite(.needsServer, .timeLimit(.minutes(2))) struct RestoreTests {
  /// What is in a database, however its tables came to be there.
  private static let contents = """
    select count(*), sum(hashtextextended(o::text, 0)::numeric) from orders o
    union all select count(*), sum(hashtextextended(i::text, 0)::numeric) from "order items" i
    union all select count(*), sum(hashtextextended(v::text, 0)::numeric) from shop.visits v
    """

  private func psql(_ sql: String, in name: String) throws -> String {
    let bytes = try TestCluster.shared.get().psql(["-qAt", "-c", sql], database: name)
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  @Test(arguments: [(Manifest.Format.custom, 1), (.custom, 2), (.directory, 2)])
  func `a backup is restored beside, and has its name when it was compared`(
    _ format: Manifest.Format,
    _ jobs: Int
  ) throws {
    let world = try BackedUpDatabase()
    let backup = try world.backUp(format)
    let before = try world.database.psql(Self.contents)
    let name = "beside" + world.database.name.suffix(8)
    let plan = try world.restorePlan(.backup(backup), .new(name), jobs: jobs)
    #expect(plan.effect == .change)
    #expect(plan.consequences[0] == "\(world.database.name) itself is not touched")
    #expect(plan.consequences[1].contains("4 tables with 402 rows"))
    let probe = try #require(plan.probe)
    let context = PerformContext(call: .test(), key: "RUN/do:1")
    #expect(try probe(context) == .notDone)
    guard case .text(name) = try plan.perform() else {
      Issue.record("it gives another database")
      return
    }
    #expect(try probe(context) == .done)
    #expect(try psql(Self.contents, in: name) == before)
    #expect(try psql("select sum from totals", in: name) == "56437.50")
    #expect(try world.database.psql(Self.contents) == before)
    let again = problem { _ = try world.restorePlan(.backup(backup), .new(name)) }
    #expect(again.text.contains("has a database '\(name)' already"))
  }

  @Test func `what differs from the backup never gets its name, and is dropped`() throws {
    let world = try BackedUpDatabase("create table t (n int); insert into t values (1), (2)")
    let backup = try world.backUp()
    // Somebody's hand in the archive's place: as readable, with another content.
    let other = try BackedUpDatabase("create table t (n int); insert into t values (1), (3)")
    let theirs = try other.backUp()
    var mixed = theirs
    mixed.manifest.tables = backup.manifest.tables
    let name = "differs" + world.database.name.suffix(8)
    let found = problem { _ = try world.restorePlan(.backup(mixed), .new(name)).perform() }
    #expect(
      found.text.contains(
        "what was restored is not what was backed up: t has other values in its rows"
      )
    )
    #expect(found.text.contains("what had been restored was dropped again"))
    #expect(
      try psql("select count(*) from pg_database where datname like '\(name)%'", in: "postgres")
        == "0"
    )
  }

  @Test func `the half of an attempt that was killed is dropped and begun again`() throws {
    let world = try BackedUpDatabase()
    let backup = try world.backUp()
    let name = "again" + world.database.name.suffix(8)
    let part = PostgresDatabase.unfinished(name)
    let plan = try world.restorePlan(.backup(backup), .new(name))
    _ = try psql("create database \"\(part)\"", in: "postgres")
    _ = try psql("create table orders (half int)", in: part)
    let probe = try #require(plan.probe)
    #expect(try probe(PerformContext(call: .test(), key: "RUN/do:1")) == .notDone)
    _ = try plan.perform()
    #expect(try psql("select count(*) from orders", in: name) == "300")
    #expect(
      try psql("select count(*) from pg_database where datname = '\(part)'", in: "postgres") == "0"
    )
  }

  @Test func `missing roles are named before the first byte, and can be left out`() throws {
    let role = "owner " + UUID().uuidString.prefix(8)
    let world = try BackedUpDatabase("create table t (n int); insert into t values (7)")
    _ = try world.database.psql("create role \"\(role)\"; alter table t owner to \"\(role)\"")
    let backup = try world.backUp()
    #expect(backup.manifest.roles.contains(role))
    _ = try world.database.psql("reassign owned by \"\(role)\" to tester; drop role \"\(role)\"")
    let name = "roles" + world.database.name.suffix(8)
    let found = problem { _ = try world.restorePlan(.backup(backup), .new(name)) }
    #expect(found.kind == .refused)
    #expect(found.text.contains("the server lacks roles that things in it belong to: \(role)"))
    #expect(found.text.contains("owners: false") && found.text.contains("nothing was restored"))
    // Its own server has all the roles that the backup names.
    try world.verify(backup, to: .compared)
    _ = try world.restorePlan(.backup(backup), .new(name), owners: false).perform()
    #expect(try psql("select n from t", in: name) == "7")
  }

  @Test func `a backup of a newer server, or with extensions that are not there, is refused`()
    throws
  {
    let world = try BackedUpDatabase("create table t (n int)")
    var backup = try world.backUp()
    backup.manifest.serverVersion = "99.1"
    backup.manifest.extensions.append(.init(name: "no_such_extension", version: "1"))
    let found = problem { _ = try world.restorePlan(.backup(backup), .new("x")) }
    #expect(found.text.contains("it was taken from a server of version 99, and this one is"))
    #expect(found.text.contains("the server lacks extensions: no_such_extension"))
  }

  @Test func `over tables nothing is restored by itself; in place it is a destroy`() throws {
    let world = try BackedUpDatabase()
    let backup = try world.backUp()
    let before = try world.database.psql(Self.contents)
    let refused = problem { _ = try world.restorePlan(.backup(backup), .here) }
    #expect(refused.text.contains("has 4 tables: a backup is never restored over them by itself"))
    _ = try world.database.psql("delete from \"order items\"; create table newer (n int)")
    let plan = try world.restorePlan(.backup(backup), .overThis, jobs: 2)
    #expect(plan.effect == .destroy)
    #expect(plan.measure?.token == "replace \(world.database.name)")
    #expect(plan.consequences[0] == "LOSES all that is in it: 5 tables are dropped first")
    let probe = try #require(plan.probe)
    let context = PerformContext(call: .test(), key: "RUN/do:1")
    #expect(try probe(context) == .notDone)
    _ = try plan.perform()
    #expect(try probe(context) == .done)
    #expect(try world.database.psql(Self.contents) == before)
    #expect(try world.database.psql("select to_regclass('newer') is null") == "t")
  }

  @Test func `a plain dump with its last line is restored, one without it is not`() throws {
    let world = try BackedUpDatabase()
    let cluster = try TestCluster.shared.get()
    let path = world.root + "/plain.sql"
    try FileManager.default.createDirectory(atPath: world.root, withIntermediateDirectories: true)
    let dump = try run(
      BackupTests.real("pg_dump"),
      [cluster.url(database: world.database.name)]
    )
    try Data(dump).write(to: URL(fileURLWithPath: path))
    let name = "plain" + world.database.name.suffix(8)
    _ = try world.restorePlan(.file(path), .new(name)).perform()
    #expect(try psql(Self.contents, in: name) == (try world.database.psql(Self.contents)))
    let half = Data(dump[..<(dump.count / 2)])
    try half.write(to: URL(fileURLWithPath: path))
    let found = problem { _ = try world.restorePlan(.file(path), .new(name + "2")) }
    #expect(found.kind == .refused)
    #expect(found.text.contains("\(path) is cut off"))
    try Data().write(to: URL(fileURLWithPath: path))
    let empty = problem { _ = try world.restorePlan(.file(path), .new(name + "2")) }
    #expect(empty.text.contains("is no dump"))
    #expect(empty.text.contains("a killed pg_dump left behind is often empty"))
  }
}
