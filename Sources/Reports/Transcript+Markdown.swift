internal import Formats
internal import Journals
internal import Values

extension Transcript {
  /// The transcript as Markdown in which everything that was said or answered is only text.
  package var markdown: String {
    var text = "# Run \(Markdown.escaped(runID))\n\n"
    text += "| | |\n| --- | --- |\n"
    for fact in facts {
      text += "| \(Markdown.escaped(fact.name)) | \(Markdown.escaped(fact.value)) |\n"
    }
    text += "\nTimes are UTC; the hash over all records is the head.\n"
    for source in shownSources {
      text += "\n## What was run: \(Markdown.escaped(source.name))\n\n"
      text += "sha256 \(Markdown.escaped(source.sha256))\n\n"
      text +=
        source.text.map { Markdown.codeBlock($0, language: "opsh") }
        ?? "The text is not in the run's folder any more.\n"
    }
    text += "\n## What happened\n"
    for event in events { text += Self.markdown(event) }
    return text
  }

  private static func markdown(_ event: TranscriptEvent) -> String {
    var text = event.tone == .heading ? "\n### " : "\n"
    text += "\(EventText.seconds(event.record.at)) "
    let words = Markdown.escaped(event.words)
    switch event.tone {
    case .bad, .doubtful: text += "**\(words)**"
    case .heading, .plain, .faint, .good: text += words
    }
    if let took = event.took { text += " (took \(took.roundedText))" }
    text += "\n"
    if let detail = event.detail { text += "\n" + Markdown.codeBlock(detail) }
    return text
  }
}
