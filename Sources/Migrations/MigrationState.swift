package import Values

/// How far one migration is.
package enum MigrationState: String, Hashable, Sendable, CaseIterable {
  case applied, pending
  /// It stopped at an error, and nobody has said what became of it.
  case failed
  /// Begun and not ended, and somebody holds the lock: it is being applied now, by all that is known.
  case running
  /// Begun and not ended, and nobody is at it any more.
  case crashed
  /// Applied, but its text is another one today.
  case edited
  /// Applied, but not in the folder.
  case missing
  /// Begun and given up; it is pending again.
  case rolledBack = "rolled back"

  /// Says that `migrate` would apply it.
  package var isPending: Bool { self == .pending || self == .rolledBack }
  /// Says that it has to be resolved before anything else is applied.
  package var needsResolving: Bool { self == .failed || self == .crashed || self == .running }
}

/// One migration by table and folder together.
package struct MigrationEntry: Hashable, Sendable {
  package var name: String
  package var state: MigrationState
  package var started: Time?
  package var finished: Time?
  package var rolledBack: Time?
  /// What the server said when it failed.
  package var logs: String?
  /// Its file; nothing where the folder has none.
  package var file: MigrationFile?

  package init(name: String, state: MigrationState, file: MigrationFile?) {
    self.name = name
    self.state = state
    self.file = file
  }
}

/// What `migrate` is to do, decided from table and folder.
package struct MigrationDecision: Hashable, Sendable {
  /// Rows of attempts that provably changed nothing: they are given up first.
  package var abandoned: [LedgerChange]
  /// Whose attempts those were.
  package var abandonedNames: [String]
  /// What the attempts are known by: the row's id at Prisma, the version elsewhere.
  package var abandonedIDs: [String]
  /// In the order in which they are applied.
  package var pending: [MigrationFile]
  /// Applied ones whose text is another one today, which was said to be right.
  package var edited: [String]

  package init(
    abandoned: [LedgerChange] = [],
    abandonedNames: [String] = [],
    abandonedIDs: [String] = [],
    pending: [MigrationFile] = [],
    edited: [String] = []
  ) {
    self.abandoned = abandoned
    self.abandonedNames = abandonedNames
    self.abandonedIDs = abandonedIDs
    self.pending = pending
    self.edited = edited
  }
}
