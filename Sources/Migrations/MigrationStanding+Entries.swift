/// Who is where, by each convention's own table.
extension MigrationStanding {
  // MARK: - Prisma

  func prismaEntries(_ rows: [PrismaRow]) -> [MigrationEntry] {
    let byName = Dictionary(grouping: rows, by: \.name)
    let byFile = Dictionary(files.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let names = Set(byName.keys).union(byFile.keys)
    return names.sorted(by: MigrationNames.isBefore).map { name in
      prismaEntry(name, byName[name] ?? [], byFile[name])
    }
  }

  private func prismaEntry(
    _ name: String,
    _ rows: [PrismaRow],
    _ file: MigrationFile?
  ) -> MigrationEntry {
    // An unfinished one stops everything, whatever else is known of the name; otherwise the newest
    // that was not given up counts, not the first, whose checksum may be that of an older text.
    let current = rows.last(where: \.isUnfinished) ?? rows.last { $0.rolledBack == nil }
    var entry = MigrationEntry(name: name, state: state(current, rows, file), file: file)
    let shown = current ?? rows.last
    entry.started = shown?.started
    entry.finished = current?.finished
    entry.rolledBack = shown?.rolledBack
    entry.logs = shown?.logs.flatMap { $0.isEmpty ? nil : $0 }
    return entry
  }

  private func state(
    _ current: PrismaRow?,
    _ rows: [PrismaRow],
    _ file: MigrationFile?
  ) -> MigrationState {
    guard let current else { return rows.isEmpty ? .pending : .rolledBack }
    guard !current.isUnfinished else {
      // Prisma writes the text of the error; without one nobody came so far.
      if current.logs?.isEmpty == false { return .failed }
      return isLocked ? .running : .crashed
    }
    // Without a folder the table alone speaks.
    guard folder != nil else { return .applied }
    guard let file else { return .missing }
    guard let text = file.text else { return .applied }
    return PrismaChecksum.fits(current.checksum, text) ? .applied : .edited
  }

  // MARK: - dbmate

  /// Its table has neither times nor failures: what failed is simply not there.
  func dbmateEntries(_ versions: Set<String>) -> [MigrationEntry] {
    let known = files.map { file in
      MigrationEntry(
        name: file.name,
        state: versions.contains(file.version) ? .applied : .pending,
        file: file
      )
    }
    let others = versions.subtracting(files.map(\.version)).map { version in
      MigrationEntry(name: version, state: folder == nil ? .applied : .missing, file: nil)
    }
    return (known + others).sorted { MigrationNames.isBefore($0.name, $1.name) }
  }

  // MARK: - golang-migrate

  /// It keeps only how far it is: all before that counts as applied.
  func golangEntries(_ current: GolangVersion?) -> [MigrationEntry] {
    var entries = files.map { file in
      MigrationEntry(name: file.name, state: golangState(Int64(file.version), current), file: file)
    }
    if let current, !files.contains(where: { Int64($0.version) == current.version }) {
      let state: MigrationState =
        current.isDirty ? (isLocked ? .running : .crashed) : folder == nil ? .applied : .missing
      entries.append(MigrationEntry(name: String(current.version), state: state, file: nil))
    }
    return entries
  }

  private func golangState(_ version: Int64?, _ current: GolangVersion?) -> MigrationState {
    guard let version, let current, version <= current.version else { return .pending }
    guard version == current.version, current.isDirty else { return .applied }
    // It keeps no text of an error: failed and cut off look the same.
    return isLocked ? .running : .crashed
  }

  /// What people call a version.
  func golangName(_ version: Int64) -> String {
    files.first { Int64($0.version) == version }?.name ?? String(version)
  }

  /// How far golang-migrate's table says that it is, once what was cut off is given up.
  package func version(after deployment: MigrationDecision) -> GolangVersion? {
    if case .set(let version)? = deployment.abandoned.last { return version }
    if case .golangMigrate(let version) = ledger { return version }
    return nil
  }

  /// The version before a migration, clean; nothing before the first.
  func cleanVersion(before name: String) -> GolangVersion? {
    let version = files.first { $0.name == name }.flatMap { Int64($0.version) } ?? Int64(name)
    guard let version else { return nil }
    return files.compactMap { Int64($0.version) }.filter { $0 < version }.max()
      .map { GolangVersion($0, isDirty: false) }
  }
}
