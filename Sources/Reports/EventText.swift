internal import Journals
internal import Values

/// What a record says, in words for people.
struct EventText {
  private(set) var words = ""
  private(set) var detail: String?
  private(set) var tone = TranscriptEvent.Tone.plain
  private let record: JournalRecord

  init(_ record: JournalRecord) {
    self.record = record
    switch record.kind {
    case .runCreated, .runResumed, .runPaused, .runFinished, .finallyOwed, .clockJump,
      .journalRecovered:
      describeRun()
    case .stepStarted, .stepFinished, .skipped: describeStep()
    case .promptShown, .promptAnswered: describePrompt()
    case .targetAttested, .lockAcquired, .lockLost, .lockReleased: describeTarget()
    case .intent, .outcome, .probe, .verified, .undone, .decision: describeEffect()
    case .read, .bound, .checked, .output, .note, .chosen, .looped, .caught: describeReading()
    case .incidentOpened, .incidentUpdated, .incidentClosed: describeIncident()
    }
  }

  private func text(_ name: String) -> String { record[name].map(Self.plain) ?? "" }

  private mutating func describeRun() {
    tone = .faint
    switch record.kind {
    case .runCreated: words = "began"
    case .runResumed:
      words = "gone on with by \(text("operator"))"
      detail = record["reason"]?.stringValue
    case .runPaused:
      words = "put down, to be gone on with"
      detail = rest(without: [])
    case .finallyOwed: words = "its 'finally' is owed from here on"
    case .clockJump:
      let span = record["microseconds"]?.intValue.map { TimeSpan(microseconds: $0).roundedText }
      words = "the clock was set by \(span ?? "an unknown time")"
    case .journalRecovered:
      words = "the journal's torn end was put aside: \(text("bytes")) bytes in \(text("kept"))"
      tone = .doubtful
    default:
      let failure = record["failure"]?.stringValue
      words = "ended \(text("state")), exit \(text("exit"))" + (failure.map { ": " + $0 } ?? "")
      tone = failure == nil ? .good : .bad
    }
  }

  private mutating func describeStep() {
    let number = record["number"] == nil ? "" : " \(text("number"))"
    let name = "step\(number): \(text("title"))"
    switch record.kind {
    case .stepStarted:
      let typed = record["typed"]?.stringValue
      words = typed == nil ? name : "typed"
      detail = typed
      tone = .heading
    case .skipped:
      words = "\(name): skipped, \(text("reason"))"
      tone = .faint
    default:
      let failure = record["failure"]?.stringValue
      words = "\(name): \(text("outcome"))" + (failure.map { ", " + $0 } ?? "")
      tone = failure == nil ? .good : .bad
    }
  }

  private mutating func describePrompt() {
    guard record.kind == .promptAnswered else {
      words = "asked"
      detail = record["text"]?.stringValue
      return
    }
    let time = record["microseconds"]?.intValue.map { TimeSpan(microseconds: $0).roundedText }
    if let answer = record["answer"]?.stringValue {
      words = "answered '\(answer)'" + (time.map { " after \($0)" } ?? "")
    } else {
      words = "not answered" + (time.map { " in \($0)" } ?? "")
      tone = .bad
    }
  }

  private mutating func describeTarget() {
    let environment = record["environment"]?.stringValue ?? "the target"
    switch record.kind {
    case .lockAcquired: describeLock(environment)
    case .lockReleased: words = "gave the lock of \(environment) back"
    case .lockLost:
      words = "lost the lock of \(environment)"
      if let holder = record["to"].flatMap(Self.holder) { words += " to \(holder)" }
      detail = record["reason"]?.stringValue
      tone = .bad
    default:
      let actual = text("actual")
      guard let expected = record["expected"]?.stringValue else {
        words = "\(environment) is \(actual); nothing was expected of it"
        tone = .doubtful
        return
      }
      words =
        expected == actual
        ? "\(environment) is \(actual), as expected"
        : "\(environment) is \(actual), but \(expected) was expected"
      tone = expected == actual ? .plain : .bad
    }
  }

  private mutating func describeLock(_ environment: String) {
    words = "took the lock of \(environment)"
    if let reason = record["reason"]?.stringValue {
      words = "took \(environment) over"
      if let holder = record["taken_from"].flatMap(Self.holder) { words += " from \(holder)" }
      detail = reason
      tone = .doubtful
    }
    if let reason = record["without_control"]?.stringValue {
      words += " without the control database"
      detail = reason
      tone = .doubtful
    }
  }

  /// Who somebody is, as the record has it.
  private static func holder(_ json: JSON) -> String? {
    guard let who = json["who"]?.stringValue else { return nil }
    return who + (json["host"]?.stringValue.map { " on \($0)" } ?? "")
  }

  private mutating func describeEffect() {
    switch record.kind {
    case .intent:
      words = "does: \(text("summary"))"
      let calls = record["calls"]?.arrayValue?.map(Self.plain).joined(separator: "\n") ?? ""
      detail = calls.isEmpty ? nil : calls
    case .outcome:
      let outcome = record["outcome"]?.stringValue ?? "unknown"
      let evidence = record["evidence"].map(Self.plain) ?? ""
      words = outcome + (evidence.isEmpty || evidence == "null" ? "" : ": \(evidence)")
      tone = outcome == "ok" ? .good : outcome == "unknown" ? .doubtful : .bad
    case .probe, .verified:
      words =
        record.kind == .probe
        ? "looked whether it was done: \(text("answer"))" : "seen afterwards: \(text("answer"))"
      tone = text("answer") == "done" ? .plain : .doubtful
    case .undone: words = "undone" + suffix(rest(without: ["path"]))
    default: words = "decided" + suffix(rest(without: ["path"]))
    }
  }

  private mutating func describeIncident() {
    let note = record["note"]?.stringValue.map { ": \($0)" } ?? ""
    switch record.kind {
    case .incidentOpened:
      let severity = record["severity"] == nil ? "" : ", severity \(text("severity"))"
      words = "incident opened: \(text("title"))\(severity)"
      tone = .bad
    case .incidentClosed:
      words = "incident closed\(note)"
      tone = .good
    default:
      let names = ["status", "severity", "commander"]
      let changes = names.filter { record[$0].map { !$0.isNull } ?? false }
        .map { "\($0) \(text($0))" }
      words =
        changes.isEmpty ? "incident\(note)" : "incident: " + changes.joined(separator: ", ") + note
    }
  }

  private mutating func describeReading() {
    switch record.kind {
    case .note: words = "note: \(text("text"))"
    case .checked:
      let holds = record["holds"]?.boolValue ?? false
      words = "\(holds ? "holds" : "does not hold"): \(text("text"))"
      tone = holds ? .plain : .bad
    case .bound: words = "\(text("name")) = \(Self.bounded(record["value"]))"
    case .chosen:
      words =
        record["holds"]?.boolValue == true ? "the condition holds" : "the condition does not hold"
      tone = .faint
    case .looped:
      words = "goes over \(Self.bounded(record["value"] ?? record["plans"]))"
      tone = .faint
    case .caught:
      words = "caught: \(text("message"))"
      tone = .bad
    case .read where record["measured"] != nil:
      words = "measured" + (record["measured"].flatMap(Self.measured).map { " " + $0 } ?? "")
      tone = .faint
    case .read:
      words = "shown"
      detail = Self.bounded(record["result"])
      tone = .faint
    default:
      if let path = record["saved"]?.stringValue {
        words = "saved \(path)"
      } else if let call = record["call"]?.stringValue {
        words = call == "began" ? "called \(text("summary"))" : "the call ended \(call)"
      } else {
        words = "output"
        detail = rest(without: ["path"])
      }
    }
  }

  private func suffix(_ text: String?) -> String { text.map { ": " + $0 } ?? "" }

  /// The other fields as JSON; nothing if there are none.
  private func rest(without names: Set<String>) -> String? {
    let fields = record.fields.filter { !names.contains($0.name) }
    return fields.isEmpty ? nil : JSON.object(fields).text
  }

  // MARK: - Values

  private static func measured(_ json: JSON) -> String? {
    guard let measured = Measurement(json), let last = measured.points.last else { return nil }
    let rate = last.failureRate.map { PageText.percent($0) + " of the requests failed" }
    let parts = [rate, last.p95.map { "p95 \($0.roundedText)" }].compactMap(\.self)
    let series = measured.points.count > 1 ? "\(measured.points.count) points, at the end " : ""
    return measured.environment + ": " + series
      + (parts.isEmpty ? "no requests" : parts.joined(separator: ", "))
  }

  /// A text without quotes, anything else as JSON.
  static func plain(_ json: JSON) -> String {
    json.stringValue ?? json.text
  }

  /// What was too large for the journal is known by its size and digest.
  private static func bounded(_ json: JSON?) -> String {
    guard let json else { return "nothing" }
    if let members = json.objectValue, members.count == 2, let bytes = json["bytes"]?.intValue,
      let digest = json["sha256"]?.stringValue
    {
      return "\(bytes) bytes, sha256 \(digest)"
    }
    return plain(json)
  }

  /// A moment without its fraction.
  static func seconds(_ time: Time) -> String {
    var text = time.text
    if let dot = text.firstIndex(of: ".") { text = text[..<dot] + "Z" }
    return text
  }
}
