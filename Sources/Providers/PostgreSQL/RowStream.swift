internal import Objects
internal import Postgres
private import Synchronization
internal import Values

/// The rows of a read as they arrive; it holds a connection until it is at its end.
final class RowStream: ValueStream {
  private struct State {
    var cursor: RowCursor?
    var connection: Connection?
  }

  private let state: Mutex<State>
  private let shape: RecordShape
  private let decoders: [CellDecoder]
  private let database: PostgresDatabase
  private let context: CallContext
  private let activity: Progress.Handle

  var columnNames: [String]? { shape.names }

  init(
    _ cursor: sending RowCursor,
    of connection: Connection,
    database: PostgresDatabase,
    context: CallContext,
    activity: Progress.Handle
  ) {
    shape = RecordShape(cursor.columns.map(\.name))
    decoders = cursor.columns.map { CellDecoder($0.type) }
    state = Mutex(State(cursor: cursor, connection: connection))
    self.database = database
    self.context = context
    self.activity = activity
  }

  deinit { cancel() }

  func next() throws(Failure) -> Value? {
    try state.withLock { (state) throws(Failure) in
      guard let cursor = state.cursor else { return nil }
      do throws(PostgresError) {
        guard let row = try cursor.next() else {
          release(&state)
          return nil
        }
        if cursor.rowsRead & 0x3FF == 0 { activity.advance(to: cursor.rowsRead) }
        return .record(Record(shape: shape, cells: cells(of: row)))
      } catch {
        throw ended(by: error, &state)
      }
    }
  }

  private func cells(of row: Row) -> [Value] {
    var cells: [Value] = []
    cells.reserveCapacity(decoders.count)
    for column in decoders.indices { cells.append(decoders[column].value(row, column)) }
    return cells
  }

  /// Stops the statement at the server.
  func cancel() {
    state.withLock { state in
      state.cursor?.close()
      release(&state)
    }
  }

  func writeCSV(to write: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Bool {
    try state.withLock { (state) throws(Failure) in
      guard let cursor = state.cursor else { return false }
      var bytes: [UInt8] = []
      cursor.appendCSVHeader(to: &bytes)
      while try append(cursor, to: &bytes, &state) {
        activity.advance(to: cursor.rowsRead)
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
      if !bytes.isEmpty { try write(bytes) }
      release(&state)
      return true
    }
  }

  private func append(
    _ cursor: RowCursor,
    to bytes: inout [UInt8],
    _ state: inout State
  ) throws(Failure) -> Bool {
    do throws(PostgresError) {
      return try cursor.appendCSV(to: &bytes)
    } catch {
      throw ended(by: error, &state)
    }
  }

  private func ended(by error: PostgresError, _ state: inout State) -> Failure {
    release(&state)
    return database.failure(error, context)
  }

  private func release(_ state: inout State) {
    state.cursor = nil
    if let connection = state.connection { database.pool.put(connection) }
    state.connection = nil
    activity.end()
  }
}
