/// How a transaction ended.
package enum TransactionOutcome<Value: Sendable, Failure: Error>: Sendable {
  /// The server confirmed the COMMIT.
  case committed(Value)
  /// Nothing of it is there; the body threw, or the server refused.
  case rolledBack(RollbackCause<Failure>)
  /// The COMMIT was sent and not answered, or something in the body ended the transaction: only the
  /// database itself can tell what is there.
  case unknown(PostgresError)
}

/// Why nothing of a transaction is there.
package enum RollbackCause<Failure: Error>: Error {
  /// BEGIN or COMMIT got an error for an answer.
  case server(PostgresError)
  /// The body threw.
  case body(Failure)
}

extension Connection {
  /// Runs `body` in a transaction; COMMIT travels in a message of its own, after the body.
  ///
  /// The body sends its statements through this same connection. A COMMIT is never cancelled: once
  /// it is sent, `cancelOn` is not looked at, and after `deadline` the outcome is unknown.
  package func transaction<Value: Sendable, Failure: Error>(
    isolation: TransactionIsolation = .readCommitted,
    deadline: Duration = .seconds(30),
    cancelOn: Int32? = nil,
    _ body: () throws(Failure) -> Value
  ) -> TransactionOutcome<Value, Failure> {
    do throws(PostgresError) {
      try begin(isolation, Patience(deadline, cancelOn: cancelOn))
    } catch {
      return .rolledBack(.server(error))
    }
    let value: Value
    do throws(Failure) {
      value = try body()
    } catch {
      // Without a COMMIT the server undoes everything, be it that the connection is lost.
      guard transactionState != .idle else { return .unknown(Self.endedByBody) }
      abandonTransaction()
      return .rolledBack(.body(error))
    }
    return commit(value, Patience(deadline, cancelOn: nil))
  }

  private static let endedByBody = PostgresError.invalidStatement(
    "a statement of the transaction ended it, so what came before it may be committed"
  )

  private func begin(
    _ isolation: TransactionIsolation,
    _ patience: Patience
  ) throws(PostgresError) {
    switch transactionState {
    case .idle, .broken: break
    case .active: throw .busy
    case .open, .failed: throw .transactionOpen
    }
    try perform("begin isolation level \(isolation.rawValue) read write", patience)
  }

  private func commit<Value, Failure>(
    _ value: Value,
    _ patience: Patience
  ) -> TransactionOutcome<Value, Failure> {
    switch transactionState {
    case .idle: return .unknown(Self.endedByBody)
    case .active:
      // A cursor of the body is still open; ending the session undoes the transaction.
      drop()
      return .rolledBack(.server(.busy))
    case .broken:
      return .rolledBack(
        .server(.connectionLost(server: server, reason: "before COMMIT was sent", fate: .undone))
      )
    case .open, .failed: break
    }
    do throws(PostgresError) {
      let tag = try perform("commit", patience, isCancellable: false)
      guard tag == "COMMIT" else {
        return .rolledBack(.server(.invalidStatement("an earlier statement had failed")))
      }
      return .committed(value)
    } catch {
      return Self.leavesNothing(error) ? .rolledBack(.server(error)) : .unknown(error)
    }
  }

  /// Whether an answer to COMMIT proves that nothing was committed.
  private static func leavesNothing(_ error: PostgresError) -> Bool {
    guard let state = error.sqlState else { return error.fate == .notSent }
    // 40003: statement completion unknown; class 08: connection exception.
    return error.fate == .undone && state != "40003" && !state.hasPrefix("08")
  }

  private func abandonTransaction() {
    if (try? claim()) == nil {
      drop()
    } else {
      rollBack()
      release()
    }
  }
}

/// How far a transaction is kept apart from others.
package enum TransactionIsolation: String, Hashable, Sendable {
  case readCommitted = "read committed"
  case repeatableRead = "repeatable read"
  case serializable
}
