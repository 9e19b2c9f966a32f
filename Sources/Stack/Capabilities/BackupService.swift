package import Backups
package import Objects
package import Values

/// Backups of a database that opsh takes and keeps, and taking one back.
package protocol BackupService: Sendable {
  /// Those in the folder that the stack file names, oldest first.
  func backups(in context: CallContext) throws(Failure) -> [StoredBackup]

  /// Takes one of the database as it is now; its result is what `wrap` makes of it.
  func backUp(
    _ target: Plan.Target,
    as wish: BackupWish,
    in context: CallContext,
    wrap: @escaping @Sendable (StoredBackup) -> Value
  ) throws(Failure) -> Plan

  /// Proves a level of trust, and keeps that it was proved.
  ///
  /// - Parameter head: what the manifest's hash has to be, as the journal has it.
  func verify(
    _ target: Plan.Target,
    _ backup: StoredBackup,
    to level: TrustLevel,
    head: String?,
    in context: CallContext,
    wrap: @escaping @Sendable (StoredBackup) -> Value
  ) throws(Failure) -> Plan

  func deleteBackup(
    _ target: Plan.Target,
    _ backup: StoredBackup,
    in context: CallContext
  ) throws(Failure) -> Plan

  /// Restores beside the database, or in place where that was said; its result is the database that
  /// was restored.
  func restore(
    _ target: Plan.Target,
    _ source: RestoreSource,
    as wish: RestoreWish,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan

  /// Puts another database in this one's place; its result is the one that had it, which is kept.
  func swap(
    _ target: Plan.Target,
    with other: any DatabaseService,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan

  /// Another database of the same server or project, by its name there.
  func beside(_ name: String, in context: CallContext) throws(Failure) -> any DatabaseService

  /// One of them by its label, as a record has it; nothing where there is none of that label.
  func beside(labelled label: String, in context: CallContext) throws(Failure)
    -> (any DatabaseService)?
}

extension DatabaseService {
  package var backupService: (any BackupService)? { nil }
}

/// How a backup is to be taken.
package struct BackupWish: Sendable {
  package var format: Manifest.Format
  /// How many tables go at once.
  package var jobs: Int
  /// Hashes every row in the same snapshot, so that what is restored can be compared with it.
  package var hashesRows: Bool

  package init(format: Manifest.Format, jobs: Int, hashesRows: Bool) {
    self.format = format
    self.jobs = jobs
    self.hashesRows = hashesRows
  }
}

/// What is to be restored.
package enum RestoreSource: Sendable {
  case backup(StoredBackup)
  /// An archive or a plain dump that somebody else made, by its path.
  case file(String)
}

/// How it is to be restored.
package struct RestoreWish: Sendable {
  /// Where to.
  package enum Place: Hashable, Sendable {
    /// A database that does not exist yet, beside this one.
    case new(String)
    /// This one, which has no tables yet.
    case here
    /// This one, whatever is in it: that is lost.
    case overThis
  }

  package var place: Place
  package var jobs: Int
  /// Gives everything to the owners that it had, with the rights on it.
  package var keepsOwners: Bool

  package init(place: Place, jobs: Int, keepsOwners: Bool) {
    self.place = place
    self.jobs = jobs
    self.keepsOwners = keepsOwners
  }
}
