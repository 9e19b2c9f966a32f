internal import Journals
package import Language
package import Objects
private import Sinks
private import Synchronization
package import Values

/// What a run keeps so that it can be gone on with, and what it has of that when it goes on.
extension Run {
  package var recollection: (any Recollection)? { memory }

  /// The fields of a record that keep a value.
  func kept(_ value: Value) -> [JSON.Member] {
    let recorder = surroundings.recorder
    return RecordedValue.fields(
      of: value,
      redacted: { recorder.registry.redacted($0) },
      keep: { recorder.keep($0) }
    )
  }

  package func didChoose(_ holds: Bool, at place: Place) {
    record(.chosen, [.init("holds", .bool(holds)), .init("path", .string(place.path))])
  }

  package func willLoop(over elements: [Value], at place: Place) {
    record(.looped, [.init("path", .string(place.path))] + kept(.list(elements)))
  }

  package func didCatch(_ failure: CaughtFailure, at place: Place) {
    record(
      .caught,
      [
        .init("failure", .string(failure.kind)), .init("message", .string(failure.message)),
        .init("path", .string(place.path)), .init("where", .string(failure.place)),
      ]
    )
  }

  package func didReadAgain(_ what: String, _ value: Value, at place: Place) throws(Failure) {
    guard let before = memory?.digest(at: place.path),
      // The record is canonical: its members stand in another order.
      kept(PlanHash.content(of: value)).canonicalText != before.canonicalText
    else { return }
    let words = "\(what) is not what it was before the interruption; go on with what it is now?"
    _ = try ask(Question(words, .confirm), at: place)
  }

  package func didProbe(_ step: StepHeading, _ answer: Plan.Probe) throws(Failure) {
    let prefix = Place.segment(ofStep: step.title) + "/"
    let paths = state.withLock { $0.inherited }.filter { $0.hasPrefix(prefix) }.sorted()
    for path in paths {
      try surroundings.recorder.require(
        .probe,
        [
          .init("answer", .string(answer.rawValue)), .init("by", "the step's probe"),
          .init("path", .string(path)),
        ]
      )
      guard answer != .unknown else { continue }
      state.withLock { state in
        state.machine.settle(path, isDone: answer == .done)
        state.inherited.remove(path)
      }
    }
    guard answer == .done else { return }
    surroundings.report(StyledText("done  ", .green) + StyledText("\(step.title), its probe says"))
    try didEnd(step, failure: nil)
  }

  // MARK: - What only a person can tell

  package func decide(at site: EffectSite, because failure: Failure) throws(Failure) -> Bool {
    let path = site.place.path
    guard let intent = memory?.history.effects[path]?.intent else { throw failure }
    surroundings.report(StyledText("in doubt  ", .yellow) + StyledText(failure.message, .faint))
    let isDone = try decide(intent, at: path)
    state.withLock { state in
      state.machine.settle(path, isDone: isDone)
      state.inherited.remove(path)
    }
    return isDone
  }

  /// Lets a person say how an effect of a session at the prompt ended.
  package func decide(at path: String) throws(Failure) {
    guard let intent = memory?.history.effects[path]?.intent else { return }
    let isDone = try decide(intent, at: path)
    state.withLock { state in
      state.machine.settle(path, isDone: isDone)
      state.inherited.remove(path)
    }
  }

  /// Asks how an effect ended of which only its intent is known.
  func decide(_ intent: JournalRecord, at path: String) throws(Failure) -> Bool {
    try decide(
      intent["summary"]?.stringValue ?? path,
      at: path,
      target: intent["plan"]?["target"]?["identity"]?.stringValue ?? "its target",
      calls: intent["calls"]?.arrayValue?.compactMap(\.stringValue) ?? []
    )
  }

  /// Asks whether an effect was done, and how the person knows; the answer is a decision on record.
  ///
  /// - Throws: `unknown` where nobody can be asked, or the answer is neither.
  func decide(
    _ summary: String,
    at path: String,
    target: String,
    calls: [String]
  ) throws(Failure) -> Bool {
    let advice =
      ["look at \(target), then: opsh resume \(id)"] + calls.map { "it was sent: \($0)" }
    let words = "whether '\(summary)' was done is not known"
    guard surroundings.person.isPresent else {
      throw Failure(.unknown, "\(words), and there is no terminal to ask at", advice: advice)
    }
    let lines =
      [StyledText("how '\(summary)' ended is not known", .yellow)]
      + calls.map { StyledText("  it was sent: \($0)", .faint) }
    let prompt = "was it done? look at \(target), then type 'done' or 'not done': "
    let isDone: Bool
    switch try converse(prompt, at: path, lines: lines) {
    case "done": isDone = true
    case "not done": isDone = false
    default:
      throw Failure(
        .unknown,
        "\(words), and it was not answered with 'done' or 'not done'",
        advice: advice
      )
    }
    let reason = try converse("how do you know? ", at: path, lines: [])
    guard let reason, !reason.isEmpty else {
      throw Failure(.unknown, "\(words), and no reason was given", advice: advice)
    }
    try surroundings.recorder.require(
      .decision,
      [
        .init("by", .string(surroundings.who)), .init("outcome", isDone ? "ok" : "failed"),
        .init("path", .string(path)), .init("reason", .string(reason)),
      ]
    )
    return isDone
  }

  func isInherited(_ path: String) -> Bool { state.withLock { $0.inherited.contains(path) } }

  // MARK: - Lists of plans

  /// One plan of a `do`, with its place in the list that was begun.
  struct Turn {
    var plan: Plan
    /// Nothing where the `do` is of one plan.
    var index: Int?
    /// What it gave, where it was done before.
    var result: Value?

    var isDone: Bool { result != nil }

    func path(at site: EffectSite) -> String {
      index.map { "\(site.place.path)/\($0)" } ?? site.place.path
    }
  }

  /// Gives the plans of a `do` their places.
  ///
  /// A list that was begun before keeps its order and its length, whatever it would be now.
  func turns(of plans: [Plan], at site: EffectSite) throws(Failure) -> [Turn] {
    guard site.isList else { return plans.map { Turn(plan: $0) } }
    guard let begun = memory?.history.lists[site.place.path] else {
      let contents = plans.map { PlanHash.content(of: $0) }
      record(.looped, [.init("path", .string(site.place.path)), .init("plans", .array(contents))])
      return plans.enumerated().map { Turn(plan: $1, index: $0) }
    }
    var turns: [Turn] = []
    for (index, content) in begun.enumerated() {
      let isDone: Value? =
        switch try memory?.effect(at: "\(site.place.path)/\(index)") {
        case .done(.known(let value)): value
        case .done(.readAgain): .nothing
        default: nil
        }
      guard let plan = plans.first(where: { Self.isSame(content, PlanHash.content(of: $0)) }) else {
        guard let isDone, let any = plans.first else { throw Self.gone(content) }
        turns.append(Turn(plan: any, index: index, result: isDone))
        continue
      }
      turns.append(Turn(plan: plan, index: index, result: isDone))
    }
    return turns
  }

  private static func gone(_ content: JSON) -> Failure {
    let member = content["member"]?.stringValue ?? "a plan"
    return Failure(
      .stale,
      "'\(member)' of \(content["target"]?["identity"]?.stringValue ?? "its target") was in this list"
        + " before the interruption and is not in it now",
      advice: ["nothing further of the list was done; look at what is left of it"]
    )
  }

  /// Says that a recorded plan and one that was made anew are for the same: what they saw may differ.
  static func isSame(_ recorded: JSON, _ actual: JSON) -> Bool {
    let target = ["environment", "identity", "kind"]
    // The record is canonical: its members stand in another order.
    let arguments = (actual["arguments"] ?? .null).bytes(isCanonical: true)
    return recorded["member"] == actual["member"]
      && target.allSatisfy { recorded["target"]?[$0] == actual["target"]?[$0] }
      && Coverage.fits(recorded["arguments"] ?? .null, (try? JSON.parse(arguments)) ?? .null)
  }
}
