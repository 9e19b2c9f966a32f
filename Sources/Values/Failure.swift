/// Why something did not happen, in terms of what it means now.
package struct Failure: Error, Hashable, Sendable {
  package var kind: Kind
  /// What happened, to what; lower case, no full stop.
  package var message: String
  /// What it means now and what to type next, a line each.
  package var advice: [String]

  package init(_ kind: Kind, _ message: String, advice: [String] = []) {
    self.kind = kind
    self.message = message
    self.advice = advice
  }

  /// The kinds, by the word that `e.kind` gives.
  package enum Kind: String, Sendable, CaseIterable {
    /// A value does not fit where it is used; an index out of range; an overflow.
    case value
    /// The other side said no and changed nothing: 404, 409, an SQL error.
    case refused
    /// A step or program failed, and what was done is known.
    case failed
    /// The time that a `wait until` or a step was given ran out.
    case timeout
    /// An `expect` did not hold.
    case expectation
    /// There was nothing to do.
    case nothingToDo = "nothing_to_do"
    /// An answer or approval was needed and not given, or refused.
    case approval
    /// It was put down until another person says yes.
    case waiting
    /// What the plan saw no longer holds.
    case stale
    /// The other side could not be reached or did not let us in.
    case unreachable
    /// Somebody else holds the lock, or it was lost.
    case locked
    /// The outcome is not known; a person has to look.
    case unknown
    /// The journal could not be written or does not verify.
    case journal
    /// A secret is not set.
    case missingSecret = "missing_secret"
    /// The stack file was not trusted.
    case untrusted
    /// Wrong usage, or something this version does not have.
    case usage
    /// A person stopped it.
    case interrupted
    /// The process was told to end.
    case terminated
  }

  /// The exit code that this failure ends the program with (`design: The command line`).
  package var exitCode: Int32 {
    switch kind {
    case .value, .refused, .failed, .timeout: 1
    case .usage, .missingSecret, .untrusted: 2
    case .expectation, .nothingToDo: 3
    case .approval, .stale, .waiting: 4
    case .unreachable: 5
    case .locked: 6
    case .unknown: 7
    case .journal: 8
    case .interrupted: 130
    case .terminated: 143
    }
  }

  /// Says whether `try` and `retry` may take it; the others stop the run.
  package var isCatchable: Bool {
    switch kind {
    case .value, .refused, .failed, .timeout, .expectation, .nothingToDo, .stale, .unreachable:
      true
    case .approval, .locked, .unknown, .journal, .missingSecret, .untrusted, .usage,
      .interrupted, .terminated, .waiting:
      false
    }
  }
}
