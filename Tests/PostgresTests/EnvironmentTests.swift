import Foundation
import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsServer, .timeLimit(.minutes(6))) struct EnvironmentTests {
  @Test func `the session starts with our settings, and RESET brings them back`() throws {
    let connection = try Connection.open(
      ConnectionParameters(url: try TestCluster.shared.get().url() + "?schema=My%20App"),
      settings: SessionSettings(
        isReadOnly: false,
        statementTimeout: .seconds(7),
        lockTimeout: .milliseconds(1500)
      )
    )
    try connection.execute("set lock_timeout = 0")
    try connection.execute("reset lock_timeout")
    let names = [
      "statement_timeout", "lock_timeout", "client_connection_check_interval", "search_path",
      "idle_in_transaction_session_timeout", "IntervalStyle", "bytea_output",
    ]
    let values = try names.map { name in
      try allRows(connection.query("select current_setting($1)", [.text(name)]))[0][0]
    }
    #expect(values == ["7s", "1500ms", "500ms", "\"My App\"", "10min", "postgres", "hex"])
  }
}
