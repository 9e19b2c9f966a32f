private import Sinks
internal import Values

/// The columns of one table, with their widths.
struct TableSection {
  private struct Column {
    let name: String
    let heading: String
    var width: Int
    let isRight: Bool
  }

  private static let gap = 2
  /// No column is made narrower; where not all fit like this, the last ones are left out.
  private static let narrowest = 5

  private let layout: Layout
  private let names: Set<String>
  private var columns: [Column] = []
  /// The columns for which there was no room.
  private(set) var hidden: [String] = []
  private(set) var cutsHeader = false

  init(names: [String], rows: [Record], layout: Layout) {
    self.layout = layout
    self.names = Set(names)
    columns = names.map { Self.column($0, rows, layout) }
    if layout.isTerminal, let width = layout.width { fit(width) }
    cutsHeader = columns.contains { DisplayWidth.of($0.heading) > $0.width }
  }

  /// Says whether all fields of a record have a column here.
  func holds(_ record: Record) -> Bool {
    record.names.allSatisfy { names.contains($0) }
  }

  private static func column(_ name: String, _ rows: [Record], _ layout: Layout) -> Column {
    let heading = Value.text(name).cellText(masking: layout.registry)
    var width = DisplayWidth.of(heading)
    var hasMeasure = false
    var hasOther = false
    for case let value? in rows.lazy.map({ $0[name] }) {
      width = max(width, DisplayWidth.of(value.cellText(masking: layout.registry)))
      if value.isMeasure {
        hasMeasure = true
      } else if case .nothing = value {
        continue
      } else {
        hasOther = true
      }
    }
    return Column(
      name: name,
      heading: heading,
      width: width,
      isRight: hasMeasure && !hasOther
    )
  }

  /// Narrows the widest columns until the table fits.
  private mutating func fit(_ width: Int) {
    func total(_ limit: Int) -> Int {
      columns.reduce(Self.gap * (columns.count - 1)) { $0 + min($1.width, limit) }
    }
    while columns.count > 1, total(Self.narrowest) > width {
      hidden.insert(columns.removeLast().name, at: 0)
    }
    guard total(.max) > width else { return }
    var limit = max(Self.narrowest, width)
    while limit > Self.narrowest, total(limit) > width { limit -= 1 }
    for index in columns.indices { columns[index].width = min(columns[index].width, limit) }
    widen(upTo: width, by: total(.max))
  }

  /// Gives what rounding left over to the columns that were cut, from the left.
  private mutating func widen(upTo width: Int, by used: Int) {
    guard let index = columns.lastIndex(where: { $0.width == columns.map(\.width).max() }) else {
      return
    }
    columns[index].width += max(0, width - used)
  }

  func writeHeader(to bytes: inout [UInt8]) {
    append(columns.map { ($0.heading, $0) }, to: &bytes)
    let rule = columns.map { String(repeating: "─", count: $0.width) }
    bytes += (rule.joined(separator: String(repeating: " ", count: Self.gap)) + "\n").utf8
  }

  /// Writes a row and says whether anything had to be shortened.
  func write(_ record: Record, to bytes: inout [UInt8]) -> Bool {
    append(
      columns.map { column in
        (record[column.name]?.cellText(masking: layout.registry) ?? "", column)
      },
      to: &bytes
    )
  }

  @discardableResult
  private func append(_ cells: [(text: String, column: Column)], to bytes: inout [UInt8]) -> Bool {
    var line = ""
    var hasCut = false
    for (index, cell) in cells.enumerated() {
      var text = cell.text
      if layout.isTerminal, layout.width != nil {
        text = DisplayWidth.shortened(text, to: cell.column.width)
        if text != cell.text { hasCut = true }
      }
      if index > 0 { line += String(repeating: " ", count: Self.gap) }
      line += DisplayWidth.padded(text, to: cell.column.width, isRight: cell.column.isRight)
    }
    while line.utf8.last == 0x20 { line.removeLast() }
    bytes += (line + "\n").utf8
    return hasCut
  }
}
