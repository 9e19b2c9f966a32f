internal import Journals
internal import Values

/// One record in words.
struct TranscriptEvent {
  enum Tone {
    case heading, plain, faint, good, bad, doubtful
  }

  let record: JournalRecord
  /// One line, without a full stop.
  let words: String
  /// Lines as they were: what was typed, asked, sent or shown.
  let detail: String?
  let tone: Tone
  /// What this record ends took so long.
  let took: TimeSpan?
  /// From the run's first record.
  let offset: TimeSpan?

  init(_ record: JournalRecord, after beginning: JournalRecord?, sinceStart start: JournalRecord?) {
    let text = EventText(record)
    self.record = record
    words = text.words
    detail = text.detail
    tone = text.tone
    took = beginning.flatMap { Self.span(from: $0, to: record) }
    offset = start.flatMap { Self.span(from: $0, to: record) }
  }

  /// What ties the end of something to its beginning; nothing for what has no length.
  static func pairKey(of record: JournalRecord) -> (name: String, isBeginning: Bool)? {
    let path = record["path"]?.stringValue ?? ""
    return switch record.kind {
    case .intent: ("effect " + path, true)
    case .outcome: ("effect " + path, false)
    case .stepStarted: ("step " + (record["title"]?.stringValue ?? ""), true)
    case .stepFinished: ("step " + (record["title"]?.stringValue ?? ""), false)
    default: nil
    }
  }

  /// A monotonic clock that went back is another process's.
  private static func span(from start: JournalRecord, to end: JournalRecord) -> TimeSpan? {
    let span = end.monotonic - start.monotonic
    return span >= 0 ? TimeSpan(microseconds: span) : nil
  }
}
