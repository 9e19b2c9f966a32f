import Postgres

/// How a database on a loopback port is reached.
package struct DatabaseAddress: Equatable, Sendable {
  package var port: UInt16
  package var user: String
  /// Only for servers that live as long as the sandbox; letters and digits.
  package var password: String
  package var database: String

  package init(port: UInt16, user: String, password: String, database: String) {
    self.port = port
    self.user = user
    self.password = password
    self.database = database
  }

  /// A URL for libpq, with the password.
  package var uri: String {
    "postgresql://\(user):\(password)@127.0.0.1:\(port)/\(database)?sslmode=disable"
  }
}

/// A connection of the sandbox itself, or of the app that it plays.
struct DatabaseSession {
  private let connection: Connection

  init(_ address: DatabaseAddress) throws(ClusterError) {
    var parameters = ConnectionParameters(
      hosts: [ConnectionParameters.Host(name: "127.0.0.1", port: Int(address.port))],
      user: address.user,
      database: address.database,
      password: address.password
    )
    parameters.options["sslmode"] = "disable"
    let settings = SessionSettings(isReadOnly: false, applicationName: "optiq")
    do throws(PostgresError) {
      connection = try Connection.open(parameters, settings: settings)
      try connection.execute(Self.obeyDefaults)
    } catch {
      throw .statement(sql: "connect", reason: error.message)
    }
  }

  /// Runs one statement for its rows, as text.
  func rows(_ sql: String, _ binds: [String] = []) throws(ClusterError) -> [[String?]] {
    do throws(PostgresError) {
      var rows: [[String?]] = []
      let cursor = try connection.query(sql, binds.map { .text($0) })
      while let row = try cursor.next() {
        rows.append((0..<row.count).map { row.text($0) })
      }
      return rows
    } catch {
      throw .statement(sql: sql, reason: error.message)
    }
  }

  /// Runs one statement; only those of `binds` that it mentions are sent.
  func run(_ sql: String, _ binds: [String] = []) throws(ClusterError) {
    let used = (1...max(1, binds.count)).last { sql.contains("$\($0)") } ?? 0
    _ = try rows(sql, Array(binds.prefix(used)))
  }

  /// The first cell of the first row.
  func text(_ sql: String) throws(ClusterError) -> String {
    guard let text = try rows(sql).first?.first ?? nil else {
      throw .statement(sql: sql, reason: "no answer")
    }
    return text
  }

  /// Runs the statements of a text of ours in one transaction; each ends with `;` and a line end.
  func script(_ sql: String) throws(ClusterError) {
    let statements = sql.split(separator: ";\n").filter { !$0.allSatisfy(\.isWhitespace) }
    guard statements.count > 1 else {
      for statement in statements { try run(String(statement)) }
      return
    }
    try transaction { () throws(ClusterError) in
      for statement in statements { try run(String(statement)) }
    }
  }

  /// Does `body` in one transaction, which is undone when it fails.
  func transaction(_ body: () throws(ClusterError) -> Void) throws(ClusterError) {
    try run("BEGIN")
    do throws(ClusterError) {
      try body()
    } catch {
      try? run("ROLLBACK")
      throw error
    }
    try run("COMMIT")
  }

  /// Where the next record of the write-ahead log goes.
  func position() throws(ClusterError) -> LSN {
    let text = try text("select pg_current_wal_insert_lsn()::text")
    guard let lsn = LSN(text) else { throw .statement(sql: text, reason: "not a position") }
    return lsn
  }

  /// A session of ours says `default_transaction_read_only=off` when it starts, which an ordinary
  /// app does not: what `ALTER DATABASE` or `ALTER ROLE` say has to hold for it.
  private static let obeyDefaults = """
    SELECT set_config('default_transaction_read_only', coalesce((
      SELECT split_part(entry, '=', 2)
      FROM pg_catalog.pg_db_role_setting AS s, unnest(s.setconfig) AS entry
      WHERE entry LIKE 'default_transaction_read_only=%'
        AND setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database
          WHERE datname = current_database()))
        AND setrole IN (0, current_user::regrole::oid)
      ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC LIMIT 1), 'off'), false)
    """
}
