internal import Migrations
internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// The one session that applies migrations: it holds the lock, and ends with it.
struct MigrationSession: Sendable {
  let database: PostgresDatabase
  let table: MigrationTable
  let connection: Connection
  var context: PerformContext
  /// Whether opsh may keep its marks there.
  let marker: Marker.Availability
  /// The fence that every transaction has to pass; nothing where there is none.
  let fence: Fence?
  /// Whether attempts can be kept, which prove after a crash that nothing was.
  let keepsAttempts: Bool
  private let lockKey: Int64

  static let lockTimeout = TimeSpan.seconds(3)
  /// A migration may take hours; a person or a step's own time stops it.
  static let scriptDeadline = Duration.seconds(30 * 86_400)

  /// Why an edge was not taken.
  enum Cause: Error {
    case server(PostgresError)
    case script(ScriptFailure)
    case alreadyMarked
  }

  /// Connects and waits for the lock; the session is closed if that fails.
  static func open(
    _ database: PostgresDatabase,
    _ table: MigrationTable,
    lockTimeout: TimeSpan? = nil,
    for context: PerformContext
  ) throws(Failure) -> MigrationSession {
    let marker = try database.markerAvailability(in: context.call)
    let run = String(context.key.prefix { $0 != "/" })
    let settings = SessionSettings(
      isReadOnly: false,
      lockTimeout: .microseconds((lockTimeout ?? Self.lockTimeout).microseconds),
      // A text may mean the server's time zone, as when Prisma sends it.
      keepsServerDefaults: true,
      applicationName: FenceTable.sessionName(of: run)
    )
    let schema = table.convention == .prisma ? table.schema : nil
    let connection = try database.open(settings, schema: schema, in: context.call)
    do throws(Failure) {
      let key = table.lockKey(database: try database.serverDatabaseName(in: context.call))
      try Self.takeLock(key, table, database, connection, context)
      return try MigrationSession(
        database,
        table,
        connection,
        context,
        marker: marker,
        lockKey: key
      )
    } catch {
      connection.close()
      throw error
    }
  }

  private init(
    _ database: PostgresDatabase,
    _ table: MigrationTable,
    _ connection: Connection,
    _ context: PerformContext,
    marker: Marker.Availability,
    lockKey: Int64
  ) throws(Failure) {
    self.database = database
    self.table = table
    self.connection = connection
    self.context = context
    self.marker = marker
    self.lockKey = lockKey
    if marker == .creatable {
      try database.createBookkeeping(Marker.create, on: connection, in: context.call)
    }
    keepsAttempts = try Self.makeAttempts(database, connection, context.call)
    if let wanted = context.fence, marker != .missing {
      let isKept = try database.prepareFence(wanted, on: connection, in: context.call)
      if !isKept {
        context.report("the role may not keep the table opsh.fence: a takeover would not stop this")
      }
      fence = isKept ? wanted : nil
    } else {
      fence = nil
    }
  }

  private static func makeAttempts(
    _ database: PostgresDatabase,
    _ connection: Connection,
    _ context: CallContext
  ) throws(Failure) -> Bool {
    let state = try database.row(AttemptTable.state, [], on: connection, in: context)
    switch (state[0], state[1]) {
    case ("t", _): return true
    case (nil, "t"):
      try database.createBookkeeping(AttemptTable.create, on: connection, in: context)
      return true
    default: return false
    }
  }

  func close() { connection.close() }

  // MARK: - The lock

  private static func takeLock(
    _ key: Int64,
    _ table: MigrationTable,
    _ database: PostgresDatabase,
    _ connection: Connection,
    _ context: PerformContext
  ) throws(Failure) {
    let end = Time.monotonicMicroseconds() + MigrationLock.patience.microseconds
    var told: Int64?
    while true {
      let row = try database.row(
        MigrationLock.take,
        [.int(key)],
        on: connection,
        in: context.call
      )
      if row[0] == "t" { return }
      // Whoever had it may be gone by now; then it is simply tried again.
      let holder = try database.migrationLockHolder(table, in: context.call)
      if let holder, holder["pid"]?.asInt != told {
        told = holder["pid"]?.asInt
        context.report("others apply migrations now: waiting for \(SessionWords.of(holder))")
      }
      guard Time.monotonicMicroseconds() < end else { throw notInTime(holder, database) }
      try context.call.cancellation.wait(.milliseconds(100))
    }
  }

  private static func notInTime(_ holder: Record?, _ database: PostgresDatabase) -> Failure {
    Failure(
      .locked,
      "\(database.label): others hold the lock for migrations since \(MigrationLock.patience.text) and longer (Prisma's P1002)",
      advice: holder.map { ["it is held by \(SessionWords.of($0))"] } ?? []
        + ["nothing was applied; migrate again when they are done"]
    )
  }

  /// Makes sure that no script let go of the lock.
  func checkLock(after name: String) throws(Failure) {
    let row = try database.row(
      MigrationLock.isHeld,
      [.int(lockKey)],
      on: connection,
      in: context.call
    )
    guard row[0] != "t" else { return }
    throw Failure(
      .failed,
      "\(database.label): \(name) was applied, but it let go of the lock for migrations (pg_advisory_unlock_all or discard all)",
      advice: ["what comes behind it was not begun; migrate again for the rest"]
    )
  }

  /// Starts each migration with the session's own settings, whatever the one before it set.
  func reset() throws(Failure) {
    do throws(ScriptFailure) {
      try connection.executeScript(
        "reset session authorization; reset all",
        deadline: context.call.duration,
        cancelOn: context.call.cancellation.descriptor
      )
    } catch {
      throw database.failure(error.error, context.call)
    }
  }

  // MARK: - Edges

  /// Changes the table in a transaction of its own, behind the fence.
  ///
  /// - Parameters:
  ///   - attempts: what else becomes of the attempts.
  ///   - mark: the mark that proves it to whoever goes on with the run.
  func change(
    _ changes: [LedgerChange],
    attempts: [(sql: String, binds: [Bind])] = [],
    mark: String? = nil,
    during what: String
  ) throws(Failure) {
    let outcome: TransactionOutcome<Bool, Cause> = transaction { () throws(Cause) in
      if let mark { try insertMark(mark) }
      for (sql, binds) in changes.flatMap(table.statements) + attempts { try send(sql, binds) }
      return true
    }
    switch outcome {
    case .committed: return
    case .rolledBack(.body(.alreadyMarked)):
      context.report("it was done already by an earlier attempt of this run")
    case .rolledBack(.body(.server(let error))), .rolledBack(.server(let error)):
      throw refused(error, what)
    case .rolledBack(.body(.script(let failure))): throw refused(failure.error, what)
    case .unknown(let error):
      throw Failure(
        .unknown,
        "\(database.label): \(what): \(error.message)",
        advice: ["COMMIT was sent and its answer was lost; migrations shows what became of it"]
      )
    }
  }

  private func refused(_ error: PostgresError, _ what: String) -> Failure {
    var failure = database.failure(error, context.call)
    failure.message = "\(what): \(failure.message)"
    return failure
  }

  /// Runs a body in a transaction that passes the fence first.
  func transaction<Value: Sendable>(
    _ body: () throws(Cause) -> Value
  ) -> TransactionOutcome<Value, Cause> {
    connection.transaction(
      deadline: context.call.duration,
      cancelOn: context.call.cancellation.descriptor
    ) { () throws(Cause) in
      if let fence { try send(FenceTable.pass, FenceTable.binds(fence)) }
      return try body()
    }
  }

  func insertMark(_ name: String) throws(Cause) {
    guard marker != .missing else { return }
    do throws(Cause) {
      try send(Marker.insert, Marker.binds("\(context.key)/\(name)"))
    } catch {
      if case .server(let refused) = error, refused.sqlState == "23505" { throw .alreadyMarked }
      throw error
    }
  }

  func send(_ sql: String, _ binds: [Bind] = []) throws(Cause) {
    do throws(PostgresError) {
      try connection.execute(
        sql,
        binds,
        deadline: context.call.duration,
        cancelOn: context.call.cancellation.descriptor
      )
    } catch {
      throw .server(error)
    }
  }

  /// A version 4 UUID, as Prisma makes its ids.
  static func newID() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    let groups = [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
    return groups.map { $0.joined() }.joined(separator: "-")
  }
}
