internal import Values

/// The header of formats that have one: the names of the first rows, in the order of their coming.
///
/// A row that comes later and has a field the header has not is an error: dropping it would be a
/// lie, and the header is written already.
struct ColumnNames {
  /// How many rows are looked at before the header is written.
  private static let sampleSize = 1000

  private(set) var names: [String]
  private var sample: [Record] = []
  private var isFixed: Bool
  private var rowsSeen = 0
  /// The shape of the last row, which rows of one origin share.
  private var lastShape: RecordShape?

  init(known: [String]?) {
    names = known ?? []
    isFixed = known != nil
  }

  /// What to write now that a row has come: a header where it is time for it, and rows.
  mutating func add(_ record: Record) throws(Failure) -> (header: [String]?, rows: [[Value?]]) {
    rowsSeen += 1
    guard sample.isEmpty, isFixed, rowsSeen > 1 else {
      sample.append(record)
      if !isFixed { collect(record) }
      return isFixed || sample.count >= Self.sampleSize ? try settle() : (nil, [])
    }
    return (nil, [try cells(of: record)])
  }

  /// The header and rows that were not written yet.
  mutating func settle() throws(Failure) -> (header: [String]?, rows: [[Value?]]) {
    let isFirst = rowsSeen == sample.count
    let waiting = sample
    sample = []
    isFixed = true
    var rows: [[Value?]] = []
    for record in waiting { rows.append(try cells(of: record)) }
    return (isFirst && !names.isEmpty ? names : nil, rows)
  }

  private mutating func collect(_ record: Record) {
    if record.names == names { return }
    for name in record.names where !names.contains(name) { names.append(name) }
  }

  private mutating func cells(of record: Record) throws(Failure) -> [Value?] {
    if record.shape === lastShape { return record.cells }
    if record.names == names {
      lastShape = record.shape
      return record.cells
    }
    if let stray = record.names.first(where: { !names.contains($0) }) {
      throw Failure(
        .value,
        "row \(rowsSeen) has a field '\(stray)' that the header does not have",
        advice: ["name the fields with 'select', or write 'as ndjson'"]
      )
    }
    return names.map { record[$0] }
  }
}
