internal import Journals
package import Values

/// The draft of a post-mortem, in the order that people know from the SRE books.
///
/// What the record tells is filled in; what only a person can write is left open and marked.
package struct PostMortem: Sendable {
  let story: IncidentStory

  package init(_ story: IncidentStory) {
    self.story = story
  }

  /// The draft in a format that `--as` names.
  ///
  /// - Throws: `usage` for a format that there is not.
  package func text(as format: String) throws(Failure) -> String {
    switch format {
    case "markdown": return markdown
    case "html": return try html()
    case "json": return json.text + "\n"
    default:
      throw Failure(
        .usage,
        "there is no post-mortem as '\(format)'",
        advice: ["the formats are markdown, html and json"]
      )
    }
  }

  /// What is left to a person, by its section.
  enum Open {
    static let summary =
      "what happened, for somebody who was not there, in three sentences: what broke, who noticed it,"
      + " what ended it"
    static let impact = "whom it hit, what they could not do, and what it cost"
    static let cause = "the chain of causes: why it could break, and why it was let through"
    static let well = "what should stay as it is"
    static let wrong = "what made it worse or longer, without blame"
    static let lucky = "what could have gone much worse, and did not by chance"
    static let actions = "one line each, with somebody's name"
  }
}

extension PostMortem {
  var title: String {
    story.incident?.title ?? story.transcripts.first.map { "\($0.title), run \($0.runID)" } ?? "Run"
  }

  var measurements: RecordedMeasurements {
    var measurements = RecordedMeasurements()
    for transcript in story.transcripts { measurements.add(transcript.records) }
    return measurements
  }

  /// What the whole is told over: some time before it too, since that shows what is usual.
  var range: ClosedRange<Int64> { Story.range(of: story.transcripts, measurements) }

  var impacts: [Impact] {
    let (measurements, range) = (measurements, range)
    return measurements.environments.compactMap { measurements.impact(on: $0, in: range) }
  }

  /// When somebody knew: it was opened, or the first run began.
  var detected: Time? {
    let first = story.transcripts.compactMap { $0.records.first?.at }.min()
    return [story.incident?.openedAt, first].compactMap(\.self).min()
  }

  var facts: [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = []
    if let incident = story.incident {
      facts.append(("incident", incident.id))
      if let severity = incident.severity { facts.append(("severity", String(severity))) }
      facts.append(("status", incident.status))
      facts.append(("commander", incident.commander))
      if let opened = incident.openedAt { facts.append(("opened", PageText.moment(opened))) }
      if let closed = incident.closed?.at {
        let took = incident.openedAt.map { ", after \(Self.span($0, closed))" } ?? ""
        facts.append(("closed", PageText.moment(closed) + took))
      }
    }
    facts.append(("people", story.people.joined(separator: ", ")))
    for transcript in story.transcripts {
      facts.append(("run", "\(transcript.runID), \(transcript.title), \(transcript.state)"))
    }
    for id in story.broken { facts.append(("run", "\(id) does not verify and is left out")) }
    return facts
  }

  /// What the record alone can say.
  var summary: String {
    let actions = story.actions
    let targets = Set(actions.compactMap(\.environment)).sorted()
    let changes = actions.count == 1 ? "1 change" : "\(actions.count) changes"
    let runs = story.transcripts.count == 1 ? "1 run" : "\(story.transcripts.count) runs"
    var text = "In \(runs) by \(story.people.joined(separator: " and ")), \(changes) were made"
    if !targets.isEmpty { text += " to \(targets.joined(separator: " and "))" }
    if actions.count == 1 { text = text.replacing("were made", with: "was made") }
    return text + "."
  }

  // MARK: - Detection and recovery

  /// Names, moments, and how long after the first.
  var milestones: [(name: String, at: Time?, note: String)] {
    let began = impacts.compactMap { impact in impact.onset.map { (at: $0, impact: impact) } }
    let worst = began.min { $0.at < $1.at }
    let onset = worst?.at
    let first = story.actions.first?.intent.at
    let recovery = worst?.impact.recovery
    var rows: [(name: String, at: Time?, note: String)] = []
    rows.append(("it began", onset, onset == nil ? "not in what was measured" : ""))
    rows.append(("somebody knew", detected, Self.after(onset, detected)))
    rows.append(("the first change", first, Self.after(onset ?? detected, first)))
    let open = onset == nil ? "not in what was measured" : "not by the last measurement"
    rows.append(
      ("it was well again", recovery, recovery == nil ? open : Self.after(onset, recovery))
    )
    return rows
  }

  private static func after(_ start: Time?, _ end: Time?) -> String {
    guard let start, let end else { return "" }
    return end < start ? "\(span(end, start)) before" : "\(span(start, end)) later"
  }

  static func span(_ start: Time, _ end: Time) -> String {
    TimeSpan(microseconds: end.microseconds - start.microseconds).roundedText
  }

  // MARK: - What the record says of how it went

  var wentWell: [String] {
    var lines: [String] = []
    let actions = story.actions
    let good = actions.filter { $0.end?["outcome"]?.stringValue == "ok" }.count
    if good > 0 { lines.append("\(good) of \(actions.count) changes ended ok") }
    for impact in impacts {
      guard let recovery = impact.recovery,
        let last = actions.last(where: {
          $0.environment == impact.environment && $0.intent.at < recovery
        })
      else { continue }
      lines.append(
        "\(impact.environment) was well again \(Self.span(last.intent.at, recovery)) after"
          + " '\(last.summary)' was begun"
      )
    }
    return lines
  }

  var wentWrong: [String] {
    var lines: [String] = []
    for action in story.actions {
      let outcome = action.outcome
      guard outcome.tone == .bad else { continue }
      let evidence = action.evidence.map { ": " + $0 } ?? ""
      lines.append("'\(action.summary)' \(outcome.words)\(evidence)")
    }
    for transcript in story.transcripts {
      for event in transcript.events where event.tone == .bad {
        switch event.record.kind {
        case .checked, .stepFinished, .promptAnswered, .lockLost, .targetAttested:
          lines.append("\(PageText.clock(event.record.at)) \(event.words)")
        default: continue
        }
      }
    }
    return lines
  }

  var wasLucky: [String] {
    story.actions.filter { $0.end?["outcome"]?.stringValue == "unknown" }.map { action in
      "whether '\(action.summary)' was done was not known: \(action.outcome.words)"
    }
  }

  /// What the record shows to be unfinished.
  var unfinished: [String] {
    var lines: [String] = []
    if story.incident?.isOpen == true { lines.append("the incident is still open") }
    for transcript in story.transcripts
    where ["open", "in doubt", "running"].contains(transcript.state) {
      lines.append("run \(transcript.runID) is \(transcript.state)")
    }
    for action in story.actions where action.outcome.words == "unknown" {
      lines.append("find out whether '\(action.summary)' was done")
    }
    for impact in impacts where impact.onset != nil && impact.recovery == nil {
      lines.append("\(impact.environment) was still worse than usual when somebody looked last")
    }
    return lines
  }
}
