internal import Backups
internal import Objects
internal import SQLText
internal import Stack
internal import Values

/// Proving what a backup is worth, level by level.
struct BackupVerification: Sendable {
  let settings: BackupSettings
  let backup: StoredBackup

  /// Proves a level and all below it.
  ///
  /// - Returns: the level, and what keeps a higher one from being reached: of kind `failed` where that
  ///   speaks against the backup, of another where it could not be tried.
  func prove(
    _ wanted: TrustLevel,
    _ context: PerformContext
  ) -> (reached: TrustLevel, failure: Failure?) {
    var reached = TrustLevel.damaged
    var next = TrustLevel.present
    do throws(Failure) {
      for level in TrustLevel.provable where level <= wanted {
        // Restored once, what is compared is there already.
        if level == .restorable, wanted == .compared { continue }
        next = level
        try prove(level, in: context)
        reached = level
        context.report("\(backup.name) is \(level.rawValue)")
      }
      return (reached, nil)
    } catch {
      let isDamage = error.kind == .failed && next <= .readable
      return (isDamage ? .damaged : reached, error)
    }
  }

  private func prove(_ level: TrustLevel, in context: PerformContext) throws(Failure) {
    switch level {
    case .damaged: return
    case .present: try provePresent()
    case .readable: try proveReadable(context.call)
    case .restorable, .compared: try restore(comparing: level == .compared, context)
    }
  }

  private func provePresent() throws(Failure) {
    let now = try settings.folder.backup(backup.name)
    guard now.head == backup.head else {
      throw Failure(.failed, "\(backup.name) has another manifest than a moment ago")
    }
    guard now.faults.isEmpty else {
      throw Failure(.failed, "\(backup.name) is damaged: \(now.faults.joined(separator: ", "))")
    }
  }

  /// Every byte is compared first: an archive that is not compressed has no sums of its own.
  private func proveReadable(_ context: CallContext) throws(Failure) {
    let activity = context.progress.begin("reading \(backup.name)", unit: "bytes")
    defer { activity.end() }
    var done: Int64 = 0
    for file in backup.manifest.files {
      let path = "\(backup.path)/\(file.name)"
      let found = try FileHash.sha256(of: path) { (count) throws(Failure) in
        try context.cancellation.check()
        done += Int64(count)
        activity.advance(to: done, of: backup.manifest.size)
      }
      guard found.sha256 == file.sha256, found.size == file.size else {
        throw Failure(
          .failed,
          "\(backup.name) is damaged: \(file.name) is not what was written",
          advice: ["its SHA-256 is \(found.sha256), not \(file.sha256)"]
        )
      }
    }
    try BackupReader(backup, settings: settings).readToEnd(in: context)
  }

  private func restore(comparing: Bool, _ context: PerformContext) throws(Failure) {
    let reader = try BackupReader(backup, settings: settings)
    let major = ClientVersion(backup.manifest.serverVersion)?.major ?? 0
    let cluster = try ScratchCluster.start(
      settings.programs,
      major: major,
      size: backup.manifest.databaseSize,
      context
    )
    defer { cluster.remove() }
    let scratch = try cluster.database("opsh_scratch", like: backup.manifest, in: context.call)
    defer { scratch.disconnect() }
    try RestorePreflight(reader: reader, server: scratch, keepsOwners: true).check(in: context.call)
    try RestoreJob(
      target: scratch,
      reader: reader,
      jobs: reader.isEncrypted ? 1 : 2,
      keepsOwners: true
    ).fill(context)
    guard comparing else { return }
    try ManifestComparison(manifest: backup.manifest, database: scratch).check(context)
  }
}

/// A database beside the manifest of what it was restored from.
struct ManifestComparison: Sendable {
  let manifest: Manifest
  let database: PostgresDatabase

  /// Counts and hashes every table as they were counted and hashed then.
  ///
  /// - Throws: `failed` with what differs.
  func check(_ context: PerformContext) throws(Failure) {
    let activity = context.call.progress.begin("comparing \(database.label)", unit: "tables")
    defer { activity.end() }
    let names = try database.tableNames(in: context.call)
    let here = Set(names.map { Key(schema: $0.schema ?? "public", name: $0.name) })
    var differences: [String] = []
    for (index, table) in manifest.tables.enumerated() {
      activity.advance(to: Int64(index), of: Int64(manifest.tables.count))
      let key = Key(schema: table.schema, name: table.name)
      guard here.contains(key) else {
        differences.append("\(key.text) is missing")
        continue
      }
      let found = try database.digest(
        of: .init(schema: table.schema, name: table.name),
        hashesRows: table.checksum != nil,
        in: context.call
      )
      if found.rows != table.rows {
        differences.append("\(key.text) has \(found.rows) rows, not \(table.rows)")
      } else if found.checksum != table.checksum {
        differences.append("\(key.text) has other values in its rows")
      }
    }
    let known = Set(manifest.tables.map { Key(schema: $0.schema, name: $0.name) })
    differences += here.subtracting(known).map { "\($0.text) is not in the backup" }.sorted()
    guard differences.isEmpty else {
      throw Failure(
        .failed,
        "what was restored is not what was backed up: \(differences.prefix(5).joined(separator: ", "))",
        advice: differences.count > 5 ? ["and \(differences.count - 5) more"] : []
      )
    }
  }

  private struct Key: Hashable {
    let schema: String
    let name: String
    var text: String { schema == "public" ? name : "\(schema).\(name)" }
  }
}
