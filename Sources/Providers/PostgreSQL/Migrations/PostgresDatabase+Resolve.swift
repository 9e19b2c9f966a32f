internal import Migrations
package import Objects
internal import Postgres
package import Stack
package import Values

/// Saying what became of migrations, without running anything of them.
extension PostgresDatabase {
  package func resolve(
    _ target: Plan.Target,
    _ name: String,
    as resolution: MigrationResolution,
    in context: CallContext
  ) throws(Failure) -> Plan {
    try declaration(
      target,
      member: "database.resolve",
      arguments: [("name", .text(name)), ("as", .text(resolution.rawValue))],
      summary: "call migration \(name) \(resolution.rawValue) in \(label)",
      undo: resolution == .applied ? nil : "resolve(\"\(name)\", as: \"applied\")",
      in: context
    ) { (history) throws(MigrationRefusal) in
      switch resolution {
      case .applied: try history.resolvedAsApplied(name, newID: MigrationSession.newID)
      case .rolledBack: try history.resolvedAsRolledBack(name)
      }
    }
  }

  package func baseline(
    _ target: Plan.Target,
    until name: String,
    in context: CallContext
  ) throws(Failure) -> Plan {
    try declaration(
      target,
      member: "database.baseline",
      arguments: [("name", .text(name))],
      summary: "call all migrations up to \(name) applied in \(label)",
      undo: nil,
      in: context
    ) { (history) throws(MigrationRefusal) in
      try history.baseline(until: name, newID: MigrationSession.newID).changes
    }
  }

  private typealias Decision =
    @Sendable (MigrationStanding) throws(MigrationRefusal) -> [LedgerChange]

  private func declaration(
    _ target: Plan.Target,
    member: String,
    arguments: [(name: String, value: Value)],
    summary: String,
    undo: String?,
    in context: CallContext,
    _ decide: @escaping Decision
  ) throws(Failure) -> Plan {
    try checkIsDirect(in: context)
    let words = target.environment.map { "\($0).database" } ?? "database"
    let (place, table) = try migrationFolder(in: context)
    guard let history = try migrationStanding(place, in: context) else {
      throw Failure(.usage, "\(label): there are no migrations")
    }
    let changes: [LedgerChange]
    do throws(MigrationRefusal) {
      changes = try decide(history)
    } catch {
      guard context.isSettling else { throw failure(error, of: words) }
      changes = []
    }
    guard !changes.isEmpty || context.isSettling else {
      throw Failure(.nothingToDo, "\(label): its table says so already")
    }
    let marker = try markerAvailability(in: context)
    let isMarked = marker != .missing
    return Plan(
      target: try attested(target, in: context),
      member: member,
      arguments: arguments,
      effect: .change,
      effectClass: isMarked ? .marked : .opaque,
      summary: summary,
      consequences: consequences(of: changes, history, table),
      calls: changes.flatMap(table.statements).map { call($0.sql) },
      undo: undo,
      probe: isMarked ? markProbe(table) : nil,
      body: .effect { [self] (context) throws(Failure) in
        try declare(decide, words, context)
        return .nothing
      }
    )
  }

  private func markProbe(
    _ table: MigrationTable
  ) -> @Sendable (PerformContext) throws(Failure) -> Plan.Probe {
    { [self] (context) throws(Failure) in
      try probeMarker("\(context.key)/\(table.label)", in: context.call)
    }
  }

  private func consequences(
    of changes: [LedgerChange],
    _ history: MigrationStanding,
    _ table: MigrationTable
  ) -> [String] {
    var lines = ["changes only the record in \(table.label): nothing of a migration is run"]
    if !table.isPresent { lines.append("makes the table \(table.label)") }
    if history.entries.contains(where: { $0.state == .running }) {
      lines.append("others apply migrations now: it waits for them first")
    }
    let declared = changes.compactMap { change -> String? in
      switch change {
      case .declare(_, let name, _): name
      case .add(let version): version
      default: nil
      }
    }
    if declared.count > 1 {
      lines.append(
        "\(declared.count) are called applied: \(declared[0]) to \(declared[declared.count - 1])"
      )
    }
    return lines
  }

  /// Decides again under the lock, and changes the table in one transaction.
  private func declare(
    _ decide: Decision,
    _ words: String,
    _ context: PerformContext
  ) throws(Failure) {
    let (_, table) = try migrationFolder(in: context.call)
    let session = try MigrationSession.open(self, table, for: context)
    defer { session.close() }
    let (place, found) = try migrationFolder(in: context.call)
    guard let history = try migrationStanding(place, isOurs: true, in: context.call) else { return }
    let changes: [LedgerChange]
    do throws(MigrationRefusal) {
      changes = try decide(history)
    } catch {
      throw failure(error, of: words)
    }
    if !found.isPresent {
      try createBookkeeping(found.create, on: session.connection, in: context.call)
    }
    try session.change(changes, mark: found.label, during: "changing \(found.label)")
  }
}
