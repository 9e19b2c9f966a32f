import Postgres
import PostgresTestSupport
import Testing

@Suite(.needsServer, .timeLimit(.minutes(1)))
struct QueryTests {
  @Test func `a statement gives its columns, rows and what was done`() throws {
    let connection = try openConnection(readOnly: true)
    let cursor = try connection.read(
      "select 1 as a, null as b, 'é' as c union all select 2, 'x', ''"
    )
    #expect(cursor.columns.map(\.name) == ["a", "b", "c"])
    #expect(cursor.columns.map(\.type) == [.int4, .text, .text])
    var rows: [[String?]] = []
    while let row = try cursor.next() { rows.append((0..<row.count).map { row.text($0) }) }
    #expect(rows == [["1", nil, "é"], ["2", "x", ""]])
    #expect(cursor.commandTag == "SELECT 2")
    #expect(try connection.identity().database == "postgres")
  }
}
