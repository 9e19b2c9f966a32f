internal import Migrations
internal import Objects
internal import Postgres
internal import Values

/// The lock under which migrations are applied: the session's, and so gone with it.
enum MigrationLock {
  /// How long Prisma waits for it, too (P1002).
  static let patience = TimeSpan.seconds(10)

  static let take = "select pg_try_advisory_lock($1::bigint)"
  /// The one-argument form keeps its number in two halves.
  private static let isIt = """
    l.locktype = 'advisory' and l.objsubid = 1 and l.granted
    and l.classid::bigint = $1::bigint >> 32 and l.objid::bigint = $1::bigint & 4294967295
    and l.database = (select oid from pg_database where datname = current_database())
    """
  static let isHeld = """
    select exists (select from pg_locks l where l.pid = pg_backend_pid() and \(isIt))
    """
  static let holder = """
    select a.pid, a.usename::text as "user", nullif(a.application_name, '') as application, a.state,
      clock_timestamp() - coalesce(a.query_start, a.backend_start) as age,
      left(a.query, 200) as query
    from pg_locks l join pg_stat_activity a on a.pid = l.pid where \(isIt)
    """
}

/// A session that is in the way, as people are told of it.
struct SessionWords {
  /// Such as `pid 4711 (app, web, idle in transaction for 3m): update orders …`.
  static func of(_ row: Record) -> String {
    let pid = row["pid"]?.asInt ?? 0
    guard pid != 0 else { return "a prepared transaction; see pg_prepared_xacts" }
    var facts = [row["user"]?.asText, row["application"]?.asText].compactMap(\.self)
    if let state = row["state"]?.asText {
      var words = state
      if case .duration(let age)? = row["age"] { words += " for \(age.roundedText)" }
      facts.append(words)
    }
    let query = (row["query"]?.asText ?? "").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    let shown = query.count > 60 ? query.prefix(60) + "…" : query
    return "pid \(pid)" + (facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))")
      + (shown.isEmpty ? "" : ": \(shown)")
  }
}

extension PostgresDatabase {
  func migrationLockHolder(
    _ table: MigrationTable,
    in context: CallContext
  ) throws(Failure) -> Record? {
    let name = try serverDatabaseName(in: context)
    return try rows(
      MigrationLock.holder,
      [.int(table.lockKey(database: name))],
      in: context
    ).first
  }

  /// The name that the server knows it by.
  func serverDatabaseName(in context: CallContext) throws(Failure) -> String {
    try parameters(context).database
  }
}
