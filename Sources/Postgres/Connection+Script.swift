/// A script of several statements that stopped at an error.
package struct ScriptFailure: Error, Hashable, Sendable {
  package var error: PostgresError
  /// Which statement of the script failed, counted from 0: as many were done before it, though an
  /// implicit transaction around them was undone with it.
  package var statement: Int

  package init(error: PostgresError, statement: Int) {
    self.error = error
    self.statement = statement
  }

  package var message: String { "statement \(statement + 1): \(error.message)" }
}

extension Connection {
  /// Sends a text of any number of statements by the simple protocol, as Prisma and psql do, and
  /// gives what each of them did; rows are read past.
  ///
  /// Without transaction control in the text all of it is one transaction. `deadline` limits the
  /// wait for each statement's answer.
  @discardableResult
  package func executeScript(
    _ sql: String,
    deadline: Duration = .seconds(60),
    cancelOn: Int32? = nil
  ) throws(ScriptFailure) -> [CommandOutcome] {
    var outcomes: [CommandOutcome] = []
    do throws(PostgresError) {
      try claim()
      defer { release() }
      var exchange = Exchange(self, patience: Patience(deadline, cancelOn: cancelOn))
      try exchange.sendScript(sql)
      while let result = try exchange.nextResult() {
        exchange.patience.renew()
        try Self.take(result, of: exchange, into: &outcomes)
      }
    } catch {
      throw ScriptFailure(error: error, statement: outcomes.count)
    }
    return outcomes
  }

  private static func take(
    _ result: ResultHandle,
    of exchange: Exchange,
    into outcomes: inout [CommandOutcome]
  ) throws(PostgresError) {
    switch result.kind {
    case .row, .empty: return
    case .rowsEnd, .command:
      outcomes.append(CommandOutcome(tag: result.commandTag, affectedRows: result.affectedRows))
    case .error:
      let fault = ServerFault(result)
      while try exchange.nextResult() != nil {}
      throw exchange.connection.error(for: fault)
    case .copy, .other:
      exchange.connection.drop()
      throw .invalidStatement("COPY from or to the client is not possible here")
    }
  }
}
