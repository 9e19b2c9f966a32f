internal import Objects
internal import Postgres
internal import Stack
internal import Values

/// A change that is ready to be done in batches, each a transaction of its own with its marker.
struct BatchJob: Sendable {
  let database: PostgresDatabase
  let statement: BatchStatement
  let batch: WriteRequest.Batch
  /// What all batches together must keep to; looked at before the first one.
  let write: Write
  let makesMarker: Bool

  /// Another session that holds a lock, or got in the way, is given this many chances.
  private static let tries = 5
  private static let retried: Set<String> = ["55P03", "40P01", "40001"]
  /// What matches is counted once, and there may be much of it.
  static let countDeadline = Duration.seconds(900)

  func perform(_ context: PerformContext) throws(Failure) -> Value {
    let activity = context.call.progress.begin("changing \(database.label)", unit: "rows")
    defer { activity.end() }
    let connection = try database.openWriter(for: context)
    defer { connection.close() }
    if makesMarker {
      try database.createBookkeeping(Marker.create, on: connection, in: context.call)
    }
    let turn = Turn(
      session: WriteSession(connection: connection, call: context.call),
      fence: try database.fence(on: connection, context),
      marker: BatchMarker(context.key),
      context: context
    )
    var state: BatchState
    switch try begin(turn) {
    case .ended:
      context.report("it was done already by an earlier attempt of this run")
      return .record(Record(["rows": .nothing]))
    case .empty: return .record(Record(["rows": .int(0)]))
    case .goesOn(let found): state = found
    }
    if state.batches > 0 {
      context.report("goes on behind \(words(state)), the last row that is done")
    }
    activity.advance(to: state.rows, of: state.total)
    while true {
      do throws(Failure) {
        let step = try next(turn, state)
        state = step.state
        activity.advance(to: state.rows, of: state.total)
        if step.isLast { return ended(state, context) }
        if batch.pause.microseconds > 0 { try context.call.cancellation.wait(batch.pause) }
        try context.call.cancellation.check()
      } catch {
        throw stopped(by: error, state)
      }
    }
  }

  /// What each transaction needs.
  private struct Turn {
    var session: WriteSession
    let fence: Fence?
    let marker: BatchMarker
    let context: PerformContext

    var call: CallContext { context.call }

    func transaction<Result: Sendable>(
      _ body: () throws(WriteRefusal) -> Result
    ) -> TransactionOutcome<Result, WriteRefusal> {
      session.connection.transaction(
        deadline: call.duration,
        cancelOn: call.cancellation.descriptor
      ) { () throws(WriteRefusal) in
        if let fence { try session.pass(fence) }
        return try body()
      }
    }

    func cells(_ sql: String, _ binds: [Bind]) throws(WriteRefusal) -> [[String?]] {
      do throws(PostgresError) {
        return try session.cells(sql, binds)
      } catch {
        throw .server(error, sql: nil)
      }
    }

    /// How far it is; ended where the marker of the whole stands.
    func position() throws(WriteRefusal) -> Position? {
      if try !cells(Marker.find, Marker.binds(context.key)).isEmpty { return .ended }
      let place = try cells(BatchMarker.find, marker.search).first?.first ?? nil
      return place.flatMap(marker.state).map { .goesOn($0) }
    }
  }

  private enum Position {
    case goesOn(BatchState)
    /// There was no row in the table when it began.
    case empty
    case ended
  }

  // MARK: - The beginning

  private func begin(_ turn: Turn) throws(Failure) -> Position {
    do throws(WriteRefusal) {
      if let found = try turn.position() { return found }
    } catch {
      throw database.failure(error, turn.call)
    }
    var turn = turn
    turn.session.deadline = max(turn.call.duration, Self.countDeadline)
    let counting = turn
    let outcome = turn.transaction { () throws(WriteRefusal) in
      let turn = counting
      try claim(turn)
      let upto = try turn.cells(statement.highest, []).first
      let total = try turn.cells(statement.count, statement.binds).first?.first
      let state = BatchState(
        total: total.flatMap { $0 }.flatMap { Int64($0) } ?? 0,
        upto: (upto ?? []).map { $0 ?? "" }
      )
      try check(state, turn)
      _ = try turn.cells(Marker.insert, turn.marker.binds(state))
      // Of an empty table nothing is left to do.
      if upto == nil { _ = try turn.cells(Marker.insert, Marker.binds(turn.context.key)) }
      return state
    }
    switch outcome {
    case .committed(let state): return state.upto.isEmpty ? .empty : .goesOn(state)
    case .rolledBack(.body(.alreadyDone)): return try begin(turn)
    case .rolledBack(.body(let refusal)): throw database.failure(refusal, turn.call)
    case .rolledBack(.server(let error)):
      throw database.failure(.server(error, sql: nil), turn.call)
    case .unknown(let error): throw unknown(error)
    }
  }

  private func claim(_ turn: Turn) throws(WriteRefusal) {
    do throws(PostgresError) {
      try turn.session.send(Marker.insert, turn.marker.claim)
    } catch {
      throw error.sqlState == "23505" ? .alreadyDone : .server(error, sql: nil)
    }
  }

  private func check(_ state: BatchState, _ turn: Turn) throws(WriteRefusal) {
    if let allowed = write.allowed, !allowed.contains(state.total) {
      throw .wrongCount(state.total, write)
    }
    guard let guarded = write.guarded, state.total > Write.few,
      try turn.cells(statement.leavesARow, statement.binds).first?.first == "f"
    else { return }
    throw .everyRow(state.total, guarded)
  }

  // MARK: - A batch

  private struct Step {
    var state: BatchState
    var isLast: Bool
  }

  private func next(_ turn: Turn, _ state: BatchState) throws(Failure) -> Step {
    var attempt = 1
    while true {
      let outcome: TransactionOutcome<Step, WriteRefusal> =
        turn.transaction { () throws(WriteRefusal) in try change(turn, state) }
      switch outcome {
      case .committed(let step): return step
      case .rolledBack(.body(.alreadyDone)): return try moved(turn, state)
      case .rolledBack(.body(let refusal)):
        guard case .server(let error, _) = refusal, attempt < Self.tries,
          error.sqlState.map(Self.retried.contains) == true
        else { throw database.failure(refusal, turn.call) }
        turn.context.report(
          "batch \(state.batches + 1) waits for another session: \(error.message)"
        )
        let pause = Int64(attempt) * 500_000
        try turn.call.cancellation.wait(
          TimeSpan(microseconds: pause + .random(in: 0...pause / 2))
        )
        attempt += 1
      case .rolledBack(.server(let error)):
        throw database.failure(.server(error, sql: nil), turn.call)
      case .unknown(let error): throw unknown(error)
      }
    }
  }

  private func change(_ turn: Turn, _ state: BatchState) throws(WriteRefusal) -> Step {
    guard try !turn.cells(BatchMarker.hold, turn.marker.binds(state)).isEmpty else {
      throw .alreadyDone
    }
    let sql = statement.batch(of: batch.rows, isFirst: state.after == nil)
    let found = try turn.cells(sql, statement.binds(state)).first
    var next = state
    next.batches += 1
    var isLast = true
    if let found, found.count == 2 + statement.key.count {
      func number(_ index: Int) -> Int64 { found[index].flatMap { Int64($0) } ?? 0 }
      next.rows += number(1)
      next.after = found[2...].map { $0 ?? "" }
      isLast = number(0) < batch.rows
    }
    let binds = turn.marker.binds(state) + [.text(turn.marker.place(next))]
    _ = try turn.cells(BatchMarker.move, binds)
    if isLast { _ = try turn.cells(Marker.insert, Marker.binds(turn.context.key)) }
    return Step(state: next, isLast: isLast)
  }

  /// Somebody else did this batch: an earlier attempt that was still under way.
  private func moved(_ turn: Turn, _ state: BatchState) throws(Failure) -> Step {
    let found: BatchState?
    let isEnded: Bool
    do throws(WriteRefusal) {
      let place = try turn.cells(BatchMarker.find, turn.marker.search).first?.first ?? nil
      found = place.flatMap(turn.marker.state)
      isEnded = try !turn.cells(Marker.find, Marker.binds(turn.context.key)).isEmpty
    } catch {
      throw database.failure(error, turn.call)
    }
    guard let found, found != state else {
      throw Failure(
        .unknown,
        "the row in opsh.marker that says how far it is was taken away by somebody"
      )
    }
    return Step(state: found, isLast: isEnded)
  }

  // MARK: - The end

  private func ended(_ state: BatchState, _ context: PerformContext) -> Value {
    if write.bound == .person, let allowed = write.allowed, !allowed.contains(state.rows) {
      context.report(
        "it changed \(state.rows) rows, not \(PostgresDatabase.words(allowed)):"
          + " others changed what matches meanwhile; batches that are done are not taken back"
      )
    }
    return .record(Record(["rows": .int(state.rows)]))
  }

  private func unknown(_ error: PostgresError) -> Failure {
    Failure(
      .unknown,
      "\(database.label): \(error.message)",
      advice: ["COMMIT was sent and its answer was lost"]
    )
  }

  private func words(_ state: BatchState) -> String {
    state.after.map(statement.words) ?? "the beginning"
  }

  /// What is done stays, so that doing the whole again would do it twice: nothing may take this for
  /// an ordinary failure.
  private func stopped(by failure: Failure, _ state: BatchState) -> Failure {
    guard state.batches > 0 else { return failure }
    var failure = failure
    if failure.isCatchable { failure.kind = .unknown }
    let batches = state.batches == 1 ? "1 batch that stays" : "\(state.batches) batches that stay"
    failure.message += ": \(state.rows) of about \(state.total) rows are done, in \(batches)"
    failure.advice.removeAll { $0 == "nothing of it was kept" }
    failure.advice += [
      "opsh resume goes on behind them; the last row that is done is \(words(state))",
      "a line of the prompt is not resumed: type it again with a condition for the rows behind that",
    ]
    return failure
  }
}
