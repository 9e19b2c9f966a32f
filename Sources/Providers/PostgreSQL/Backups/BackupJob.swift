internal import Backups
private import Glibc
internal import Objects
internal import Postgres
internal import Processes
internal import Stack
internal import Values

/// Taking one backup, from the snapshot to the manifest.
struct BackupJob: Sendable {
  let database: PostgresDatabase
  let settings: BackupSettings
  let wish: BackupWish
  /// What the backup's name begins with.
  let stem: String

  /// Takes it; what was written is gone again unless it is whole.
  func perform(_ context: PerformContext) throws(Failure) -> StoredBackup {
    try clearLeftovers(context)
    let snapshot = try DumpSnapshot.take(of: database, in: context.call)
    defer { snapshot.close() }
    let programs = try programs(for: snapshot.serverVersion)
    let taken = Time.now()
    let part = try UnfinishedBackup(
      in: settings.folder,
      named: freeName(taken),
      owner: Self.owner
    )
    do throws(Failure) {
      return try write(snapshot, programs, taken, part, context)
    } catch {
      throw discarded(part, error)
    }
  }

  /// The state is named: what there was of it is gone, or where it still is.
  private func discarded(_ part: UnfinishedBackup, _ reason: Failure) -> Failure {
    var failure = reason
    do throws(Failure) {
      try part.discard()
      failure.advice.append("nothing of this backup was kept; the database was only read")
    } catch {
      failure.advice.append("what there is of it is no backup, and lies in \(part.path)")
    }
    return failure
  }

  private func programs(for server: String) throws(Failure) -> ClientPrograms.Found {
    let major = ClientVersion(server)?.major ?? 0
    return try settings.programs.find(
      "pg_dump",
      atLeast: major,
      for: "a backup of \(database.label), whose server is \(server),"
    )
  }

  private func freeName(_ taken: Time) -> String {
    let moment = taken.text.prefix { $0 != "." && $0 != "Z" }.filter { $0 != "-" && $0 != ":" }
    let name = "\(stem)-\(moment)Z"
    var number = 1
    var free = name
    while Files.exists("\(settings.folder.path)/\(free)")
      || Files.exists("\(settings.folder.path)/.\(free).part")
    {
      number += 1
      free = "\(name)-\(number)"
    }
    return free
  }

  // MARK: - Writing

  private func write(
    _ snapshot: DumpSnapshot,
    _ programs: ClientPrograms.Found,
    _ taken: Time,
    _ part: UnfinishedBackup,
    _ context: PerformContext
  ) throws(Failure) -> StoredBackup {
    var manifest = Manifest(
      database: database.databaseName,
      label: database.label,
      taken: taken,
      format: wish.format,
      recipient: settings.recipient,
      serverVersion: snapshot.serverVersion,
      dumpVersion: programs.version.description,
      lsn: snapshot.lsn,
      schemaVersion: schemaVersion(in: context.call),
      databaseSize: snapshot.databaseSize,
      locale: snapshot.locale,
      roles: snapshot.roles,
      extensions: snapshot.extensions,
      key: context.key
    )
    let globals = Manifest.globals(isEncrypted: settings.recipient != nil)
    let watch = DumpWatch(isParallel: wish.jobs > 1)
    try dump(snapshot, programs, part, (manifest.archive, globals), watch, context)
    manifest.tables = watch.counted
    if let missing = watch.rolesMissing {
      try Files.remove(part.path(of: globals))
      manifest.rolesMissing = ([missing.message] + missing.advice).joined(separator: "; ")
      context.report("the definitions of the roles are not in it: \(missing.message)")
    }
    let size = Files.totalSize(part.path)
    let activity = context.call.progress.begin("hashing the backup", unit: "bytes")
    defer { activity.end() }
    var hashed: Int64 = 0
    return try part.finish(manifest, entries: [manifest.archive, globals]) {
      (count) throws(Failure) in
      try context.call.cancellation.check()
      hashed += Int64(count)
      activity.advance(to: hashed, of: size)
    }
  }

  /// A bookkeeping that can not be read is no reason to have no backup.
  private func schemaVersion(in context: CallContext) -> String? {
    ((try? database.migrations(in: context)) ?? []).filter { $0.finished != nil }.map(\.name)
      .max { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Dumps and counts at the same time, both in the snapshot, and saves the roles beside.
  private func dump(
    _ snapshot: DumpSnapshot,
    _ programs: ClientPrograms.Found,
    _ part: UnfinishedBackup,
    _ names: (archive: String, globals: String),
    _ watch: DumpWatch,
    _ context: PerformContext
  ) throws(Failure) {
    let activity = context.call.progress.begin("backing up \(database.label)", unit: "bytes")
    defer { activity.end() }
    let path = part.path(of: names.archive)
    let target = try target(in: context.call)
    let dump = ProgramRun(
      programs.path("pg_dump"),
      arguments(snapshot, target.connection),
      for: "backing up \(database.label)"
    )
    var parts = try Encryption.parts(
      dump,
      to: path,
      recipient: settings.recipient,
      password: target.password,
      onStart: { identity, name in context.note(identity, name) },
      onLine: { line in watch.take(line) }
    )
    let count: Crew.Part = { (stop: Cancellation) throws(Failure) in
      try self.count(snapshot, watch, stop, context.call)
    }
    parts.append(count)
    let globals = part.path(of: names.globals)
    let roles: Crew.Part = { (stop: Cancellation) throws(Failure) in
      do throws(Failure) {
        try self.writeRoles(snapshot, programs, globals, stop, context)
      } catch {
        guard error.kind != .interrupted, error.kind != .terminated else { throw error }
        watch.rolesMissing = error
      }
    }
    parts.append(roles)
    let total = snapshot.tables.count
    try Crew.run(parts, watching: context.call.cancellation) {
      activity.advance(
        to: Files.totalSize(path),
        detail:
          "\(watch.progress.tablesDone) of \(total) tables dumped, \(watch.counted.count) counted"
      )
    }
  }

  private func count(
    _ snapshot: DumpSnapshot,
    _ watch: DumpWatch,
    _ stop: Cancellation,
    _ context: CallContext
  ) throws(Failure) {
    for table in snapshot.tables where !stop.isCancelled {
      watch.add(
        try snapshot.digest(
          of: table,
          hashesRows: wish.hashesRows,
          for: database,
          stop: stop,
          in: context
        )
      )
    }
  }

  private func arguments(_ snapshot: DumpSnapshot, _ connection: String) -> [String] {
    var arguments = [
      "--format=\(wish.format.rawValue)", "--snapshot=\(snapshot.id)", "--no-password", "--verbose",
      // Synced with everything else at the end; a table that stays locked is a failure, not a hang.
      "--no-sync", "--lock-wait-timeout=60s",
      // Marks and fences of runs belong to the database that they were made in.
      "--exclude-schema=opsh", "--dbname=\(connection)",
    ]
    if wish.jobs > 1 { arguments.append("--jobs=\(wish.jobs)") }
    return arguments
  }

  /// The definitions of the roles are no part of a database, and so in no dump of one.
  private func writeRoles(
    _ snapshot: DumpSnapshot,
    _ programs: ClientPrograms.Found,
    _ path: String,
    _ stop: Cancellation,
    _ context: PerformContext
  ) throws(Failure) {
    let target = try target(in: context.call)
    var arguments = [
      "--globals-only", "--no-password", "--dbname=\(target.connection)",
      "--database=\(database.databaseName)",
    ]
    // Only a superuser can read their passwords' hashes.
    if !snapshot.isSuperuser { arguments.append("--no-role-passwords") }
    let dump = ProgramRun(
      programs.path("pg_dumpall"),
      arguments,
      for: "saving the roles of \(database.label)"
    )
    let parts = try Encryption.parts(
      dump,
      to: path,
      recipient: settings.recipient,
      password: target.password,
      onStart: { identity, name in context.note(identity, name) },
      onLine: { _ in }
    )
    try Crew.run(parts, watching: stop)
  }

  private func target(
    in context: CallContext
  ) throws(Failure) -> (connection: String, password: Secret?) {
    let parameters = try database.parameters(context)
    let settings = SessionSettings(
      isReadOnly: true,
      lockTimeout: nil,
      idleInTransactionTimeout: nil,
      applicationName: "opsh backup"
    )
    return (
      parameters.connectionString(settings: settings), parameters.password(named: "PGPASSWORD")
    )
  }

  // MARK: - What others left

  /// Tells this process from every other, also from a later one with its number.
  static var owner: String {
    guard let identity = ProcessIdentity(pid: getpid()) else { return "\(getpid())" }
    return "\(identity.pid) \(identity.startTime)"
  }

  static func isAlive(_ owner: String) -> Bool {
    let words = owner.split(separator: " ")
    guard words.count == 2, let pid = Int32(words[0]), let start = UInt64(words[1]) else {
      return false
    }
    return ProcessIdentity(pid: pid, startTime: start).isAlive
  }

  private func clearLeftovers(_ context: PerformContext) throws(Failure) {
    for path in settings.folder.leftovers(isAlive: Self.isAlive) {
      try settings.folder.remove(leftover: path)
      context.report("removed \(path), which an attempt left behind that was broken off")
    }
  }
}

extension PerformContext {
  /// Puts on record which process works for the effect: a run that goes on waits for its end.
  func note(_ identity: ProcessIdentity, _ program: String) {
    note([
      .init("pid", .int(Int64(identity.pid))), .init("program", .string(program)),
      .init("started", .int(Int64(clamping: identity.startTime))),
    ])
  }
}
