import Objects
private import Synchronization
import Values

/// The operations of one turn of a `parallel`: what it shows is held back until the turn ends, so
/// that output stays together, and it asks nothing.
final class BranchOperations: Operations {
  private let inner: any Operations
  private let held = Mutex<[@Sendable (any Operations) throws(Failure) -> Void]>([])

  init(_ inner: any Operations) {
    self.inner = inner
  }

  /// Gives out what was held back, in order.
  func flush() throws(Failure) {
    let actions = held.withLock { held in
      defer { held = [] }
      return held
    }
    for action in actions { try action(inner) }
  }

  private func hold(_ action: @escaping @Sendable (any Operations) throws(Failure) -> Void) {
    held.withLock { $0.append(action) }
  }

  // MARK: - Held back

  func show(_ value: Value, at place: Place) throws(Failure) {
    var whole = value
    if case .stream(let stream) = value {
      var rows: [Value] = []
      while let row = try stream.next() { rows.append(row) }
      whole = .list(rows)
    }
    let shown = whole
    hold { (operations) throws(Failure) in try operations.show(shown, at: place) }
  }

  func note(_ text: String, at place: Place) throws(Failure) {
    hold { (operations) throws(Failure) in try operations.note(text, at: place) }
  }

  func didCheck(_ text: String, holds: Bool, at place: Place) throws(Failure) {
    hold { (operations) throws(Failure) in
      try operations.didCheck(text, holds: holds, at: place)
    }
  }

  func ask(_ question: Question, at place: Place) throws(Failure) -> Value {
    throw Failure(
      .usage,
      "nothing is asked inside 'parallel'",
      advice: ["ask before it, and bind the answer with 'let'"]
    )
  }

  // MARK: - Passed on

  var requestDeadline: TimeSpan { inner.requestDeadline }
  var recollection: (any Recollection)? { inner.recollection }
  func didChoose(_ holds: Bool, at place: Place) { inner.didChoose(holds, at: place) }
  func didCatch(_ failure: CaughtFailure, at place: Place) { inner.didCatch(failure, at: place) }

  func willLoop(over elements: [Value], at place: Place) {
    inner.willLoop(over: elements, at: place)
  }

  func decide(at site: EffectSite, because failure: Failure) throws(Failure) -> Bool {
    try inner.decide(at: site, because: failure)
  }

  func didReadAgain(_ what: String, _ value: Value, at place: Place) throws(Failure) {
    try inner.didReadAgain(what, value, at: place)
  }

  var vocabulary: Vocabulary { inner.vocabulary }
  var roots: [String: ValueType] { inner.roots }
  var cancellation: Cancellation { inner.cancellation }
  var observe: Measurement.Observer? { inner.observe }
  var thisRun: Record { inner.thisRun }

  func root(_ name: String) throws(Failure) -> Value { try inner.root(name) }
  func secret(_ name: String) throws(Failure) -> Value { try inner.secret(name) }
  func now() -> Time { inner.now() }
  func wait(_ span: TimeSpan) throws(Failure) { try inner.wait(span) }
  var underWay: Progress { inner.underWay }
  func progress(_ text: String) { inner.progress(text) }

  func format(_ value: Value, as name: String) throws(Failure) -> String {
    try inner.format(value, as: name)
  }

  func save(_ value: Value, to path: String, at place: Place) throws(Failure) {
    try inner.save(value, to: path, at: place)
  }

  func perform(
    _ plans: [Plan],
    at site: EffectSite,
    walkRest: () throws(Failure) -> [WalkItem]
  ) throws(Failure) -> [Value] {
    try inner.perform(plans, at: site, walkRest: walkRest)
  }

  func willCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    walk: () throws(Failure) -> [WalkItem]
  ) throws(Failure) {
    try inner.willCall(plan, at: site, word: word, walk: walk)
  }

  func didCall(
    _ plan: Plan,
    at site: EffectSite,
    word: String,
    _ result: Result<Value, Failure>
  ) {
    inner.didCall(plan, at: site, word: word, result)
  }

  func program(_ program: ProgramCall, at place: Place) throws(Failure) -> ProgramOutcome {
    try inner.program(program, at: place)
  }

  func willBegin(_ step: StepHeading) throws(Failure) { try inner.willBegin(step) }
  func didEnd(_ step: StepHeading, failure: Failure?) throws(Failure) {
    try inner.didEnd(step, failure: failure)
  }
  func didSkip(_ step: StepHeading, reason: String) throws(Failure) {
    try inner.didSkip(step, reason: reason)
  }
  func didBind(_ name: String, _ value: Value, at place: Place) throws(Failure) {
    try inner.didBind(name, value, at: place)
  }
}
