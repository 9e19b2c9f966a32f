internal import SQLText

/// The blast radius as a plan says it, a line each.
extension BlastRadius {
  /// - Parameter isMeasured: how many rows it is stands elsewhere, counted.
  func lines(isMeasured: Bool) -> [String] {
    below.map(Self.words)
      + spreads.map { Self.words($0, isMeasured: isMeasured) }
      + blockers.map(Self.words)
      + rules.map { "the rule \($0.name) on \($0.table) puts something else in its place" }
      + triggers.map { "fires on \($0.table): \($0.names.joined(separator: ", "))" }
  }

  private static func words(
    _ entry: (table: ChangeCatalog.Table, below: [ChangeCatalog.Table])
  ) -> String {
    guard entry.table.kind != "p" else {
      let count = entry.below.count { $0.kind != "p" }
      return "\(entry.table.name) has \(count) partition\(count == 1 ? "" : "s")"
    }
    let names = entry.below.map(\.name)
    let shown = names.prefix(5).joined(separator: ", ")
    let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
    return "reaches what inherits from \(entry.table.name): \(shown)\(rest)"
  }

  private static func words(_ spread: Spread, isMeasured: Bool) -> String {
    let table = spread.table.name
    let further = spread.returns ? "further rows" : "rows"
    let counted: String
    switch spread.rows {
    case _ where isMeasured: counted = "\(further) of \(table)"
    case let rows?: counted = "about \(Int64(rows)) \(further) of \(table)"
    case nil: counted = "\(further) of \(table) (how many is not known)"
    }
    let columns = spread.columns.joined(separator: ", ")
    switch (spread.operation, spread.action) {
    case (.truncate, _): return "empties \(table) too, \(counted) (\(spread.key))"
    case (.delete, _): return "deletes \(counted) too (\(spread.key), on delete cascade)"
    case (_, .cascade):
      return "changes \(columns) in \(counted) too (\(spread.key), on update cascade)"
    case (_, .setNull): return "sets \(columns) to null in \(counted) (\(spread.key))"
    case (_, .setDefault): return "sets \(columns) to its default in \(counted) (\(spread.key))"
    }
  }

  private static func words(_ blocker: Blocker) -> String {
    blocker.isTruncate
      ? "fails, because \(blocker.table) refers to it (\(blocker.key)): truncate it as well"
      : "fails while rows of \(blocker.table) refer to what it changes (\(blocker.key))"
  }
}
