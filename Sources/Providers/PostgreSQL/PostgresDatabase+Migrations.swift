package import Objects
internal import SQLText
package import Stack
package import Values

/// Schema migrations, by Prisma's bookkeeping table and its folder together.
extension PostgresDatabase {
  package func migrations(in context: CallContext) throws(Failure) -> [Migration] {
    let folder = migrationsFolder.flatMap { PrismaFolder($0) }
    let entries = try bookkeeping(in: context)
    let byName = Dictionary(grouping: entries, by: \.name)
    let names = Set(byName.keys).union(folder.map { Array($0.texts.keys) } ?? [])
    // Prisma's own order; names of its usual form are in the order of their making.
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { name in
      Self.migration(name, byName[name] ?? [], folder)
    }
  }

  /// The rows of the table, oldest first; none where there is no such table.
  private func bookkeeping(in context: CallContext) throws(Failure) -> [BookkeepingEntry] {
    let schema = try value(
      """
      select n.nspname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.oid = to_regclass('_prisma_migrations')
      """,
      in: context
    )
    guard case .text(let schema) = schema else { return [] }
    let table = QualifiedName(schema: schema, name: "_prisma_migrations").sql
    let found = try rows(
      """
      select migration_name, checksum, started_at, finished_at, rolled_back_at
      from \(table) order by started_at, id
      """,
      in: context
    )
    return found.compactMap(BookkeepingEntry.init)
  }

  private static func migration(
    _ name: String,
    _ entries: [BookkeepingEntry],
    _ folder: PrismaFolder?
  ) -> Migration {
    let current = entries.last { $0.rolledBack == nil }
    let text = folder?.texts[name] ?? nil
    let state = state(name, entries, folder, text)
    var migration = Migration(name: name, state: state)
    migration.started = (current ?? entries.last)?.started
    migration.finished = current?.finished
    // The text of an edited one is not what was applied.
    if let text, state != .edited { describe(text, in: &migration) }
    return migration
  }

  private static func state(
    _ name: String,
    _ entries: [BookkeepingEntry],
    _ folder: PrismaFolder?,
    _ text: [UInt8]?
  ) -> Migration.State {
    guard let current = entries.last(where: { $0.rolledBack == nil }) else {
      return entries.isEmpty ? .pending : .rolledBack
    }
    guard current.finished != nil else { return .failed }
    guard let folder else { return .applied }
    guard folder.texts[name] != nil else { return .missing }
    guard let text else { return .applied }
    return PrismaChecksum.fits(current.checksum, text) ? .applied : .edited
  }

  private static func describe(_ text: [UInt8], in migration: inout Migration) {
    guard let parsed = try? ParsedSQL(bytes: text) else { return }
    // A condition makes a change of rows smaller, but what they held before is gone all the same.
    let rows = parsed.statements.flatMap(\.tableChanges).filter(\.hasCondition)
    let overwritten = rows.compactMap { change -> String? in
      switch change.kind {
      case .update, .merge: "overwrites rows of \(change.table.name)"
      case .delete: "deletes rows of \(change.table.name)"
      case .insert, .truncate, .definition: nil
      }
    }
    migration.findings = parsed.destructiveFindings.map(\.words) + overwritten
    migration.isDestructive = !migration.findings.isEmpty
    migration.statements = parsed.statements.count
  }
}

/// One row of `_prisma_migrations`.
private struct BookkeepingEntry {
  let name: String
  let checksum: String
  let started: Time?
  let finished: Time?
  let rolledBack: Time?

  init?(_ row: Record) {
    guard let name = row["migration_name"]?.asText else { return nil }
    self.name = name
    checksum = row["checksum"]?.asText ?? ""
    started = row["started_at"]?.asTime
    finished = row["finished_at"]?.asTime
    rolledBack = row["rolled_back_at"]?.asTime
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
