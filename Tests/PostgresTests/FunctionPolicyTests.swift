import Postgres
import PostgresTestSupport
import SQLText
import Testing

/// The catalogue's half of "reading is free": what `SQLText` gives as data, asked of a real server.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct FunctionPolicyTests {
  private func volatile(
    _ names: [QualifiedName],
    _ connection: Connection
  ) throws -> [(schema: String, name: String, extensionName: String?)] {
    let cursor = try connection.read(
      FunctionPolicy.volatilityQuery,
      [.textArray(names.map { $0.schema ?? "" }), .textArray(names.map(\.name))]
    )
    return try allRows(cursor).map { ($0[0] ?? "", $0[1] ?? "", $0[2]) }
  }

  @Test func `volatile functions are found, by search path or by schema`() throws {
    let connection = try openConnection(database: try TestCluster.shared.get().makeDatabase())
    try connection.executeScript(
      """
      create function touch() returns int language sql volatile as 'select 1';
      create function look() returns int language sql stable as 'select 1';
      create schema app; create function app.touch2() returns int language sql as 'select 1';
      """
    )
    let names = ["touch", "look", "touch2", "lower", "random"].map { QualifiedName(name: $0) }
    #expect(try Set(volatile(names, connection).map(\.name)) == ["touch", "random"])
    let found = try volatile([QualifiedName(schema: "app", name: "touch2")], connection)
    #expect(found.map(\.schema) == ["app"])
    #expect(!FunctionPolicy.allows(schema: "app", name: "touch2", extensionName: nil))
  }

  @Test func `no volatile function of the server is both allowed and denied`() throws {
    let connection = try openConnection(readOnly: true)
    let rows = try allRows(
      connection.read(
        """
        select distinct proname from pg_proc
        where pronamespace = 'pg_catalog'::regnamespace and provolatile = 'v'
        """
      )
    )
    let names = rows.compactMap { $0[0] }
    #expect(names.count > 100)
    for name in names where FunctionPolicy.isDenied(QualifiedName(name: name)) {
      #expect(
        !FunctionPolicy.allows(schema: "pg_catalog", name: name, extensionName: nil),
        "\(name)"
      )
    }
  }
}
