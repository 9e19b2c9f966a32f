private import CLibPQ

/// An error as the server reported it, in its own fields.
///
/// All text comes from outside: it must be made harmless before it reaches a terminal.
package struct ServerFault: Hashable, Sendable {
  /// Five characters, such as `23505`; "" when libpq itself found the error.
  package var sqlState: String
  /// `ERROR`, `FATAL` or `PANIC`, never translated.
  package var severity: String
  package var primary: String
  package var detail: String?
  package var hint: String?
  /// Where in the statement, in characters counted from 1.
  package var position: Int?
  package var schema: String?
  package var table: String?
  package var column: String?
  package var constraint: String?

  package init(
    sqlState: String,
    severity: String,
    primary: String,
    detail: String? = nil,
    hint: String? = nil,
    position: Int? = nil,
    schema: String? = nil,
    table: String? = nil,
    column: String? = nil,
    constraint: String? = nil
  ) {
    self.sqlState = sqlState
    self.severity = severity
    self.primary = primary
    self.detail = detail
    self.hint = hint
    self.position = position
    self.schema = schema
    self.table = table
    self.column = column
    self.constraint = constraint
  }

  /// Whether the server ended the session with it.
  package var endsSession: Bool { severity == "FATAL" || severity == "PANIC" || sqlState.isEmpty }

  /// The error in one line: message, SQLSTATE, detail, hint.
  package var text: String {
    var line = sqlState.isEmpty ? primary : "\(primary) (SQLSTATE \(sqlState))"
    if let detail { line += "; \(detail)" }
    if let hint { line += "; hint: \(hint)" }
    return line
  }
}

extension ServerFault {
  /// The field codes of libpq (`PG_DIAG_…` in postgres_ext.h), which are characters.
  private static func field(_ code: Character, of result: ResultHandle) -> String? {
    guard let ascii = code.asciiValue else { return nil }
    guard let text = unsafe opsh_pg_error_field(result.raw, CInt(ascii)) else { return nil }
    return unsafe String(cString: text)
  }

  init(_ result: ResultHandle) {
    let message = unsafe opsh_pg_result_message(result.raw)
    self.init(
      sqlState: Self.field("C", of: result) ?? "",
      severity: Self.field("V", of: result) ?? Self.field("S", of: result) ?? "ERROR",
      primary: Self.field("M", of: result)
        ?? (unsafe message.map { unsafe String(cString: $0) } ?? "").joinedLines,
      detail: Self.field("D", of: result),
      hint: Self.field("H", of: result),
      position: Self.field("P", of: result).flatMap { Int($0) },
      schema: Self.field("s", of: result),
      table: Self.field("t", of: result),
      column: Self.field("c", of: result),
      constraint: Self.field("n", of: result)
    )
  }
}

extension String {
  /// The lines of one of libpq's messages as one line.
  var joinedLines: String {
    split(whereSeparator: \.isNewline)
      .map { $0.drop { $0 == "\t" || $0 == " " } }
      .joined(separator: "; ")
  }
}
