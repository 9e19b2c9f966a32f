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
