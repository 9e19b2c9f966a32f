import Foundation
import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsServer, .timeLimit(.minutes(6))) struct EnvironmentTests {
  @Test func `no variable of the environment takes part`() async throws {
    let cluster = try TestCluster.shared.get()
    let url = cluster.url()
    await #expect(processExitsWith: .success) { [url = url as String] in
      let hostile = [
        ("PGHOST", "192.0.2.1"), ("PGHOSTADDR", "192.0.2.1"), ("PGPORT", "1"),
        ("PGUSER", "nobody"), ("PGDATABASE", "nowhere"), ("PGPASSWORD", "wrong"),
        ("PGPASSFILE", "/nowhere"), ("PGSERVICE", "missing"), ("PGSERVICEFILE", "/nowhere"),
        ("PGOPTIONS", "-c nonsense=1"), ("PGAPPNAME", "hostile"), ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", "/nowhere"), ("PGREQUIREPEER", "nobody"), ("PGTZ", "Asia/Tokyo"),
        ("PGDATESTYLE", "German"), ("PGCLIENTENCODING", "LATIN1"), ("PGCONNECT_TIMEOUT", "x"),
        ("PGTARGETSESSIONATTRS", "standby"), ("PGREQUIRESSL", "1"), ("PGGSSENCMODE", "require"),
        ("PGCHANNELBINDING", "require"), ("PGSYSCONFDIR", "/nowhere"),
      ]
      for (name, value) in hostile { unsafe setenv(name, value, 1) }
      let connection = try Connection.open(ConnectionParameters(url: url), readOnly: true)
      let cursor = try connection.read(
        """
        select current_user, current_database(), current_setting('TimeZone'),
          current_setting('DateStyle'), current_setting('client_encoding'),
          current_setting('application_name'), current_setting('default_transaction_read_only')
        """
      )
      let row = try #require(try cursor.next())
      let texts = (0..<row.count).map { row.text($0) ?? "" }
      let expected = ["tester", "postgres", "UTC", "ISO, MDY", "UTF8", "opsh", "on"]
      precondition(texts == expected, "\(texts)")
      precondition(unsafe String(cString: getenv("PGHOST")) == "192.0.2.1")
    }
  }

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
