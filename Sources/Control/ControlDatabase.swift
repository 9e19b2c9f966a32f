internal import Journals
internal import Postgres
private import Synchronization
package import Values

/// What several machines share, in an ordinary PostgreSQL database: who changes which environment,
/// who approved which step, and which heads the journals had.
///
/// Who somebody is, the server says (`session_user`), never the caller. Nothing here expires by the
/// clock. One session is opened when it is first needed, and again once it was lost.
package final class ControlDatabase: Sendable {
  /// The stack's title: several stacks may share one control database.
  package let stack: String
  private let parameters: ConnectionParameters
  private let session = Mutex<Connection?>(nil)
  /// How long one answer may take.
  private let deadline: Duration

  /// - Throws: `usage` where the URL can not be read; nobody is contacted.
  package init(
    url: Secret,
    stack: String,
    deadline: TimeSpan = .seconds(10)
  ) throws(Failure) {
    let parsed: Result<ConnectionParameters, PostgresError> = url.withExposedText { text in
      do throws(PostgresError) {
        return .success(try ConnectionParameters(url: text))
      } catch {
        return .failure(error)
      }
    }
    do throws(PostgresError) {
      parameters = try parsed.get().withoutPooler
    } catch {
      throw Failure(.usage, "the control database's secret '\(url.name)': \(error.message)")
    }
    self.stack = stack
    self.deadline = .microseconds(deadline.microseconds)
  }

  deinit { session.withLock { $0?.close() } }

  /// Which server and database, without the password.
  package var server: String { parameters.description }

  // MARK: - Sessions

  /// Lends the session to one call; one that was lost meanwhile is replaced once.
  ///
  /// Every body may be run again from its beginning: it is one transaction, or reads only.
  func using<Result: Sendable>(
    _ cancellation: Cancellation,
    isForSetup: Bool = false,
    _ body: (ControlSession) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try cancellation.check()
    return try session.withLock { (kept) throws(Failure) -> Result in
      if let connection = kept, connection.isOpen {
        do throws(Failure) {
          return try body(lend(connection, cancellation))
        } catch {
          // A session that ended while nobody used it says nothing of the server.
          guard error.kind == .unreachable, !connection.isOpen, !cancellation.isCancelled else {
            throw error
          }
        }
      }
      kept = nil
      let session = lend(try open(cancellation), cancellation)
      if !isForSetup { try session.checkSchema() }
      kept = session.connection
      return try body(session)
    }
  }

  private func lend(_ connection: Connection, _ cancellation: Cancellation) -> ControlSession {
    ControlSession(
      connection: connection,
      server: server,
      deadline: deadline,
      cancellation: cancellation
    )
  }

  private func open(_ cancellation: Cancellation) throws(Failure) -> Connection {
    do throws(PostgresError) {
      return try Connection.open(
        parameters,
        // A takeover whose process does not go on is undone: others must be able to take over.
        settings: SessionSettings(
          isReadOnly: false,
          idleInTransactionTimeout: .seconds(60),
          applicationName: "opsh control"
        ),
        deadline: deadline,
        cancelOn: cancellation.descriptor
      )
    } catch {
      throw Failure(control: error, at: server, cancellation)
    }
  }
}
