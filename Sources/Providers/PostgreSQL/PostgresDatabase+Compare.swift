package import Objects
internal import SQLText
package import Stack
package import Values

/// Two databases side by side, table by table.
extension PostgresDatabase {
  /// Reads every row on both sides, so a table may take long.
  private static let patience = Duration.seconds(600)

  package func compare(
    with other: any DatabaseService,
    in context: CallContext
  ) throws(Failure) -> [Record] {
    guard let other = (other as? any PostgresBacked)?.postgres else {
      throw Failure(.value, "\(label) can only be compared with another PostgreSQL database")
    }
    let here = try tableNames(in: context)
    let there = try other.tableNames(in: context)
    let shape = RecordShape([
      "table", "rows", "other_rows", "same", "inserted", "updated", "deleted", "exact",
    ])
    var rows: [Record] = []
    for table in Set(here).union(there) {
      let left = here.contains(table) ? try digest(of: table, in: context) : nil
      let right = there.contains(table) ? try other.digest(of: table, in: context) : nil
      let difference = try difference(of: table, left, right, to: other, in: context)
      rows.append(
        Record(
          shape: shape,
          cells: [
            .text(table.schema == "public" ? table.name : table.description),
            left.map { .int($0.rows) } ?? .nothing, right.map { .int($0.rows) } ?? .nothing,
            .bool(left == right), .int(difference.inserted),
            difference.updated.map { .int($0) } ?? .nothing, .int(difference.deleted),
            .bool(difference.isExact),
          ]
        )
      )
    }
    return rows.sorted(by: Self.differsFirst)
  }

  private func difference(
    of table: QualifiedName,
    _ left: TableDigest?,
    _ right: TableDigest?,
    to other: PostgresDatabase,
    in context: CallContext
  ) throws(Failure) -> TableDifference {
    let counted = TableDifference(rows: left?.rows ?? 0, otherRows: right?.rows ?? 0)
    guard let left, let right else {
      // All rows of a table that one side does not have are gone, or new.
      return TableDifference(inserted: counted.inserted, deleted: counted.deleted)
    }
    guard left != right else { return TableDifference(inserted: 0, deleted: 0) }
    let ours = try columns(of: table, in: context)
    let theirs = try other.columns(of: table, in: context)
    guard !ours.key.isEmpty, ours.key == theirs.key,
      max(left.rows, right.rows) <= Self.mostKeyedRows
    else { return counted }
    // A column that one side lacks makes no row another one.
    let common = ours.all.filter(theirs.all.contains)
    let deadline = max(context.duration, Self.patience)
    return try TableDifference(
      from: keyedRows(of: table, key: ours.key, columns: common, deadline: deadline, in: context),
      to: other.keyedRows(
        of: table,
        key: ours.key,
        columns: common,
        deadline: deadline,
        in: context
      )
    )
  }

  private static func differsFirst(_ left: Record, _ right: Record) -> Bool {
    if left.cells[3] != right.cells[3] { return right.cells[3] == .bool(true) }
    return (left.cells[0].asText ?? "") < (right.cells[0].asText ?? "")
  }

  /// Every table that people made; opsh's own bookkeeping and what extensions bring along apart.
  func tableNames(in context: CallContext) throws(Failure) -> [QualifiedName] {
    try rows(TableDigest.tables, in: context).compactMap { row in
      guard let schema = row.cells[0].asText, let name = row.cells[1].asText else { return nil }
      return QualifiedName(schema: schema, name: name)
    }
  }

  /// The number of rows, and the sum of their hashes if that is wanted.
  func digest(
    of table: QualifiedName,
    hashesRows: Bool = true,
    in context: CallContext
  ) throws(Failure) -> TableDigest {
    let row = try rows(
      TableDigest.sql(of: table, hashesRows: hashesRows),
      deadline: max(context.duration, Self.patience),
      in: context
    ).first
    return TableDigest(rows: row?.cells[0].asInt ?? 0, checksum: row?.cells[1].asText)
  }
}
