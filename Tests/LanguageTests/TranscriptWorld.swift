import Language
import Objects
import Synchronization
import Values

/// A world of two environments that answers evaluation from memory and writes down what it is asked.
final class TranscriptWorld: Operations {
  struct State {
    var lines: [String] = []
    var clock = TranscriptWorld.start
    var sent = 0
    var recollection: FixedRecollection?
  }

  static let start = Time("2026-11-23T03:00Z") ?? Time(microseconds: 0)

  let cancellation = Cancellation()
  let state = Mutex(State())
  let vocabulary = Vocabulary(TranscriptKinds.all)
  let roots: [String: ValueType] = [
    "production": .object("environment"), "staging": .object("environment"),
  ]

  func say(_ line: String) {
    state.withLock { $0.lines.append(line) }
  }

  func takeLines() -> [String] {
    state.withLock { state in
      defer { state.lines = [] }
      return state.lines
    }
  }

  // MARK: - Going on

  var recollection: (any Recollection)? { state.withLock { $0.recollection } }

  func remember(_ recollection: FixedRecollection) {
    state.withLock { $0.recollection = recollection }
  }

  // MARK: - Reads

  var thisRun: Record { Record(["id": .text("r1"), "state": .text("underway")]) }

  func root(_ name: String) throws(Failure) -> Value {
    .object(TranscriptKinds.makeEnvironment(name, self))
  }

  func secret(_ name: String) throws(Failure) -> Value {
    .secret(Secret(name: name, text: "hidden \(name)"))
  }

  func now() -> Time { state.withLock { $0.clock } }

  func wait(_ span: TimeSpan) throws(Failure) {
    state.withLock { $0.clock.microseconds += span.microseconds }
    say("(waits \(span.text))")
  }

  // MARK: - Output

  func show(_ value: Value, at place: Place) throws(Failure) {
    for line in try Self.lines(of: value) { say(line) }
  }

  static func lines(of value: Value) throws(Failure) -> [String] {
    switch value {
    case .list(let values): return values.isEmpty ? ["(no rows)"] : values.map(\.text)
    case .stream(let stream):
      var rows: [Value] = []
      while let row = try stream.next() { rows.append(row) }
      return try lines(of: .list(rows))
    case .range(let low, let high): return ["\(low) to \(high)"]
    case .sql(let template):
      return [template.text, "  with \(Value.list(template.parameters).text)"]
    case .plan(let plan): return ["plan: \(plan.summary)"]
    default: return value.text.split(separator: "\n").map(String.init)
    }
  }

  func format(_ value: Value, as name: String) throws(Failure) -> String {
    guard name == "json" else { return "<\(try Self.lines(of: value).count) rows as \(name)>" }
    guard case .stream(let stream) = value else { return value.json.text }
    var rows: [Value] = []
    while let row = try stream.next() { rows.append(row) }
    return Value.list(rows).json.text
  }

  func save(_ value: Value, to path: String, at place: Place) throws(Failure) {
    say("(saves \(path): \(try Self.lines(of: value).joined(separator: " / ")))")
  }

  func note(_ text: String, at place: Place) throws(Failure) { say("(notes \(text))") }

  func progress(_ text: String) {}

  // MARK: - People

  func ask(_ question: Question, at place: Place) throws(Failure) -> Value {
    say("(asks \(question.text))")
    switch question.kind {
    case .yesOrNo, .confirm: return .bool(true)
    case .manual: return .text("seen")
    case .choice(let values): return values.last ?? .nothing
    case .value(.time): return .time(Self.start)
    case .value(.object(let kind)) where kind == "environment": return try root("production")
    case .value: throw Failure(.approval, "nobody can answer: \(question.text)")
    }
  }

  // MARK: - Effects

  func perform(
    _ plans: [Plan],
    at site: EffectSite,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure) -> [Value] {
    let covered = try walkRest()
    say("(covers " + covered.map(TranscriptWalk.line).joined(separator: ", ") + ")")
    var results: [Value] = []
    for plan in plans {
      try plan.begin()
      guard case .effect(let body) = plan.body else { throw Failure(.value, "no effect") }
      do throws(Failure) {
        let context = CallContext(cancellation: cancellation, now: now())
        results.append(try body(PerformContext(call: context, key: site.place.path)))
        plan.end(.ok)
        say("(does \(plan.summary) at \(site.place.path))")
      } catch {
        plan.end(.failed)
        throw error
      }
    }
    return results
  }

  func willCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    try plan.begin()
    let covered = try walk()
    say(
      "(calls \(plan.summary), covers \(covered.map(TranscriptWalk.line).joined(separator: ", ")))"
    )
  }

  func didCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    _ result: Result<Value, Failure>
  ) {
    if case .success = result { plan.end(.ok) } else { plan.end(.failed) }
  }

  func willStartTurns(
    at place: Place,
    step: String?,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    say("(before turns, covers \(try walkRest().map(TranscriptWalk.line).joined(separator: ", ")))")
  }

  func program(_ program: ProgramCall, at place: Place) throws(Failure) -> ProgramOutcome {
    let words = program.arguments.map { $0.contains(" ") ? "[\($0)]" : $0 }
    let text = words.joined(separator: " ")
    let lines: [Value] = ["one", "two"].map { .text($0) }
    let result = Value.record(
      Record([
        "exit": .int(0), "text": .text("one\ntwo\n"), "lines": .list(lines),
        "seconds": .number(0.1),
      ])
    )
    guard program.arguments.first != "git" else { return .value(result) }
    return .plan(
      TranscriptKinds.plan("run \(text)", kind: "program", "run", environment: nil) { result }
    )
  }

  // MARK: - The record

  func willBegin(_ step: StepHeading) throws(Failure) {
    say("== \(step.title) (\(step.number) of \(step.count))")
  }

  func didEnd(_ step: StepHeading, failure: Failure?) throws(Failure) {
    if let failure { say("== \(step.title) failed: \(failure.kind.rawValue)") }
  }

  func didSkip(_ step: StepHeading, reason: String) throws(Failure) {
    say("== \(step.title) skipped: \(reason)")
  }

  func didBind(_ name: String, _ value: Value, at place: Place) throws(Failure) {}
  func didCheck(_ text: String, holds: Bool, at place: Place) throws(Failure) {}
}

/// What a walk met, in words.
enum TranscriptWalk {
  static func line(_ item: WalkItem) -> String {
    switch item {
    case .step(let heading, let items): "step \(heading.title) {\(list(items))}"
    case .skipped(let heading, let reason): "skipped \(heading.title): \(reason)"
    case .change(let plan, _):
      plan.summary + (plan.precondition?.seen == false ? "" : ", seen when it comes")
    case .pendingChange(let text, let effect, _): "pending \(effect.rawValue): \(text)"
    case .call(let plan, _, let items): "\(plan.summary) {\(list(items))}"
    case .check(let text, _): "then checked: \(text)"
    case .question(let question, _): "question: \(question.text)"
    case .branch(let heading, let items): "\(heading) {\(list(items))}"
    case .held(let text, _): "held: \(text)"
    }
  }

  private static func list(_ items: [WalkItem]) -> String {
    items.map(line).joined(separator: ", ")
  }
}
