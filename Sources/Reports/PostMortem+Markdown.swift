internal import Formats
internal import Journals
internal import Values

extension PostMortem {
  /// The draft as Markdown in which all that was said or answered is only text.
  var markdown: String {
    var text = "# Post-mortem: \(Markdown.escaped(title))\n\n| | |\n| --- | --- |\n"
    for fact in facts { text += "| \(fact.name) | \(Markdown.escaped(fact.value)) |\n" }
    text +=
      "\nA draft that opsh made from the record. Every time is UTC. What stands behind ✍ only a"
    text += " person can write.\n"
    text += section("Summary", [Markdown.escaped(summary)], Open.summary)
    text += section("Impact", bullets(impacts.flatMap(\.lines)), Open.impact)
    text += section("Root causes", [], Open.cause)
    text += "\n## Timeline\n\n| UTC | who | what |\n| --- | --- | --- |\n"
    var day = ""
    for moment in story.moments {
      let today = PageText.day(moment.at)
      let time = today == day ? PageText.clock(moment.at) : PageText.moment(moment.at)
      day = today
      text += "| \(time) | \(Markdown.escaped(moment.who)) | \(Markdown.escaped(moment.words)) |\n"
    }
    text += "\n## Detection and recovery\n\n| | UTC | |\n| --- | --- | --- |\n"
    for row in milestones {
      text += "| \(row.name) | \(row.at.map(PageText.moment) ?? "–") | \(row.note) |\n"
    }
    text += "\n## What was done\n"
    if story.actions.isEmpty { text += "\nNothing was changed.\n" }
    for action in story.actions { text += Self.markdown(action) }
    text += section("What went well", bullets(wentWell), Open.well)
    text += section("What went wrong", bullets(wentWrong), Open.wrong)
    text += section("Where we got lucky", bullets(wasLucky), Open.lucky)
    text += section("Action items", bullets(unfinished), Open.actions)
    text +=
      "\n| what | prevents, detects or mitigates | who | by when |\n| --- | --- | --- | --- |\n"
    text += "| ✍ | | | |\n"
    return text + evidence
  }

  private func section(_ name: String, _ lines: [String], _ open: String) -> String {
    let facts = lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n\n"
    return "\n## \(name)\n\n\(facts)> ✍ **To be written:** \(open)\n"
  }

  private func bullets(_ lines: [String]) -> [String] {
    lines.map { "- " + Markdown.escaped($0) }
  }

  private static func markdown(_ action: RecordedAction) -> String {
    var text = "\n### \(action.number). \(Markdown.escaped(action.summary))\n\n"
    text += PageText.moment(action.intent.at)
    if let took = action.took { text += ", took \(took.roundedText)" }
    text += ", run \(Markdown.escaped(action.runID)): **\(Markdown.escaped(action.outcome.words))**"
    if let evidence = action.evidence { text += ", \(Markdown.escaped(evidence))" }
    text += "\n"
    let commands = action.byHand.isEmpty ? action.calls : action.byHand
    guard !commands.isEmpty else { return text }
    return text + "\n" + Markdown.codeBlock(commands.joined(separator: "\n"), language: "sh")
  }

  private var evidence: String {
    let lines = story.transcripts.map(\.verifyLine).joined(separator: "\n")
    return "\n## Evidence\n\nThat the records are what was written is seen with:\n\n"
      + Markdown.codeBlock(lines, language: "sh")
  }
}
