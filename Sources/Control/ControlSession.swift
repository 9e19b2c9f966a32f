internal import Postgres
internal import Values

/// The session with the control database while one call has it.
struct ControlSession {
  let connection: Connection
  let server: String
  let deadline: Duration
  let cancellation: Cancellation

  /// Sends one statement and gives the rows' texts.
  @discardableResult
  func rows(_ sql: String, _ binds: [Bind] = []) throws(Failure) -> [[String?]] {
    do throws(PostgresError) {
      let cursor = try connection.query(
        sql,
        binds,
        deadline: deadline,
        cancelOn: cancellation.descriptor
      )
      var rows: [[String?]] = []
      while let row = try cursor.next() { rows.append((0..<row.count).map { row.text($0) }) }
      return rows
    } catch {
      throw failure(error)
    }
  }

  /// Runs a body in one transaction; it is kept only if the server confirmed it.
  func transaction<Result: Sendable>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let outcome: TransactionOutcome<Result, Failure> = connection.transaction(
      deadline: deadline,
      cancelOn: cancellation.descriptor,
      body
    )
    switch outcome {
    case .committed(let result): return result
    case .rolledBack(.body(let error)): throw error
    case .rolledBack(.server(let error)), .unknown(let error): throw failure(error)
    }
  }

  func failure(_ error: PostgresError) -> Failure {
    Failure(control: error, at: server, cancellation)
  }

  /// - Throws: `usage` where the schema is missing, or of another version than this opsh knows.
  func checkSchema() throws(Failure) {
    switch try ControlSchema.version(in: self) {
    case ControlSchema.known: return
    case nil: throw .controlIsNotSetUp(server)
    case let found? where found < ControlSchema.known: throw .controlIsOlder(server, found)
    case let found?: throw .controlIsNewer(server, found)
    }
  }
}
