import Foundation
import Migrations
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// Every edge of the bookkeeping, from rows made by hand to the rows that the facts give.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct MigrateEdgeTests {
  private static let name = "20260101000000_init"
  private static let text = "create table a (x int);\n"

  /// Rows as Prisma's own program leaves them.
  private func world(_ rows: String...) throws -> MigrateWorld {
    let table = MigrationTable(convention: .prisma, schema: "public", isPresent: false)
    let inserts = rows.map { row in
      """
      insert into _prisma_migrations (id, checksum, migration_name, logs, started_at, finished_at,
        rolled_back_at, applied_steps_count)
      values (gen_random_uuid(), encode(sha256(E'create table a (x int);\\n'), 'hex'),
        '\(Self.name)', \(row))
      """
    }
    return try MigrateWorld(
      [Self.name: Self.text],
      script: (table.create + inserts).joined(separator: ";")
    )
  }

  private let started = "null, '2026-01-01', null, null, 0"
  private let failed = "'ERROR: no', '2026-01-01', null, null, 0"
  private let finished = "null, '2026-01-01', '2026-01-01 00:01', null, 1"
  private let rolledBack = "'ERROR: no', '2026-01-01', null, '2026-01-01 00:02', 0"

  @Test func `deploy: from nothing and from a rolled-back row to finished`() throws {
    let nothing = try world()
    try nothing.migrate()
    #expect(try nothing.rows() == ["init finished steps=1"])
    let again = try world(rolledBack)
    #expect(try again.states() == ["init rolled back"])
    #expect(
      try again.database.service.migrations(in: again.database.context)[0].state.isPending
    )
    try again.migrate()
    #expect(try again.rows() == ["init rolled-back logs steps=0", "init finished steps=1"])
  }

  @Test func `deploy: nothing happens to a finished row, and a started or failed one stops it`()
    throws
  {
    let done = try world(finished)
    #expect(failure { () throws(Failure) in try done.plan() }?.kind == .nothingToDo)
    for row in [started, failed] {
      let open = try world(row)
      let before = try open.rows()
      let refused = try #require(failure { () throws(Failure) in try open.plan() })
      #expect(refused.message.contains("P3009"), "\(refused)")
      #expect(
        refused.advice.contains { $0.contains("resolve(\"\(Self.name)\", as: \"rolled back\")") }
      )
      #expect(try open.rows() == before)
    }
  }

  @Test func `resolve as rolled back: only unfinished rows are given up`() throws {
    for row in [started, failed] {
      let open = try world(rolledBack, row)
      try open.resolve(Self.name, as: .rolledBack)
      let marks = try open.rows().map { $0.contains("rolled-back") }
      #expect(marks == [true, true])
      #expect(try open.states() == ["init rolled back"])
    }
    let done = try world(finished)
    let refused = failure { () throws(Failure) in try done.resolve(Self.name, as: .rolledBack) }
    #expect(refused?.message.contains("P3012") == true)
    #expect(try done.rows() == ["init finished steps=1"])
    let none = try world()
    let unknown = failure { () throws(Failure) in try none.resolve(Self.name, as: .rolledBack) }
    #expect(unknown?.message.contains("P3011") == true)
    let given = try world(rolledBack)
    let again = failure { () throws(Failure) in try given.resolve(Self.name, as: .rolledBack) }
    #expect(again?.kind == .nothingToDo)
  }

  @Test func `resolve as applied: the unfinished are given up, one row is added`() throws {
    let cases: [(rows: [String], after: [String])] = [
      ([], ["init finished logs-empty steps=0"]),
      ([started], ["init rolled-back steps=0", "init finished logs-empty steps=0"]),
      ([failed], ["init rolled-back logs steps=0", "init finished logs-empty steps=0"]),
      ([rolledBack], ["init rolled-back logs steps=0", "init finished logs-empty steps=0"]),
    ]
    for (rows, after) in cases {
      let open = rows.isEmpty ? try world() : try world(rows[0])
      try open.resolve(Self.name, as: .applied)
      #expect(try open.rows() == after)
      #expect(try open.states() == ["init applied"])
      #expect(
        try open.database.psql(
          "select bool_and(started_at = finished_at) from _prisma_migrations where logs = ''"
        )
          == "t"
      )
      #expect(failure { () throws(Failure) in try open.plan() }?.kind == .nothingToDo)
    }
    let done = try world(finished)
    let refused = failure { () throws(Failure) in try done.resolve(Self.name, as: .applied) }
    #expect(refused?.message.contains("P3008") == true)
    #expect(refused?.kind == .nothingToDo)
    let unknown = failure { () throws(Failure) in try done.resolve("nobody", as: .applied) }
    #expect(unknown?.message.contains("P3017") == true)
  }

  @Test func `the statements of every change leave what the state machine says`() throws {
    let world = try world(started)
    let service = world.database.service
    let context = world.database.context
    func ledger() throws -> MigrationLedger {
      let place = try service.migrationPlace(in: context)
      return try #require(try service.migrationStanding(place, in: context)).ledger
    }
    /// Times are not those of the test.
    func shape(_ ledger: MigrationLedger) -> [String] {
      guard case .prisma(let rows) = ledger else { return [] }
      return rows.map {
        "\($0.id) \($0.name) \($0.checksum) \($0.logs ?? "-") \($0.finished != nil) \($0.rolledBack != nil) \($0.steps)"
      }
    }
    guard case .prisma(let rows) = try ledger() else { return }
    let table = try #require(try service.migrationPlace(in: context).table)
    let changes: [LedgerChange] = [
      .fail(id: rows[0].id, logs: "ERROR: 'no'\n"), .rollBack(id: rows[0].id),
      .start(id: "new", name: "x", checksum: "sum"), .finish(id: "new"),
      .declare(id: "newer", name: "y", checksum: "sum"),
    ]
    var expected = try ledger()
    let session = try MigrationSession.open(
      service,
      table,
      for: PerformContext(call: context, key: "R/do:1")
    )
    defer { session.close() }
    for change in changes {
      expected = expected.after(change, at: .now())
      try session.change([change], during: "testing")
      #expect(try shape(ledger()) == shape(expected), "\(change)")
    }
  }

  @Test func `cut off: Prisma's half-done row stops, opsh's own is given up and said`() throws {
    let world = try world(started)
    #expect(failure { () throws(Failure) in try world.plan() }?.message.contains("P3009") == true)
    _ = try world.database.psql(
      AttemptTable.create.joined(separator: ";")
        + "; insert into opsh.migration_attempt select id, 'R', 1, '2026-01-01' from _prisma_migrations"
    )
    #expect(try world.states() == ["init crashed"])
    let plan = try world.plan()
    #expect(
      plan.consequences.contains(
        "\(Self.name) was cut off before and left nothing: it is applied anew"
      )
    )
    let reports = Reports()
    #expect(try plan.applied(reports: reports) == [Self.name])
    #expect(
      reports.all == [
        "\(Self.name) was cut off before: its transaction was not committed, so nothing of it was kept; it is applied anew"
      ]
    )
    #expect(try world.rows() == ["init rolled-back steps=0", "init finished steps=1"])
    #expect(try world.database.psql("select count(*) from opsh.migration_attempt") == "0")
  }

  @Test func `one whose session lives is running, not cut off`() throws {
    let world = try world(started)
    let session = try TestDatabaseSession(world.database)
    try session.run("select pg_advisory_lock(72707369)")
    #expect(try world.states() == ["init running"])
    let refused = try #require(failure { () throws(Failure) in try world.plan() })
    #expect(refused.message.contains("still being applied"))
    #expect(refused.advice.last?.contains("wait for it") == true)
  }
}
