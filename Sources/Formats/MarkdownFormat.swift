internal import Sinks
internal import Values

/// A table of GitHub's Markdown; a record by itself is a table of its fields.
struct MarkdownFormat: RowEncoder {
  private let isSingle: Bool
  private let registry: SecretRegistry
  private var columns: ColumnNames

  init(isSingle: Bool, columns: [String]?, _ layout: Layout) {
    self.isSingle = isSingle
    registry = layout.registry
    self.columns = ColumnNames(known: columns)
  }

  mutating func add(_ row: Value, to bytes: inout [UInt8]) throws(Failure) {
    guard isSingle else {
      write(try columns.add(Row(row).record), to: &bytes)
      return
    }
    guard case .fields(let record) = Row(row) else {
      bytes += (cell(row) + "\n").utf8
      return
    }
    appendLine(["field", "value"], to: &bytes)
    appendLine(["---", "---"], to: &bytes)
    for (name, value) in zip(record.names, record.cells) {
      appendLine([cell(.text(name)), cell(value)], to: &bytes)
    }
  }

  mutating func finish(to bytes: inout [UInt8]) throws(Failure) {
    if !isSingle { write(try columns.settle(), to: &bytes) }
  }

  mutating func abandon(to bytes: inout [UInt8]) {
    if !isSingle, let rest = try? columns.settle() { write(rest, to: &bytes) }
  }

  private func write(_ piece: (header: [String]?, rows: [[Value?]]), to bytes: inout [UInt8]) {
    if let header = piece.header {
      appendLine(header.map { cell(.text($0)) }, to: &bytes)
      appendLine(
        header.indices.map { isMeasure(column: $0, in: piece.rows) ? "---:" : "---" },
        to: &bytes
      )
    }
    for row in piece.rows { appendLine(row.map { $0.map(cell) ?? "" }, to: &bytes) }
  }

  private func isMeasure(column: Int, in rows: [[Value?]]) -> Bool {
    var hasMeasure = false
    for case let value? in rows.map({ $0[column] }) {
      if case .nothing = value { continue }
      guard value.isMeasure else { return false }
      hasMeasure = true
    }
    return hasMeasure
  }

  private func cell(_ value: Value) -> String {
    if case .text(let text) = value {
      return Markdown.escaped(Redactor.redact(text, registry: registry))
    }
    return Markdown.escaped(value.cellText(masking: registry))
  }

  private func appendLine(_ cells: [String], to bytes: inout [UInt8]) {
    bytes += ("| " + cells.joined(separator: " | ") + " |\n").utf8
  }
}

/// Markdown in which foreign text is only text.
package enum Markdown {
  /// The text as one line of Markdown: what has a meaning there is escaped, line ends are breaks.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in Harmless.text(text, passing: .newlines).unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\n": escaped += "<br>"
      case "\\", "|", "`", "*", "_", "[", "]", "~", "#", "!", "$":
        escaped.unicodeScalars.append("\\")
        escaped.unicodeScalars.append(scalar)
      // A name behind it would be told: GitHub looks for mentions in what the Markdown became, so
      // that only a character without width between the two helps.
      case "@": escaped += "&#64;&#8288;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The text as a block of code that nothing in it can end.
  package static func codeBlock(_ text: String, language: String = "") -> String {
    let clean = Harmless.text(text, passing: [.newlines, .tabs])
    var longest = 0
    var run = 0
    for byte in clean.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return fence + language + "\n" + clean + (clean.hasSuffix("\n") ? "" : "\n") + fence + "\n"
  }
}
