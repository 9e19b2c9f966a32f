import Foundation
import Migrations
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// The way to the server is cut at each of its statements; a second `migrate` makes it whole.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct MigrateCutTests {
  private static let names = ["20260101000000_one", "20260102000000_two", "20260103000000_three"]
  private static let folder = [
    names[0]: "create table one (x int);\ninsert into one values (1);\n",
    names[1]: "create table two (x int);\ninsert into two values (2);\n",
    names[2]: "create table three (x int);\ninsert into three values (3);\n",
  ]

  /// What is sent when the way is cut: before that arrives, or when only the answer is missing.
  struct Point: CustomTestStringConvertible {
    var text: String
    var occurrence = 1
    var isForwarded = false

    var testDescription: String {
      "\(text.filter { $0 != "\0" }) \(occurrence), \(isForwarded ? "done" : "not sent")"
    }
  }

  /// In the order of their coming; each migration has two commits, its beginning and itself.
  private static let points = [
    Point(text: "pg_try_advisory_lock", isForwarded: true),
    Point(text: "create table if not exists opsh.migration_attempt"),
    Point(text: "create table if not exists \"public\".\"_prisma_migrations\"", isForwarded: true),
    Point(text: "reset all"), Point(text: "insert into \"public\".\"_prisma_migrations\""),
    Point(text: "insert into opsh.migration_attempt", isForwarded: true),
    Point(text: "commit\0"), Point(text: "commit\0", isForwarded: true),
    Point(text: "insert into opsh.marker", isForwarded: true),
    Point(text: "set local lock_timeout"),
    Point(text: "create table one", isForwarded: true), Point(text: "create table two"),
    Point(text: "update \"public\".\"_prisma_migrations\"", isForwarded: true),
    Point(text: "delete from opsh.migration_attempt"), Point(text: "commit\0", occurrence: 2),
    Point(text: "commit\0", occurrence: 2, isForwarded: true),
    Point(text: "commit\0", occurrence: 6, isForwarded: true),
  ]

  @Test(arguments: points)
  func `cut there, a second migrate ends with each applied once`(point: Point) throws {
    let world = try MigrateWorld(Self.folder)
    let cluster = try TestCluster.shared.get()
    let proxy = try CuttingProxy(
      to: cluster.port,
      cutAt: point.text,
      occurrence: point.occurrence,
      forwarding: point.isForwarded
    )
    let plan = try world.plan()
    // The plan is made over the way that holds; only the deed goes through the cutting one.
    let job = try world.job(through: proxy.port)
    let seen = plan.precondition?.seen
    let lost = failure { () throws(Failure) in
      try job.perform(PerformContext(call: .test(), key: "ONE/do:1", seen: seen))
    }
    #expect(lost != nil)
    let answer = try plan.ask(key: "ONE/do:1")
    #expect(answer == .notDone || answer == .done)
    if answer == .notDone {
      // What a run that goes on would do, by the same key.
      _ = try world.plan().applied(key: "ONE/do:1", seen: seen)
    }
    #expect(try plan.ask(key: "ONE/do:1") == .done)
    let finished = try world.rows().filter { $0.contains("finished") }
    #expect(finished == ["one", "two", "three"].map { "\($0) finished steps=1" })
    #expect(
      try world.database.psql(
        "select (select array_agg(x) from one), (select array_agg(x) from two), (select array_agg(x) from three)"
      ) == "{1}|{2}|{3}"
    )
    // A row of its own for each attempt that was cut off, all of them given up.
    #expect(
      try world.rows().filter { !$0.contains("finished") && !$0.contains("rolled-back") } == []
    )
    #expect(try world.database.psql("select count(*) from opsh.migration_attempt") == "0")
  }
}

extension MigrateCutTests {
  @Test func `a server that ends the session in the middle keeps nothing, and the next goes on`()
    throws
  {
    let name = "20260101000000_slow"
    let world = try MigrateWorld([name: "create table a (x int);\nselect pg_sleep(60);\n"])
    let plan = try world.plan()
    let ending = Thread {
      let end = """
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()
          and datname = current_database()
        """
      while (try? world.database.psql(end)) == "0" {}
    }
    ending.start()
    let lost = try #require(failure { () throws(Failure) in try plan.applied() })
    #expect(lost.kind == .failed)
    #expect(
      lost.advice == [
        "nothing of this file was kept",
        "no COMMIT was sent; the next migrate finds that out by itself, and goes on",
      ]
    )
    #expect(try world.states() == ["slow crashed"])
    #expect(try plan.ask() == .notDone)
    // The file that was cut off is not the one that is applied: that is said by its plan.
    try world.folder.write("\(name)/migration.sql", "create table a (x int);\n")
    #expect(try world.migrate(key: "R2/do:1") == [name])
    #expect(try world.rows() == ["slow rolled-back steps=0", "slow finished steps=1"])
  }
}

extension MigrateWorld {
  /// What a plan of now would do, by another way to the server.
  func job(through port: Int) throws -> MigrationJob {
    let cut = try service(through: port)
    let place = try database.service.migrationPlace(in: database.context)
    let files = place.folder?.files ?? []
    return MigrationJob(
      database: cut,
      table: try #require(place.table),
      scripts: try files.map { try .init($0, of: .prisma) },
      files: files,
      request: MigrationRequest(),
      target: "production.database"
    )
  }
}
