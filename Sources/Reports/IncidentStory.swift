package import Journals
package import Values

/// An incident with all the runs and sessions that belong to it, whoever ran them.
package struct IncidentStory: Sendable {
  /// A line of its timeline.
  package struct Moment: Sendable {
    package let at: Time
    package let who: String
    /// Nothing for what was said of the incident itself, or measured.
    package let runID: String?
    package let words: String
  }

  /// Nothing where only a run is told.
  let incident: IncidentStore.Entry?
  /// In the order in which they began.
  let transcripts: [Transcript]
  /// Runs of it whose record is not what was written.
  let broken: [String]

  /// Gathers the runs that name the incident in their first record, or that it names.
  package init(of entry: IncidentStore.Entry, in store: RunStore) throws(JournalError) {
    incident = entry
    var transcripts: [Transcript] = []
    var broken: [String] = []
    for run in try store.list() {
      let isNamed = entry.runIDs.contains(run.id)
      guard isNamed || run.records.first?["incident"]?.stringValue == entry.id else { continue }
      guard !run.records.isEmpty else {
        broken.append(run.id)
        continue
      }
      transcripts.append(try Transcript(of: run.id, in: store))
    }
    self.transcripts = transcripts.sorted(by: Self.isEarlier)
    self.broken = broken
  }

  /// Tells one run alone.
  package init(ofRun id: String, in store: RunStore) throws(JournalError) {
    self.init(incident: nil, transcripts: [try Transcript(of: id, in: store)])
  }

  package init(incident: IncidentStore.Entry?, transcripts: [Transcript]) {
    self.incident = incident
    self.transcripts = transcripts.sorted(by: Self.isEarlier)
    broken = []
  }

  private static func isEarlier(_ left: Transcript, _ right: Transcript) -> Bool {
    guard let first = left.records.first, let second = right.records.first else {
      return right.records.isEmpty
    }
    return (first.at, left.runID) < (second.at, right.runID)
  }

  /// Every change, numbered in the order in which they were begun.
  var actions: [RecordedAction] {
    transcripts.flatMap { RecordedAction.all(of: $0) }
      .sorted { ($0.intent.at, $0.number) < ($1.intent.at, $1.number) }
      .filter { !$0.isOwnRecord }
      .enumerated().map { index, action in
        var action = action
        action.number = index + 1
        return action
      }
  }

  /// Who had a hand in it, in the order in which they came.
  var people: [String] {
    var people: [String] = []
    let records = (incident?.records ?? []) + transcripts.compactMap(\.created)
    for record in records.sorted(by: { $0.at < $1.at }) {
      guard let name = record["operator"]?.stringValue, !people.contains(name) else { continue }
      people.append(name)
    }
    return people
  }

  // MARK: - The timeline

  /// What people said, typed, decided and did, in order of time; not what was merely looked at.
  package var moments: [Moment] {
    var moments: [Moment] = []
    for record in incident?.records ?? [] {
      moments.append(
        Moment(
          at: record.at,
          who: record["operator"]?.stringValue ?? "",
          runID: nil,
          words: EventText(record).words
        )
      )
    }
    for transcript in transcripts { moments += Self.moments(of: transcript) }
    // Sorting keeps the order of what has the same time only if that is part of it.
    return moments.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  private static func moments(of transcript: Transcript) -> [Moment] {
    let who = transcript.created?["operator"]?.stringValue ?? ""
    var actions: [Int: RecordedAction] = [:]
    for action in RecordedAction.all(of: transcript) { actions[action.intent.sequence] = action }
    var question: String?
    return transcript.events.compactMap { event in
      let record = event.record
      if record.kind == .promptShown { question = lastLine(event.detail) }
      let action = actions[record.sequence]
      // The incident's own record tells it already.
      guard action?.isOwnRecord != true,
        let words = words(of: event, action, question, transcript)
      else { return nil }
      return Moment(at: record.at, who: who, runID: transcript.runID, words: words)
    }
  }

  private static func words(
    of event: TranscriptEvent,
    _ action: RecordedAction?,
    _ question: String?,
    _ transcript: Transcript
  ) -> String? {
    let record = event.record
    switch record.kind {
    case .runCreated:
      let reason = record["reason"]?.stringValue.map { ": " + $0 } ?? ""
      return "began \(transcript.commandLine ?? transcript.title)\(reason)"
    case .intent:
      guard let action else { return nil }
      let took = action.took.map { " after \($0.roundedText)" } ?? ""
      return "\(action.summary): \(action.outcome.words)\(took)"
    case .stepStarted: return event.detail.map { "typed \($0)" } ?? event.words
    case .promptAnswered: return (question.map { "'\($0)': " } ?? "") + event.words
    case .note, .undone, .decision, .runPaused, .runFinished, .clockJump, .journalRecovered:
      return event.words
    case .checked, .stepFinished, .targetAttested, .lockLost:
      return event.tone == .bad ? event.words : nil
    default: return nil
    }
  }

  private static func lastLine(_ text: String?) -> String? {
    text?.split(separator: "\n").last.map { line in
      String(line.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == ":" }.reversed())
    }
  }
}
