private import CLibPQ

/// How long the server may take to confirm that it stopped what it was asked to stop.
private let graceAfterCancel = Duration.seconds(2)

/// One statement under way on a claimed connection: sending it, waiting for its results, stopping
/// it.
struct Exchange {
  let connection: Connection
  var patience: Patience
  /// Whether stopping by force is allowed; a COMMIT is never asked to stop.
  var isCancellable = true

  init(_ connection: Connection, patience: Patience) {
    self.connection = connection
    self.patience = patience
  }

  /// Sends exactly one statement.
  func send(_ sql: String, _ binds: [Bind]) throws(PostgresError) {
    try Self.check(sql)
    var values = CStringList()
    for (index, bind) in binds.enumerated() {
      let literal = bind.literal
      if let literal, literal.utf8.contains(0) {
        throw .invalidBind(
          position: index + 1,
          reason: "holds a NUL, which PostgreSQL can not store"
        )
      }
      values.append(literal?.utf8)
    }
    let types = binds.map(\.type.rawValue)
    try begin { handle in
      unsafe values.withPointers { values in
        unsafe opsh_pg_send_one(handle.raw, sql, CInt(binds.count), types, values)
      }
    }
  }

  /// Sends any number of statements by the simple protocol.
  func sendScript(_ sql: String) throws(PostgresError) {
    try Self.check(sql)
    try begin { handle in unsafe opsh_pg_send_script(handle.raw, sql) }
  }

  private static func check(_ sql: String) throws(PostgresError) {
    if let offset = sql.utf8.firstIndex(of: 0) {
      let byte = sql.utf8.distance(from: sql.startIndex, to: offset)
      throw .invalidStatement("it holds a NUL at byte \(byte)")
    }
  }

  private func begin(
    _ send: (ConnectionHandle) -> Bool
  ) throws(PostgresError) {
    try connection.withHandle { handle throws(PostgresError) in
      guard send(handle) else { throw lost(handle, fate: .notSent) }
      _ = unsafe opsh_pg_set_single_row_mode(handle.raw)
      try flush(handle)
    }
  }

  private func flush(_ handle: ConnectionHandle) throws(PostgresError) {
    while true {
      switch unsafe opsh_pg_flush(handle.raw) {
      case 0: return
      case 1: try wait(handle, forWriting: true)
      default: throw lost(handle, fate: .unknown)
      }
      // The server may have to get rid of its answer before it reads on.
      guard unsafe opsh_pg_consume_input(handle.raw) else { throw lost(handle, fate: .unknown) }
    }
  }

  /// The next result, or nil when the statement is over.
  func nextResult() throws(PostgresError) -> ResultHandle? {
    try connection.withHandle { handle throws(PostgresError) in
      while unsafe opsh_pg_is_busy(handle.raw) { try receive(handle) }
      return unsafe opsh_pg_get_result(handle.raw).map { unsafe ResultHandle($0) }
    }
  }

  /// Waits for more of the answer and reads it.
  func receive() throws(PostgresError) {
    try connection.withHandle(receive)
  }

  private func receive(_ handle: ConnectionHandle) throws(PostgresError) {
    try wait(handle, forWriting: false)
    guard unsafe opsh_pg_consume_input(handle.raw) else { throw lost(handle, fate: .unknown) }
  }

  private func wait(_ handle: ConnectionHandle, forWriting: Bool) throws(PostgresError) {
    // Under TLS a part of the answer may lie decrypted in OpenSSL, where poll can not see it.
    let slice: Duration? = unsafe opsh_pg_uses_tls(handle.raw) ? .milliseconds(20) : nil
    let descriptor = unsafe opsh_pg_socket(handle.raw)
    switch patience.wait(for: descriptor, forWriting: forWriting, slice: slice) {
    case .ready: return
    case .cancelled: throw .cancelled(stop())
    case .deadlinePassed:
      throw .deadlinePassed(server: connection.server, after: patience.limit, fate: stop())
    }
  }

  /// The connection is of no more use; it is dropped.
  private func lost(_ handle: ConnectionHandle, fate: StatementFate) -> PostgresError {
    let reason = unsafe String(cString: opsh_pg_error_message(handle.raw)).joinedLines
    connection.drop()
    return .connectionLost(server: connection.server, reason: reason, fate: fate)
  }

  // MARK: Stopping

  /// Asks the server to stop the statement and waits a little for what it says.
  ///
  /// Afterwards the connection is idle (or in its failed transaction), or dropped: in either case a
  /// cancel that is still on its way can not meet a later statement.
  func stop() -> StatementFate {
    guard isCancellable, askToStop() else {
      connection.drop()
      return .unknown
    }
    var last = Exchange(connection, patience: Patience(graceAfterCancel, cancelOn: nil))
    last.isCancellable = false
    var fate = StatementFate.unknown
    do throws(PostgresError) {
      while let result = try last.nextResult() {
        switch result.kind {
        case .error: fate = ServerFault(result).endsSession ? .unknown : .undone
        case .rowsEnd, .command, .empty: fate = .done
        case .row: continue
        case .copy, .other:
          connection.drop()
          return .unknown
        }
      }
      return fate
    } catch {
      connection.drop()
      return .unknown
    }
  }

  /// libpq waits for the server to close the cancelling connection, which it does after the signal
  /// was sent; so once this gives true, the signal can not arrive later.
  private func askToStop() -> Bool {
    let patience = Patience(graceAfterCancel, cancelOn: nil)
    do throws(PostgresError) {
      return try connection.withHandle { handle throws(PostgresError) in
        let errand = try unsafe Errand(opsh_pg_cancel(handle.raw))
        return patience.wait(for: errand.descriptor) == .ready && errand.failure == nil
      }
    } catch {
      return false
    }
  }
}
