private import CLibPQ

/// Rows as `psql --csv` prints them, byte for byte.
extension RowCursor {
  /// Appends the column names as a line.
  package func appendCSVHeader(to bytes: inout [UInt8]) {
    CSVText.appendLine(columns.map(\.name), to: &bytes)
  }

  /// Appends the rows that are at hand, at least one, up to about `limit` bytes; false at the end.
  ///
  /// The cells go from libpq's memory into the text without becoming strings.
  package func appendCSV(to bytes: inout [UInt8], limit: Int = 1 << 16) throws(PostgresError)
    -> Bool
  {
    if let row = takePending() { append(row, to: &bytes) }
    while !isAtEnd {
      let before = bytes.count
      let stopped = try take(into: &bytes, limit: limit)
      switch stopped {
      case .result(let result) where result.kind == .row: append(result, to: &bytes)
      case .result(let result): try finish(result)
      case .over: try finish(nil)
      case .needsInput where bytes.count > before: return true
      case .needsInput: try receiveMore()
      }
      if bytes.count > before, !isAtEnd { return true }
    }
    return false
  }

  private enum Stop {
    case result(ResultHandle)
    case over
    case needsInput
  }

  private func take(into bytes: inout [UInt8], limit: Int) throws(PostgresError) -> Stop {
    try connection.withHandle { handle throws(PostgresError) in
      var stopped: OpaquePointer?
      var isOver = false
      var rows: UInt64 = 0
      let block = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        count = unsafe opsh_pg_csv_take(
          handle.raw,
          buffer.baseAddress,
          limit,
          &stopped,
          &isOver,
          &rows
        )
      }
      bytes.append(contentsOf: block)
      rowsRead += Int64(rows)
      if let stopped = unsafe stopped { return .result(unsafe ResultHandle(stopped)) }
      return isOver ? .over : .needsInput
    }
  }

  private func append(_ row: ResultHandle, to bytes: inout [UInt8]) {
    let bound = unsafe opsh_pg_csv_bound(row.raw, 0)
    let line = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = unsafe opsh_pg_csv_row(row.raw, 0, buffer.baseAddress)
    }
    bytes.append(contentsOf: line)
    rowsRead += 1
  }
}
