import Foundation
import Testing

/// `opsh lint`: no database, no stack file.
@Suite struct LintTests {
  let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
  }

  @Test func `a finding shows its place, its line, its lock and the safer form`() throws {
    try binary.write(
      "-- grow\nALTER TABLE \"Order\"\n  ADD COLUMN token uuid DEFAULT gen_random_uuid();\n",
      to: "a.sql"
    )
    let result = try binary.opsh("lint", "a.sql")
    #expect(result.code == 1)
    #expect(
      result.output == """
        a.sql:3:14: error: rewrite-default: Order and its indexes are rewritten while ACCESS \
        EXCLUSIVE blocks every read and write: gen_random_uuid() gives each row a value of its own
            3 |   ADD COLUMN token uuid DEFAULT gen_random_uuid();
              |              ^~~~~
            locks    ACCESS EXCLUSIVE on Order
            instead  add the column without a default, set the default, fill the old rows in batches
              ALTER TABLE "Order" ADD COLUMN "token" uuid;
              ALTER TABLE "Order" ALTER COLUMN "token" SET DEFAULT "gen_random_uuid"();
              -- a later migration, in batches:
              UPDATE "Order" SET "token" = … WHERE "token" IS NULL AND …;
        note: no lock_timeout is set: while ALTER TABLE waits for ACCESS EXCLUSIVE on Order, every \
        read and write of it queues behind
            instead  set it before, or in the connection (options=-c lock_timeout=2s), and try again

        """
    )
    #expect(
      result.messages
        == "opsh: 1 error in a.sql\n  nothing was sent anywhere: this is what the text would do\n"
    )
  }

  @Test func `what is safe is silent, and ends with 0`() throws {
    try binary.write(
      "SET lock_timeout = '2s';\nCREATE TABLE n (id bigint primary key);\nCREATE INDEX ON n (id);\n"
        + "ALTER TABLE t ADD COLUMN a int NOT NULL DEFAULT 0;\n",
      to: "a.sql"
    )
    let result = try binary.opsh("lint", "a.sql")
    #expect(result.code == 0)
    #expect(result.output == "" && result.messages == "")
  }

  @Test func `a warning ends it with 0, and with 1 where it is to be strict`() throws {
    try binary.write("SET lock_timeout = '2s'; ALTER TABLE t ALTER a TYPE bigint;", to: "a.sql")
    #expect(try binary.opsh("lint", "a.sql").code == 0)
    let strict = try binary.opsh("lint", "--strict", "a.sql")
    #expect(strict.code == 1)
    #expect(strict.messages.hasPrefix("opsh: 1 warning in a.sql\n"))
  }

  @Test func `what can not be used ends it with 2, before anything is shown`() throws {
    try binary.write("drop table t;", to: "a.sql")
    try binary.write(Array("select '".utf8) + [0xFF], to: "b.sql")
    try binary.write(Array("select \0".utf8), to: "c.sql")
    try FileManager.default.createDirectory(
      atPath: binary.work + "/empty",
      withIntermediateDirectories: true
    )
    let words = [
      ("b.sql", "b.sql can not be read: the SQL text is not UTF-8 from byte 8 on"),
      ("c.sql", "c.sql can not be read: the SQL text holds a NUL at byte 7"),
      ("no.sql", "no.sql can not be read: no such file or directory"),
      ("empty", "there is no migration in empty"),
    ]
    for (name, message) in words {
      let result = try binary.opsh("lint", "a.sql", name)
      #expect(result.code == 2)
      #expect(result.output == "")
      #expect(result.messages.hasPrefix("opsh: \(message)\n"), "\(result.messages)")
    }
    #expect(try binary.opsh("lint").code == 2)
  }

  @Test func `a text that can not be read is a finding, and no refusal`() throws {
    try binary.write("ALTER TABLE t FROBNICATE;\nDROP TABLE u;\n", to: "a.sql")
    let result = try binary.opsh("lint", "a.sql")
    #expect(result.code == 1)
    #expect(result.output.contains("a.sql:1:15: warning: not-readable: "))
    #expect(result.output.contains("a.sql:2:1: error: drop-table: "))
  }

  @Test func `an ignored finding is listed with its reason`() throws {
    try binary.write(
      """
      -- opsh:ignore drop-table because nothing has read it since May
      DROP TABLE a;
      -- opsh:ignore drop-table because it is the last
      DROP TABLE b;
      DROP TABLE c;
      -- opsh:ignore drop-tabel because
      SELECT '-- opsh:ignore drop-table because text';
      """,
      to: "a.sql"
    )
    let result = try binary.opsh("lint", "a.sql")
    #expect(result.code == 1)
    let heads = result.output.split(separator: "\n").filter { $0.hasPrefix("a.sql:") }
    #expect(
      heads.map { $0.prefix(36) } == [
        "a.sql:5:1: error: drop-table: c and ", "a.sql:6:1: warning: unused-ignore: t",
        "a.sql:2:1: ignored: drop-table, beca", "a.sql:4:1: ignored: drop-table, beca",
      ]
    )
    #expect(result.output.contains("ignored: drop-table, because nothing has read it since May\n"))
  }

  @Test func `a password is not shown`() throws {
    try binary.write("ALTER ROLE app PASSWORD 'hunter2hunter2';", to: "a.sql")
    for form in ["table", "json", "github", "sarif"] {
      let result = try binary.opsh("lint", "a.sql", "--output", form)
      #expect(result.code == 1)
      #expect(result.output.contains("password-in-text"))
      #expect(!result.output.contains("hunter2"))
    }
  }

  @Test func `a folder is read by the conventions of whoever runs it`() throws {
    try binary.write(
      "ALTER TABLE t ADD CONSTRAINT k CHECK (a IS NOT NULL) NOT VALID;",
      to: "p/1_a/migration.sql"
    )
    try binary.write("ALTER TABLE t VALIDATE CONSTRAINT k;", to: "p/2_b/migration.sql")
    try binary.write("ALTER TABLE t ALTER a SET NOT NULL;", to: "p/3_c/migration.sql")
    try binary.write("provider = \"postgresql\"", to: "p/migration_lock.toml")
    #expect(try binary.opsh("lint", "p").code == 0)
    #expect(try binary.opsh("lint", "p/3_c/migration.sql").code == 1)

    try binary.write("CREATE INDEX i ON t (a);", to: "g/1_x.up.sql")
    try binary.write("DROP TABLE t;", to: "g/1_x.down.sql")
    let golang = try binary.opsh("lint", "g")
    #expect(golang.output.contains("g/1_x.up.sql:1:1: error: index-build"))
    #expect(!golang.output.contains("drop-table"))

    try binary.write(
      "-- migrate:up\nCREATE INDEX CONCURRENTLY i ON t (a);\n\n-- migrate:down\nDROP TABLE t;\n",
      to: "d/1_x.sql"
    )
    try binary.write(
      "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n-- migrate:down\nDROP TABLE t;\n",
      to: "d/2_x.sql"
    )
    let dbmate = try binary.opsh("lint", "d/")
    let heads = dbmate.output.split(separator: "\n").filter { $0.hasPrefix("d/") }
    #expect(heads.count == 1)
    #expect(heads.first?.hasPrefix("d/1_x.sql:2:1: error: not-in-transaction") == true)
  }

  @Test func `a folder of no convention is all of its SQL, and one of two is refused`() throws {
    try binary.write("DROP TABLE b;", to: "f/V2__b.sql")
    try binary.write("DROP TABLE a;", to: "f/V10__a.sql")
    try binary.write("not SQL", to: "f/readme.md")
    let plain = try binary.opsh("lint", "f")
    let heads = plain.output.split(separator: "\n").filter { $0.hasPrefix("f/") }
    #expect(heads.map { $0.prefix(14) } == ["f/V10__a.sql:1", "f/V2__b.sql:1:"])
    try binary.write("DROP TABLE a;", to: "m/1_a.up.sql")
    try binary.write("-- migrate:up\nDROP TABLE a;", to: "m/2_a.sql")
    let mixed = try binary.opsh("lint", "m")
    #expect(mixed.code == 2)
    #expect(mixed.messages.hasPrefix("opsh: m can not be read: "), "\(mixed.messages)")
  }

  @Test func `JSON has a record for each finding`() throws {
    try binary.write("SET lock_timeout = '1s';\nCREATE INDEX i ON s.t (a);", to: "a.sql")
    let result = try binary.opsh("lint", "a.sql", "--output", "json")
    let rows = try JSONSerialization.jsonObject(with: Data(result.bytes)) as? [[String: Any]]
    let row = try #require(rows?.first)
    #expect(rows?.count == 1)
    #expect(row["rule"] as? String == "index-build")
    #expect(row["severity"] as? String == "error")
    #expect(row["line"] as? Int == 2 && row["column"] as? Int == 1 && row["offset"] as? Int == 25)
    #expect(row["locks"] as? [String] == ["SHARE on s.t"])
    #expect(row["safer_sql"] as? String == "CREATE INDEX CONCURRENTLY i ON s.t (a);")
    #expect(row["ignored"] is NSNull)
  }

  @Test func `GitHub's annotations are escaped`() throws {
    try binary.write("SET lock_timeout = '1s';\nDROP TABLE \"50%,\na:b\";", to: "x,y:z.sql")
    let result = try binary.opsh("lint", "x,y:z.sql", "--output", "github")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 1)
    #expect(
      lines[0].hasPrefix(
        "::error file=x%2Cy%3Az.sql,line=2,col=1,title=opsh%3A drop-table::50%25,%0Aa:b and all its rows"
      ),
      "\(lines[0])"
    )
  }

  @Test func `SARIF has what version 2 1 0 asks for`() throws {
    try binary.write(
      "SET lock_timeout = '1s';\nselect 'é'; DROP TABLE a;\n-- opsh:ignore drop-table because old\nDROP TABLE b;",
      to: "a b.sql"
    )
    let result = try binary.opsh("lint", "a b.sql", "--output", "sarif")
    #expect(result.code == 1)
    let log = try #require(
      try JSONSerialization.jsonObject(with: Data(result.bytes)) as? [String: Any]
    )
    #expect(log["version"] as? String == "2.1.0")
    #expect(log["$schema"] as? String == "https://json.schemastore.org/sarif-2.1.0.json")
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "opsh lint")
    let rules = try #require(driver["rules"] as? [[String: Any]])
    let ids = rules.compactMap { $0["id"] as? String }
    #expect(Set(ids).count == rules.count && ids.count == rules.count)
    let levels: Set = ["none", "note", "warning", "error"]
    for rule in rules {
      #expect((rule["shortDescription"] as? [String: String])?["text"]?.isEmpty == false)
      let level = (rule["defaultConfiguration"] as? [String: String])?["level"]
      #expect(levels.contains(level ?? ""))
    }
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count == 2)
    for (index, line, column) in [(0, 2, 13), (1, 4, 1)] {
      let found = results[index]
      let id = try #require(found["ruleId"] as? String)
      #expect(ids[found["ruleIndex"] as? Int ?? 0] == id)
      #expect(levels.contains(found["level"] as? String ?? ""))
      #expect((found["message"] as? [String: String])?["text"]?.isEmpty == false)
      let location = try #require((found["locations"] as? [[String: Any]])?.first)
      let place = try #require(location["physicalLocation"] as? [String: Any])
      #expect((place["artifactLocation"] as? [String: String])?["uri"] == "a%20b.sql")
      let region = try #require(place["region"] as? [String: Int])
      #expect(region == ["startLine": line, "startColumn": column])
    }
    let suppressions = results[1]["suppressions"] as? [[String: String]]
    #expect(suppressions == [["kind": "inSource", "justification": "old"]])
    #expect(results[0]["suppressions"] == nil)
  }

  @Test func `control characters of a file do not reach the terminal`() throws {
    try binary.write("DROP TABLE \"a\u{1B}[31m\";", to: "a.sql")
    let result = try binary.opsh("lint", "a.sql")
    #expect(!result.bytes.contains(0x1B))
  }
}
