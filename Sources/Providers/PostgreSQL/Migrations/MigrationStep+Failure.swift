internal import Migrations
internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// What becomes of a migration that stopped: its row, and the words for it.
extension MigrationStep {
  /// Records it where that is still possible, and says what is there now.
  func conclude(
    _ failed: Failed,
    _ id: String,
    _ attempt: String,
    tries: Int
  ) -> Failure {
    // Whoever stopped it does not stop the record of it.
    let step = concluding()
    var failure = Failure(kind(of: failed), message(failed, tries: tries), advice: [])
    failure.advice = details(failed.error)
    guard !failed.isUnknown else {
      failure.advice += [
        "whether it was kept is not known: opsh looks, and migrate looks again",
        doneWords,
      ].compactMap(\.self)
      return failure
    }
    let isPendingAgain = failed.kept == .nothing && (failed.isLockTimeout || failed.isStop)
    failure.advice.append(keptWords(failed.kept))
    failure.advice += [doneWords].compactMap(\.self) + step.invalidWords()
    guard session.connection.isOpen, !failed.error.isSessionOver else {
      failure.advice += lostWords(failed)
      return failure
    }
    do throws(Failure) {
      try step.record(failed, id, attempt, isPendingAgain: isPendingAgain)
      failure.advice += nextWords(failed, isPendingAgain: isPendingAgain)
    } catch {
      failure.advice.append("this could not be put on record: \(error.message)")
    }
    return failure
  }

  private func concluding() -> MigrationStep {
    let call = CallContext(
      cancellation: Cancellation(),
      now: context.call.now,
      deadline: .seconds(10),
      progress: context.call.progress
    )
    var session = session
    session.context = PerformContext(
      call: call,
      key: context.key,
      fence: context.fence,
      seen: context.seen,
      note: context.note,
      report: context.report
    )
    return MigrationStep(
      job: job,
      session: session,
      file: file,
      script: script,
      wasTriedBefore: wasTriedBefore,
      versionBefore: versionBefore,
      watch: watch,
      done: done
    )
  }

  // MARK: - The row

  private func record(
    _ failed: Failed,
    _ id: String,
    _ attempt: String,
    isPendingAgain: Bool
  ) throws(Failure) {
    if session.connection.isInTransaction {
      _ = try database.row("rollback", [], on: session.connection, in: context.call)
    }
    try session.reset()
    var changes: [LedgerChange] = []
    switch table.convention {
    case .prisma:
      changes = [.fail(id: id, logs: logs(failed))]
      if isPendingAgain { changes.append(.rollBack(id: id)) }
    case .dbmate: return
    case .golangMigrate: if isPendingAgain { changes = [.set(versionBefore)] }
    }
    try session.change(
      changes,
      attempts: session.keepsAttempts ? [(AttemptTable.end, [.text(attempt)])] : [],
      during: "recording that \(file.name) failed"
    )
  }

  /// What `prisma migrate status` shows of it.
  private func logs(_ failed: Failed) -> String {
    var lines = ["Migration name: \(file.name)", ""]
    if let state = failed.error.sqlState { lines += ["Database error code: \(state)", ""] }
    lines += ["Database error:", failed.error.message, "", place(failed), keptWords(failed.kept)]
    return lines.joined(separator: "\n")
  }

  // MARK: - Words

  private func kind(of failed: Failed) -> Failure.Kind {
    if failed.isUnknown { return .unknown }
    if failed.isStop { return .interrupted }
    let state = failed.error.sqlState
    return state == FenceTable.isOld || state == FenceTable.isMissing ? .locked : .failed
  }

  private func message(_ failed: Failed, tries: Int) -> String {
    let place = place(failed)
    guard failed.isLockTimeout else {
      return
        "\(database.label): migration \(file.name) stopped at \(place): \(failed.error.message)"
    }
    let who = watch.blockers.isEmpty ? "" : ", held by \(watch.blockers.joined(separator: "; "))"
    return
      "\(database.label): migration \(file.name) got no lock in \(tries) tries, at \(place)\(who)"
  }

  /// Such as `statement 2 (20260101_init/migration.sql, line 7)`.
  private func place(_ failed: Failed) -> String {
    let position: Int?
    if case .refused(let fault) = failed.error { position = fault.position } else { position = nil }
    guard let statement = failed.statement else { return "its bookkeeping (\(file.path))" }
    let line =
      position.map { script.line(ofCharacter: $0) } ?? script.line(ofStatement: statement)
    return "statement \(statement + 1) (\(file.path)\(line.map { ", line \($0)" } ?? ""))"
  }

  private func details(_ error: PostgresError) -> [String] {
    guard case .refused(let fault) = error, fault.sqlState == "25001" else { return [] }
    return ["a statement that no transaction takes must be alone in its file"]
  }

  private func keptWords(_ kept: MigrationScript.Kept) -> String {
    switch kept {
    case .nothing: "nothing of this file was kept"
    case .first(1): "its statement 1 was kept, since a COMMIT stands behind it; the rest was not"
    case .first(let count):
      "its statements 1 to \(count) were kept, since a COMMIT stands behind them; the rest was not"
    case .unknown: "what of this file was kept can not be told from its text; look at the database"
    }
  }

  /// What is there of those before it.
  private var doneWords: String? {
    switch done.count {
    case 0: nil
    case 1: "\(done[0]) before it was applied and stays"
    default:
      "the \(done.count) before it were applied and stay: \(done[0]) to \(done[done.count - 1])"
    }
  }

  private func nextWords(_ failed: Failed, isPendingAgain: Bool) -> [String] {
    if isPendingAgain { return ["it is pending again; migrate again for the rest"] }
    guard table.convention != .dbmate else {
      return failed.kept == .nothing
        ? ["mend the file, and migrate again"]
        : [
          "do the rest by hand, then: do \(job.target).resolve(\"\(file.name)\", as: \"applied\")"
        ]
    }
    let rolledBack = "do \(job.target).resolve(\"\(file.name)\", as: \"rolled back\")"
    guard failed.kept == .nothing else {
      return [
        "do the rest by hand, then: do \(job.target).resolve(\"\(file.name)\", as: \"applied\")",
        "or take back what was kept, then: \(rolledBack), and migrate again",
      ]
    }
    return ["mend the file, then: \(rolledBack), and migrate again"]
  }

  private func lostWords(_ failed: Failed) -> [String] {
    if script.isTransaction, session.keepsAttempts || table.convention == .dbmate {
      return ["no COMMIT was sent; the next migrate finds that out by itself, and goes on"]
    }
    return nextWords(failed, isPendingAgain: false)
  }
}

extension MigrationStep.Failed {
  /// A person, or a step's time, stopped it.
  var isStop: Bool {
    if case .cancelled = error { true } else { false }
  }
}
