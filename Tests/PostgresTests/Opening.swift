import Postgres
import PostgresTestSupport
import Testing

/// A connection to the tests' own cluster.
func openConnection(
  database: String = "postgres",
  readOnly: Bool = false
) throws -> Connection {
  let cluster = try TestCluster.shared.get()
  let parameters = try ConnectionParameters(url: cluster.url(database: database))
  return try Connection.open(parameters, readOnly: readOnly)
}

extension Trait where Self == ConditionTrait {
  /// Skips, and says so, where no PostgreSQL is installed.
  static var needsServer: Self {
    .enabled(if: TestCluster.isAvailable, Comment(rawValue: TestCluster.skipReason))
  }
}

/// Reads a cursor to its end.
func allRows(_ cursor: RowCursor) throws -> [[String?]] {
  var rows: [[String?]] = []
  while let row = try cursor.next() { rows.append((0..<row.count).map { row.text($0) }) }
  return rows
}
