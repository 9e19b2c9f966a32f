internal import Journals
package import Language
package import Objects
internal import Sinks
internal import Synchronization
package import Values

/// One run: everything that changes the world goes through its `perform`, and no other way.
package final class Run: Operations {
  struct State {
    var machine = RunMachine()
    var coverage = Coverage()
    /// The approval that the run is bound to, and when it was used.
    var approval: (hash: String, usedAt: Time)?
    var unlockedUntil: [String: Time] = [:]
    var locks: [String: HeldLock] = [:]
    /// Environments that were taken over from this run, and what that means.
    var losses: [String: Failure] = [:]
    var step: String?
    /// The time that the present step was given; cancelled together with the run.
    var limit: Cancellation?
    /// What stops the line of the prompt that runs now.
    var line: Cancellation?
    /// How often each place was used, so that a line typed twice is two effects.
    var uses: [String: Int] = [:]
    var head: String?
    var measurements = MeasurementLog()
    /// The places whose effect was in doubt when the run went on, and is not settled yet.
    var inherited: Set<String> = []
  }

  private let whole: Cancellation
  let surroundings: Surroundings
  private let started: Time
  let state = Mutex(State())
  /// Questions and what depends on their answer go one after the other.
  let questions = Mutex(())
  /// What the run did before it was interrupted; nothing in one that begins.
  package let memory: RunMemory?
  /// Of turns that run side by side, one takes the lock.
  let locking = Mutex(())

  /// - Parameter memory: makes it go on: what is in the memory is not done again.
  package init(
    _ surroundings: Surroundings,
    cancellation: Cancellation,
    memory: RunMemory? = nil,
    started: Time? = nil
  ) {
    self.surroundings = surroundings
    whole = cancellation
    self.started = started ?? surroundings.now()
    self.memory = memory
    guard let memory else { return }
    state.withLock { state in
      for event in memory.events { _ = state.machine.receive(event) }
      state.machine.goOn()
      state.inherited = Set(memory.inDoubt.map(\.path))
    }
  }

  /// What stops what runs now: the line at the prompt, or the whole run.
  package var cancellation: Cancellation { state.withLock { $0.line } ?? whole }

  /// What ends a question that stands: the time that its step was given, or what stops the rest.
  package var patience: Cancellation { state.withLock { $0.limit } ?? cancellation }

  package var id: String { surroundings.recorder.runID }
  package var vocabulary: Vocabulary { surroundings.vocabulary }
  package var roots: [String: ValueType] { surroundings.roots }

  // MARK: - Reads

  package func root(_ name: String) throws(Failure) -> Value { try surroundings.root(name) }
  package func secret(_ name: String) throws(Failure) -> Value { try surroundings.secret(name) }

  /// What `this_run` is.
  package var thisRun: Record {
    Record([
      "id": .text(id), "state": .text("running"), "operator": .text(surroundings.who),
      "started": .time(started),
    ])
  }

  package var requestDeadline: TimeSpan { surroundings.deadline }
  package var underWay: Progress { surroundings.progress }

  package func didLimit(to cancellation: Cancellation?) {
    state.withLock { $0.limit = cancellation }
  }

  package func now() -> Time { surroundings.now() }

  package func wait(_ span: TimeSpan) throws(Failure) { try cancellation.wait(span) }

  package func show(_ value: Value, at place: Place) throws(Failure) {
    let shown = try surroundings.showValue(value, place)
    record(.read, [.init("path", .string(place.path)), .init("result", kept(shown))])
  }

  package func format(_ value: Value, as name: String) throws(Failure) -> String {
    try surroundings.formatValue(value, name)
  }

  package func save(_ value: Value, to path: String, at place: Place) throws(Failure) {
    try surroundings.saveValue(value, path)
    record(.output, [.init("path", .string(place.path)), .init("saved", .string(path))])
  }

  package func program(_ program: ProgramCall, at place: Place) throws(Failure) -> ProgramOutcome {
    try surroundings.program(program, callContext)
  }

  package func progress(_ text: String) {
    surroundings.report(StyledText(text, .faint))
  }

  // MARK: - Steps and the record

  package func note(_ text: String, at place: Place) throws(Failure) {
    try surroundings.recorder.require(
      .note,
      [.init("path", .string(place.path)), .init("text", .string(text))]
    )
    surroundings.report(StyledText("note: ", .faint) + StyledText(text))
  }

  package func willBegin(_ step: StepHeading) throws(Failure) {
    state.withLock { state in
      state.step = step.title
      // A yes ends with its step; an approval is for the whole run.
      if state.approval == nil { state.coverage = Coverage() }
    }
    describeLocks(step: step.title)
    record(.stepStarted, Self.fields(of: step))
    surroundings.progress.step = "\(step.number)/\(step.count) \(step.title)"
    surroundings.report(
      StyledText("\(step.number)/\(step.count) ", .faint) + StyledText(step.title, .bold)
    )
  }

  package func didEnd(_ step: StepHeading, failure: Failure?) throws(Failure) {
    let outcome = failure == nil ? "ok" : "failed"
    var fields = Self.fields(of: step) + [.init("outcome", .string(outcome))]
    if let failure { fields.append(.init("failure", .string(failure.message))) }
    record(.stepFinished, fields)
    surroundings.progress.step = nil
    guard !surroundings.isPrompt else { return }
    state.withLock { $0.step = nil }
  }

  package func didSkip(_ step: StepHeading, reason: String) throws(Failure) {
    record(.skipped, Self.fields(of: step) + [.init("reason", .string(reason))])
    surroundings.report(
      StyledText("\(step.number)/\(step.count) \(step.title): skipped, \(reason)", .faint)
    )
  }

  package func didBind(_ name: String, _ value: Value, at place: Place) throws(Failure) {
    record(
      .bound,
      [.init("name", .string(name)), .init("path", .string(place.path))] + kept(value)
    )
  }

  package func didCheck(_ text: String, holds: Bool, at place: Place) throws(Failure) {
    let fields: [JSON.Member] = [
      .init("holds", .bool(holds)), .init("path", .string(place.path)),
      .init("text", .string(text)),
    ]
    record(.checked, fields)
  }

  /// A line at the prompt is a step: no yes that was given for an earlier one reaches it.
  ///
  /// - Parameters:
  ///   - cancellation: what stops the line and leaves the session as it is.
  ///   - text: the line as it was typed, for the record.
  package func beginLine(_ cancellation: Cancellation, typed text: String? = nil) {
    if let text { record(.stepStarted, [.init("typed", .string(text))]) }
    state.withLock { state in
      state.line = cancellation
      if state.approval == nil { state.coverage = Coverage() }
    }
  }

  /// Says that a `finally` will have to be run, however this run ends.
  package func owesFinally() { record(.finallyOwed, []) }

  /// Ends the run: gives its locks back and writes the last record, whose hash is the head.
  ///
  /// Gives the head, or nothing where nothing was recorded.
  ///
  /// - Parameter isPutDown: it did not come to go on, so it ends as it was: open.
  package func finish(_ failure: Failure?, isPutDown: Bool = false) -> String? {
    releaseLocks()
    state.withLock { $0.measurements.close() }
    guard let journal = surroundings.recorder.journal else { return nil }
    let fields: [JSON.Member] = [
      .init("exit", .int(Int64(failure?.exitCode ?? 0))), .init("head", .string(journal.head)),
      .init("state", .string(failure == nil ? "ok" : "failed")),
      .init("failure", failure.map { .string($0.message) } ?? .null),
    ]
    do throws(Failure) {
      // What was only interrupted has not ended: it is gone on with, and its `finally` is owed.
      let isOver = !isPutDown && failure?.kind.endsTheRun ?? true
      try surroundings.recorder.require(isOver ? .runFinished : .runPaused, fields)
      surroundings.tellHead?(id)
      return journal.head
    } catch {
      surroundings.report(StyledText("warning: \(error.message)", .yellow))
      return nil
    }
  }

  /// Says that something was not recorded, even if all of it was done.
  ///
  /// - Throws: `journal`.
  package func requireWholeRecord() throws(Failure) {
    guard let error = surroundings.recorder.failure else { return }
    throw Failure(.journal, error.message, advice: ["what was done before is not all on record"])
  }

  /// Records what may be lost; says once that from now on nothing is recorded.
  func record(_ kind: JournalRecord.Kind, _ fields: [JSON.Member]) {
    guard let error = surroundings.recorder.note(kind, fields) else { return }
    surroundings.report(
      StyledText("warning: \(error.message); reads go on unrecorded, changes stop", .yellow)
    )
  }

  var callContext: CallContext {
    let limit = state.withLock { $0.limit }
    return CallContext(
      cancellation: limit ?? cancellation,
      now: surroundings.now(),
      deadline: surroundings.deadline,
      progress: surroundings.progress,
      observe: observe
    )
  }

  /// Records what reads measure, as far as a record has room for it.
  package var observe: Measurement.Observer? {
    { [weak self] measurement in
      guard let self else { return }
      // Within the lock, so that nothing is recorded behind the run's last record.
      self.state.withLock { state in
        guard state.measurements.takes(measurement) else { return }
        self.record(.read, [.init("measured", measurement.json)])
      }
    }
  }

  func holder(step: String?) -> EnvironmentLock.Holder {
    .init(
      who: surroundings.who,
      run: id,
      step: step,
      since: surroundings.now(),
      host: surroundings.host
    )
  }

  private static func fields(of step: StepHeading) -> [JSON.Member] {
    [.init("number", .int(Int64(step.number))), .init("title", .string(step.title))]
  }

  /// What a record holds of a result: secrets are masked before anything is cut or hashed.
  func kept(_ json: JSON?) -> JSON {
    Self.bounded(json.map { surroundings.recorder.registry.redacted($0) })
  }

  /// A result as far as a record holds it: what is larger becomes its digest and size.
  static func bounded(_ json: JSON?) -> JSON {
    guard let json else { return .null }
    let bytes = json.bytes(isCanonical: true)
    guard bytes.count > RecordedValue.mostBytes else { return json }
    return digest(bytes)
  }

  static func digest(_ bytes: [UInt8]) -> JSON {
    let hash = (try? SHA256.hex(of: bytes)) ?? ""
    return ["bytes": .int(Int64(bytes.count)), "sha256": .string(hash)]
  }
}
