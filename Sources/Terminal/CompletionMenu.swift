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
  ///
  /// Those that have no line of their own stand below by their names: what somebody looks for must
  /// not be hidden because it is last.
  func lines(columns: Int, rows: Int) -> [StyledText] {
    let most = max(4, rows / 2)
    guard candidates.count > most else { return described(candidates[...], columns) }
    let shown = candidates.prefix(most * 2 / 3)
    return described(shown, columns)
      + named(candidates.dropFirst(shown.count), columns, atMost: most - shown.count)
  }

  private func described(
    _ shown: ArraySlice<LineEditor.Candidate>,
    _ columns: Int
  ) -> [StyledText] {
    let texts = shown.map { Harmless.text($0.text) }
    let width = min(texts.map { DisplayWidth.of($0) }.max() ?? 0, columns / 2)
    return zip(texts, shown).map { text, candidate in
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
  }

  /// As many names as fit into the lines, and how many did not.
  private func named(
    _ rest: ArraySlice<LineEditor.Candidate>,
    _ columns: Int,
    atMost most: Int
  ) -> [StyledText] {
    var lines = [""]
    var left = rest
    while let candidate = left.first {
      let word = "  " + Harmless.text(candidate.text)
      let isLast = lines.count == most
      let room = columns - 1 - (isLast ? DisplayWidth.of("  and 9999 more") : 0)
      if DisplayWidth.of(lines[lines.count - 1] + word) <= room {
        lines[lines.count - 1] += word
      } else if !isLast {
        lines.append(DisplayWidth.shortened(word, to: room))
      } else {
        break
      }
      left.removeFirst()
    }
    if !left.isEmpty { lines[lines.count - 1] += "  and \(left.count) more" }
    return lines.map { StyledText($0, .faint) }
  }
}
