import Foundation
import Testing
import Values

@testable import Sandbox

@Suite(.timeLimit(.minutes(6))) struct ClusterDatabaseTests {
  private func story(_ seed: UInt64, damagedAt: Time? = nil, now: Time) -> DatabaseStory {
    DatabaseStory(seed: seed, now: now, damagedAt: damagedAt)
  }

  /// A database with a story in it, on a cluster of its own.
  private func database(
    _ story: DatabaseStory,
    in state: TestFolder
  ) throws -> (folder: ClusterFolder, database: SandboxDatabase, history: BranchHistory) {
    let (folder, cluster) = try Cluster.forTest(in: state)
    try cluster.start()
    var address = cluster.superuserAddress()
    address.user = "optiq_owner"
    address.database = "optiq_prod"
    let database = SandboxDatabase(address: address)
    return (folder, database, try story.write(into: database, of: cluster))
  }

  @Test func `health follows the rows, damaged and mended by hand`() throws {
    let state = try TestFolder()
    let now = Time.now()
    let (folder, database, _) = try database(story(3, now: now), in: state)
    defer { try? folder.remove() }
    let good = try database.health()
    #expect(good.isGood && good.damagedShare == 0)
    #expect(good.orders == 1500 + 13 * 8 && good.recentOrders > 100)

    for (damage, mend) in [
      ("total_cents = -total_cents", "total_cents = -total_cents"),
      ("currency = null", "currency = 'USD'"),
      ("total_cents = total_cents + 1", "total_cents = total_cents - 1"),
    ] {
      try database.run("update orders set \(damage) where id = 'ord_001500'")
      #expect(try database.health().damagedOrders == 1, "\(damage)")
      try database.run("update orders set \(mend) where id = 'ord_001500'")
      #expect(try database.health().isGood, "\(mend)")
    }
    let active = "(select id from customers where active order by id limit 1)"
    try database.run("update subscriptions set status = 'CANCELED' where customer_id = \(active)")
    #expect(try database.health().customersWithoutSubscription == 1)
    try database.run("update subscriptions set status = 'ACTIVE' where customer_id = \(active)")
    #expect(try database.health().isGood)

    try cronRoutes(of: database)
    try writesStopped(in: database)
  }

  private func cronRoutes(of database: SandboxDatabase) throws {
    for path in SandboxDatabase.cronPaths {
      let jobs = "select count(*)::text from jobs where path = '\(path)' and status = 'SUCCEEDED'"
      let before = try #require(Int(try database.text(jobs)))
      let result = try #require(try database.runCron(path: path))
      #expect(result.rows > 0, "\(path)")
      #expect(try database.text(jobs) == String(before + 1))
    }
    #expect(try database.runCron(path: "/api/cron/unknown") == nil)
    #expect(try database.health().isGood)
    let sums = """
      select count(*)::text from usage_daily d
      where day >= current_date - 1 and quantity <> (select sum(quantity) from usage_events e
        where e.customer_id = d.customer_id and e.kind = d.kind
          and (occurred_at at time zone 'UTC')::date = d.day)
      """
    #expect(try database.text(sums) == "0")
  }

  /// The app is an ordinary client: when the database says read only, its writes fail.
  private func writesStopped(in database: SandboxDatabase) throws {
    try database.run("alter database optiq_prod set default_transaction_read_only = on")
    let error = #expect(throws: ClusterError.self) {
      try database.runCron(path: SandboxDatabase.cronPaths[0])
    }
    #expect(error?.message.contains("read-only") == true)
    #expect(try database.health().isGood)
    let writable = try DatabaseSession(database.address)
    try writable.transaction { () throws(ClusterError) in
      try writable.run("set transaction read write")
      try writable.run("alter database optiq_prod reset default_transaction_read_only")
    }
    #expect(try database.runCron(path: SandboxDatabase.cronPaths[0]) != nil)
  }

  @Test func `the bookkeeping is what Prisma would have written of the folder`() throws {
    let state = try TestFolder()
    let now = Time.now()
    let damagedAt = now.adding(seconds: -2400)
    let story = story(3, damagedAt: damagedAt, now: now)
    let (folder, database, history) = try database(story, in: state)
    defer { try? folder.remove() }
    #expect(history.points.count == 1 + 13 + 1 + 4)
    #expect(history.points.map(\.time) == history.points.map(\.time).sorted())
    #expect(Set(history.points.map(\.lsn)).count == history.points.count)

    let migrations = state.path + "/prisma/migrations"
    try Migration.write(story.migrations, into: migrations)
    let names = try FileManager.default.contentsOfDirectory(atPath: migrations).sorted()
    #expect(names.count == 7 && names.last == "migration_lock.toml")
    let rows = try DatabaseSession(database.address).rows(
      """
      select migration_name, checksum, applied_steps_count::text, logs,
        (finished_at >= started_at and rolled_back_at is null)::text, length(id)::text
      from _prisma_migrations order by started_at
      """
    )
    #expect(rows.map(\.first) == names.dropLast().map { $0 })
    for row in rows {
      let name = try #require(row[0])
      #expect(name.wholeMatch(of: /\d{14}_[a-z0-9_]+/) != nil)
      let file = try String(contentsOfFile: "\(migrations)/\(name)/migration.sql", encoding: .utf8)
      let sum = try DatabaseSession(database.address).rows(
        "select encode(sha256(convert_to($1, 'UTF8')), 'hex')",
        [file]
      )
      #expect(row == [name, sum[0][0], "1", nil, "true", "36"])
    }
    let started = "select started_at = '\(damagedAt.text)' from _prisma_migrations"
    #expect(try database.text(started + " order by started_at desc limit 1") == "t")
  }

  @Test func `the same seed gives the same rows, another one others`() throws {
    let now = Time.now()
    let state = try TestFolder()
    let (folder, cluster) = try Cluster.forTest(in: state)
    defer { try? folder.remove() }
    try cluster.start()
    let digests = try [UInt64(5), 5, 6].enumerated().map { index, seed in
      var address = cluster.superuserAddress()
      address.user = "owner_\(index)"
      address.database = "optiq_\(index)"
      let database = SandboxDatabase(address: address)
      _ = try story(seed, now: now).write(into: database, of: cluster)
      return try database.text(
        """
        select md5(string_agg(t::text, '' order by t::text)) from (
          select o::text from orders o union all select c::text from customers c
          union all select s::text from subscriptions s
          union all select i::text from order_items i) as t
        """
      )
    }
    #expect(digests[0] == digests[1])
    #expect(digests[0] != digests[2])
  }
}
