internal import Objects
internal import Postgres
internal import Values

/// Statements that are ready to be done: once, in one transaction with their marker.
struct WriteJob: Sendable {
  let database: PostgresDatabase
  let writes: [Write]
  let marker: Marker.Availability
  /// What a rehearsal saw: it must not spread further than that.
  var rehearsal: Rehearsal?

  var isMarked: Bool { marker != .missing }

  func perform(_ context: PerformContext) throws(Failure) -> Value {
    let activity = context.call.progress.begin("changing \(database.label)")
    defer { activity.end() }
    let connection = try database.openWriter(for: context)
    defer { connection.close() }
    // Where the table is there already, the role need not have the right to make it.
    if marker == .creatable {
      try database.createBookkeeping(Marker.create, on: connection, in: context.call)
    }
    let fence = isMarked ? try database.fence(on: connection, context) : nil
    let session = WriteSession(connection: connection, call: context.call)
    let outcome: TransactionOutcome<[Int64?], WriteRefusal> = connection.transaction(
      deadline: context.call.duration,
      cancelOn: context.call.cancellation.descriptor
    ) { () throws(WriteRefusal) in
      if let fence { try session.pass(fence) }
      return try change(session, context)
    }
    switch outcome {
    case .committed(let counts): return Self.value(counts)
    case .rolledBack(.body(.alreadyDone)):
      context.report("it was done already by an earlier attempt of this run")
      return .record(Record(["rows": .nothing]))
    case .rolledBack(.body(let refusal)): throw database.failure(refusal, context.call)
    case .rolledBack(.server(let error)):
      throw database.failure(.server(error, sql: writes.first?.sql), context.call)
    case .unknown(let error):
      throw Failure(
        .unknown,
        "\(database.label): \(error.message)",
        advice: ["COMMIT was sent and its answer was lost: look before you do it again"]
      )
    }
  }

  private static func value(_ counts: [Int64?]) -> Value {
    let values = counts.map { $0.map { Value.int($0) } ?? .nothing }
    guard counts.count > 1 else { return .record(Record(["rows": values.first ?? .nothing])) }
    let rows = counts.compactMap(\.self).reduce(0, +)
    return .record(Record(["rows": .int(rows), "counts": .list(values)]))
  }

  private func change(
    _ session: WriteSession,
    _ context: PerformContext
  ) throws(WriteRefusal) -> [Int64?] {
    if isMarked {
      do throws(PostgresError) {
        try session.send(Marker.insert, Marker.binds(context.key))
      } catch {
        throw error.sqlState == "23505" ? .alreadyDone : .server(error, sql: nil)
      }
    }
    let before = rehearsal == nil ? [:] : try session.counters()
    var counts: [Int64?] = []
    for write in writes { counts.append(try session.change(write)) }
    if let rehearsal, counts == rehearsal.rows { try check(session, before, rehearsal) }
    return counts
  }

  /// As many rows as were rehearsed may not take more along than they did then.
  private func check(
    _ session: WriteSession,
    _ before: [String: ChangedRows],
    _ rehearsal: Rehearsal
  ) throws(WriteRefusal) {
    let allowed = Dictionary(
      rehearsal.changed.map { ($0.table, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    for now in try session.changed(since: before) {
      let then = allowed[now.table]
      let isFurther = now.deleted > then?.deleted ?? 0 || now.updated > then?.updated ?? 0
      if isFurther { throw .spreadFurther(now, than: then) }
    }
  }
}

extension PostgresDatabase {
  /// The fence that a transaction has to pass; it is there when this returns.
  func fence(
    on connection: Connection,
    _ context: PerformContext
  ) throws(Failure) -> Fence? {
    guard let fence = context.fence else { return nil }
    guard try prepareFence(fence, on: connection, in: context.call) else {
      context.report("the role may not keep the table opsh.fence: a takeover would not stop this")
      return nil
    }
    return fence
  }
}

extension WriteSession {
  /// The server itself refuses what was taken over, and keeps others from taking over until the end.
  func pass(_ fence: Fence) throws(WriteRefusal) {
    do throws(PostgresError) {
      try send(FenceTable.pass, FenceTable.binds(fence))
    } catch {
      throw .server(error, sql: nil)
    }
  }
}
