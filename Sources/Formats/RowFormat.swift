package import Sinks
package import Values

/// How values become text: rows one by one, without holding more of them than a page.
package enum RowFormat: String, CaseIterable, Sendable {
  /// Columns for people.
  case table
  /// One JSON array, or one JSON value for what is no list.
  case json
  /// One JSON value a line.
  case ndjson
  /// RFC 4180 with line feeds, as `psql --csv` writes it.
  case csv
  /// Fields separated by tabs; tabs, line ends and backslashes in them are escaped.
  case tsv
  /// A table of GitHub's Markdown.
  case markdown
  /// Into a pipe, where nothing was said: a scalar is a line, everything else a line of JSON.
  case lines

  /// The names that `as` and `--output` take.
  package static var names: [String] {
    allCases.filter { $0 != .lines }.map(\.rawValue)
  }

  /// The format that `as NAME` and `--output NAME` mean.
  ///
  /// - Throws: `usage` for what this version does not have.
  package static func named(_ name: String) throws(Failure) -> RowFormat {
    if name == "yaml" { throw Failure(.usage, "'as yaml' is not in this version") }
    guard let format = RowFormat(rawValue: name), format != .lines else {
      throw Failure(
        .usage,
        "there is no format '\(name)'",
        advice: ["the formats are \(names.joined(separator: ", "))"]
      )
    }
    return format
  }

  /// The format of what is shown where none was asked for.
  package static func standard(isTerminal: Bool) -> RowFormat {
    isTerminal ? .table : .lines
  }

  /// Writes a value, streams row by row; the stream is cancelled if writing fails.
  ///
  /// `write` takes the bytes in chunks and in order; they still have to go through a sink. If the
  /// rows fail half way, what came before is written first, and a JSON array stays open.
  package func write(
    _ value: Value,
    for layout: Layout = Layout(),
    to write: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    if self == .csv, case .stream(let stream) = value, try stream.writeCSV(to: write) { return }
    var rows = RowSource(value)
    var output = ChunkedOutput(isEager: layout.isTerminal)
    var encoder = encoder(isSingle: rows.isSingle, columns: rows.columnNames, layout)
    do throws(Failure) {
      while let row = try rows.next() {
        try encoder.add(row, to: &output.bytes)
        if output.isDue {
          try write(output.bytes)
          output.clear()
        }
      }
    } catch {
      rows.cancel()
      encoder.abandon(to: &output.bytes)
      if !output.bytes.isEmpty { try? write(output.bytes) }
      throw error
    }
    try encoder.finish(to: &output.bytes)
    if !output.bytes.isEmpty { try write(output.bytes) }
  }

  /// The whole text, as `as NAME` gives it; JSON comes without a line end.
  package func text(of value: Value, for layout: Layout = Layout()) throws(Failure) -> String {
    var bytes: [UInt8] = []
    try write(value, for: layout) { bytes += $0 }
    if self == .json, bytes.last == 0x0A { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func encoder(isSingle: Bool, columns: [String]?, _ layout: Layout) -> any RowEncoder {
    switch self {
    case .table: isSingle ? SingleFormat(layout) : TableFormat(layout, columns: columns)
    case .json: JSONFormat(isSingle: isSingle)
    case .ndjson: NDJSONFormat()
    case .csv: CSVFormat(columns: columns)
    case .tsv: TSVFormat(columns: columns)
    case .markdown: MarkdownFormat(isSingle: isSingle, columns: columns, layout)
    case .lines: LinesFormat(isSingle: isSingle)
    }
  }
}

/// What rows are laid out for.
package struct Layout: Sendable {
  /// In columns of the terminal; nothing is cut off where it is not known.
  package var width: Int?
  /// Says that a person reads it: then, and only then, what is too wide is shortened.
  package var isTerminal: Bool
  /// What is masked before anything is escaped or shortened, so that no half of a secret is left.
  package var registry: SecretRegistry

  package init(
    width: Int? = nil,
    isTerminal: Bool = false,
    registry: SecretRegistry = SecretRegistry()
  ) {
    self.width = width
    self.isTerminal = isTerminal
    self.registry = registry
  }
}
