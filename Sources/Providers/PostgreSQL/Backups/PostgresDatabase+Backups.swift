package import Backups
package import Objects
package import Stack
package import Values

/// Backups in the folder that the stack file names.
extension PostgresDatabase: BackupService {
  /// - Throws: `usage` where the stack file names no folder.
  func needBackups() throws(Failure) -> BackupSettings {
    guard let backups else {
      throw Failure(
        .usage,
        "\(label) has no place for its backups",
        advice: ["say where in the stack file, beside its url or key: backups: \"backups\""]
      )
    }
    return backups
  }

  package func backups(in context: CallContext) throws(Failure) -> [StoredBackup] {
    // What can not be read as one is in no list of backups; the plan of the next backup names it.
    try needBackups().folder.all().backups.filter { $0.manifest.database == databaseName }
  }

  package func backUp(
    _ target: Plan.Target,
    as wish: BackupWish,
    in context: CallContext,
    wrap: @escaping @Sendable (StoredBackup) -> Value
  ) throws(Failure) -> Plan {
    let settings = try needBackups()
    guard wish.format == .custom || settings.recipient == nil else {
      throw Failure(
        .refused,
        "an encrypted backup is one file: format: \"directory\" can not be encrypted",
        advice: ["leave format: and jobs: out"]
      )
    }
    let server = try identity(in: context).version
    let programs = try settings.programs.find(
      "pg_dump",
      atLeast: ClientVersion(server)?.major ?? 0,
      for: "a backup of \(label), whose server is \(server),"
    )
    let stem = [target.environment, databaseName].compactMap(\.self).map(Self.fileName)
      .joined(separator: "-")
    let job = BackupJob(database: self, settings: settings, wish: wish, stem: stem)
    return Plan(
      target: try attested(target, in: context),
      member: "database.backup",
      arguments: [
        ("format", .text(wish.format.rawValue)), ("jobs", .int(Int64(wish.jobs))),
        ("checksums", .bool(wish.hashesRows)),
      ],
      effect: .change,
      effectClass: .keyed,
      summary: "take a backup of \(label)",
      consequences: backupConsequences(settings, programs),
      calls: [backupCall(wish, programs)],
      undo: "delete the backup",
      resultType: .object("backup"),
      probe: { [self] (context) throws(Failure) in
        try taken(by: context.key) == nil ? .notDone : .done
      },
      found: { [self] (context) throws(Failure) in
        try taken(by: context.key).map(wrap) ?? .nothing
      },
      body: .effect { [self] (context) throws(Failure) in
        let backup = try job.perform(context)
        // The head in the journal is what a manifest is held against later.
        context.note([.init("backup", .string(backup.name)), .init("head", .string(backup.head))])
        dropExcess(settings, context)
        return wrap(backup)
      }
    )
  }

  /// The backup that an effect of a run took, found by its key.
  private func taken(by key: String) throws(Failure) -> StoredBackup? {
    try needBackups().folder.all().backups.last { $0.manifest.key == key }
  }

  private func backupConsequences(
    _ settings: BackupSettings,
    _ programs: ClientPrograms.Found
  ) -> [String] {
    var lines = ["reads all of it, and writes into \(settings.folder.path)"]
    if settings.recipient != nil {
      lines.append("encrypted: only the holder of the key can read it")
    }
    if let keep = settings.keep { lines.append("the newest \(keep) backups of it stay") }
    lines += settings.folder.leftovers(isAlive: BackupJob.isAlive).map {
      "removes what an attempt left behind that was broken off: \($0)"
    }
    if let unreadable = try? settings.folder.all().unreadable {
      lines += unreadable.map { "beware: \($0.message)" }
    }
    return lines + programs.version.warnings
  }

  private func backupCall(_ wish: BackupWish, _ programs: ClientPrograms.Found) -> Plan.Call {
    let words =
      "\(programs.path("pg_dump")) --format=\(wish.format.rawValue)"
      + (wish.jobs > 1 ? " --jobs=\(wish.jobs)" : "") + " --exclude-schema=opsh"
    return Plan.Call(
      "run \(words) of \(name), and count its rows in the same snapshot",
      byHand: "\(words) --dbname=\"$DATABASE_URL\" --file=FILE"
    )
  }

  /// Only after a new one is whole, and only of this very database.
  private func dropExcess(_ settings: BackupSettings, _ context: PerformContext) {
    guard let keep = settings.keep else { return }
    do throws(Failure) {
      let own = try settings.folder.all().backups.filter { $0.manifest.label == label }
      let entries = own.map {
        Retention.Entry(
          name: $0.name,
          taken: $0.manifest.taken.microseconds,
          level: $0.level
        )
      }
      for name in Retention.excess(entries, keep: keep) {
        try settings.folder.delete(name)
        context.report("removed the backup \(name): the newest \(keep) stay")
      }
    } catch {
      context.report("backups beyond the newest \(keep) are still there: \(error.message)")
    }
  }

  /// A name as part of a file's.
  private static func fileName(_ text: String) -> String {
    String(text.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" ? $0 : "_" })
  }

  // MARK: - Trust

  package func verify(
    _ target: Plan.Target,
    _ backup: StoredBackup,
    to level: TrustLevel,
    head: String?,
    in context: CallContext,
    wrap: @escaping @Sendable (StoredBackup) -> Value
  ) throws(Failure) -> Plan {
    let settings = try needBackups()
    if let head, head != backup.head {
      throw Failure(
        .refused,
        "the manifest of \(backup.name) is not the one that the journal knows: its hash is \(backup.head)",
        advice: ["it was replaced as a whole; do not trust what is in it"]
      )
    }
    let verification = BackupVerification(settings: settings, backup: backup)
    return Plan(
      target: target,
      member: "backup.verify",
      arguments: [("to", .text(level.rawValue)), ("head", .text(backup.head))],
      effect: .change,
      // What is proved once more is proved as well.
      effectClass: .read,
      summary: "prove that \(backup.name) is \(level.rawValue)",
      consequences: level >= .restorable
        ? ["a server of its own is started for it on this machine, and removed again"] : [],
      undo: "nothing has to be taken back",
      resultType: .object("backup"),
      body: .effect { (context) throws(Failure) in
        let (reached, failure) = verification.prove(level, context)
        try Self.keep(reached, failure, of: backup, settings)
        if let failure { throw failure }
        return wrap(try settings.folder.backup(backup.name))
      }
    )
  }

  /// A level that was proved before is taken back only by what speaks against the backup itself, not
  /// by a tool or a key that is missing.
  private static func keep(
    _ reached: TrustLevel,
    _ failure: Failure?,
    of backup: StoredBackup,
    _ settings: BackupSettings
  ) throws(Failure) {
    guard failure?.kind == .failed || reached >= backup.proof.level else { return }
    try settings.folder.keep(.init(level: reached, at: .now()), of: backup)
  }

  package func deleteBackup(
    _ target: Plan.Target,
    _ backup: StoredBackup,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let settings = try needBackups()
    return Plan(
      target: target,
      member: "backup.delete",
      arguments: [("backup", .text(backup.name)), ("head", .text(backup.head))],
      effect: .destroy,
      effectClass: .observable,
      summary: "delete the backup \(backup.name)",
      consequences: ["its files are removed from \(settings.folder.path)"],
      calls: [
        Plan.Call("remove \(backup.path)", byHand: "rm -r \(ByHand.word(backup.path))")
      ],
      measure: Plan.Measure(
        token: "delete \(backup.name)",
        summary: "\(Value.size(backup.manifest.size).text), which can not be had again",
        isExact: true
      ),
      probe: { _ throws(Failure) in Files.exists(backup.path) ? .notDone : .done },
      body: .effect { _ throws(Failure) in
        try settings.folder.delete(backup.name)
        return .nothing
      }
    )
  }
}

extension PostgresBacked {
  package var backupService: (any BackupService)? { postgres }
}
