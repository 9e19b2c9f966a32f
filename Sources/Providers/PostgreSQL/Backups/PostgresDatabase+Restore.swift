internal import Backups
package import Objects
internal import Postgres
internal import SQLText
package import Stack
package import Values

/// Restoring: beside the database, under another name until it is whole; in place only where that
/// was said.
extension PostgresDatabase {
  package func restore(
    _ target: Plan.Target,
    _ source: RestoreSource,
    as wish: RestoreWish,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan {
    let reader = try reader(of: source)
    try checkTrust(source)
    if !context.isSettling {
      try RestorePreflight(reader: reader, server: self, keepsOwners: wish.keepsOwners)
        .check(in: context)
    }
    let restore = Restore(
      target: try attested(target, in: context),
      source: source,
      reader: reader,
      wish: wish,
      warnings: try reader.programs("pg_restore").version.warnings,
      wrap: wrap
    )
    switch wish.place {
    case .new(let name): return try restoreBeside(restore, as: name, in: context)
    case .here: return try restoreHere(restore, isOver: false, in: context)
    case .overThis: return try restoreHere(restore, isOver: true, in: context)
    }
  }

  func reader(of source: RestoreSource) throws(Failure) -> BackupReader {
    switch source {
    case .backup(let backup): try BackupReader(backup, settings: backups)
    case .file(let path): try BackupReader(file: path, settings: backups)
    }
  }

  func checkTrust(_ source: RestoreSource) throws(Failure) {
    guard case .backup(let backup) = source, backup.level == .damaged else { return }
    throw Failure(
      .refused,
      "\(backup.name) is damaged"
        + (backup.faults.isEmpty ? "" : ": \(backup.faults.joined(separator: ", "))"),
      advice: ["choose another one; nothing was restored"]
    )
  }

  // MARK: - Beside

  private func restoreBeside(
    _ restore: Restore,
    as name: String,
    in context: CallContext
  ) throws(Failure) -> Plan {
    guard (1...50).contains(name.utf8.count), !name.utf8.contains(0) else {
      throw Failure(.value, "a database's name must have 1 to 50 bytes here")
    }
    if !context.isSettling, try exists(name, in: context) {
      throw Failure(
        .refused,
        "the server has a database '\(name)' already",
        advice: ["choose another name; nothing is ever restored over a database"]
      )
    }
    let part = Self.unfinished(name)
    let new = NewDatabase(
      name: part,
      locale: restore.reader.manifest?.locale,
      owner: try owner(in: context)
    )
    let whole = onSameServer(name)
    return Plan(
      target: restore.target,
      member: "database.restore",
      arguments: restore.arguments(into: name),
      effect: .change,
      effectClass: .observable,
      summary: "restore \(restore.sourceName) into a new database \(name) beside \(label)",
      consequences: ["\(label) itself is not touched"] + restore.consequences,
      calls: [
        call(new.sql), restore.call(connectionWords(part)), call(Self.rename(part, to: name)),
      ],
      precondition: Plan.Precondition(
        "no database is named \(name)",
        of: "database \(name)",
        seen: "free"
      ) { [self] (context) throws(Failure) in try exists(name, in: context) ? "taken" : "free" },
      undo: "drop the database \(name)",
      resultType: .object("database"),
      probe: { [self] (context) throws(Failure) in
        // It has its name only when it is whole.
        try exists(name, in: context.call) ? .done : .notDone
      },
      found: { _ throws(Failure) in restore.wrap(whole) },
      body: .effect { [self] (context) throws(Failure) in
        try fillBeside(restore, new, name, context)
        return restore.wrap(whole)
      }
    )
  }

  /// The name that a database has while it is being restored.
  static func unfinished(_ name: String) -> String { "\(name)__opsh_part" }

  static func rename(_ old: String, to new: String) -> String {
    "alter database \(SQLIdentifier.quoted(old)) rename to \(SQLIdentifier.quoted(new))"
  }

  private func fillBeside(
    _ restore: Restore,
    _ new: NewDatabase,
    _ name: String,
    _ context: PerformContext
  ) throws(Failure) {
    let part = onSameServer(new.name)
    if try exists(new.name, in: context.call) {
      context.report("dropping the half of an earlier attempt: \(new.name)")
      try onMaintenance(Self.drop(new.name), in: context.call)
    }
    try onMaintenance(new.sql, in: context.call)
    do throws(Failure) {
      try restore.fill(part, context)
      part.disconnect()
      try onMaintenance(Self.rename(new.name, to: name), in: context.call)
    } catch {
      part.disconnect()
      throw dropped(new.name, error, context.call)
    }
  }

  private static func drop(_ name: String) -> String {
    "drop database \(SQLIdentifier.quoted(name)) with (force)"
  }

  /// Says what became of the half that there is.
  private func dropped(_ name: String, _ reason: Failure, _ context: CallContext) -> Failure {
    var failure = reason
    // A person's wish to stop must not keep it from being cleared away.
    let calm = CallContext(cancellation: Cancellation(), now: context.now)
    do throws(Failure) {
      try onMaintenance(Self.drop(name), in: calm)
      failure.advice.append("what had been restored was dropped again; \(label) is as it was")
    } catch {
      failure.advice.append(
        "what had been restored is still there as the database \(name), which is not whole; \(label) is as it was"
      )
    }
    return failure
  }

  // MARK: - Here

  /// Marks in the database itself tell a later attempt what an earlier one began and ended.
  private func restoreHere(
    _ restore: Restore,
    isOver: Bool,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let tables = try tableNames(in: context).count
    guard isOver || tables == 0 || context.isSettling else {
      throw Failure(
        .refused,
        "\(label) has \(tables) tables: a backup is never restored over them by itself",
        advice: [
          "restore it beside: restore(…, into: \"NAME\"), then swap",
          "or say that all of it may go: restore(…, in_place: true)",
        ]
      )
    }
    let filling = InPlaceRestore(database: self, restore: restore, mayEmpty: isOver)
    return Plan(
      target: restore.target,
      member: "database.restore",
      arguments: restore.arguments(into: nil) + [("in_place", .bool(isOver))],
      effect: isOver ? .destroy : .change,
      effectClass: .observable,
      summary: "restore \(restore.sourceName) \(isOver ? "over" : "into") \(label)",
      consequences: (isOver ? ["LOSES all that is in it: \(tables) tables are dropped first"] : [])
        + restore.consequences,
      calls: (isOver ? InPlaceRestore.emptying(try schemas(in: context)).map(call) : [])
        + [restore.call(connectionWords(name))],
      measure: isOver
        ? Plan.Measure(
          token: "replace \(databaseName)",
          summary: "all \(tables) tables of \(label)",
          isExact: true
        ) : nil,
      undo: isOver ? nil : "drop what was restored",
      resultType: .object("database"),
      probe: { [self] (context) throws(Failure) in
        try probeMarker(InPlaceRestore.ended(context.key), in: context.call)
      },
      found: { [self] _ throws(Failure) in restore.wrap(self) },
      body: .effect { [self] (context) throws(Failure) in
        try filling.perform(context)
        return restore.wrap(self)
      }
    )
  }

  private func connectionWords(_ name: String) -> String { "--dbname=\(name)" }
}

/// One restore as it was asked for.
struct Restore: Sendable {
  let target: Plan.Target
  let source: RestoreSource
  let reader: BackupReader
  let wish: RestoreWish
  /// Faults of the programs that read it.
  let warnings: [String]
  let wrap: @Sendable (any DatabaseService) -> Value

  var sourceName: String {
    switch source {
    case .backup(let backup): "the backup \(backup.name)"
    case .file(let path): path
    }
  }

  func arguments(into name: String?) -> [(name: String, value: Value)] {
    let given: Value =
      switch source {
      case .backup(let backup): .text(backup.head)
      case .file(let path): .text(path)
      }
    return [
      ("backup", given), ("into", name.map { .text($0) } ?? .nothing),
      ("jobs", .int(Int64(wish.jobs))), ("owners", .bool(wish.keepsOwners)),
    ]
  }

  var consequences: [String] {
    var lines: [String] = []
    if case .backup(let backup) = source {
      lines.append(
        "\(backup.manifest.tables.count) tables with \(backup.manifest.rows) rows, as they were at \(backup.manifest.taken.text); proved so far: \(backup.level.rawValue)"
      )
      lines.append("what was restored is compared with the backup's manifest")
    } else {
      lines.append("there is no manifest for it: whether rows are missing can not be told")
    }
    return lines + warnings
  }

  func call(_ connection: String) -> Plan.Call {
    let program = reader.isPlain ? "psql --single-transaction --file=" : "pg_restore "
    let jobs = wish.jobs > 1 ? "--jobs=\(wish.jobs) " : ""
    let words = "\(program)\(reader.isPlain ? "" : "--exit-on-error \(jobs)")"
    return Plan.Call(
      "run \(words)\(connection) \(reader.path)",
      byHand: "\(words)--dbname=\"$DATABASE_URL\" \(ByHand.word(reader.path))"
    )
  }

  /// Fills an empty database and compares what is in it then.
  func fill(_ database: PostgresDatabase, _ context: PerformContext) throws(Failure) {
    let jobs = reader.isEncrypted ? 1 : wish.jobs
    try RestoreJob(
      target: database,
      reader: reader,
      jobs: jobs,
      keepsOwners: wish.keepsOwners
    ).fill(context)
    guard let manifest = reader.manifest else { return }
    try ManifestComparison(manifest: manifest, database: database).check(context)
    context.report(
      "compared with the backup: \(manifest.tables.count) tables, \(manifest.rows) rows"
    )
  }
}
