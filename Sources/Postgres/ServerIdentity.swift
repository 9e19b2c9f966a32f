/// Which database a connection leads to, as the server itself reports it.
///
/// A field is nil where the role may not ask or the server does not have it. A copy made by
/// point-in-time recovery keeps the system identifier, so no field proves anything alone.
package struct ServerIdentity: Hashable, Sendable {
  /// Decides which cluster it is, from `initdb` on.
  package var systemIdentifier: String?
  /// Counts the recoveries that the cluster went through.
  package var timeline: Int?
  package var dataDirectory: String?
  package var address: String?
  package var port: Int?
  package var isInRecovery: Bool
  package var database: String
  package var sessionUser: String
  /// Whether the role can do everything, so that no grant holds it back.
  package var isSuperuser: Bool
  /// As the server writes it: `15.18 (Debian 15.18-0+deb12u1)`.
  package var version: String
  package var neonProject: String?
  package var neonBranch: String?
  package var neonEndpoint: String?
}

extension Connection {
  /// Asks the server who it is; no transaction may be open.
  package func identity(
    deadline: Duration = .seconds(10),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> ServerIdentity {
    // The data folder is shown to members of pg_read_all_settings only; CASE keeps the others from
    // asking, which would be an error. Addresses are null over a Unix socket.
    let row = try values(
      """
      select pg_is_in_recovery(), current_database(), session_user, current_setting('server_version'),
        host(inet_server_addr()), inet_server_port(),
        current_setting('neon.project_id', true), current_setting('neon.branch_id', true),
        current_setting('neon.endpoint_id', true),
        case when pg_has_role(current_user, 'pg_read_all_settings', 'usage')
          then current_setting('data_directory') end,
        (select rolsuper from pg_roles where rolname = current_user)
      """,
      deadline,
      cancelOn
    )
    let system = try optionalValue(
      "select system_identifier from pg_control_system()",
      deadline,
      cancelOn
    )
    return ServerIdentity(
      systemIdentifier: system,
      timeline: try timeline(isInRecovery: row[0] == "t", deadline, cancelOn),
      dataDirectory: row[9],
      address: row[4],
      port: row[5].flatMap { Int($0) },
      isInRecovery: row[0] == "t",
      database: row[1] ?? "",
      sessionUser: row[2] ?? "",
      isSuperuser: row[10] == "t",
      version: row[3] ?? "",
      neonProject: Self.present(row[6]),
      neonBranch: Self.present(row[7]),
      neonEndpoint: Self.present(row[8])
    )
  }

  /// How far the server's clock is ahead of this machine's, and how far off that may be: half of
  /// what the question took.
  package func serverTimeOffset(
    now: () -> Duration,
    deadline: Duration = .seconds(10),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> (offset: Duration, uncertainty: Duration) {
    // Warms the way, so that both directions take about the same.
    _ = try values("select 1", deadline, cancelOn)
    let before = now()
    let row = try values(
      "select (extract(epoch from clock_timestamp()) * 1000000)::bigint",
      deadline,
      cancelOn
    )
    let half = (now() - before) / 2
    let server = Duration.microseconds(row[0].flatMap { Int64($0) } ?? 0)
    return (server - (before + half), half)
  }

  // The control file knows the timeline of the last checkpoint only; on a primary the name of the
  // current WAL file is right from the moment of its promotion.
  private func timeline(
    isInRecovery: Bool,
    _ deadline: Duration,
    _ cancelOn: Int32?
  ) throws(PostgresError) -> Int? {
    guard !isInRecovery else {
      let text = try optionalValue(
        "select timeline_id from pg_control_checkpoint()",
        deadline,
        cancelOn
      )
      return text.flatMap { Int($0) }
    }
    let file = try optionalValue(
      "select pg_walfile_name(pg_current_wal_insert_lsn())",
      deadline,
      cancelOn
    )
    return file.flatMap { Int($0.prefix(8), radix: 16) }
  }

  private static func present(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
  }

  private func values(
    _ sql: String,
    _ deadline: Duration,
    _ cancelOn: Int32?
  ) throws(PostgresError) -> [String?] {
    let cursor = try read(sql, deadline: deadline, cancelOn: cancelOn)
    guard let row = try cursor.next() else { return cursor.columns.map { _ in nil } }
    let values = (0..<row.count).map { row.text($0) }
    while try cursor.next() != nil {}
    return values
  }

  /// One value, or nil where the role may not ask or the server does not know the question.
  private func optionalValue(
    _ sql: String,
    _ deadline: Duration,
    _ cancelOn: Int32?
  ) throws(PostgresError) -> String? {
    do throws(PostgresError) {
      return try values(sql, deadline, cancelOn)[0]
    } catch {
      let refusals = ["42501", "42883", "42704", "0A000", "55000"]
      guard let state = error.sqlState, refusals.contains(state) else { throw error }
      return nil
    }
  }
}
