private import CLibPQ
private import Glibc
private import Synchronization

/// A session with one PostgreSQL server, by libpq.
///
/// Every call blocks until the server has answered, the caller gave up (`cancelOn` became readable)
/// or the deadline passed. A connection does one thing at a time: a statement that is begun while
/// another runs, or while a cursor is open, fails with ``PostgresError/busy``.
// @unchecked: libpq's handle is used only between `claim()` and `release()`, which a lock guards.
@safe package final class Connection: @unchecked Sendable {
  /// What this is a connection to, for messages; never holds the password.
  package let server: String

  /// A statement that sets for one transaction what the start-up message could not; nothing where it
  /// could.
  let transactionSettings: String?

  private var raw: OpaquePointer?
  private let isClaimed = Mutex(false)

  init(adopting raw: OpaquePointer, server: String, transactionSettings: String?) {
    unsafe self.raw = raw
    self.server = server
    self.transactionSettings = transactionSettings
  }

  deinit { drop() }

  /// Ends the session; an open transaction is undone by the server.
  package func close() {
    guard (try? claim()) != nil else { return }
    drop()
    release()
  }

  /// Whether the session has not been closed, dropped or lost.
  package var isOpen: Bool {
    guard let raw = unsafe raw else { return false }
    return unsafe opsh_pg_is_good(raw)
  }

  /// The process id of the server's backend, or 0 once closed.
  package var backendID: Int {
    guard let raw = unsafe raw else { return 0 }
    return unsafe Int(opsh_pg_backend_pid(raw))
  }

  /// The server's version as it counts it itself: 150018 for 15.18.
  package var serverVersion: Int {
    guard let raw = unsafe raw else { return 0 }
    return unsafe Int(opsh_pg_server_version(raw))
  }

  /// A setting that the server reported by itself, such as `TimeZone` or `in_hot_standby`.
  package func reportedSetting(_ name: String) -> String? {
    guard let raw = unsafe raw, let value = unsafe opsh_pg_parameter(raw, name) else { return nil }
    return unsafe String(cString: value)
  }

  var transactionState: TransactionState {
    guard let raw = unsafe raw else { return .broken }
    switch unsafe Int(opsh_pg_transaction_status(raw)) {
    case Int(OPSH_PG_IDLE): return .idle
    case Int(OPSH_PG_ACTIVE): return .active
    case Int(OPSH_PG_IN_TRANSACTION): return .open
    case Int(OPSH_PG_IN_FAILED_TRANSACTION): return .failed
    default: return .broken
    }
  }

  /// Whether a transaction was begun and not ended.
  package var isInTransaction: Bool { transactionState == .open || transactionState == .failed }

  // MARK: Exclusive use

  func claim() throws(PostgresError) {
    let isFree = isClaimed.withLock { claimed in
      defer { claimed = true }
      return !claimed
    }
    guard isFree else { throw .busy }
  }

  func release() {
    isClaimed.withLock { $0 = false }
  }

  /// Gives the handle to `body`; the connection is claimed by the caller.
  func withHandle<Result>(
    _ body: (ConnectionHandle) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    guard let raw = unsafe raw else {
      throw .connectionLost(server: server, reason: "the connection is closed", fate: .notSent)
    }
    return try unsafe body(ConnectionHandle(raw: raw))
  }

  /// Closes the socket at once, without waiting for anything.
  func drop() {
    guard let raw = unsafe raw else { return }
    unsafe opsh_pg_finish(raw)
    unsafe self.raw = nil
  }
}

/// libpq's handle, lent to a closure; it must not outlive the call.
@safe struct ConnectionHandle {
  let raw: OpaquePointer
}

/// Where a session stands with regard to transactions.
enum TransactionState: Sendable {
  case idle, active, open, failed, broken
}
