internal import Objects
internal import Postgres
internal import Values

/// What a change does, found out by doing it and taking it back.
struct Rehearsal: Sendable {
  /// Per statement; nothing where the server counts none.
  let rows: [Int64?]
  /// All that was changed, triggers and foreign keys included.
  let changed: [ChangedRows]

  /// Above this many rows it would hold up others for too long, and leave too much behind.
  static let limit: Int64 = 100_000
  /// It holds the locks of the real change for at most about this long, and waits less for them.
  static let statementTimeout = Duration.seconds(5)
  static let lockTimeout = Duration.seconds(2)

  enum Outcome: Sendable {
    case measured(Rehearsal)
    /// Why it could not be, in words.
    case impossible(String)
  }
}

extension PostgresDatabase {
  /// Does the statements in a transaction that is rolled back.
  func rehearse(
    _ writes: [Write],
    in context: CallContext
  ) throws(Failure) -> Rehearsal.Outcome {
    let activity = context.progress.begin("rehearsing on \(label)")
    defer { activity.end() }
    let settings = SessionSettings(
      isReadOnly: false,
      statementTimeout: Rehearsal.statementTimeout,
      lockTimeout: Rehearsal.lockTimeout
    )
    let connection = try open(settings, in: context)
    defer { connection.close() }
    let session = WriteSession(connection: connection, call: context)
    let outcome: TransactionOutcome<Never, RehearsalEnd> = connection.transaction(
      deadline: context.duration,
      cancelOn: context.cancellation.descriptor
    ) { () throws(RehearsalEnd) in throw Self.rehearse(writes, session) }
    switch outcome {
    case .rolledBack(.body(.measured(let rehearsal))): return .measured(rehearsal)
    case .rolledBack(.body(.refused(let refusal))): return try impossible(refusal, context)
    case .rolledBack(.server(let error)), .unknown(let error): throw failure(error, context)
    }
  }

  private enum RehearsalEnd: Error {
    case measured(Rehearsal)
    case refused(WriteRefusal)
  }

  private static func rehearse(_ writes: [Write], _ session: WriteSession) -> RehearsalEnd {
    do throws(WriteRefusal) {
      let before = try session.counters()
      var rows: [Int64?] = []
      for write in writes { rows.append(try session.change(write)) }
      do throws(PostgresError) {
        // What is put off to the end of the transaction would not be seen in one that has none.
        try session.send("set constraints all immediate", [])
      } catch {
        throw .server(error, sql: nil)
      }
      return .measured(Rehearsal(rows: rows, changed: try session.changed(since: before)))
    } catch {
      return .refused(error)
    }
  }

  /// A rehearsal that takes too long says nothing; one that the server refuses is the answer.
  private func impossible(
    _ refusal: WriteRefusal,
    _ context: CallContext
  ) throws(Failure) -> Rehearsal.Outcome {
    if case .server(let error, _) = refusal {
      switch error.sqlState {
      case "55P03": return .impossible("another session holds a lock that it needs; see locks")
      case "57014" where !context.cancellation.isCancelled:
        return .impossible("it takes longer than the 5s that it may hold up others")
      case "40P01", "40001": return .impossible("other sessions got in its way")
      default: break
      }
    }
    var failure = failure(refusal, context)
    failure.advice.insert("it was only rehearsed, in a transaction that was rolled back", at: 0)
    throw failure
  }

  /// What a refusal means to a person; nothing of the change was kept.
  func failure(_ refusal: WriteRefusal, _ context: CallContext) -> Failure {
    switch refusal {
    case .server(let error, let sql):
      var failure = failure(error, sql: sql, context)
      failure.advice.append("nothing of it was kept")
      return failure
    case .alreadyDone: return Failure(.failed, "it was done already by an earlier attempt")
    case .wrongCount(let count, let write): return wrongCount(count, write)
    case .everyRow(let count, let table):
      return Failure(
        .refused,
        "would \(table.isDelete ? "delete" : "update") every row of \(table.name), all \(count):"
          + " nothing was kept",
        advice: ["if every row is meant, say so: all_rows: true"]
      )
    case .spreadFurther(let now, let then):
      return Failure(
        .refused,
        "it now \(now.words), in the rehearsal it "
          + (then.map(\.words) ?? "left \(now.table) as it was") + ": nothing was kept",
        advice: ["look at the rows with query, then call it again for a new plan"]
      )
    }
  }

  private func wrongCount(_ count: Int64, _ write: Write) -> Failure {
    let allowed = write.allowed ?? 0...0
    let said = Self.words(allowed)
    switch write.bound {
    case .person:
      return Failure(
        .refused,
        "would change \(count) rows, not \(said): nothing was kept",
        advice: ["look at the rows with query, then call it again with the number that is right"]
      )
    case .planner:
      return Failure(
        .refused,
        "would change \(count) rows, but the planner expected at most \(allowed.upperBound):"
          + " nothing was kept",
        advice: ["if that is right, say so: expecting: \(count)"]
      )
    case .rehearsal:
      return Failure(
        .refused,
        "would change \(count) rows, but changed \(said) when it was rehearsed: nothing was kept",
        advice: ["call it again for a new plan, or give a range: expecting: 1..\(max(count, 1))"]
      )
    }
  }
}
