/// Who answers at one of the sandbox's addresses.
package enum Vendor: String, CaseIterable, Sendable {
  case vercel, neon, sentry, app
}

/// What can be wrong with a vendor.
package enum Fault: String, CaseIterable, Sendable {
  /// Connections are refused.
  case down
  /// Answers arrive a byte a second.
  case slow
  /// Answers are neither JSON nor HTML.
  case garbage
  case unauthorized = "401"
  case forbidden = "403"
  /// Every request is one too many.
  case limited = "429"
  /// What changes something is done, and the connection ends without an answer.
  case lostAnswer = "lost-answer"
  /// A rollback, or a restore at Neon, is accepted and then fails.
  case failingRollback = "failing-rollback"

  package static func possible(at vendor: Vendor) -> [Fault] {
    allCases.filter { $0 != .failingRollback || vendor == .vercel || vendor == .neon }
  }

  package var summary: String {
    switch self {
    case .down: "connections are refused"
    case .slow: "answers arrive a byte a second"
    case .garbage: "answers are neither JSON nor HTML"
    case .unauthorized: "every answer is 401"
    case .forbidden: "every answer is 403"
    case .limited: "every answer is 429"
    case .lostAnswer: "changes are made, then the connection is cut without an answer"
    case .failingRollback: "rollbacks and restores are accepted and fail"
    }
  }
}
