internal import Values

/// What goes into a pipe where no format was asked for: scalars as lines, the rest as JSON lines.
struct LinesFormat: RowEncoder {
  private let isSingle: Bool

  init(isSingle: Bool) {
    self.isSingle = isSingle
  }

  func add(_ row: Value, to bytes: inout [UInt8]) {
    guard row.isScalar else {
      row.json.write(to: &bytes)
      bytes.append(0x0A)
      return
    }
    bytes += row.exactText.utf8
    // A text that is whole lines already, as `as csv` makes it, is written as it is.
    if isSingle, case .text(let text) = row, text.utf8.last == 0x0A { return }
    bytes.append(0x0A)
  }
}
