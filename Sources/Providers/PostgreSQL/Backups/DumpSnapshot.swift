internal import Backups
internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// One moment of a database, held still: pg_dump reads in it, and its rows are counted in it.
struct DumpSnapshot: Sendable {
  /// The name that another session takes it by.
  let id: String
  let serverVersion: String
  let lsn: String
  let databaseSize: Int64
  let locale: Manifest.Locale
  let roles: [String]
  let extensions: [Manifest.Extension]
  let tables: [QualifiedName]
  let isSuperuser: Bool
  /// The session that holds it.
  let connection: Connection

  /// The snapshot is gone when its session ends.
  func close() { connection.close() }

  /// How long counting one table may take.
  private static let patience = Duration.seconds(86_400)

  /// Counts a table's rows, and hashes them if that is wanted.
  func digest(
    of table: QualifiedName,
    hashesRows: Bool,
    for database: PostgresDatabase,
    stop: Cancellation,
    in context: CallContext
  ) throws(Failure) -> Manifest.Table {
    let sql = TableDigest.sql(of: table, hashesRows: hashesRows)
    do throws(PostgresError) {
      let cursor = try connection.query(
        sql,
        deadline: Self.patience,
        cancelOn: stop.descriptor
      )
      guard let row = try cursor.next(), let count = row.text(0).flatMap({ Int64($0) }) else {
        throw PostgresError.invalidStatement("a count gave no row")
      }
      let checksum = row.text(1)
      while try cursor.next() != nil {}
      return .init(
        schema: table.schema ?? "public",
        name: table.name,
        rows: count,
        checksum: checksum
      )
    } catch {
      throw database.failure(error, sql: sql, context)
    }
  }

  /// Opens a session of its own, and holds the database still for it.
  static func take(
    of database: PostgresDatabase,
    in context: CallContext
  ) throws(Failure) -> DumpSnapshot {
    let connection = try database.open(
      SessionSettings(isReadOnly: true, idleInTransactionTimeout: nil),
      in: context
    )
    do throws(Failure) {
      return try read(database, connection, context)
    } catch {
      connection.close()
      throw error
    }
  }

  private static func read(
    _ database: PostgresDatabase,
    _ connection: Connection,
    _ context: CallContext
  ) throws(Failure) -> DumpSnapshot {
    for sql in [
      "begin isolation level repeatable read read only",
      // It stands idle while pg_dump works, and must not be ended for that.
      "set local idle_in_transaction_session_timeout = 0", "set local statement_timeout = 0",
      // Rows that a policy would hide must not be left out in silence.
      "set local row_security = off",
    ] {
      _ = try database.texts(sql, on: connection, in: context)
    }
    guard let facts = try database.texts(facts, on: connection, in: context).first else {
      throw Failure(.refused, "\(database.label) says nothing of itself")
    }
    let tables = try database.texts(TableDigest.tables, on: connection, in: context)
    let extensions = try database.texts(Self.extensions, on: connection, in: context)
    let roles = try database.texts(Self.roles, on: connection, in: context)
    return DumpSnapshot(
      id: facts[0] ?? "",
      serverVersion: facts[1]?.split(separator: " ").first.map(String.init) ?? "",
      lsn: facts[2] ?? "",
      databaseSize: facts[3].flatMap { Int64($0) } ?? 0,
      locale: .init(
        encoding: facts[4] ?? "UTF8",
        collate: facts[5] ?? "C",
        ctype: facts[6] ?? "C",
        icu: facts[7]
      ),
      roles: roles.compactMap { $0[0] },
      extensions: extensions.map { .init(name: $0[0] ?? "", version: $0[1] ?? "") },
      tables: tables.map { QualifiedName(schema: $0[0], name: $0[1] ?? "") },
      isSuperuser: facts[8] == "t",
      connection: connection
    )
  }

  /// The ICU locale's column has had two names, and none before version 15.
  private static let facts = """
    select pg_export_snapshot(), current_setting('server_version'),
      (case when pg_is_in_recovery() then pg_last_wal_replay_lsn()
        else pg_current_wal_insert_lsn() end)::text,
      pg_database_size(d.oid), pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
      case to_jsonb(d) ->> 'datlocprovider' when 'i' then
        coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') end,
      (select rolsuper from pg_roles where rolname = current_user)
    from pg_database d where d.datname = current_database()
    """

  private static let extensions = "select extname::text, extversion from pg_extension order by 1"

  /// Whoever owns something in it, or has a right in it; the server's own roles are everywhere.
  ///
  /// A server keeps no note of what its first superuser owns, so owners are looked up as well.
  private static let roles = """
    select r.rolname::text from pg_roles r where r.rolname !~ '^pg_' and r.oid in (
      select d.refobjid from pg_shdepend d
      where d.refclassid = 'pg_authid'::regclass
        and d.dbid = (select oid from pg_database where datname = current_database())
      union
      select c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'opsh'))
    order by 1
    """
}

extension PostgresDatabase {
  /// All rows of a statement of ours on a session, as the server prints them.
  func texts(
    _ sql: String,
    _ binds: [Bind] = [],
    on connection: Connection,
    isChange: Bool = false,
    in context: CallContext
  ) throws(Failure) -> [[String?]] {
    do throws(PostgresError) {
      let cursor = try connection.query(
        sql,
        binds,
        deadline: context.duration,
        cancelOn: context.cancellation.descriptor
      )
      var rows: [[String?]] = []
      while let row = try cursor.next() { rows.append((0..<row.count).map { row.text($0) }) }
      return rows
    } catch {
      throw failure(error, isChange: isChange, context)
    }
  }
}
