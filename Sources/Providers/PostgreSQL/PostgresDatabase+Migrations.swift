internal import Migrations
package import Objects
internal import SQLText
package import Stack
package import Values

/// Schema migrations, by the bookkeeping table and the folder together.
extension PostgresDatabase {
  package func migrations(in context: CallContext) throws(Failure) -> [Migration] {
    let place = try migrationPlace(in: context)
    guard let history = try migrationStanding(place, in: context) else { return [] }
    return history.entries.map(Migration.init)
  }
}

extension Migration {
  fileprivate init(_ entry: MigrationEntry) {
    self.init(name: entry.name, state: State(entry.state))
    started = entry.started
    finished = entry.finished
    rolledBack = entry.rolledBack
    error = entry.logs
    isInFolder = entry.file != nil
    // The text of an edited one is not what was applied.
    guard entry.state != .edited, let file = entry.file, let text = file.text,
      let parsed = try? ParsedSQL(bytes: text[file.script])
    else { return }
    findings = parsed.losses()
    isDestructive = !findings.isEmpty
    statements = parsed.statements.count
  }
}

extension Migration.State {
  fileprivate init(_ state: MigrationState) {
    self =
      switch state {
      case .applied: .applied
      case .pending: .pending
      case .failed: .failed
      case .running: .running
      case .crashed: .crashed
      case .edited: .edited
      case .missing: .missing
      case .rolledBack: .rolledBack
      }
  }
}

extension ParsedSQL {
  /// Why a text is called a loss of data, a line each.
  ///
  /// - Parameter isWanted: which of its statements are looked at, counted from 0.
  func losses(_ isWanted: (Int) -> Bool = { _ in true }) -> [String] {
    // A condition makes a change of rows smaller, but what they held before is gone all the same.
    let rows = statements.filter { isWanted($0.index) }.flatMap(\.tableChanges)
      .filter(\.hasCondition)
    return destructiveFindings.filter { isWanted($0.statement) }.map(\.words)
      + rows.compactMap { change in
        switch change.kind {
        case .update, .merge: "overwrites rows of \(change.table.name)"
        case .delete: "deletes rows of \(change.table.name)"
        case .insert, .truncate, .definition: nil
        }
      }
  }
}

extension MigrationFinding {
  /// Such as `drops column orders.currency`.
  var words: String {
    let table = table?.description ?? "?"
    let place = column.map { "\(table).\($0)" } ?? table
    return switch kind {
    case .dropTable: "drops table \(table)"
    case .dropColumn: "drops column \(place)"
    case .dropSchema: "drops schema \(table)"
    case .dropDatabase: "drops database \(table)"
    case .dropCascade: "drops what depends on \(place)"
    case .truncate: "empties table \(table)"
    case .deleteWithoutCondition: "deletes every row of \(table)"
    case .updateWithoutCondition: "changes every row of \(table)"
    case .narrowColumnType: "changes the type of \(place)"
    }
  }
}
