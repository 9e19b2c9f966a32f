internal import Postgres
internal import SQLText
internal import Values

/// Lets a statement through as a read, or says what it is instead; nothing is sent here.
enum ReadGuard {
  static let advice = [
    "nothing was sent", "what changes data is done with execute: do ….execute(sql\"…\")",
  ]

  /// The functions that the statement calls, for the catalogue to judge.
  static func functions(of sql: String) throws(Failure) -> [QualifiedName] {
    switch Classification(sql) {
    case .read(let functions): return functions
    case .write(let reason): throw refusal(reason.message)
    case .unreadable(let error): throw refusal("it can not be read: \(words(error))")
    }
  }

  static func refusal(_ reason: String) -> Failure {
    Failure(.refused, "this is no read: \(reason)", advice: advice)
  }

  private static func words(_ error: SQLTextError) -> String {
    guard case .syntax(let reason, let offset) = error else { return error.message }
    return "\(reason), at byte \(offset + 1)"
  }
}
