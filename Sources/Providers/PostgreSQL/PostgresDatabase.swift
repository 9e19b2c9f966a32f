package import Objects
internal import Postgres
package import Stack
package import Values

/// A database service that talks to a PostgreSQL server in the end.
package protocol PostgresBacked: DatabaseService {
  /// The plain service below it.
  var postgres: PostgresDatabase { get }
}

/// One database on a PostgreSQL server.
///
/// Connections are opened when they are first needed. Reads share a few that are kept; a stream holds
/// one of its own until it ends, and every change opens a new one.
package final class PostgresDatabase: PostgresBacked {
  typealias Parameters =
    @Sendable (CallContext) throws(Failure) -> ConnectionParameters

  package let label: String
  package let name: String
  package let databaseName: String
  /// Gives where to connect to; asked for each new connection.
  let parameters: Parameters
  /// The folder of migrations, where there is one.
  let migrationsFolder: String?
  /// What the password in the parameters is called as a secret.
  let passwordName: String
  /// How the applications reach it, where that is through a pooler.
  let pooler: ConnectionParameters?
  /// Where its backups go; nothing where the stack file names no place.
  let backups: BackupSettings?
  let pool = ConnectionPool()
  let functions = FunctionCatalog()

  init(
    label: String,
    name: String,
    databaseName: String? = nil,
    migrationsFolder: String?,
    passwordName: String = "DATABASE_PASSWORD",
    pooler: ConnectionParameters? = nil,
    backups: BackupSettings? = nil,
    parameters: @escaping Parameters
  ) {
    self.label = label
    self.name = name
    self.databaseName = databaseName ?? name
    self.migrationsFolder = migrationsFolder
    self.passwordName = passwordName
    self.pooler = pooler
    self.backups = backups
    self.parameters = parameters
  }

  package var postgres: PostgresDatabase { self }

  package func access(in context: CallContext) throws(Failure) -> DatabaseAccess {
    let parameters = try parameters(context)
    guard let host = parameters.hosts.first else {
      throw Failure(.refused, "\(label) has no host")
    }
    return DatabaseAccess(
      host: host.name,
      port: host.port,
      user: parameters.user,
      password: parameters.password(named: passwordName)
    )
  }

  /// Lets go of every connection that is kept: the server behind them is another one now.
  package func disconnect() { pool.clear() }

  // MARK: - Sessions

  /// - Parameter schema: the schema to look in, where the URL names none.
  func open(
    _ settings: SessionSettings,
    schema: String? = nil,
    in context: CallContext
  ) throws(Failure) -> Connection {
    var parameters = try parameters(context)
    parameters.schema = parameters.schema ?? schema
    guard settings.isReadOnly || !parameters.isPooled else {
      throw Failure(
        .refused,
        "\(label) is reached through a pooler, where the settings and locks of a change do not hold",
        advice: [
          "nothing was sent; name the URL that goes past it as well:",
          "postgres(url: secret(\"DATABASE_URL\"), direct: secret(\"DIRECT_URL\"))",
        ]
      )
    }
    do throws(PostgresError) {
      return try Connection.open(
        parameters,
        settings: settings,
        deadline: min(context.duration, .seconds(10)),
        cancelOn: context.cancellation.descriptor
      )
    } catch {
      throw failure(error, context)
    }
  }

  /// A session that may write, whatever the database's own setting says.
  func openWriter(in context: CallContext) throws(Failure) -> Connection {
    try open(SessionSettings(isReadOnly: false), in: context)
  }

  /// A session for one effect of a run, which others can tell by its name.
  func openWriter(for context: PerformContext) throws(Failure) -> Connection {
    let run = context.key.prefix { $0 != "/" }
    return try open(
      SessionSettings(
        isReadOnly: false,
        applicationName: FenceTable.sessionName(of: String(run))
      ),
      in: context.call
    )
  }

  /// Lends a reading session: a kept one, or a new one where there is none or it has ended.
  ///
  /// It goes back into the pool when `body` throws; otherwise `body` says what becomes of it.
  func reading<Result>(
    _ sql: String? = nil,
    in context: CallContext,
    _ body: (Connection) throws(PostgresError) -> Result
  ) throws(Failure) -> Result {
    try context.cancellation.check()
    while true {
      let kept = pool.take()
      let connection: Connection
      if let kept {
        connection = kept
      } else {
        connection = try open(SessionSettings(isReadOnly: true), in: context)
      }
      do throws(PostgresError) {
        return try body(connection)
      } catch {
        if kept != nil, error.isSessionOver {
          // It ended while nobody used it; those beside it did too, and a read may be sent again.
          pool.clear()
          continue
        }
        pool.put(connection)
        throw failure(error, sql: sql, context)
      }
    }
  }

  /// Starts a read of ours or one that was looked at before, in a read-only transaction.
  func stream(
    _ sql: String,
    _ binds: [Bind] = [],
    deadline: Duration? = nil,
    in context: CallContext
  ) throws(Failure) -> RowStream {
    let activity = context.progress.begin("reading from \(label)", unit: "rows")
    do throws(Failure) {
      return try stream(sql, binds, deadline: deadline, activity, in: context)
    } catch {
      activity.end()
      throw error
    }
  }

  private func stream(
    _ sql: String,
    _ binds: [Bind],
    deadline: Duration?,
    _ activity: Progress.Handle,
    in context: CallContext
  ) throws(Failure) -> RowStream {
    try reading(sql, in: context) { (connection) throws(PostgresError) in
      let cursor = try connection.read(
        sql,
        binds,
        deadline: deadline ?? context.duration,
        cancelOn: context.cancellation.descriptor
      )
      return RowStream(cursor, of: connection, database: self, context: context, activity: activity)
    }
  }

  /// All rows of a read of ours.
  func rows(
    _ sql: String,
    _ binds: [Bind] = [],
    deadline: Duration? = nil,
    in context: CallContext
  ) throws(Failure) -> [Record] {
    let stream = try stream(sql, binds, deadline: deadline, in: context)
    var rows: [Record] = []
    while case .record(let row)? = try stream.next() { rows.append(row) }
    return rows
  }

  /// The first value of the first row of a read of ours.
  func value(
    _ sql: String,
    _ binds: [Bind] = [],
    in context: CallContext
  ) throws(Failure) -> Value {
    try rows(sql, binds, in: context).first?.cells.first ?? .nothing
  }
}

extension CallContext {
  /// The deadline as the rooms below count it.
  var duration: Duration { .microseconds(deadline.microseconds) }
}

extension PostgresError {
  /// Says that the session is gone, so that another one may do better.
  var isSessionOver: Bool {
    switch self {
    case .connectionLost: true
    case .refused(let fault): fault.endsSession
    default: false
    }
  }
}
