/// Table and folder together: who is where, and what may come next.
///
/// It only decides. Whoever asks reads the table and the folder before, and changes the table as it
/// says.
package struct MigrationStanding: Hashable, Sendable {
  package var ledger: MigrationLedger
  package var files: [MigrationFile]
  /// Where the files are; nothing where the stack file names no folder.
  package var folder: String?
  /// What `migration_lock.toml` says.
  package var provider: String?
  /// Attempts of opsh's that were one transaction with their bookkeeping, and whose session is gone.
  ///
  /// If the table does not have them as finished, they changed nothing. By the row's id at Prisma, by
  /// the version elsewhere.
  package var undone: Set<String>
  /// Somebody else holds the lock under which migrations are applied.
  package var isLocked: Bool

  package init(
    ledger: MigrationLedger,
    files: [MigrationFile],
    folder: String? = nil,
    provider: String? = nil,
    undone: Set<String> = [],
    isLocked: Bool = false
  ) {
    self.ledger = ledger
    self.files = files
    self.folder = folder
    self.provider = provider
    self.undone = undone
    self.isLocked = isLocked
  }

  /// Every migration that table or folder know, in their order.
  package var entries: [MigrationEntry] {
    switch ledger {
    case .prisma(let rows): prismaEntries(rows)
    case .dbmate(let versions): dbmateEntries(versions)
    case .golangMigrate(let version): golangEntries(version)
    }
  }

  // MARK: - Applying

  /// Decides what `migrate` does.
  ///
  /// - Parameters:
  ///   - until: the last one to apply; all if left out.
  ///   - acceptsEdited: go on although an applied one has another text today.
  package func deployment(
    until: String? = nil,
    acceptsEdited: Bool = false
  ) throws(MigrationRefusal) -> MigrationDecision {
    try checkFolder()
    let entries = entries
    let open = entries.filter { $0.state.needsResolving && !isUndone($0) }
    guard open.isEmpty else { throw refusal(of: open) }
    let edited = entries.filter { $0.state == .edited }.map(\.name)
    guard edited.isEmpty || acceptsEdited else { throw .edited(edited) }
    let abandoned = entries.filter { $0.state.needsResolving }
    var pending = entries.filter { $0.state.isPending || isUndone($0) }.compactMap(\.file)
    if let until {
      guard let last = files.firstIndex(where: { $0.name == until }) else {
        throw .unknown(name: until, known: files.map(\.name))
      }
      let wanted = Set(files[...last].map(\.name))
      pending = pending.filter { wanted.contains($0.name) }
    }
    for file in pending {
      guard file.text != nil else { throw .noScript(file.name, path: file.path) }
      guard file.name.utf8.count <= 200 else { throw .nameTooLong(file.name) }
    }
    return MigrationDecision(
      abandoned: abandoned.flatMap { givingUp($0) },
      abandonedNames: abandoned.map(\.name),
      abandonedIDs: abandoned.flatMap { unfinishedIDs(of: $0) },
      pending: pending,
      edited: edited
    )
  }

  private func checkFolder() throws(MigrationRefusal) {
    guard case .prisma = ledger else { return }
    if let provider, provider != "postgresql" { throw .wrongProvider(provider) }
    if let (first, second) = MigrationNames.disagreement(files.map(\.name)) {
      throw .ambiguousOrder(first, second)
    }
  }

  private func refusal(of open: [MigrationEntry]) -> MigrationRefusal {
    if case .golangMigrate = ledger { return .dirty(open.map(\.name)) }
    return .unfinished(
      open.map {
        MigrationRefusal.Unfinished(
          name: $0.name,
          state: $0.state,
          started: $0.started,
          logs: $0.logs
        )
      }
    )
  }

  /// Says that all unfinished attempts at it were whole transactions, none of which was committed.
  private func isUndone(_ entry: MigrationEntry) -> Bool {
    guard entry.state == .crashed else { return false }
    let ids = unfinishedIDs(of: entry)
    return !ids.isEmpty && ids.allSatisfy(undone.contains)
  }

  private func unfinishedIDs(of entry: MigrationEntry) -> [String] {
    switch ledger {
    case .prisma(let rows): rows.filter { $0.name == entry.name && $0.isUnfinished }.map(\.id)
    case .dbmate: []
    case .golangMigrate(let version): version.map { $0.isDirty ? [String($0.version)] : [] } ?? []
    }
  }

  /// What says that an unfinished attempt left nothing.
  private func givingUp(_ entry: MigrationEntry) -> [LedgerChange] {
    switch ledger {
    case .prisma: unfinishedIDs(of: entry).map { .rollBack(id: $0) }
    case .dbmate: []
    case .golangMigrate: [.set(cleanVersion(before: entry.name))]
    }
  }

  // MARK: - Resolving

  /// Declares that a migration is applied, without running it.
  ///
  /// - Parameter newID: gives the id of a new row.
  package func resolvedAsApplied(
    _ name: String,
    newID: () -> String
  ) throws(MigrationRefusal) -> [LedgerChange] {
    guard let file = files.first(where: { $0.name == name }) else {
      throw .notInFolder(name, known: files.map(\.name))
    }
    switch ledger {
    case .prisma(let rows):
      guard let text = file.text else { throw .noScript(name, path: file.path) }
      let own = rows.filter { $0.name == name }
      guard own.allSatisfy({ $0.finished == nil }) else { throw .alreadyApplied(name) }
      guard let checksum = PrismaChecksum.of(text) else { throw .noChecksums }
      return own.filter(\.isUnfinished).map { .rollBack(id: $0.id) }
        + [.declare(id: newID(), name: name, checksum: checksum)]
    case .dbmate(let versions):
      guard !versions.contains(file.version) else { throw .alreadyApplied(name) }
      return [.add(version: file.version)]
    case .golangMigrate(let current):
      guard let version = Int64(file.version) else { throw .notInFolder(name, known: []) }
      if let current, current.version >= version, !current.isDirty { throw .alreadyApplied(name) }
      return [.set(GolangVersion(version, isDirty: false))]
    }
  }

  /// Declares that an unfinished migration left nothing: it is pending again.
  package func resolvedAsRolledBack(_ name: String) throws(MigrationRefusal) -> [LedgerChange] {
    switch ledger {
    case .prisma(let rows):
      let own = rows.filter { $0.name == name }
      guard !own.isEmpty else {
        throw .neverStarted(name, known: Set(rows.map(\.name)).sorted(by: MigrationNames.isBefore))
      }
      guard own.contains(where: { $0.finished == nil }) else { throw .notFailed(name) }
      return own.filter(\.isUnfinished).map { .rollBack(id: $0.id) }
    case .dbmate: throw .keepsNoFailures(name)
    case .golangMigrate(let current):
      guard let current, current.isDirty, golangName(current.version) == name else {
        throw .notFailed(name)
      }
      return [.set(cleanVersion(before: name))]
    }
  }

  /// Declares that everything up to a name is applied, as for a database that was there before.
  package func baseline(
    until name: String,
    newID: () -> String
  ) throws(MigrationRefusal) -> (names: [String], changes: [LedgerChange]) {
    try checkFolder()
    guard let last = files.firstIndex(where: { $0.name == name }) else {
      throw .notInFolder(name, known: files.map(\.name))
    }
    let states = Dictionary(entries.map { ($0.name, $0.state) }, uniquingKeysWith: { $1 })
    var names: [String] = []
    var changes: [LedgerChange] = []
    for file in files[...last] {
      switch states[file.name] {
      case .applied, .edited: continue
      default: break
      }
      names.append(file.name)
      changes += try resolvedAsApplied(file.name, newID: newID)
    }
    guard !names.isEmpty else { throw .alreadyApplied(name) }
    return (names, changes)
  }
}
