private import CLibPQ

/// A column of an answer: its name and the type the server gives it.
package struct Column: Hashable, Sendable {
  package var name: String
  package var type: TypeID

  package init(name: String, type: TypeID) {
    self.name = name
    self.type = type
  }
}

/// One row of an answer; its cells are read from libpq's memory when they are asked for.
package struct Row: Sendable {
  private let result: ResultHandle

  init(_ result: ResultHandle) {
    self.result = result
  }

  package var count: Int { unsafe Int(opsh_pg_column_count(result.raw)) }

  package func isNull(_ column: Int) -> Bool {
    unsafe opsh_pg_is_null(result.raw, 0, CInt(column))
  }

  /// The cell as the server prints it, or nil for an SQL null.
  package func text(_ column: Int) -> String? {
    guard !isNull(column), let cell = unsafe opsh_pg_cell(result.raw, 0, CInt(column)) else {
      return nil
    }
    return unsafe String(cString: cell)
  }

  /// Lends the cell's bytes without copying them; an SQL null is nil.
  package func withBytes<Result, Failure: Error>(
    _ column: Int,
    _ body: (Span<UInt8>?) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard !isNull(column), let cell = unsafe opsh_pg_cell(result.raw, 0, CInt(column)) else {
      return try body(nil)
    }
    let length = unsafe Int(opsh_pg_cell_length(result.raw, 0, CInt(column)))
    let bytes = unsafe UnsafeRawBufferPointer(start: cell, count: length)
    return try unsafe body(Span(_unsafeBytes: bytes))
  }
}
