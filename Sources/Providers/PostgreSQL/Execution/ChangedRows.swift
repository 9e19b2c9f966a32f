internal import Postgres

/// How many rows of a table a transaction changed so far, by the server's own counters.
struct ChangedRows: Hashable, Sendable {
  let table: String
  var inserted: Int64
  var updated: Int64
  var deleted: Int64

  /// Such as `deletes 21 rows of items`; nothing where nothing is changed.
  var words: String {
    let parts = [("inserts", inserted), ("updates", updated), ("deletes", deleted)]
      .filter { $0.1 > 0 }
      .map { "\($0.0) \($0.1) row\($0.1 == 1 ? "" : "s")" }
    return parts.joined(separator: ", ") + " of \(table)"
  }

  /// opsh's own bookkeeping is no part of a change.
  static let query = """
    select relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del
    from pg_stat_xact_user_tables
    where schemaname <> 'opsh' and n_tup_ins + n_tup_upd + n_tup_del > 0
    order by 1
    """
}

extension WriteSession {
  /// What the session counted so far; earlier transactions may be in it.
  func counters() throws(WriteRefusal) -> [String: ChangedRows] {
    let rows: [[String?]]
    do throws(PostgresError) {
      rows = try cells(ChangedRows.query)
    } catch {
      throw .server(error, sql: nil)
    }
    var found: [String: ChangedRows] = [:]
    for row in rows {
      func number(_ index: Int) -> Int64 { row[index].flatMap { Int64($0) } ?? 0 }
      guard let table = row[0] else { continue }
      found[table] = ChangedRows(
        table: table,
        inserted: number(1),
        updated: number(2),
        deleted: number(3)
      )
    }
    return found
  }

  /// What was changed since the counters were read, by table.
  func changed(since before: [String: ChangedRows]) throws(WriteRefusal) -> [ChangedRows] {
    try counters().values.compactMap { now in
      var now = now
      if let before = before[now.table] {
        now.inserted -= before.inserted
        now.updated -= before.updated
        now.deleted -= before.deleted
      }
      return now.inserted + now.updated + now.deleted > 0 ? now : nil
    }.sorted { $0.table < $1.table }
  }
}
