internal import Sinks
internal import Values

/// One value for a person: a record or object as a line for each field, anything else as its text.
struct SingleFormat: RowEncoder {
  private let layout: Layout

  init(_ layout: Layout) {
    self.layout = layout
  }

  func add(_ row: Value, to bytes: inout [UInt8]) {
    guard case .fields(let record) = Row(row) else {
      addText(row, to: &bytes)
      return
    }
    let names = record.names.map { Value.text($0).cellText(masking: layout.registry) }
    let indent = (names.map { DisplayWidth.of($0) }.max() ?? 0) + 2
    var hasCut = false
    for (name, cell) in zip(names, record.cells) {
      var text = cell.cellText(masking: layout.registry)
      if layout.isTerminal, let width = layout.width, width > indent + 8 {
        let whole = text
        text = DisplayWidth.shortened(whole, to: width - indent)
        if text != whole { hasCut = true }
      }
      bytes += (text.isEmpty ? name : DisplayWidth.padded(name, to: indent) + text).utf8
      bytes.append(0x0A)
    }
    if hasCut { bytes += TableFormat.cutNotice.utf8 }
  }

  private func addText(_ value: Value, to bytes: inout [UInt8]) {
    bytes += value.text.utf8
    if case .text(let text) = value, text.utf8.last == 0x0A { return }
    bytes.append(0x0A)
  }
}
