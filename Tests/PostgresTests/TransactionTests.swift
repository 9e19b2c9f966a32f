import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsServer, .timeLimit(.minutes(6))) struct TransactionTests {
  private struct Stop: Error {}

  private func makeTable() throws -> String {
    let database = try TestCluster.shared.get().makeDatabase()
    try openConnection(database: database).execute(
      "create table t (a int unique deferrable initially deferred)"
    )
    return database
  }

  private func count(_ database: String) throws -> String? {
    try allRows(openConnection(database: database).query("select count(*) from t"))[0][0]
  }

  @Test func `a body that returns is committed`() throws {
    let database = try makeTable()
    let connection = try openConnection(database: database)
    let outcome = connection.transaction { () throws(PostgresError) in
      try connection.execute("insert into t values ($1)", [.int(1)]).affectedRows
    }
    guard case .committed(1) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try count(database) == "1")
  }

  @Test func `a body that throws leaves nothing, and the connection goes on`() throws {
    let database = try makeTable()
    let connection = try openConnection(database: database)
    let outcome = connection.transaction { () throws(any Error) -> Int in
      try connection.execute("insert into t values (1)")
      throw Stop()
    }
    guard case .rolledBack(.body(is Stop)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    try connection.execute("select 1")
    #expect(try count(database) == "0")
  }

  @Test func `a COMMIT that is refused leaves nothing`() throws {
    let database = try makeTable()
    let connection = try openConnection(database: database)
    let outcome = connection.transaction { () throws(PostgresError) in
      try connection.execute("insert into t values (1), (1)").tag
    }
    guard case .rolledBack(.server(let error)) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(error.sqlState == "23505")
    #expect(try count(database) == "0")
  }

  @Test func `an error that the body swallows does not become a commit`() throws {
    let database = try makeTable()
    let connection = try openConnection(database: database)
    let outcome = connection.transaction { () throws(PostgresError) in
      try connection.execute("insert into t values (1)")
      _ = try? connection.execute("select 1 / 0")
    }
    guard case .rolledBack(.server) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try count(database) == "0")
  }

  @Test func `a statement that ends the transaction makes the outcome unknown`() throws {
    let database = try makeTable()
    let connection = try openConnection(database: database)
    let outcome = connection.transaction { () throws(PostgresError) in
      try connection.execute("insert into t values (1)")
      try connection.execute("commit")
    }
    guard case .unknown = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }

  @Test(arguments: [true, false])
  func `a COMMIT without its answer is unknown, whether it arrived or not`(_ arrives: Bool) throws {
    let database = try makeTable()
    let cluster = try TestCluster.shared.get()
    let proxy = try CuttingProxy(
      to: cluster.port,
      cutAt: "commit\0",
      forwarding: arrives
    )
    let url = "postgresql://\(cluster.user)@127.0.0.1:\(proxy.port)/\(database)?sslmode=disable"
    let connection = try Connection.open(ConnectionParameters(url: url), readOnly: false)
    let outcome = connection.transaction { () throws(PostgresError) in
      try connection.execute("insert into t values (1)").tag
    }
    guard case .unknown(let error) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(error.fate == .unknown)
    let observer = try openConnection(database: database)
    let backends =
      "select count(*) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()"
    while try allRows(observer.query(backends, [.text(database)])) != [["0"]] {}
    #expect(try count(database) == (arrives ? "1" : "0"))
  }
}
