import Runbooks
import Sinks
import Synchronization
import Values

/// A person who gives the answers of a list and then none.
final class ScriptedPerson: Person {
  private let state: Mutex<(answers: [String?], asked: [String])>
  let isPresent: Bool

  init(_ answers: [String?], isPresent: Bool = true) {
    state = Mutex((answers, []))
    self.isPresent = isPresent
  }

  var asked: [String] { state.withLock { $0.asked } }

  func answer(to prompt: StyledText, after lines: [StyledText]) throws(Failure) -> String? {
    state.withLock { state in
      state.asked.append((lines.map(\.text) + [prompt.text]).joined(separator: "\n"))
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
  }

  func secretAnswer(to prompt: StyledText, named name: String) throws(Failure) -> Secret? {
    try answer(to: prompt, after: []).map { Secret(name: name, text: $0) }
  }
}

/// What happened, in order.
final class Trace: Sendable {
  private let events = Mutex<[String]>([])

  var all: [String] { events.withLock { $0 } }

  func add(_ event: String) {
    events.withLock { $0.append(event) }
  }
}
