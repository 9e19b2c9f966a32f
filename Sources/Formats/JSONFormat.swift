internal import Values

/// One JSON array of all rows, or the JSON of one value.
struct JSONFormat: RowEncoder {
  private let isSingle: Bool
  private var isEmpty = true

  init(isSingle: Bool) {
    self.isSingle = isSingle
  }

  mutating func add(_ row: Value, to bytes: inout [UInt8]) {
    if !isSingle { bytes.append(isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ",")) }
    isEmpty = false
    row.json.write(to: &bytes)
  }

  mutating func finish(to bytes: inout [UInt8]) {
    if !isSingle { bytes += (isEmpty ? "[]" : "]").utf8 }
    bytes.append(0x0A)
  }
}
