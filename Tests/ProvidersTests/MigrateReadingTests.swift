import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// What the plan says of each pending file before anybody says yes.
@Suite(.needsServer, .timeLimit(.minutes(6))) struct MigrateReadingTests {
  private static let first = "20260101000000_init"

  private func lines(_ text: String, script: String = "") throws -> [String] {
    let world = try MigrateWorld(
      [Self.first: text],
      script: """
        create schema shop; create table shop.orders (id int primary key, at timestamp, note text);
        insert into shop.orders select i, now(), repeat('x', 100) from generate_series(1, 20000) i;
        analyze shop.orders; \(script)
        """
    )
    return try world.plan().consequences
  }

  @Test func `work is told with its lock, and its time as a range by the table's size`() throws {
    let lines = try lines("alter table shop.orders alter column id type bigint;\n")
    #expect(
      lines.contains {
        $0.hasPrefix("  writes all of shop.orders anew (3")
          && $0.hasSuffix(
            "MB, about 20000 rows), while every read and write waits: less than 1s by its size"
          )
      },
      "\(lines)"
    )
    #expect(
      lines.contains("  locks shop.orders with ACCESS EXCLUSIVE: every read and write waits")
    )
    #expect(lines.contains { $0.hasPrefix("  line 1: ") })
    #expect(lines.contains { $0.hasPrefix("    safer: ") })
  }

  @Test func `what is harmless says little, and how it is taken back`() throws {
    let lines = try lines("alter table shop.orders add column state text default 'new';\n")
    #expect(
      lines.filter { $0.hasPrefix("  ") } == [
        "  locks shop.orders with ACCESS EXCLUSIVE: every read and write waits",
        "  taken back by: ALTER TABLE \"shop\".\"orders\" DROP COLUMN \"state\";",
      ]
    )
  }

  @Test func `the server's own time zone decides, as it will when it is applied`() throws {
    let text = "alter table shop.orders alter column at type timestamptz;\n"
    func zone(_ name: String) -> String {
      "do $$ begin execute format('alter database %I set timezone = %L', current_database(), '\(name)'); end $$"
    }
    let utc = try lines(text, script: zone("UTC"))
    #expect(!utc.contains { $0.contains("writes all of shop.orders") }, "\(utc)")
    let tokyo = try lines(text, script: zone("Asia/Tokyo"))
    #expect(tokyo.contains { $0.contains("writes all of shop.orders") }, "\(tokyo)")
    let world = try MigrateWorld(
      [Self.first: "create table t as select current_setting('TimeZone') as zone;\n"],
      script: zone("Asia/Tokyo")
    )
    try world.migrate()
    #expect(try world.database.psql("select zone from t") == "Asia/Tokyo")
  }
}
