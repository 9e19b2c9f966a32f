internal import Values

/// Fields separated by tabs; in them `\t`, `\n`, `\r` and `\\` stand for what would break a line.
struct TSVFormat: RowEncoder {
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
    if let header = piece.header { appendLine(header, to: &bytes) }
    for row in piece.rows { appendLine(row.map { $0?.fieldText ?? "" }, to: &bytes) }
  }

  private static func appendLine(_ fields: [String], to bytes: inout [UInt8]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(0x09) }
      for byte in field.utf8 { append(byte, to: &bytes) }
    }
    bytes.append(0x0A)
  }

  private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case 0x09: bytes += #"\t"#.utf8
    case 0x0A: bytes += #"\n"#.utf8
    case 0x0D: bytes += #"\r"#.utf8
    case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
    default: bytes.append(byte)
    }
  }
}
