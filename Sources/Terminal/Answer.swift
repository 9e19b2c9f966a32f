package import Values

/// What became of a question.
package struct Answer: Hashable, Sendable {
  package enum Outcome: Hashable, Sendable {
    case answered(String)
    case none(Reason)
  }

  /// Why there is no answer; each of these is a no.
  package enum Reason: String, Hashable, Sendable, CaseIterable {
    /// Only Enter.
    case empty
    /// Ctrl-D, or the terminal is gone.
    case endOfFile = "end of input"
    case timeout
    /// Ctrl-C, or whoever asked gave up.
    case interrupted
    /// Pasted, or more than one line at once: nobody read the question before.
    case pasted
    /// Not UTF-8.
    case unreadable
  }

  package let outcome: Outcome
  /// From the question to its end.
  package let elapsed: TimeSpan

  package var text: String? {
    if case .answered(let text) = outcome { text } else { nil }
  }

  package var reason: Reason? {
    if case .none(let reason) = outcome { reason } else { nil }
  }
}
