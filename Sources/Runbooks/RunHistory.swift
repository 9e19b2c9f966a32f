internal import Journals
internal import Language
internal import Objects
internal import Values

/// What the records of a run say that it did, by structural place.
struct RunHistory: Sendable {
  /// One effect by its place.
  struct Effect: Sendable {
    /// Of the newest attempt.
    var intent: JournalRecord
    var state: State
    /// The record that has what it gave.
    var result: JournalRecord?

    enum State: Sendable {
      case inDoubt, done, failed
    }

    var effectClass: EffectClass? {
      intent["class"]?.stringValue.flatMap(EffectClass.init(rawValue:))
    }
  }

  struct Call: Sendable {
    var began: JournalRecord
    var result: JournalRecord?
  }

  private(set) var effects: [String: Effect] = [:]
  /// The places of ``effects``, the one that was begun first comes first.
  private(set) var order: [String] = []
  private(set) var lists: [String: [JSON]] = [:]
  private(set) var answers: [String: String] = [:]
  private(set) var programs: [RunMemory.Program] = []
  private(set) var ends = 0
  private(set) var owesFinally = false
  /// The run that took this one back; nothing where none did.
  private(set) var undoneBy: String?
  private(set) var calls: [String: Call] = [:]
  /// The last statement of each block behind which an effect was begun.
  private(set) var acted: [String: Int] = [:]
  private(set) var notes: Set<String> = []
  private(set) var bound: [String: JournalRecord] = [:]
  private(set) var choices: [String: Bool] = [:]
  private(set) var loops: [String: JournalRecord] = [:]
  private(set) var caught: [String: [CaughtFailure]] = [:]
  private(set) var steps: [String: RecalledStep] = [:]
  /// By the title of its step: what enough people had said yes to when it began.
  private(set) var approvals: [String: [JournalRecord]] = [:]

  init(_ records: [JournalRecord]) {
    for record in records { take(record) }
  }

  private mutating func take(_ record: JournalRecord) {
    let path = record["path"]?.stringValue ?? ""
    switch record.kind {
    case .runCreated: takeArguments(of: record)
    case .intent: begin(record, path)
    case .outcome:
      let state: Effect.State? =
        switch record["outcome"]?.stringValue {
        case "ok": .done
        case "failed": .failed
        default: nil
        }
      if let state { end(path, state, record) }
    case .probe: settle(record, path, record["answer"]?.stringValue)
    case .decision: settle(record, path, record["outcome"] == "ok" ? "done" : "not done")
    case .output: takeOutput(record, path)
    case .bound: bound[path] = record
    case .chosen: choices[path] = record["holds"]?.boolValue
    case .looped:
      if let plans = record["plans"]?.arrayValue {
        lists[path] = plans
      } else {
        loops[path] = record
      }
    case .caught:
      caught[path, default: []].append(
        CaughtFailure(
          kind: record["failure"]?.stringValue ?? "",
          message: record["message"]?.stringValue ?? "",
          place: record["where"]?.stringValue ?? ""
        )
      )
    case .checked where record["approvals"] != nil && record["holds"] == true:
      approvals[path, default: []].append(record)
    case .note: notes.insert(path)
    case .promptAnswered: answers[path] = record["answer"]?.stringValue
    case .stepStarted: setStep(record, .begun)
    case .stepFinished where record["outcome"] == "ok": setStep(record, .done)
    case .skipped: setStep(record, .skipped)
    case .finallyOwed: owesFinally = true
    case .undone: undoneBy = record["run"]?.stringValue
    case .runFinished:
      ends += 1
      owesFinally = false
    default: return
    }
  }

  /// What the run was given counts as bound from the start.
  private mutating func takeArguments(of created: JournalRecord) {
    for argument in created["arguments"]?.arrayValue ?? [] {
      guard let name = argument["name"]?.stringValue, let fields = argument.objectValue else {
        continue
      }
      bound[Place.path(ofParameter: name)] = JournalRecord(
        sequence: created.sequence,
        kind: .bound,
        at: created.at,
        monotonic: created.monotonic,
        fields: fields
      )
    }
  }

  private mutating func setStep(_ record: JournalRecord, _ state: RecalledStep) {
    guard let title = record["title"]?.stringValue else { return }
    steps[title] = state
  }

  private mutating func begin(_ record: JournalRecord, _ path: String) {
    if effects[path] == nil { order.append(path) }
    effects[path] = Effect(intent: record, state: .inDoubt)
    didAct(at: path)
  }

  private mutating func end(_ path: String, _ state: Effect.State, _ record: JournalRecord) {
    effects[path]?.state = state
    if state == .done, record["value"] != nil { effects[path]?.result = record }
  }

  private mutating func settle(_ record: JournalRecord, _ path: String, _ answer: String?) {
    switch answer {
    case "done": end(path, .done, record)
    case "not done": end(path, .failed, record)
    default: return
    }
  }

  private mutating func takeOutput(_ record: JournalRecord, _ path: String) {
    if let pid = record["pid"]?.intValue, let started = record["started"]?.intValue {
      programs.append(
        RunMemory.Program(
          pid: Int32(clamping: pid),
          startTime: UInt64(clamping: started),
          words: record["program"]?.stringValue ?? "a program"
        )
      )
    }
    guard let word = record["word"]?.stringValue else { return }
    // The calls of a list have a number behind the name; a call by itself is known by its place, too.
    let places = word.contains(":") ? [path + "/" + word] : [path, path + "/" + word]
    for place in places {
      switch record["call"]?.stringValue {
      case "began":
        calls[place] = Call(began: record)
        didAct(at: place)
      case "ok": calls[place]?.result = record
      default: continue
      }
    }
  }

  /// Notes for each block on the way to a place which of its statements was come to.
  private mutating func didAct(at path: String) {
    var prefix = ""
    for segment in path.split(separator: "/", omittingEmptySubsequences: false) {
      if let index = Int(segment) { acted[prefix] = max(acted[prefix] ?? 0, index) }
      prefix += prefix.isEmpty ? String(segment) : "/" + segment
    }
  }
}
