internal import Journals
internal import Values

/// A step of a runbook or a line at the prompt, and how long it took.
struct RecordedStep {
  enum Outcome {
    case ok, failed, skipped
    /// It never ended, as far as anything is recorded.
    case open
    /// A line at the prompt ends with the next one.
    case typed
  }

  let start: JournalRecord
  private(set) var end: JournalRecord
  private(set) var outcome: Outcome

  var number: Int64? { start["number"]?.intValue }
  var typed: String? { start["typed"]?.stringValue }
  var title: String { typed ?? start["title"]?.stringValue ?? "step" }

  /// What did not go well, or why it was left out.
  var reason: String? { (end["failure"] ?? end["reason"])?.stringValue }

  var took: TimeSpan? {
    guard outcome != .skipped, end.monotonic >= start.monotonic else { return nil }
    return TimeSpan(microseconds: end.monotonic - start.monotonic)
  }

  var words: (text: String, tone: TranscriptEvent.Tone) {
    switch outcome {
    case .ok: ("ok", .good)
    case .failed: ("failed", .bad)
    case .skipped: ("skipped", .faint)
    case .open: ("did not end", .doubtful)
    case .typed: ("typed", .plain)
    }
  }

  static func all(of transcript: Transcript) -> [RecordedStep] {
    var steps: [RecordedStep] = []
    var open: Int?
    for record in transcript.records {
      switch record.kind {
      case .stepStarted:
        open = steps.count
        let outcome: Outcome = record["typed"] == nil ? .open : .typed
        steps.append(RecordedStep(start: record, end: record, outcome: outcome))
      case .stepFinished:
        guard let index = open else { continue }
        steps[index].end = record
        steps[index].outcome = record["outcome"]?.stringValue == "ok" ? .ok : .failed
        open = nil
      case .skipped: steps.append(RecordedStep(start: record, end: record, outcome: .skipped))
      case .runFinished, .runPaused: open = nil
      default: if let index = open { steps[index].end = record }
      }
    }
    return steps
  }
}
