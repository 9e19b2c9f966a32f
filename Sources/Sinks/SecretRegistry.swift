private import Synchronization
package import Values

/// The secrets that all sinks of a process mask; one that is added later counts from then on.
package final class SecretRegistry: Sendable {
  private struct State {
    var secrets: [Secret] = []
    /// Made when they are asked for: a stack declares many secrets before anything is written.
    var patterns: SecretPatterns?
  }

  private let state = Mutex(State())
  /// Counts the additions, so that a redactor sees cheaply that there is something new.
  private let version = Atomic<Int>(0)

  package init() {}

  /// Adds a secret; the same name and text again changes nothing.
  package func add(_ secret: Secret) {
    state.withLock { state in
      let isKnown = state.secrets.contains { $0.name == secret.name && $0.hasSameText(as: secret) }
      guard !isKnown else { return }
      state.secrets.append(secret)
      state.patterns = nil
    }
    version.add(1, ordering: .releasing)
  }

  /// The names of secrets that are too short to be masked outside of known shapes.
  package var shortNames: [String] {
    state.withLock { state in
      state.secrets.filter { secret in
        secret.withExposedText { $0.utf8.count < SecretPatterns.shortestSecret }
      }.map(\.name)
    }
  }

  /// Says whether a text holds a secret in any encoding.
  package func isExposed(in text: String) -> Bool {
    Redactor.redact(text, registry: self) != text
  }

  /// Masks every text of a value; a number that is a secret becomes its mask.
  package func redacted(_ json: JSON) -> JSON {
    switch json {
    case .null, .bool: json
    case .int, .number:
      isExposed(in: json.text) ? .string(Redactor.redact(json.text, registry: self)) : json
    case .string(let text): .string(Redactor.redact(text, registry: self))
    case .array(let elements): .array(elements.map(redacted))
    case .object(let members):
      .object(
        members.map { JSON.Member(Redactor.redact($0.name, registry: self), redacted($0.value)) }
      )
    }
  }

  var currentVersion: Int { version.load(ordering: .acquiring) }
  var currentPatterns: SecretPatterns {
    state.withLock { state in
      if let patterns = state.patterns { return patterns }
      let patterns = SecretPatterns(secrets: state.secrets)
      state.patterns = patterns
      return patterns
    }
  }
}
