package import Values

/// What the bookkeeping table says.
package enum MigrationLedger: Hashable, Sendable {
  /// The rows of `_prisma_migrations`, oldest first.
  case prisma([PrismaRow])
  /// The versions in dbmate's `schema_migrations`.
  case dbmate(Set<String>)
  /// The one row of golang-migrate's `schema_migrations`; nothing before the first migration.
  case golangMigrate(GolangVersion?)
}

/// One row of `_prisma_migrations`; several of one name are normal.
package struct PrismaRow: Hashable, Sendable {
  package var id: String
  package var checksum: String
  package var name: String
  package var logs: String?
  package var started: Time
  package var finished: Time?
  package var rolledBack: Time?
  package var steps: Int64

  package init(
    id: String,
    checksum: String,
    name: String,
    logs: String? = nil,
    started: Time,
    finished: Time? = nil,
    rolledBack: Time? = nil,
    steps: Int64 = 0
  ) {
    self.id = id
    self.checksum = checksum
    self.name = name
    self.logs = logs
    self.started = started
    self.finished = finished
    self.rolledBack = rolledBack
    self.steps = steps
  }

  /// Begun, and neither finished nor given up: it stops every later migration.
  package var isUnfinished: Bool { finished == nil && rolledBack == nil }
}

/// golang-migrate keeps only how far it is.
package struct GolangVersion: Hashable, Sendable {
  package var version: Int64
  /// A migration to this version was begun and not finished.
  package var isDirty: Bool

  package init(_ version: Int64, isDirty: Bool) {
    self.version = version
    self.isDirty = isDirty
  }
}

/// A change of the table: an edge of the state machine.
package enum LedgerChange: Hashable, Sendable {
  /// Prisma: begun now.
  case start(id: String, name: String, checksum: String)
  /// Prisma: done now, in one step.
  case finish(id: String)
  /// Prisma: stopped at an error, whose text is kept.
  case fail(id: String, logs: String)
  /// Prisma: given up now; the name is pending again.
  case rollBack(id: String)
  /// Prisma: declared to be applied, without running it.
  case declare(id: String, name: String, checksum: String)
  /// dbmate: this version is applied.
  case add(version: String)
  /// dbmate: it is not.
  case remove(version: String)
  /// golang-migrate: this far; nothing is before the first.
  case set(GolangVersion?)
}

extension MigrationLedger {
  /// What the table says after a change; a change of another convention does nothing.
  package func after(_ change: LedgerChange, at now: Time) -> MigrationLedger {
    switch (self, change) {
    case (.prisma(let rows), _): .prisma(Self.after(change, rows, now))
    case (.dbmate(let versions), .add(let version)): .dbmate(versions.union([version]))
    case (.dbmate(let versions), .remove(let version)): .dbmate(versions.subtracting([version]))
    case (.golangMigrate, .set(let version)): .golangMigrate(version)
    default: self
    }
  }

  private static func after(
    _ change: LedgerChange,
    _ rows: [PrismaRow],
    _ now: Time
  ) -> [PrismaRow] {
    func changed(_ id: String, _ body: (inout PrismaRow) -> Void) -> [PrismaRow] {
      rows.map { row in
        var row = row
        if row.id == id { body(&row) }
        return row
      }
    }
    switch change {
    case .start(let id, let name, let checksum):
      return rows + [PrismaRow(id: id, checksum: checksum, name: name, started: now)]
    case .finish(let id):
      return changed(id) { row in
        row.finished = now
        row.steps += 1
      }
    case .fail(let id, let logs): return changed(id) { $0.logs = logs }
    case .rollBack(let id): return changed(id) { $0.rolledBack = now }
    case .declare(let id, let name, let checksum):
      let row = PrismaRow(
        id: id,
        checksum: checksum,
        name: name,
        logs: "",
        started: now,
        finished: now
      )
      return rows + [row]
    case .add, .remove, .set: return rows
    }
  }
}
