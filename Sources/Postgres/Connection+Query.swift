extension Connection {
  /// Sends one statement by the extended protocol, which takes no second one, and gives its rows.
  ///
  /// Outside of a transaction the server commits a change by itself; then an error's
  /// ``PostgresError/fate`` says what is known of it. `deadline` limits the wait for the first row,
  /// and anew for every further one.
  package func query(
    _ sql: String,
    _ binds: [Bind] = [],
    deadline: Duration = .seconds(30),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> RowCursor {
    try start(sql, binds, Patience(deadline, cancelOn: cancelOn), ending: .nothing)
  }

  /// Reads: one statement in a read-only transaction of its own, which is rolled back at the end.
  ///
  /// This is the server's half of the promise that a read changes nothing; the parser's half is
  /// `SQLText`.
  package func read(
    _ sql: String,
    _ binds: [Bind] = [],
    deadline: Duration = .seconds(30),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> RowCursor {
    let patience = Patience(deadline, cancelOn: cancelOn)
    guard transactionState == .idle || !isOpen else {
      throw transactionState == .active ? .busy : .transactionOpen
    }
    try perform("begin read only", patience)
    do throws(PostgresError) {
      if let transactionSettings { try perform(transactionSettings, patience) }
      return try start(sql, binds, patience, ending: .rollback)
    } catch {
      // Where the statement was not even sent, the transaction is still open.
      if transactionState == .open { rollBack() }
      throw error
    }
  }

  /// Sends one statement, reads past its rows and gives what was done, such as `UPDATE 3`.
  @discardableResult
  package func execute(
    _ sql: String,
    _ binds: [Bind] = [],
    deadline: Duration = .seconds(30),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> CommandOutcome {
    let cursor = try query(sql, binds, deadline: deadline, cancelOn: cancelOn)
    while try cursor.next() != nil {}
    return CommandOutcome(tag: cursor.commandTag ?? "", affectedRows: cursor.affectedRows)
  }

  /// Asks a pooler's own console, such as `show pools`: it speaks the simple protocol only, and its
  /// commands are no SQL.
  package func askConsole(
    _ command: String,
    deadline: Duration = .seconds(10),
    cancelOn: Int32? = nil
  ) throws(PostgresError) -> RowCursor {
    try claim()
    let exchange = Exchange(self, patience: Patience(deadline, cancelOn: cancelOn))
    do throws(PostgresError) {
      try exchange.sendScript(command)
    } catch {
      release()
      throw error
    }
    return try RowCursor(exchange, ending: .nothing)
  }

  private func start(
    _ sql: String,
    _ binds: [Bind],
    _ patience: Patience,
    ending: RowCursor.Ending
  ) throws(PostgresError) -> RowCursor {
    try claim()
    let exchange = Exchange(self, patience: patience)
    do throws(PostgresError) {
      try exchange.send(sql, binds)
    } catch {
      release()
      throw error
    }
    return try RowCursor(exchange, ending: ending)
  }

  /// Sends a statement of our own that gives no rows.
  @discardableResult
  func perform(
    _ sql: String,
    _ patience: Patience,
    isCancellable: Bool = true
  ) throws(PostgresError) -> String {
    try claim()
    defer { release() }
    return try performClaimed(sql, patience, isCancellable: isCancellable)
  }

  private func performClaimed(
    _ sql: String,
    _ patience: Patience,
    isCancellable: Bool
  ) throws(PostgresError) -> String {
    var exchange = Exchange(self, patience: patience)
    exchange.isCancellable = isCancellable
    try exchange.send(sql, [])
    var tag = ""
    var fault: ServerFault?
    while let result = try exchange.nextResult() {
      if result.kind == .error { fault = ServerFault(result) } else { tag = result.commandTag }
    }
    if let fault { throw error(for: fault) }
    return tag
  }

  /// Undoes the open transaction.
  ///
  /// Where the server does not confirm it soon, the session is ended, which undoes it too. The
  /// connection is claimed by the caller, or new to it.
  func rollBack() {
    guard transactionState == .open || transactionState == .failed else { return }
    let patience = Patience(.seconds(2), cancelOn: nil)
    if (try? performClaimed("rollback", patience, isCancellable: false)) == nil { drop() }
  }

  /// What an error of the server means: libpq reports a lost connection as one, too.
  func error(for fault: ServerFault) -> PostgresError {
    guard fault.sqlState.isEmpty || !isOpen else { return .refused(fault) }
    drop()
    return fault.sqlState.isEmpty
      ? .connectionLost(server: server, reason: fault.primary, fate: .unknown) : .refused(fault)
  }
}

/// What a statement without rows did.
package struct CommandOutcome: Hashable, Sendable {
  /// The server's words, such as `UPDATE 3`.
  package var tag: String
  package var affectedRows: Int?

  package init(tag: String, affectedRows: Int?) {
    self.tag = tag
    self.affectedRows = affectedRows
  }
}
