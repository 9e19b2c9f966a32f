package import Journals
package import Language
internal import Objects
package import Values

/// What a run did before it was interrupted, as its journal has it, with the values as they were.
package final class RunMemory: Recollection {
  /// A program that the run started, by number and start time.
  package struct Program: Hashable, Sendable {
    package var pid: Int32
    package var startTime: UInt64
    package var words: String
  }

  let history: RunHistory
  private let source: RecordedValue.Source

  package init(_ records: [JournalRecord], source: RecordedValue.Source) {
    history = RunHistory(records)
    self.source = source
  }

  package var programs: [Program] { history.programs }
  package var ends: Int { history.ends }
  package var owesFinally: Bool { history.owesFinally }
  /// The run that took this one back; nothing where none did.
  package var undoneBy: String? { history.undoneBy }

  // MARK: - Recollection

  package func isOver(_ path: String) -> Bool {
    let slash = path.lastIndex(of: "/")
    let last = slash.map { path[path.index(after: $0)...] } ?? path[...]
    guard let index = Int(last) else { return false }
    let prefix = slash.map { String(path[..<$0]) } ?? ""
    return (history.acted[prefix] ?? -1) > index
  }

  package func isNoted(_ path: String) -> Bool { history.notes.contains(path) }

  package func value(at path: String) throws(Failure) -> Recalled<Value>? {
    guard let record = history.bound[path] else { return nil }
    return try recalled(record)
  }

  private func recalled(_ record: JournalRecord) throws(Failure) -> Recalled<Value> {
    guard let value = try RecordedValue.value(of: record, from: source) else { return .readAgain }
    return .known(value)
  }

  /// What was on record of a value that had to be read again: its digest, or nothing to compare.
  func digest(at path: String) -> JSON? {
    guard let record = history.bound[path] ?? history.loops[path], record["typed"]?["masked"] == nil
    else {
      return nil
    }
    return record["value"]
  }

  package func choice(at path: String) -> Bool? { history.choices[path] }

  package func elements(at path: String) throws(Failure) -> Recalled<[Value]>? {
    guard let record = history.loops[path] else { return nil }
    guard case .known(.list(let values)) = try recalled(record) else { return .readAgain }
    return .known(values)
  }

  package func caught(at path: String) -> CaughtFailure? { history.caught[path]?.last }
  package func failedAttempts(at path: String) -> Int { history.caught[path]?.count ?? 0 }

  package func effect(at path: String) throws(Failure) -> RecalledEffect? {
    if let call = history.calls[path] {
      return try call.result.map { (record) throws(Failure) in .done(try recalled(record)) }
    }
    if let plans = history.lists[path] { return try list(at: path, plans.count) }
    guard let effect = history.effects[path] else { return nil }
    return switch effect.state {
    case .inDoubt: .inDoubt
    case .failed: .failed
    case .done: .done(try result(of: effect))
    }
  }

  private func result(of effect: RunHistory.Effect) throws(Failure) -> Recalled<Value> {
    guard let record = effect.result else { return .readAgain }
    return try recalled(record)
  }

  /// A list of effects is done when all of them are.
  private func list(at path: String, _ count: Int) throws(Failure) -> RecalledEffect? {
    var values: [Value] = []
    for index in 0..<count {
      switch try effect(at: "\(path)/\(index)") {
      case .inDoubt: return .inDoubt
      case .done(.known(let value)): values.append(value)
      case .done(.readAgain): values.append(.nothing)
      case .failed, nil: return nil
      }
    }
    return .done(.known(.list(values)))
  }

  package func arguments(ofCallAt path: String) throws(Failure) -> [(name: String, value: Value)]? {
    guard let json = history.calls[path]?.began["arguments"],
      case .record(let record)? = try RecordedValue.decode(json, source)
    else { return nil }
    return Array(zip(record.names, record.cells))
  }

  package func step(_ title: String) -> RecalledStep? { history.steps[title] }

  package func isProbeNeeded(for step: String) -> Bool {
    let prefix = Place.segment(ofStep: step) + "/"
    return history.effects.contains { path, effect in
      path.hasPrefix(prefix) && effect.state == .inDoubt && effect.effectClass == .opaque
    }
  }

  // MARK: - For people

  /// The effects whose end is not known, the first that was begun comes first.
  package var inDoubt: [(path: String, summary: String)] {
    history.order.compactMap { path in
      guard let effect = history.effects[path], effect.state == .inDoubt else { return nil }
      return (path, effect.intent["summary"]?.stringValue ?? path)
    }
  }

  /// Says that something in a step was really done.
  package func hasDone(in step: String) -> Bool {
    let prefix = Place.segment(ofStep: step) + "/"
    return history.effects.contains { $0.hasPrefix(prefix) && $1.state == .done }
  }
}

extension RunHistory.Effect {
  /// What its precondition saw before it was begun.
  var seen: JSON? { intent["plan"]?["precondition"] }

  fileprivate var wish: RunMachine.Wish? {
    guard let path = intent["path"]?.stringValue, let effectClass,
      let effect = intent["plan"]?["effect"]?.stringValue.flatMap(Objects.Effect.init(rawValue:))
    else { return nil }
    return RunMachine.Wish(path: path, effect: effect, effectClass: effectClass, hasProbe: false)
  }
}

extension RunMemory {
  /// The journal as events for a machine that goes on.
  var events: [RunMachine.Event] {
    history.order.flatMap { path -> [RunMachine.Event] in
      guard let effect = history.effects[path], let wish = effect.wish else { return [] }
      var events: [RunMachine.Event] = [
        .wanted(wish), .allowed(path: path), .locked(path: path),
      ]
      if wish.effect == .destroy { events.append(.attested(path: path, isExpected: true)) }
      events += [.looked(path: path, holds: true), .intended(path: path)]
      switch effect.state {
      case .inDoubt: break
      case .done: events += [.performed(path: path, .ok), .recorded(path: path)]
      case .failed: events += [.performed(path: path, .failed), .recorded(path: path)]
      }
      return events
    }
  }
}
