private import CLibPQ

/// Owns a `PGresult`: it is cleared exactly once, when the last row that reads it is gone.
// @unchecked: libpq's results do not change once made, and reading one from several threads is
// allowed (libpq documentation, "Behavior in Threaded Programs").
@safe final class ResultHandle: @unchecked Sendable {
  enum Kind {
    case row, rowsEnd, command, empty, error, copy, other
  }

  let raw: OpaquePointer

  init(_ raw: OpaquePointer) {
    unsafe self.raw = raw
  }

  deinit { unsafe opsh_pg_clear(raw) }

  var kind: Kind {
    switch unsafe Int(opsh_pg_result_kind(raw)) {
    case Int(OPSH_PG_ROW): .row
    case Int(OPSH_PG_ROWS_END): .rowsEnd
    case Int(OPSH_PG_COMMAND): .command
    case Int(OPSH_PG_EMPTY): .empty
    case Int(OPSH_PG_ERROR): .error
    case Int(OPSH_PG_COPY): .copy
    default: .other
    }
  }

  var columns: [Column] {
    (0..<(unsafe opsh_pg_column_count(raw))).map { index in
      let name = unsafe opsh_pg_column_name(raw, index).map { unsafe String(cString: $0) }
      return Column(name: name ?? "", type: TypeID(unsafe opsh_pg_column_type(raw, index)))
    }
  }

  /// The command that was done, such as `UPDATE 3`.
  var commandTag: String {
    unsafe opsh_pg_command_tag(raw).map { unsafe String(cString: $0) } ?? ""
  }

  /// How many rows the command read or changed, if it counts them.
  var affectedRows: Int? {
    unsafe opsh_pg_command_rows(raw).flatMap { unsafe Int(String(cString: $0)) }
  }
}
