internal import Postgres
internal import SQLText

/// An update or delete as it is done for the next rows in the order of the primary key.
///
/// Each row is met at most once, also where it still matches afterwards (`set n = n + 1`): the key
/// only rises, and a change that touches the key is refused. A row that another session changes
/// meanwhile is waited for, and looked at again before it is changed.
struct BatchStatement: Sendable {
  struct KeyColumn: Sendable {
    let name: String
    /// The type as SQL has it.
    let type: String
  }

  let change: NarrowedChange
  let key: [KeyColumn]
  let binds: [Bind]

  private var source: String {
    "\(change.isOnly ? "only " : "")\(change.table.sql) as \(alias)"
  }

  private var alias: String { SQLIdentifier.quoted(change.alias) }

  private var columns: [String] { key.map { "\(alias).\(SQLIdentifier.quoted($0.name))" } }

  /// A comment at the end of the condition ends with its line.
  private var condition: String { "(\(change.condition)\n)" }

  private static func row(_ parts: [String]) -> String {
    parts.count == 1 ? parts[0] : "(\(parts.joined(separator: ", ")))"
  }

  /// Where the binds of a key begin, `$n` with its type.
  private func places(from first: Int) -> String {
    Self.row(key.indices.map { "$\(first + $0)::\(key[$0].type)" })
  }

  // MARK: - Before the first batch

  /// The highest key there is; no row where the table is empty.
  var highest: String {
    let order = columns.map { "\($0) desc" }.joined(separator: ", ")
    return "select \(columns.map { "\($0)::text" }.joined(separator: ", ")) from \(source)"
      + " order by \(order) limit 1"
  }

  /// How many rows match; takes the statement's own binds.
  var count: String { "select count(*) from \(source) where \(condition)" }

  /// Whether a row is there that does not match.
  var leavesARow: String {
    "select exists (select from \(source) where \(condition) is not true)"
  }

  // MARK: - A batch

  /// Changes the next rows and gives one row: how many of them there were, how many were changed,
  /// and the last one's key; no row at the end.
  func batch(of rows: Int64, isFirst: Bool) -> String {
    let keys = Self.row(columns)
    let names = key.indices.map { "key\($0 + 1)" }
    let listed = names.joined(separator: ", ")
    // Qualified, because a bare name would be the text that is selected, and sort as one.
    let falling = names.map { "opsh_page.\($0) desc" }.joined(separator: ", ")
    let upto = binds.count + 1
    let after = upto + key.count
    let start = isFirst ? "" : " and \(keys) > \(places(from: after))"
    return """
      with opsh_page(\(listed)) as materialized (
        select \(columns.joined(separator: ", ")) from \(source)
        where \(condition)\(start) and \(keys) <= \(places(from: upto))
        order by \(columns.joined(separator: ", ")) limit \(rows)
      ), opsh_changed as (
        \(change.head)
        where \(condition)\(start)
          and \(keys) <= (select \(listed) from opsh_page order by \(falling) limit 1)
        returning 1
      )
      select (select count(*) from opsh_page), (select count(*) from opsh_changed),
        \(names.map { "\($0)::text" }.joined(separator: ", "))
      from opsh_page order by \(falling) limit 1
      """
  }

  /// What ``batch(of:isFirst:)`` takes.
  func binds(_ state: BatchState) -> [Bind] {
    binds + (state.upto + (state.after ?? [])).map { .text($0) }
  }

  /// Such as `id = 15000`, for a person.
  func words(_ values: [String]) -> String {
    zip(key, values).map { "\($0.name) = \($1)" }.joined(separator: ", ")
  }
}
