internal import Objects
internal import Postgres
internal import Values

/// A write that is ready to be done: once, in one transaction with its marker.
struct WriteJob: Sendable {
  let database: PostgresDatabase
  let sql: String
  let binds: [Bind]
  /// How many rows it may change; nothing where they are not counted.
  let allowed: ClosedRange<Int64>?
  /// A person said how many.
  let isExpected: Bool
  let marker: Marker.Availability

  var isMarked: Bool { marker != .missing }

  /// Why the transaction is taken back.
  private enum Cause: Error {
    case server(PostgresError)
    case alreadyDone
    case wrongCount(Int64)
  }

  func perform(_ context: PerformContext) throws(Failure) -> Value {
    let activity = context.call.progress.begin("changing \(database.label)")
    defer { activity.end() }
    let connection = try database.openWriter(for: context)
    defer { connection.close() }
    // Where the table is there already, the role need not have the right to make it.
    if marker == .creatable {
      try database.createBookkeeping(Marker.create, on: connection, in: context.call)
    }
    let fence = try fence(on: connection, context)
    let outcome: TransactionOutcome<Int?, Cause> = connection.transaction(
      deadline: context.call.duration,
      cancelOn: context.call.cancellation.descriptor
    ) { () throws(Cause) in
      if let fence { try pass(fence, connection, context.call) }
      return try change(connection, context)
    }
    switch outcome {
    case .committed(let rows):
      return .record(Record(["rows": rows.map { .int(Int64($0)) } ?? .nothing]))
    case .rolledBack(.body(.alreadyDone)):
      context.report("it was done already by an earlier attempt of this run")
      return .record(Record(["rows": .nothing]))
    case .rolledBack(.body(.wrongCount(let count))): throw wrongCount(count)
    case .rolledBack(.body(.server(let error))), .rolledBack(.server(let error)):
      throw undone(database.failure(error, sql: sql, context.call))
    case .unknown(let error):
      throw Failure(
        .unknown,
        "\(database.label): \(error.message)",
        advice: ["COMMIT was sent and its answer was lost: look before you do it again"]
      )
    }
  }

  /// The fence that the transaction has to pass; it is there when this returns.
  private func fence(
    on connection: Connection,
    _ context: PerformContext
  ) throws(Failure) -> Fence? {
    guard let fence = context.fence, isMarked else { return nil }
    guard try database.prepareFence(fence, on: connection, in: context.call) else {
      context.report("the role may not keep the table opsh.fence: a takeover would not stop this")
      return nil
    }
    return fence
  }

  /// The server itself refuses what was taken over, and keeps others from taking over until the end.
  private func pass(
    _ fence: Fence,
    _ connection: Connection,
    _ context: CallContext
  ) throws(Cause) {
    do throws(PostgresError) {
      _ = try send(FenceTable.pass, FenceTable.binds(fence), connection, context)
    } catch {
      throw .server(error)
    }
  }

  private func change(
    _ connection: Connection,
    _ context: PerformContext
  ) throws(Cause) -> Int? {
    if isMarked {
      do throws(PostgresError) {
        _ = try send(Marker.insert, Marker.binds(context.key), connection, context.call)
      } catch {
        throw error.sqlState == "23505" ? .alreadyDone : .server(error)
      }
    }
    let rows: Int?
    do throws(PostgresError) {
      rows = try send(sql, binds, connection, context.call).affectedRows
    } catch {
      throw .server(error)
    }
    if let allowed, let rows, !allowed.contains(Int64(rows)) { throw .wrongCount(Int64(rows)) }
    return rows
  }

  private func send(
    _ sql: String,
    _ binds: [Bind],
    _ connection: Connection,
    _ context: CallContext
  ) throws(PostgresError) -> CommandOutcome {
    try connection.execute(
      sql,
      binds,
      deadline: context.duration,
      cancelOn: context.cancellation.descriptor
    )
  }

  private func wrongCount(_ count: Int64) -> Failure {
    let said = allowed.map(PostgresDatabase.words) ?? "none"
    guard isExpected else {
      return Failure(
        .refused,
        "would change \(count) rows, but the planner expected \(allowed.map { "at most \($0.upperBound)" } ?? said): nothing was kept",
        advice: ["if that is right, say so: expecting: \(count)"]
      )
    }
    return Failure(
      .refused,
      "would change \(count) rows, not \(said): nothing was kept",
      advice: ["look at the rows with query, then call it again with the number that is right"]
    )
  }

  private func undone(_ failure: Failure) -> Failure {
    var failure = failure
    failure.advice.append("nothing of it was kept")
    return failure
  }
}
