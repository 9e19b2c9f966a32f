import Language
import Values

/// What a test says that a run did before.
final class FixedRecollection: Recollection {
  let steps: [String: RecalledStep]
  let values: [String: Value]
  let effects: [String: RecalledEffect]
  let over: Set<String>

  init(
    steps: [String: RecalledStep] = [:],
    values: [String: Value] = [:],
    effects: [String: RecalledEffect] = [:],
    over: Set<String> = []
  ) {
    self.steps = steps
    self.values = values
    self.effects = effects
    self.over = over
  }

  var ends: Int { 0 }
  func isOver(_ path: String) -> Bool { over.contains(path) }
  func isNoted(_ path: String) -> Bool { false }
  func value(at path: String) -> Recalled<Value>? { values[path].map { .known($0) } }
  func choice(at path: String) -> Bool? { nil }
  func elements(at path: String) -> Recalled<[Value]>? { nil }
  func caught(at path: String) -> CaughtFailure? { nil }
  func failedAttempts(at path: String) -> Int { 0 }
  func effect(at path: String) -> RecalledEffect? {
    effects[path] ?? values[path].map { .done(.known($0)) }
  }
  func arguments(ofCallAt path: String) -> [(name: String, value: Value)]? { nil }
  func step(_ title: String) -> RecalledStep? { steps[title] }
  func isProbeNeeded(for step: String) -> Bool { false }
}
