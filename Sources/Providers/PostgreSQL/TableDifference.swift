internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// How a table got from one database to another: rows inserted, updated and deleted on the way.
struct TableDifference: Equatable {
  var inserted: Int64
  /// Nothing where rows can not be told from each other.
  var updated: Int64?
  var deleted: Int64
  /// False where it is only the difference of the counts.
  var isExact: Bool

  /// Rows of which none was updated.
  init(inserted: Int64, deleted: Int64) {
    (self.inserted, self.deleted) = (inserted, deleted)
    (updated, isExact) = (0, true)
  }

  /// What the counts alone show.
  init(rows: Int64, otherRows: Int64) {
    inserted = max(0, otherRows - rows)
    deleted = max(0, rows - otherRows)
    updated = nil
    isExact = false
  }

  /// Goes along both sides, each in the order of its keys (by bytes), in memory for two rows.
  init(
    from here: () throws(Failure) -> KeyedRow?,
    to there: () throws(Failure) -> KeyedRow?
  ) throws(Failure) {
    (inserted, deleted, isExact) = (0, 0, true)
    var changed: Int64 = 0
    var (left, right) = (try here(), try there())
    while left != nil || right != nil {
      guard let one = left else {
        inserted += 1
        right = try there()
        continue
      }
      guard let other = right else {
        deleted += 1
        left = try here()
        continue
      }
      if one.key == other.key {
        if one.hash != other.hash { changed += 1 }
        (left, right) = (try here(), try there())
      } else if one.key.utf8.lexicographicallyPrecedes(other.key.utf8) {
        deleted += 1
        left = try here()
      } else {
        inserted += 1
        right = try there()
      }
    }
    updated = changed
  }
}

/// A row by its primary key, as JSON, and a hash of its cells.
struct KeyedRow: Equatable {
  let key: String
  let hash: Int64
}

extension PostgresDatabase {
  /// What tells the rows of a table apart, and all of its columns.
  struct TableColumns: Equatable {
    var key: [String]
    var all: [String]
  }

  /// Above this many rows on either side only the counts are compared.
  static let mostKeyedRows: Int64 = 1_000_000

  func columns(
    of table: QualifiedName,
    in context: CallContext
  ) throws(Failure) -> TableColumns {
    let found = try rows(
      """
      select a.attname::text, coalesce(a.attnum = any (i.indkey::int2[]), false)
      from pg_attribute a
        left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
      where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
      order by a.attnum
      """,
      [.text(table.sql)],
      in: context
    )
    let names = found.compactMap { row in row.cells[0].asText }
    let keys = found.filter { $0.cells[1] == .bool(true) }.compactMap { $0.cells[0].asText }
    return TableColumns(key: keys, all: names)
  }

  /// Gives the rows of a table by their keys, ascending by bytes.
  func keyedRows(
    of table: QualifiedName,
    key: [String],
    columns: [String],
    deadline: Duration,
    in context: CallContext
  ) throws(Failure) -> () throws(Failure) -> KeyedRow? {
    let keys = key.map { "x." + SQLIdentifier.quoted($0) }.joined(separator: ", ")
    let cells = columns.map { "x." + SQLIdentifier.quoted($0) }.joined(separator: ", ")
    let stream = try stream(
      """
      select jsonb_build_array(\(keys))::text collate "C",
        hashtextextended(row(\(cells))::text, 0)
      from \(table.sql) x order by 1
      """,
      deadline: deadline,
      in: context
    )
    return { () throws(Failure) in
      guard case .record(let row)? = try stream.next() else { return nil }
      return KeyedRow(key: row.cells[0].asText ?? "", hash: row.cells[1].asInt ?? 0)
    }
  }
}
