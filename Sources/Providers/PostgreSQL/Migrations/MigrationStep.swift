internal import Migrations
internal import Objects
internal import Postgres
internal import SQLText
internal import Stack
internal import Values

/// Applying one migration.
struct MigrationStep {
  let job: MigrationJob
  let session: MigrationSession
  let file: MigrationFile
  let script: MigrationScript
  /// An earlier attempt at it is on record.
  let wasTriedBefore: Bool
  /// How far golang-migrate's table was.
  let versionBefore: GolangVersion?
  let watch: BlockerWatch
  /// What was applied before it.
  let done: [String]

  var database: PostgresDatabase { job.database }
  var table: MigrationTable { job.table }
  var context: PerformContext { session.context }
  private var tries: Int { Int(job.request.tries ?? Int64(MigrationJob.tries)) }

  func perform() throws(Failure) {
    try session.reset()
    try mendIndexes()
    let id = MigrationSession.newID()
    let attempt = table.attemptID(table.convention == .prisma ? id : file.version)
    try begin(id, attempt)
    for number in 1... {
      do throws(Failed) {
        try run(id, attempt)
        try checkIndexes()
        return
      } catch {
        guard error.isLockTimeout, error.kept == .nothing, number < tries else {
          throw conclude(error, id, attempt, tries: number)
        }
        try wait(behind: number)
      }
    }
  }

  // MARK: - Begin

  /// What says that it is under way, before anything of it is.
  private func begin(_ id: String, _ attempt: String) throws(Failure) {
    let changes: [LedgerChange]
    switch table.convention {
    case .prisma:
      guard let sum = file.text.flatMap(PrismaChecksum.of) else {
        throw database.failure(MigrationRefusal.noChecksums)
      }
      changes = [.start(id: id, name: file.name, checksum: sum)]
    // Its program writes only when all is done.
    case .dbmate: return
    case .golangMigrate:
      changes = [.set(Int64(file.version).map { GolangVersion($0, isDirty: true) })]
    }
    let isProvable = script.isTransaction && session.keepsAttempts
    let run = String(context.key.prefix { $0 != "/" })
    try session.change(
      changes,
      attempts: isProvable ? [(AttemptTable.begin, [.text(attempt), .text(run)])] : [],
      during: "beginning \(file.name)"
    )
  }

  private var finishing: (String) -> [LedgerChange] {
    { id in
      switch table.convention {
      case .prisma: [.finish(id: id)]
      case .dbmate: [.add(version: file.version)]
      case .golangMigrate:
        [.set(Int64(file.version).map { GolangVersion($0, isDirty: false) })]
      }
    }
  }

  // MARK: - Run

  /// Why it stopped.
  struct Failed: Error {
    var error: PostgresError
    /// The statement, counted from 0; nothing where it was none of the script's.
    var statement: Int?
    var kept: MigrationScript.Kept
    /// Whether the end is not known: COMMIT, or the whole text, was sent and not answered.
    var isUnknown = false

    var isLockTimeout: Bool { error.sqlState == "55P03" }
  }

  private func run(_ id: String, _ attempt: String) throws(Failed) {
    switch script.way {
    case .transaction: try runInTransaction(id, attempt)
    case .alone, .asWritten: try runAsWritten(id)
    }
  }

  /// Mark, script and bookkeeping are there together, or none of them is.
  private func runInTransaction(_ id: String, _ attempt: String) throws(Failed) {
    let outcome: TransactionOutcome<Bool, MigrationSession.Cause> = session.transaction {
      () throws(MigrationSession.Cause) in
      try session.insertMark(file.name)
      try session.send("set local lock_timeout = '\(lockTimeout)ms'")
      do throws(ScriptFailure) {
        try send(script.text)
      } catch {
        throw .script(error)
      }
      // The record belongs to whoever applies it, whatever role the script took.
      try session.send("reset session authorization")
      for (sql, binds) in finishing(id).flatMap(table.statements) { try session.send(sql, binds) }
      if session.keepsAttempts { try session.send(AttemptTable.end, [.text(attempt)]) }
      return true
    }
    switch outcome {
    case .committed: return
    case .rolledBack(.server(let error)): throw Failed(error: error, kept: .nothing)
    case .rolledBack(.body(.server(let error))): throw Failed(error: error, kept: .nothing)
    case .rolledBack(.body(.script(let failure))):
      throw Failed(error: failure.error, statement: failure.statement, kept: .nothing)
    case .rolledBack(.body(.alreadyMarked)):
      throw Failed(
        error: .invalidStatement(
          "this run has a mark for it, but \(table.label) does not have it as applied"
        ),
        kept: .nothing
      )
    case .unknown(let error): throw Failed(error: error, kept: .unknown, isUnknown: true)
    }
  }

  /// As Prisma does it: the bookkeeping is a transaction of its own behind it.
  private func runAsWritten(_ id: String) throws(Failed) {
    do throws(ScriptFailure) {
      if script.way == .alone, job.request.lockTimeout == nil {
        // It waits for the end of other transactions without keeping anybody else waiting.
        try send("set lock_timeout = 0")
      }
      try send(script.text)
    } catch {
      let isLost = error.error.fate == .unknown
      throw Failed(
        error: error.error,
        statement: error.statement,
        kept: isLost ? .unknown : script.kept(whenFailedAt: error.statement),
        isUnknown: isLost
      )
    }
    if session.connection.isInTransaction {
      throw Failed(
        error: .invalidStatement("it begins a transaction that it does not end"),
        statement: max(0, (script.parsed?.statements.count ?? 1) - 1),
        kept: script.kept(whenFailedAt: script.parsed?.statements.count ?? 0)
      )
    }
    do throws(Failure) {
      // A text of its own may have set what it liked.
      try session.reset()
      try session.change(finishing(id), mark: file.name, during: "recording \(file.name)")
    } catch {
      throw Failed(error: .invalidStatement(error.message), kept: .unknown, isUnknown: true)
    }
  }

  func send(_ text: String) throws(ScriptFailure) {
    try watch.watching(session.connection.backendID) { () throws(ScriptFailure) in
      _ = try session.connection.executeScript(
        text,
        deadline: MigrationSession.scriptDeadline,
        cancelOn: context.call.cancellation.descriptor
      )
    }
  }

  private var lockTimeout: Int64 {
    max(1, (job.request.lockTimeout ?? MigrationSession.lockTimeout).microseconds / 1000)
  }

  // MARK: - Again

  /// Waits longer each time, and never as long as others who began in the same moment.
  private func wait(behind number: Int) throws(Failure) {
    let base = min(30, 0.5 * Double(1 << min(number, 6)))
    let span = TimeSpan(microseconds: Int64(base * Double.random(in: 0.5...1) * 1_000_000))
    let blockers = watch.blockers
    let who = blockers.isEmpty ? "" : " from \(blockers.joined(separator: "; "))"
    context.report(
      "\(file.name) got no lock in \(TimeSpan.milliseconds(lockTimeout).text)\(who); nothing was kept, try \(number + 1) of \(tries) in \(span.roundedText)"
    )
    try context.call.cancellation.wait(span)
    if !script.concurrentIndexes.isEmpty { try mendIndexes(isRetry: true) }
  }
}
