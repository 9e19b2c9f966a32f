internal import Journals
package import Sinks
internal import Values

extension Transcript {
  /// The transcript for a terminal, a text a line.
  package var lines: [StyledText] {
    let width = (facts.map(\.name.count).max() ?? 0) + 2
    var lines = facts.map { fact in
      let name = fact.name + String(repeating: " ", count: width - fact.name.count)
      return StyledText(name, .faint) + StyledText(fact.value)
    }
    for source in shownSources {
      lines.append(StyledText())
      lines.append(StyledText(source.name, .bold))
      lines += Self.indented(source.text ?? "the text is not in the run's folder any more")
    }
    lines.append(StyledText())
    for event in events { lines += Self.lines(event) }
    return lines
  }

  private static func lines(_ event: TranscriptEvent) -> [StyledText] {
    var line = StyledText(EventText.seconds(event.record.at) + "  ", .faint)
    line.append(event.words, event.tone.style)
    if let took = event.took { line.append("  took \(took.roundedText)", .faint) }
    return [line] + (event.detail.map(indented) ?? [])
  }

  private static func indented(_ text: String) -> [StyledText] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { StyledText("    " + $0) }
  }
}

extension TranscriptEvent.Tone {
  var style: Style {
    switch self {
    case .heading: .bold
    case .plain: .plain
    case .faint: .faint
    case .good: .green
    case .bad: .red
    case .doubtful: .yellow
    }
  }
}
