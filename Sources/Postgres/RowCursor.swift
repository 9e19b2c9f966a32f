private import CLibPQ

/// The rows of one statement, as they arrive; memory does not grow with their number.
///
/// The connection serves nothing else until the cursor is at its end or closed; a cursor that goes
/// away closes itself. Closing early stops the statement at the server.
package final class RowCursor {
  /// What happens once the rows are over.
  enum Ending {
    case nothing
    case rollback
  }

  package private(set) var columns: [Column] = []
  /// What the server did, such as `SELECT 5` or `UPDATE 3`; known at the end.
  package private(set) var commandTag: String?
  /// How many rows were read or changed; known at the end, for commands that count.
  package private(set) var affectedRows: Int?
  /// How many rows were taken from it so far.
  package var rowsRead: Int64 = 0

  let connection: Connection
  private var exchange: Exchange
  private var ending: Ending
  private var pending: ResultHandle?
  private var isOver = false

  /// Takes over an exchange whose statement was sent, and waits for its first result.
  init(_ exchange: Exchange, ending: Ending) throws(PostgresError) {
    connection = exchange.connection
    self.exchange = exchange
    self.ending = ending
    let first = try nextResult()
    columns = first?.columns ?? []
    if let first, first.kind == .row { pending = first } else { try finish(first) }
  }

  deinit { close() }

  /// The next row, or nil at the end.
  ///
  /// The deadline counts anew for each row: it limits the server's silence, not the reader's pace.
  package func next() throws(PostgresError) -> Row? {
    if let row = pending {
      pending = nil
      rowsRead += 1
      return Row(row)
    }
    guard !isOver else { return nil }
    exchange.patience.renew()
    let result = try nextResult()
    if let result, result.kind == .row {
      rowsRead += 1
      return Row(result)
    }
    try finish(result)
    return nil
  }

  /// Lets go of the rows that were not read and stops the statement at the server.
  ///
  /// Afterwards the connection is free for the next statement, unless the server did not confirm in
  /// time; it is dropped then.
  package func close() {
    guard !isOver else { return }
    pending = nil
    if exchange.stop() == .unknown { connection.drop() }
    isOver = true
    end()
  }

  private func nextResult() throws(PostgresError) -> ResultHandle? {
    do throws(PostgresError) {
      return try exchange.nextResult()
    } catch {
      isOver = true
      end()
      throw error
    }
  }

  /// Deals with the result that is not a row: the end, or an error.
  func finish(_ result: ResultHandle?) throws(PostgresError) {
    isOver = true
    defer { end() }
    guard let result else { return }
    switch result.kind {
    case .error:
      let fault = ServerFault(result)
      try drain()
      throw connection.error(for: fault)
    case .copy, .other:
      connection.drop()
      throw .invalidStatement("COPY from or to the client is not possible here")
    case .row, .rowsEnd, .command, .empty:
      commandTag = result.commandTag
      affectedRows = result.affectedRows
      try drain()
    }
  }

  private func drain() throws(PostgresError) {
    while try exchange.nextResult() != nil {}
  }

  private func end() {
    let wasRead = ending == .rollback
    ending = .nothing
    if wasRead { connection.rollBack() }
    connection.release()
  }
}

extension RowCursor {
  /// Takes what `RowCursor+CSV` needs: the row already at hand and the exchange.
  func takePending() -> ResultHandle? {
    defer { pending = nil }
    return pending
  }

  func putBack(_ result: ResultHandle) {
    pending = result
  }

  var isAtEnd: Bool { isOver && pending == nil }

  func receiveMore() throws(PostgresError) {
    exchange.patience.renew()
    do throws(PostgresError) {
      try exchange.receive()
    } catch {
      isOver = true
      end()
      throw error
    }
  }
}
