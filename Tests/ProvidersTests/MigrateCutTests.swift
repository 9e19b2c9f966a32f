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

  /// Pieces of what is sent, in its order; each comes once or for each migration.
  private static let points = [
    "pg_try_advisory_lock", "create table if not exists opsh.migration_attempt",
    "create table if not exists \"public\".\"_prisma_migrations\"", "reset all",
    "insert into \"public\".\"_prisma_migrations\"", "insert into opsh.migration_attempt",
    "insert into opsh.marker", "set local lock_timeout", "create table one",
    "reset session authorization", "update \"public\".\"_prisma_migrations\"",
    "delete from opsh.migration_attempt", "commit\0", "create table two",
  ]

  @Test(arguments: points, [false, true])
  func `cut there, a second migrate ends with each applied once`(
    point: String,
    isForwarded: Bool
  ) throws {
    let world = try MigrateWorld(Self.folder)
    let cluster = try TestCluster.shared.get()
    let proxy = try CuttingProxy(to: cluster.port, cutAt: point, forwarding: isForwarded)
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
