extension Diagnostic {
  /// Shows the diagnostic as people read it: place, message, the line with a caret, notes, fix.
  ///
  /// ```
  /// rollback.opsh:14:19: error: deployment has no member 'stat'
  ///    14 |   expect env.live.stat is "ready"
  ///       |                   ^~~~ did you mean 'state'?
  /// ```
  /// The text is not yet harmless: it goes through a sink before it reaches a terminal.
  package func rendered(in source: SourceText) -> String {
    var lines = [place(of: span, in: source) + ": \(severity.rawValue): \(message)"]
    lines += excerpt(of: span, in: source, remark: fixIts.first?.message)
    for note in notes {
      lines.append(place(of: note.span, in: source) + ": note: \(note.message)")
      lines += excerpt(of: note.span, in: source, remark: nil)
    }
    return lines.joined(separator: "\n")
  }

  private func place(of span: SourceSpan, in source: SourceText) -> String {
    let (line, column) = source.position(of: span.start)
    return "\(source.name):\(line):\(column)"
  }

  private func excerpt(of span: SourceSpan, in source: SourceText, remark: String?) -> [String] {
    let (number, column) = source.position(of: span.start)
    let line = source.line(number)
    // A line that no screen holds would bury the message.
    guard line.count <= 400 else { return remark.map { ["       " + $0] } ?? [] }
    let text = String(decoding: line, as: UTF8.self)
    let label = String(number)
    let gutter = String(repeating: " ", count: max(0, 5 - label.count)) + label
    var width = 1
    let end = source.position(of: max(span.start, span.end))
    if end.line == number {
      width = max(1, end.column - column)
    } else {
      width = max(1, text.unicodeScalars.count - column + 1)
    }
    let lead = text.unicodeScalars.prefix(column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
    let marks = "^" + String(repeating: "~", count: width - 1)
    return [
      "\(gutter) | \(text)",
      "      | \(lead)\(marks)" + (remark.map { " " + $0 } ?? ""),
    ]
  }
}
