internal import Journals
internal import Values

/// One change of the world, from its intent to what became of it.
struct RecordedAction {
  let runID: String
  let intent: JournalRecord
  /// Counts from 1 over everything that is told together.
  var number: Int
  /// Nothing while, or if ever, no end of it was recorded.
  private(set) var end: JournalRecord?
  /// What was found out later of one whose outcome was not known.
  private(set) var finding: String?

  init(runID: String, intent: JournalRecord, number: Int) {
    self.runID = runID
    self.intent = intent
    self.number = number
  }

  var summary: String { intent["summary"]?.stringValue ?? "something" }

  /// The environment that it changed; nothing for what belongs to none.
  var environment: String? { intent["plan"]?["target"]?["environment"]?.stringValue }

  /// It changed nothing but what opsh itself keeps of an incident.
  var isOwnRecord: Bool { intent["plan"]?["target"]?["kind"]?.stringValue == "incident" }

  /// What was sent or started.
  var calls: [String] { Self.texts(intent["calls"]) }

  /// What does the same by hand; secrets stand in it by name.
  var byHand: [String] { Self.texts(intent["by_hand"]) }

  var evidence: String? {
    guard let evidence = end?["evidence"], !evidence.isNull else { return nil }
    let text = EventText.plain(evidence)
    return text.isEmpty ? nil : text
  }

  var took: TimeSpan? {
    guard let end, end.monotonic >= intent.monotonic else { return nil }
    return TimeSpan(microseconds: end.monotonic - intent.monotonic)
  }

  /// In one word and whatever was found out afterwards.
  var outcome: (words: String, tone: TranscriptEvent.Tone) {
    let word = end?["outcome"]?.stringValue ?? "unknown"
    if word == "unknown", let finding {
      return ("unknown at first, then found \(finding)", finding == "done" ? .good : .doubtful)
    }
    return (word, word == "ok" ? .good : word == "unknown" ? .doubtful : .bad)
  }

  private static func texts(_ json: JSON?) -> [String] {
    (json?.arrayValue ?? []).map(EventText.plain)
  }

  /// All of a run, in order.
  static func all(of transcript: Transcript, from first: Int = 1) -> [RecordedAction] {
    var actions: [RecordedAction] = []
    // A resumed run may begin the same effect again at its place.
    var places: [String: Int] = [:]
    for record in transcript.records {
      let path = record["path"]?.stringValue ?? ""
      switch record.kind {
      case .intent:
        places[path] = actions.count
        actions.append(
          RecordedAction(
            runID: transcript.runID,
            intent: record,
            number: first + actions.count
          )
        )
      case .outcome: if let index = places[path] { actions[index].end = record }
      case .probe:
        if let index = places[path] { actions[index].finding = record["answer"]?.stringValue }
      case .undone: if let index = places[path] { actions[index].finding = "undone" }
      default: continue
      }
    }
    return actions
  }
}
