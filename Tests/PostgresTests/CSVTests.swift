import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsServer, .timeLimit(.minutes(6))) struct CSVTests {
  private func csv(_ sql: String, limit: Int = 1 << 16) throws -> [UInt8] {
    let cursor = try openConnection(readOnly: true).read(sql)
    var bytes: [UInt8] = []
    cursor.appendCSVHeader(to: &bytes)
    while try cursor.appendCSV(to: &bytes, limit: limit) {}
    return bytes
  }

  @Test(arguments: [
    "select 1 as a, 'x' as b",
    "select 1 as a where false",
    "select 1 as \"a,b\", 2 as \"q\"\"q\", 3 as \"\\.\", 4 as \"line\nfeed\"",
    "select '', null, ' ', 'a,b', 'a\"b', e'a\\nb', e'a\\rb', e'\\t', '\\.', '\\', '.', '\\..', ';'",
    "select e'\\n', '\"', '\"\"', ',', 'é€😀', true, 1.50, '{a,b}'::text[], '{\"a\": 1}'::jsonb",
    "select date '2026-01-02', timestamptz '2026-01-02 03:04:05.6+02', '\\x00ff'::bytea, interval '1 day 02:00:01.5'",
    "select i, md5(i::text), nullif(i % 3, 0), repeat('\"', i % 5) from generate_series(1, 20000) i",
    "select repeat('x', 300000), repeat('\"', 100000)",
  ])
  func `rows are byte for byte what psql prints`(_ sql: String) throws {
    let theirs = try TestCluster.shared.get().psql(
      ["--csv", "-c", "set timezone = 'UTC'", "-q", "-c", sql]
    )
    #expect(try csv(sql) == theirs)
    #expect(try csv(sql, limit: 100) == theirs)
  }

  @Test func `an error in the middle of the rows is thrown`() throws {
    let cursor = try openConnection(readOnly: true).read(
      "select 1 / (500 - i) from generate_series(1, 1000) i"
    )
    let failure = #expect(throws: PostgresError.self) {
      var bytes: [UInt8] = []
      while try cursor.appendCSV(to: &bytes) {}
    }
    #expect(failure?.sqlState == "22012")
    #expect(try allRows(cursor) == [])
  }
}
