/// The modes of a lock on a table, weakest first (manual, 13.3.1), by the names of `pg_locks`.
package enum LockMode: String, Hashable, Sendable, CaseIterable, Comparable {
  case accessShare = "AccessShareLock"
  case rowShare = "RowShareLock"
  case rowExclusive = "RowExclusiveLock"
  case shareUpdateExclusive = "ShareUpdateExclusiveLock"
  case share = "ShareLock"
  case shareRowExclusive = "ShareRowExclusiveLock"
  case exclusive = "ExclusiveLock"
  case accessExclusive = "AccessExclusiveLock"

  /// Its place in the order, as `LOCK TABLE` counts from 1.
  package var rank: Int {
    switch self {
    case .accessShare: 1
    case .rowShare: 2
    case .rowExclusive: 3
    case .shareUpdateExclusive: 4
    case .share: 5
    case .shareRowExclusive: 6
    case .exclusive: 7
    case .accessExclusive: 8
    }
  }

  package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

  /// Whether an ordinary SELECT waits for it.
  package var blocksReads: Bool { self == .accessExclusive }

  /// Whether INSERT, UPDATE and DELETE wait for it.
  package var blocksWrites: Bool { self >= .share }

  /// As the manual writes it: `ACCESS EXCLUSIVE`.
  package var words: String {
    switch self {
    case .accessShare: "ACCESS SHARE"
    case .rowShare: "ROW SHARE"
    case .rowExclusive: "ROW EXCLUSIVE"
    case .shareUpdateExclusive: "SHARE UPDATE EXCLUSIVE"
    case .share: "SHARE"
    case .shareRowExclusive: "SHARE ROW EXCLUSIVE"
    case .exclusive: "EXCLUSIVE"
    case .accessExclusive: "ACCESS EXCLUSIVE"
    }
  }

  /// Who waits for it, such as `every read and write`.
  package var blocked: String {
    if blocksReads { return "every read and write" }
    if blocksWrites { return "every write" }
    return self == .shareUpdateExclusive ? "other changes of the table's definition" : "no query"
  }
}
