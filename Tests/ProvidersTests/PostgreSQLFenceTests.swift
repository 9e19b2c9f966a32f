import Foundation
import Objects
import Postgres
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// The row that turns away whoever lost the lock; the server itself refuses.
@Suite(.needsServer, .timeLimit(.minutes(3))) struct PostgreSQLFenceTests {
  private func database() throws -> TestDatabase {
    try TestDatabase("create table t (a int); insert into t values (0)")
  }

  private func write(_ database: TestDatabase, _ key: String, epoch: Int64?) throws(Failure) {
    let plan = try database.execute("update t set a = a + 1 where a >= 0", expecting: 1...1)
    guard case .effect(let body) = plan.body else { return }
    let fence = epoch.map { Fence(environment: "production", epoch: $0) }
    _ = try body(PerformContext(call: .test(), key: key, fence: fence))
  }

  private func raise(
    _ database: TestDatabase,
    to epoch: Int64,
    ending run: String? = nil
  ) throws(Failure) -> RaisedFence {
    guard let bookkeeping = database.service.bookkeeping else { return .impossible }
    return try bookkeeping.raiseFence(
      Fence(environment: "production", epoch: epoch),
      endingSessionsOf: run,
      in: database.context
    )
  }

  @Test func `an older epoch is refused by the server, and nothing of it is kept`() throws {
    let database = try database()
    try write(database, "R1/1", epoch: 3)
    #expect(try database.psql("select environment, epoch from opsh.fence") == "production|3")
    #expect(try raise(database, to: 4) == .raised(4))
    let refused = try #require(
      failure { () throws(Failure) in try write(database, "R1/2", epoch: 3) }
    )
    #expect(refused.kind == .locked)
    #expect(
      refused.message == "\(database.name) refused: production was taken over: its fence is at 4,"
        + " this run has 3 (SQLSTATE OPF01)"
    )
    #expect(refused.advice.contains("nothing of it was kept"))
    #expect(try database.psql("select a from t") == "1")
    #expect(try database.psql("select path from opsh.marker") == "1")
    try write(database, "R2/1", epoch: 4)
    try write(database, "R3/1", epoch: 9)
    #expect(try database.psql("select epoch from opsh.fence") == "9")
    // Without a control database nobody can be taken over.
    try write(database, "R4/1", epoch: nil)
    #expect(try database.psql("select a from t") == "4")
  }

  @Test func `a fence only rises, and a row that is gone is no free pass`() throws {
    let database = try database()
    #expect(try raise(database, to: 7) == .raised(7))
    #expect(try raise(database, to: 2) == .raised(8))
    #expect(try raise(database, to: 20) == .raised(20))
    _ = try database.psql("select opsh.pass_fence('production', 20)")
    #expect(throws: (any Error).self) {
      try database.psql("select opsh.pass_fence('production', 19)")
    }
    #expect(throws: (any Error).self) { try database.psql("select opsh.pass_fence('other', 1)") }
    try database.service.holdFence(
      Fence(environment: "production", epoch: 5),
      in: database.context
    )
    #expect(try database.psql("select epoch from opsh.fence") == "20")
  }

  /// The holder has passed the fence and does not go on: a takeover waits, then ends its session.
  @Test func `a takeover ends the transaction of a run that stands still in it`() throws {
    let database = try database()
    try write(database, "R1/1", epoch: 1)
    let cluster = try TestCluster.shared.get()
    let stuck = try Connection.open(
      ConnectionParameters(url: cluster.url(database: database.name)),
      settings: SessionSettings(
        isReadOnly: false,
        applicationName: FenceTable.sessionName(of: "R1")
      )
    )
    for sql in ["begin", "select opsh.pass_fence('production', 1)", "update t set a = 99"] {
      _ = try stuck.execute(sql)
    }
    let still = failure { () throws(Failure) in try raise(database, to: 2) }
    #expect(still?.message.contains("55P03") == true)
    #expect(try raise(database, to: 2, ending: "R1") == .raised(2))
    #expect(throws: PostgresError.self) { try stuck.execute("commit") }
    #expect(try database.psql("select a from t") == "1")
  }

  /// What was under way before the fence rose is over when it has risen.
  @Test func `a takeover waits for a commit that is on its way`() async throws {
    let database = try database()
    try write(database, "R1/1", epoch: 1)
    let cluster = try TestCluster.shared.get()
    let url = cluster.url(database: database.name)
    let open = try Connection.open(ConnectionParameters(url: url), readOnly: false)
    for sql in ["begin", "select opsh.pass_fence('production', 1)", "update t set a = 50"] {
      _ = try open.execute(sql)
    }
    async let raised = raise(database, to: 2, ending: "R1")
    while try database.psql(
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
        + " and datname = current_database()"
    ) == "0" {}
    _ = try open.execute("commit")
    #expect(try await raised == .raised(2))
    #expect(try database.psql("select a from t") == "50")
  }

  @Test func `where the role may not keep it, that is said and nothing is turned away`() throws {
    let cluster = try TestCluster.shared.get()
    let database = try database()
    _ = try? cluster.psql(["-q", "-c", "create role plain login"])
    _ = try database.psql("grant select, update on t to plain")
    var parameters = try ConnectionParameters(url: cluster.url(database: database.name))
    parameters.user = "plain"
    let reached = parameters
    let plain = PostgresDatabase(label: "plain", name: database.name, migrationsFolder: nil) { _ in
      reached
    }
    let plan = try plain.execute(
      database.target,
      WriteRequest([.of("update t set a = 7 where a = 0")], expecting: [1...1]),
      in: database.context
    )
    #expect(
      plan.consequences.last
        == "nor opsh.fence: a run that was taken over would not be turned away there"
    )
    let fence = Fence(environment: "production", epoch: 1)
    #expect(
      try plain.raiseFence(fence, endingSessionsOf: nil, in: database.context) == .impossible
    )
    guard case .effect(let body) = plan.body else { return }
    _ = try body(PerformContext(call: .test(), key: "R/1", fence: fence))
    #expect(try database.psql("select a from t") == "7")
  }

  @Test func `a head stands beside the marks of its run, also in an older table`() throws {
    let database = try database()
    let old =
      "create schema opsh; create table opsh.marker (run text, path text, primary key (run, path))"
    _ = try database.psql(old)
    try write(database, "R1/1", epoch: nil)
    try write(database, "R2/1", epoch: nil)
    let service = database.service
    #expect(try service.heads(of: "R1", in: database.context) == [])
    try service.keepHead("abc", of: "R1", in: database.context)
    #expect(try service.heads(of: "R1", in: database.context) == ["abc"])
    #expect(try service.heads(of: "R2", in: database.context) == [])
    try service.keepHead("def", of: "R1", in: database.context)
    #expect(try service.heads(of: "R1", in: database.context) == ["def"])
  }
}
