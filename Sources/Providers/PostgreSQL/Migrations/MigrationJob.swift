internal import Migrations
internal import Objects
internal import Postgres
internal import SQLText
internal import Stack
internal import Values

/// Applying the migrations that a plan showed, and no others.
struct MigrationJob: Sendable {
  let database: PostgresDatabase
  let table: MigrationTable
  /// As they were read when the plan was made.
  let scripts: [MigrationScript]
  let files: [MigrationFile]
  let request: MigrationRequest
  /// How the language calls the database, for what to type next.
  let target: String

  static let tries = 5

  func perform(_ context: PerformContext) throws(Failure) -> Value {
    let progress = context.call.progress.begin("migrating \(database.label)", unit: "migrations")
    defer { progress.end() }
    let session = try MigrationSession.open(
      database,
      table,
      lockTimeout: request.lockTimeout,
      for: context
    )
    defer { session.close() }
    let (history, deployment) = try decide(session)
    try giveUp(deployment, session)
    let pending = try agreed(deployment.pending, context)
    let watch = BlockerWatch(database, report: context.report)
    watch.start()
    defer { watch.end() }
    var done: [String] = []
    var version = history.version(after: deployment)
    let tried = Set(history.entries.filter { $0.started != nil }.map(\.name))
    let byName = Dictionary(scripts.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    for file in pending {
      guard let script = byName[file.name] else { continue }
      try context.call.cancellation.check()
      let step = MigrationStep(
        job: self,
        session: session,
        file: file,
        script: script,
        wasTriedBefore: tried.contains(file.name),
        versionBefore: version,
        watch: watch,
        done: done
      )
      try step.perform()
      done.append(file.name)
      version = Int64(file.version).map { GolangVersion($0, isDirty: false) }
      progress.advance(to: Int64(done.count), of: Int64(pending.count))
      try session.checkLock(after: file.name)
    }
    return Self.result(done)
  }

  /// What is pending now and was agreed to, which is what the intent says where this goes on after
  /// an interruption.
  private func agreed(
    _ pending: [MigrationFile],
    _ context: PerformContext
  ) throws(Failure) -> [MigrationFile] {
    let agreed = PlannedMigrations.sums(context.seen ?? PlannedMigrations.json(files))
    var wanted: [MigrationFile] = []
    for file in pending {
      guard let sum = agreed[file.name] else {
        context.report(
          "\(file.name) came into the folder since this was agreed to: it stays pending"
        )
        continue
      }
      guard sum == file.text.flatMap(PrismaChecksum.of) else {
        throw Failure(
          .stale,
          "\(database.label): the text of \(file.name) is another one since this was agreed to",
          advice: ["nothing was applied; call migrate again for a new plan"]
        )
      }
      wanted.append(file)
    }
    if wanted.isEmpty, !agreed.isEmpty {
      context.report("nothing of it is pending any more: it was applied meanwhile")
    }
    return wanted
  }

  static func result(_ names: [String]) -> Value {
    .record(Record(["applied": .list(names.map { .text($0) })]))
  }

  /// Reads table and folder again, now that nobody else changes them.
  private func decide(
    _ session: MigrationSession
  ) throws(Failure) -> (MigrationStanding, MigrationDecision) {
    let context = session.context.call
    let place = try database.migrationPlace(in: context)
    guard let history = try database.migrationStanding(place, isOurs: true, in: context),
      let found = place.table
    else { throw Failure(.stale, "\(database.label): the folder of migrations is gone") }
    let deployment: MigrationDecision
    do throws(MigrationRefusal) {
      deployment = try history.deployment(
        until: request.until,
        acceptsEdited: request.acceptsEdited
      )
    } catch {
      throw database.failure(error, of: target)
    }
    if !found.isPresent {
      try database.checkIsEmpty(table, of: target, in: context)
      try database.createBookkeeping(table.create, on: session.connection, in: context)
    }
    return (history, deployment)
  }

  private func giveUp(
    _ deployment: MigrationDecision,
    _ session: MigrationSession
  ) throws(Failure) {
    guard !deployment.abandoned.isEmpty else { return }
    let ids = deployment.abandonedIDs.map(table.attemptID)
    try session.change(
      deployment.abandoned,
      attempts: ids.map { (AttemptTable.end, [.text($0)]) },
      during: "giving up what was cut off"
    )
    for name in deployment.abandonedNames {
      session.context.report(
        "\(name) was cut off before: its transaction was not committed, so nothing of it was kept; it is applied anew"
      )
    }
  }
}

/// The pending migrations as a plan saw them, and as its intent has them on record.
enum PlannedMigrations {
  static func json(_ files: [MigrationFile]) -> JSON {
    [
      "pending": .array(
        files.map { file in
          [
            "name": .string(file.name),
            "sha256": file.text.flatMap(PrismaChecksum.of).map { .string($0) } ?? .null,
          ]
        }
      )
    ]
  }

  /// The checksum of each, by name.
  static func sums(_ json: JSON) -> [String: String] {
    let pairs = (json["pending"]?.arrayValue ?? []).compactMap { item -> (String, String)? in
      guard let name = item["name"]?.stringValue else { return nil }
      return (name, item["sha256"]?.stringValue ?? "")
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}
