/// What a migration will do to a database that is in use, read from its text.
package struct MigrationReview: Sendable {
  package let statements: [StatementReview]
  /// In the order of the text.
  package let findings: [LintFinding]
  /// What comments in the text silence, with the reasons that they give.
  package let ignored: [IgnoredFinding]
  /// What the migrations behind this one can build on.
  package let history: MigrationHistory

  /// What could be asked of the database to know more.
  package var questions: [DatabaseQuestion] {
    var seen: Set<DatabaseQuestion> = []
    return statements.flatMap(\.questions).filter { seen.insert($0).inserted }
  }

  /// Whether it can run as one transaction: nothing in it refuses to, or ends one itself.
  package var isTransactional: Bool {
    statements.allSatisfy { $0.isTransactional && !$0.controlsTransaction }
  }

  /// Whether all of it can be taken back without a loss; nil where the text does not say.
  package var isReversible: Bool? {
    let all = statements.map(\.isReversible)
    if all.contains(false) { return false }
    return all.contains(nil) ? nil : true
  }

  /// The strongest lock of each table that exists before, over the whole text.
  package var locks: [PredictedLock] {
    var locks: [PredictedLock] = []
    for lock in statements.flatMap(\.locks) { locks.add(lock.table, lock.mode) }
    return locks
  }
}

/// What migrations that ran before have left, as far as the next ones depend on it.
package struct MigrationHistory: Sendable {
  /// Their transactions are over.
  let constraints: [FileState.ConstraintState]

  package init() {
    constraints = []
  }

  init(_ constraints: [FileState.ConstraintState]) {
    self.constraints = constraints.map { constraint in
      var constraint = constraint
      constraint.group = -1
      return constraint
    }
  }
}

/// What one statement will do.
package struct StatementReview: Sendable {
  /// Its place in the text, counted from 0.
  package let index: Int
  /// Where its first word is, in bytes of the whole text.
  package let offset: Int
  package let length: Int
  /// The parser's name for it, such as `AlterTableStmt`; empty where it can not be read.
  package let kind: String
  /// The strongest lock on each relation that exists before, in the order of the statement.
  package internal(set) var locks: [PredictedLock] = []
  /// False where the statement runs code, or can not be read, so that ``locks`` are not all.
  package internal(set) var knowsLocks = true
  package internal(set) var work: [TableWork] = []
  /// Whether it can run inside of a transaction block.
  package internal(set) var isTransactional = true
  /// Whether it begins or ends a transaction.
  package internal(set) var controlsTransaction = false
  package internal(set) var reversal = Reversal.unknown
  package internal(set) var questions: [DatabaseQuestion] = []
  package internal(set) var findings: [LintFinding] = []

  /// The relations that get new files, each row or entry written again.
  package var rewrites: [QualifiedName] { tables(.rewrite) }
  /// The relations that are read from end to end under the statement's lock.
  package var scans: [QualifiedName] { tables(.scan) }
  package var isReversible: Bool? { reversal.isReversible }

  private func tables(_ kind: TableWork.Kind) -> [QualifiedName] {
    work.filter { $0.kind == kind && $0.isCertain }.map(\.table)
  }

  init(index: Int, offset: Int, length: Int, kind: String) {
    self.index = index
    self.offset = offset
    self.length = length
    self.kind = kind
  }
}

/// A lock that a statement takes and holds to the end of its transaction.
package struct PredictedLock: Hashable, Sendable {
  package var table: QualifiedName
  package var mode: LockMode

  package init(_ table: QualifiedName, _ mode: LockMode) {
    self.table = table
    self.mode = mode
  }
}

extension [PredictedLock] {
  /// Adds a lock, or makes the one on that relation stronger.
  mutating func add(_ table: QualifiedName, _ mode: LockMode) {
    if let index = firstIndex(where: { $0.table == table }) {
      self[index].mode = Swift.max(self[index].mode, mode)
    } else {
      append(PredictedLock(table, mode))
    }
  }
}

/// Work that takes the longer the larger a table is.
package struct TableWork: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case rewrite, scan, indexBuild
    /// Each row is changed by an UPDATE or DELETE.
    case rows
  }

  package var kind: Kind
  package var table: QualifiedName
  /// The lock on the table while the work goes on.
  package var under: LockMode
  /// False where it depends on what the database has.
  package var isCertain: Bool
}

/// How a statement could be taken back after its commit.
package enum Reversal: Hashable, Sendable {
  /// It changes nothing that stays.
  case nothingToUndo
  /// By this statement; what was written to it meanwhile is lost with it.
  case statement(String)
  /// By the definition that was there before, which the text does not hold; no row is lost.
  case earlierDefinition
  case losesData
  case unknown

  package var isReversible: Bool? {
    switch self {
    case .nothingToUndo, .statement, .earlierDefinition: true
    case .losesData: false
    case .unknown: nil
    }
  }
}

/// How the text of a migration is sent.
package enum MigrationRunner: Hashable, Sendable {
  /// As one message: several statements are one transaction, one alone is none (Prisma,
  /// golang-migrate).
  case oneMessage
  /// Inside of a transaction in any case (dbmate, unless the file says otherwise).
  case oneTransaction
  /// A statement at a time, each committed by itself (psql).
  case separately
}
