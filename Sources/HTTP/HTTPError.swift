/// Why a request has no answer.
///
/// The cases separate what decides the outcome: a request that never left did nothing, and one that
/// may have left may have been acted on.
package enum HTTPError: Error, Equatable, Sendable {
  case cancelled(host: String, hasSent: Bool, after: Duration)
  case connectTimedOut(host: String, after: Duration)
  /// The connection ended before the answer did.
  case connectionLost(host: String, reason: String, hasSent: Bool, after: Duration)
  /// The total deadline passed; `received` counts bytes of the body so far.
  case deadlinePassed(host: String, hasSent: Bool, received: Int, after: Duration)
  case failed(host: String, reason: String, hasSent: Bool, after: Duration)
  /// Nothing moved for as long as the idle deadline allows.
  case idle(host: String, received: Int, after: Duration)
  case invalidRequest(String)
  case invalidURL(String, reason: String)
  case libraryUnavailable(String)
  /// What came back is not HTTP.
  case malformedAnswer(host: String, reason: String, after: Duration)
  case nameNotResolved(host: String, after: Duration)
  case notConnected(host: String, reason: String, after: Duration)
  case responseTooLarge(host: String, what: String, limit: Int)
  case tlsFailed(host: String, reason: String, after: Duration)

  /// Whether the server may have acted on the request: false is a proof that it did not.
  package var mayHaveBeenProcessed: Bool {
    switch self {
    case .cancelled(_, let hasSent, _), .connectionLost(_, _, let hasSent, _),
      .deadlinePassed(_, let hasSent, _, _), .failed(_, _, let hasSent, _):
      hasSent
    case .idle, .malformedAnswer, .responseTooLarge: true
    case .connectTimedOut, .invalidRequest, .invalidURL, .libraryUnavailable, .nameNotResolved,
      .notConnected, .tlsFailed:
      false
    }
  }

  /// Whether the caller gave up, rather than something failing.
  package var isCancellation: Bool {
    if case .cancelled = self { true } else { false }
  }

  /// Whether asking again could meet anything else than the same failure.
  package var isTransient: Bool {
    switch self {
    case .cancelled, .invalidRequest, .invalidURL, .libraryUnavailable, .responseTooLarge,
      .tlsFailed:
      false
    case .connectTimedOut, .connectionLost, .deadlinePassed, .failed, .idle, .malformedAnswer,
      .nameNotResolved, .notConnected:
      true
    }
  }
}

extension HTTPError {
  /// Whether it was waited for as long as the caller wanted: trying again would double that.
  package var usedUpItsTime: Bool {
    switch self {
    case .deadlinePassed, .idle: true
    default: false
    }
  }
}

extension HTTPError: CustomStringConvertible {
  /// What happened, and what that means for whoever asked for a change.
  package var message: String {
    switch self {
    case .invalidRequest, .invalidURL, .libraryUnavailable: what
    default:
      "\(what); "
        + (mayHaveBeenProcessed ? "the request may have been processed" : "nothing was sent")
    }
  }

  /// What happened, for whoever only read: nothing can have come of that.
  package var what: String {
    switch self {
    case .cancelled(let host, _, let after):
      "cancelled after \(Self.text(after)) of asking \(host)"
    case .connectTimedOut(let host, let after):
      "\(host) gave no connection within \(Self.text(after))"
    case .connectionLost(let host, let reason, _, let after):
      "lost the connection to \(host) after \(Self.text(after)) (\(reason))"
    case .deadlinePassed(let host, _, let received, let after):
      "\(host) gave no complete answer within \(Self.text(after)) (\(received) bytes came)"
    case .failed(let host, let reason, _, let after):
      "asking \(host) failed after \(Self.text(after)): \(reason)"
    case .idle(let host, let received, let after):
      "\(host) sent nothing for \(Self.text(after)) (\(received) bytes came before)"
    case .invalidRequest(let reason): "the request is not valid: \(reason)"
    case .invalidURL(let text, let reason): "'\(text)' is not a usable address: \(reason)"
    case .libraryUnavailable(let reason): reason
    case .malformedAnswer(let host, let reason, let after):
      "\(host) answered after \(Self.text(after)), but not in HTTP (\(reason))"
    case .nameNotResolved(let host, let after):
      "the name of \(host) could not be resolved (tried for \(Self.text(after)))"
    case .notConnected(let host, let reason, let after):
      "could not connect to \(host) (tried for \(Self.text(after)): \(reason))"
    case .responseTooLarge(let host, let what, let limit):
      "the \(what) of the answer of \(host) exceeds \(limit) bytes"
    case .tlsFailed(let host, let reason, let after):
      "no trusted TLS connection to \(host) (tried for \(Self.text(after)): \(reason))"
    }
  }

  package var description: String { message }

  /// Writes `120 ms` below a second and `1.2 s` above.
  private static func text(_ duration: Duration) -> String {
    let milliseconds = duration / .milliseconds(1)
    guard milliseconds >= 1_000 else { return "\(Int(milliseconds)) ms" }
    let tenths = Int(milliseconds / 100)
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}
