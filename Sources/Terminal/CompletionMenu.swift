internal import Sinks

/// What stands below the line when several things could go on there.
struct CompletionMenu {
  let candidates: [LineEditor.Candidate]

  /// What all candidates begin with.
  var commonPrefix: String {
    guard var prefix = candidates.first?.text else { return "" }
    for candidate in candidates.dropFirst() {
      while !candidate.text.hasPrefix(prefix) { prefix.removeLast() }
    }
    return prefix
  }

  /// The lines, none wider than the terminal and no more than half of it high.
  func lines(columns: Int, rows: Int) -> [StyledText] {
    let most = max(4, rows / 2)
    let shown = candidates.prefix(candidates.count > most ? most - 1 : most)
    let texts = shown.map { Harmless.text($0.text) }
    let width = min(texts.map { DisplayWidth.of($0) }.max() ?? 0, columns / 2)
    var lines = zip(texts, shown).map { text, candidate in
      var line = StyledText("  ")
      let name = DisplayWidth.shortened(text, to: width)
      line.append(DisplayWidth.padded(name, to: width))
      let room = columns - width - 5
      if room > 8, !candidate.summary.isEmpty {
        let summary = Harmless.text(candidate.summary)
        line.append("  " + DisplayWidth.shortened(summary, to: room), .faint)
      }
      return line
    }
    if shown.count < candidates.count {
      lines.append(StyledText("  and \(candidates.count - shown.count) more", .faint))
    }
    return lines
  }
}
