internal import Values

/// Comma-separated values, quoted as `psql --csv` quotes them.
///
/// Only rows that the server writes itself (`ValueStream.writeCSV`) are psql's bytes exactly. Any
/// other text that a spreadsheet would take for a formula gets a `'` in front: such cells come from
/// logs, commit messages and the like, which strangers write.
struct CSVFormat: RowEncoder {
  private var columns: ColumnNames

  init(columns: [String]?) {
    self.columns = ColumnNames(known: columns)
  }

  mutating func add(_ row: Value, to bytes: inout [UInt8]) throws(Failure) {
    Self.write(try columns.add(Row(row).record), to: &bytes)
  }

  mutating func finish(to bytes: inout [UInt8]) throws(Failure) {
    Self.write(try columns.settle(), to: &bytes)
  }

  mutating func abandon(to bytes: inout [UInt8]) {
    if let rest = try? columns.settle() { Self.write(rest, to: &bytes) }
  }

  private static func write(
    _ piece: (header: [String]?, rows: [[Value?]]),
    to bytes: inout [UInt8]
  ) {
    if let header = piece.header { appendLine(header.map { guarded($0) }, to: &bytes) }
    for row in piece.rows { appendLine(row.map { $0.map(field) ?? "" }, to: &bytes) }
  }

  private static func appendLine(_ fields: [String], to bytes: inout [UInt8]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(field, to: &bytes)
    }
    bytes.append(0x0A)
  }

  private static func field(_ value: Value) -> String {
    let text = value.fieldText
    return if case .text = value { guarded(text) } else { text }
  }

  /// What OWASP's page on CSV injection lists.
  private static func guarded(_ text: String) -> String {
    switch text.utf8.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D:
      "'" + text
    default: text
    }
  }

  private static func append(_ field: String, to bytes: inout [UInt8]) {
    let isSpecial = field.utf8.contains { byte in
      byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0D || byte == 0x0A
    }
    // psql quotes the two characters that end its COPY format, too.
    guard isSpecial || field == #"\."# else {
      bytes += field.utf8
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in field.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
