internal import Values

/// One JSON value a line.
struct NDJSONFormat: RowEncoder {
  func add(_ row: Value, to bytes: inout [UInt8]) {
    row.json.write(to: &bytes)
    bytes.append(0x0A)
  }
}
