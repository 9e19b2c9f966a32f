private import Sinks
internal import Values

/// Columns for people, sized by the first rows; later rows keep to those widths.
///
/// Scalars are lines by themselves. Rows with other fields begin a table of their own.
struct TableFormat: RowEncoder {
  static let cutNotice = "… marks what was shortened to fit: 'as json' or 'as csv' shows all\n"
  /// How many rows are looked at before widths are fixed.
  private static let sampleSize = 1000
  /// How long a person waits for those, in microseconds.
  private static let samplePatience: Int64 = 300_000

  private let layout: Layout
  private var known: [String]?
  private var sample: [Row] = []
  private var sampleBegan: Int64?
  private var isSampling = true
  private var section: TableSection?
  private var hasWritten = false
  private var hasCut = false
  private var hidden: [String] = []

  init(_ layout: Layout, columns: [String]?) {
    self.layout = layout
    known = columns
  }

  mutating func add(_ row: Value, to bytes: inout [UInt8]) {
    guard isSampling else {
      write(Row(row), among: [Row(row)], to: &bytes)
      return
    }
    sample.append(Row(row))
    if sample.count >= Self.sampleSize || isLate() { settle(to: &bytes) }
  }

  mutating func finish(to bytes: inout [UInt8]) {
    settle(to: &bytes)
    if !hasWritten, let known, !known.isEmpty {
      // No rows are still columns: a person sees what would have been there.
      let section = TableSection(names: known, rows: [], layout: layout)
      section.writeHeader(to: &bytes)
    }
    if !hidden.isEmpty {
      let names = hidden.map { Value.text($0).cellText(masking: layout.registry) }
      bytes += "not shown, for want of room: \(names.joined(separator: ", "))\n".utf8
    }
    if hasCut { bytes += Self.cutNotice.utf8 }
  }

  mutating func abandon(to bytes: inout [UInt8]) {
    settle(to: &bytes)
  }

  /// On a terminal slow rows are shown before there are enough of them.
  private mutating func isLate() -> Bool {
    guard layout.isTerminal else { return false }
    let now = Time.monotonicMicroseconds()
    guard let began = sampleBegan else {
      sampleBegan = now
      return false
    }
    return now - began >= Self.samplePatience
  }

  private mutating func settle(to bytes: inout [UInt8]) {
    isSampling = false
    let rows = sample
    sample = []
    for row in rows { write(row, among: rows, to: &bytes) }
  }

  /// Writes a row; where it begins a table, `rows` are what the widths come from.
  private mutating func write(_ row: Row, among rows: [Row], to bytes: inout [UInt8]) {
    guard case .fields(let record) = row else {
      writeScalar(row.record.cells[0], to: &bytes)
      return
    }
    if section?.holds(record) != true { begin(for: record, among: rows, to: &bytes) }
    if section?.write(record, to: &bytes) == true { hasCut = true }
  }

  private mutating func begin(for record: Record, among rows: [Row], to bytes: inout [UInt8]) {
    if hasWritten { bytes.append(0x0A) }
    var names = known ?? []
    var records: [Record] = []
    for case .fields(let other) in rows {
      for name in other.names where !names.contains(name) { names.append(name) }
      records.append(other)
    }
    known = nil
    let section = TableSection(names: names, rows: records, layout: layout)
    section.writeHeader(to: &bytes)
    hidden += section.hidden.filter { !hidden.contains($0) }
    if section.cutsHeader { hasCut = true }
    self.section = section
    hasWritten = true
  }

  private mutating func writeScalar(_ value: Value, to bytes: inout [UInt8]) {
    section = nil
    hasWritten = true
    var text = value.cellText(masking: layout.registry)
    if case .nothing = value { text = value.text }
    if layout.isTerminal, let width = layout.width {
      let whole = text
      text = DisplayWidth.shortened(whole, to: width)
      if text != whole { hasCut = true }
    }
    bytes += (text + "\n").utf8
  }
}
