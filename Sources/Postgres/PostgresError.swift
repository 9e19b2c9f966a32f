/// What is known of a statement that got no ordinary answer.
package enum StatementFate: String, Hashable, Sendable {
  /// Nothing reached the server.
  case notSent
  /// The server said that it stopped or refused the statement: it had no effect.
  case undone
  /// The server said that it was finished before it could be stopped.
  case done
  /// The server did not say: it may or may not have had its effect.
  case unknown
}

/// Why a call to PostgreSQL gave no answer.
package enum PostgresError: Error, Hashable, Sendable {
  /// libpq is missing or too old.
  case libraryUnusable(String)
  /// The URL can not be read; the reason never repeats a part that may hold the password.
  case invalidURL(String)
  case unknownParameter(String)
  /// A bind that the protocol can not carry; positions count from 1, as `$1` does.
  case invalidBind(position: Int, reason: String)
  case invalidStatement(String)
  /// A statement is running, or its cursor is still open.
  case busy
  /// A call that needs to begin a transaction found one open.
  case transactionOpen
  case cannotConnect(server: String, reason: String, after: Duration)
  /// The server answered with an error.
  case refused(ServerFault)
  /// The caller gave up.
  case cancelled(StatementFate)
  case deadlinePassed(server: String, after: Duration, fate: StatementFate)
  case connectionLost(server: String, reason: String, fate: StatementFate)

  /// What is known of the statement.
  package var fate: StatementFate {
    switch self {
    case .libraryUnusable, .invalidURL, .unknownParameter, .invalidBind, .invalidStatement, .busy,
      .transactionOpen, .cannotConnect:
      .notSent
    case .refused(let fault): fault.endsSession ? .unknown : .undone
    case .cancelled(let fate), .deadlinePassed(_, _, let fate), .connectionLost(_, _, let fate):
      fate
    }
  }

  /// The five characters that the server classified its error with, if it was one of the server.
  package var sqlState: String? {
    guard case .refused(let fault) = self else { return nil }
    return fault.sqlState
  }

  package var message: String {
    switch self {
    case .libraryUnusable(let reason): reason
    case .invalidURL(let reason): "the database URL can not be read: \(reason)"
    case .unknownParameter(let name):
      "the database URL has a parameter that opsh does not know: '\(name)'; remove it"
    case .invalidBind(let position, let reason): "the value of $\(position) \(reason)"
    case .invalidStatement(let reason): "the statement can not be sent: \(reason)"
    case .busy: "another statement is still running on this database connection"
    case .transactionOpen: "a transaction is already open on this database connection"
    case .cannotConnect(let server, let reason, let time):
      "could not connect to \(server), tried for \(time.inSeconds): \(reason)"
    case .refused(let fault): fault.text
    case .cancelled(let fate): "the statement was cancelled\(fate.consequence)"
    case .deadlinePassed(let server, let time, let fate):
      "no answer from \(server) within \(time.inSeconds)\(fate.consequence)"
    case .connectionLost(let server, let reason, let fate):
      "the connection to \(server) was lost: \(reason)\(fate.consequence)"
    }
  }
}

extension StatementFate {
  fileprivate var consequence: String {
    switch self {
    case .notSent: "; nothing was sent"
    case .undone: "; the server stopped it, it had no effect"
    case .done: "; the server had finished it by then"
    case .unknown: "; whether the statement had its effect is unknown"
    }
  }
}
