internal import Backups
internal import Objects
internal import Postgres
internal import Processes
internal import Values

/// Filling an empty database from a backup.
struct RestoreJob: Sendable {
  let target: PostgresDatabase
  let reader: BackupReader
  let jobs: Int
  let keepsOwners: Bool

  /// Restores everything, and stops at the first error: what is there then is half of it.
  func fill(_ context: PerformContext) throws(Failure) {
    let parameters = try target.parameters(context.call)
    let connection = parameters.connectionString(
      settings: SessionSettings(
        isReadOnly: false,
        lockTimeout: nil,
        idleInTransactionTimeout: nil,
        applicationName: "opsh restore"
      )
    )
    let password = parameters.password(named: "PGPASSWORD")
    let purpose = "restoring into \(target.label)"
    let watch = DumpWatch(isParallel: jobs > 1)
    let onStart: @Sendable (ProcessIdentity, String) -> Void = { context.note($0, $1) }
    let onLine: @Sendable (String) -> Void = { line in watch.take(line) }
    let parts =
      reader.isPlain
      ? [
        try plain(connection, password, purpose, onStart)
      ]
      : try reader.parts(
        archiveArguments(connection),
        for: purpose,
        password: password,
        onStart: onStart,
        onLine: onLine
      )
    var total = reader.manifest?.tables.count
    if total == nil { total = try reader.listing(in: context.call)?.tableCount }
    let activity = context.call.progress.begin(purpose, unit: "tables")
    defer { activity.end() }
    try Crew.run(parts, watching: context.call.cancellation) {
      activity.advance(
        to: Int64(watch.progress.tablesDone),
        of: total.map { Int64($0) },
        detail: watch.progress.current.map { "at \($0)" }
      )
    }
  }

  private func archiveArguments(_ connection: String) -> [String] {
    var arguments = ["--exit-on-error", "--no-password", "--verbose", "--dbname=\(connection)"]
    // Both together are refused by pg_restore; one transaction is all or nothing.
    arguments.append(jobs > 1 ? "--jobs=\(jobs)" : "--single-transaction")
    if !keepsOwners { arguments += ["--no-owner", "--no-privileges"] }
    return arguments
  }

  /// A plain dump was looked at before: it ends as pg_dump ends it.
  private func plain(
    _ connection: String,
    _ password: Secret?,
    _ purpose: String,
    _ onStart: @escaping @Sendable (ProcessIdentity, String) -> Void
  ) throws(Failure) -> Crew.Part {
    guard keepsOwners, jobs == 1 else {
      throw Failure(
        .refused,
        "\(reader.path) is plain SQL: it is run as it is, by one session, with the owners that it names",
        advice: ["owners: false and jobs: need an archive (pg_dump --format=custom)"]
      )
    }
    var run = ProgramRun(
      try reader.programs("psql").path("psql"),
      [
        "--no-psqlrc", "--quiet", "--no-password", "--single-transaction",
        "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--dbname=\(connection)",
        "--file=\(reader.path)",
      ],
      for: purpose
    )
    run.password = password
    return run.part(onStart: onStart)
  }
}
