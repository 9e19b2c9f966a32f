internal import Objects
internal import Postgres
internal import Values

/// One statement as it is sent, with what it must keep to.
struct Write: Sendable {
  /// The table of which it must leave a row as it is.
  struct GuardedTable: Sendable {
    let name: String
    /// As it stands behind `from`.
    let sql: String
    let isDelete: Bool
  }

  let sql: String
  let binds: [Bind]
  /// Says what it is in words, such as `delete`.
  let verb: String
  /// How many rows it may change; nothing where they are not counted.
  var allowed: ClosedRange<Int64>?
  /// Where the range comes from.
  var bound = Bound.planner
  var guarded: GuardedTable?
  /// The tables of a truncate, which tells no count by itself.
  var emptied: [String] = []

  enum Bound: Sendable {
    case planner, person, rehearsal
  }

  /// A table has to have more rows than this for "every row" to be worth a question.
  static let few: Int64 = 10
}

/// Why what a write did is taken back.
enum WriteRefusal: Error {
  case server(PostgresError, sql: String?)
  case alreadyDone
  case wrongCount(Int64, Write)
  case everyRow(Int64, Write.GuardedTable)
  case spreadFurther(ChangedRows, than: ChangedRows?)
}

/// A transaction's connection, and what is done in it.
struct WriteSession {
  let connection: Connection
  let call: CallContext
  /// How long one statement may take; as long as any request where nothing is said.
  var deadline: Duration?

  /// Does it, and looks whether it kept to what it must.
  func change(_ write: Write) throws(WriteRefusal) -> Int64? {
    let emptied = try countEmptied(write)
    let outcome: CommandOutcome
    do throws(PostgresError) {
      outcome = try send(write.sql, write.binds)
    } catch {
      throw .server(error, sql: write.sql)
    }
    let rows = emptied ?? outcome.affectedRows.map(Int64.init)
    if let guarded = write.guarded, let rows, rows > Write.few, try leavesNothing(of: guarded) {
      throw .everyRow(rows, guarded)
    }
    if let allowed = write.allowed, let rows, !allowed.contains(rows) {
      throw .wrongCount(rows, write)
    }
    return rows
  }

  private func countEmptied(_ write: Write) throws(WriteRefusal) -> Int64? {
    guard !write.emptied.isEmpty, write.allowed != nil else { return nil }
    do throws(PostgresError) {
      let tables = write.emptied.joined(separator: ", ")
      _ = try send("lock table \(tables) in access exclusive mode", [])
      let counts = write.emptied.map { "(select count(*) from \($0))" }
      return try cells("select " + counts.joined(separator: " + ")).first?.first?
        .flatMap { Int64($0) }
    } catch {
      throw .server(error, sql: nil)
    }
  }

  /// Whether this transaction deleted all rows of a table, or is the one that wrote each of them.
  private func leavesNothing(of table: Write.GuardedTable) throws(WriteRefusal) -> Bool {
    let narrowing = table.isDelete ? "" : " where xmin <> pg_current_xact_id()::xid"
    do throws(PostgresError) {
      return try cells("select exists (select from \(table.sql)\(narrowing))").first?.first == "f"
    } catch {
      throw .server(error, sql: nil)
    }
  }

  @discardableResult
  func send(_ sql: String, _ binds: [Bind]) throws(PostgresError) -> CommandOutcome {
    try connection.execute(
      sql,
      binds,
      deadline: deadline ?? call.duration,
      cancelOn: call.cancellation.descriptor
    )
  }

  /// The server's text of every cell.
  func cells(_ sql: String, _ binds: [Bind] = []) throws(PostgresError) -> [[String?]] {
    let cursor = try connection.query(
      sql,
      binds,
      deadline: deadline ?? call.duration,
      cancelOn: call.cancellation.descriptor
    )
    var rows: [[String?]] = []
    while let row = try cursor.next() { rows.append((0..<row.count).map { row.text($0) }) }
    return rows
  }
}
