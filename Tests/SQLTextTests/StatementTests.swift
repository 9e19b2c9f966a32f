import SQLText
import Testing

@Suite struct StatementTests {
  @Test func `statements have their place, kind and number of parameters`() throws {
    let sql = "select $2, $1; update t set a = 'é;' ;\n delete from x"
    let parsed = try ParsedSQL(sql)
    #expect(parsed.statements.map(\.kind) == ["SelectStmt", "UpdateStmt", "DeleteStmt"])
    #expect(parsed.statements.map(\.parameterCount) == [2, 0, 0])
    let texts = parsed.statements.map { statement in
      String(
        decoding: Array(sql.utf8)[statement.offset..<statement.offset + statement.length],
        as: UTF8.self
      )
    }
    #expect(texts == ["select $2, $1", " update t set a = 'é;' ", "\n delete from x"])
  }

  @Test(arguments: [
    ("insert into a.t values (1)", [TableChange.Kind.insert], ["a.t"], [true]),
    ("update t set a = 1", [.update], ["t"], [false]),
    ("update only \"T\" set a = 1 where b", [.update], ["T"], [true]),
    ("delete from t using u where t.a = u.a", [.delete], ["t"], [true]),
    (
      "with d as (delete from x returning *) insert into y select * from d", [.insert, .delete],
      ["y", "x"], [true, false]
    ),
    ("truncate a, b.c", [.truncate, .truncate], ["a", "b.c"], [true, true]),
    ("merge into t using u on t.a = u.a when matched then delete", [.merge], ["t"], [true]),
    ("explain analyze delete from t", [.delete], ["t"], [false]),
    ("create table s.t (a int)", [.definition], ["s.t"], [true]),
    ("alter table t add column a int", [.definition], ["t"], [true]),
    ("create index on t (a)", [.definition], ["t"], [true]),
    ("drop table a, s.b", [.definition, .definition], ["a", "s.b"], [true, true]),
    ("select 1", [], [], []),
  ])
  func `the tables that a statement writes`(
    _ sql: String,
    _ kinds: [TableChange.Kind],
    _ tables: [String],
    _ conditions: [Bool]
  ) throws {
    let statement = try #require(try ParsedSQL(sql).statements.first)
    #expect(statement.tableChanges.map(\.kind) == kinds)
    #expect(statement.tableChanges.map(\.table.description) == tables)
    #expect(statement.tableChanges.map(\.hasCondition) == conditions)
  }

  @Test func `findings name what a migration loses`() throws {
    let sql = """
      create table keep (a int);
      drop table a, s.b cascade;
      alter table t drop column c, alter column d type smallint, alter column e type text;
      alter table t alter column f type varchar(10), drop constraint k cascade;
      truncate logs;
      delete from orders;
      update orders set state = 'x';
      update orders set state = 'x' where id = 1;
      drop schema old;
      drop index i;
      alter table t add column g int not null default 0;
      """
    let findings = try ParsedSQL(sql).destructiveFindings
    #expect(
      findings.map {
        "\($0.statement) \($0.kind) \($0.table?.description ?? "") \($0.column ?? "")"
      } == [
        "1 dropTable a ", "1 dropCascade a ", "1 dropTable s.b ", "1 dropCascade s.b ",
        "2 dropColumn t c", "2 narrowColumnType t d",
        "3 dropCascade t k", "3 narrowColumnType t f",
        "4 truncate logs ", "5 deleteWithoutCondition orders ",
        "6 updateWithoutCondition orders ", "8 dropSchema old ",
      ]
    )
  }

  @Test func `identifiers are quoted`() {
    #expect(SQLIdentifier.quoted("a\"b c") == "\"a\"\"b c\"")
    #expect(QualifiedName(schema: "S", name: "t").sql == "\"S\".\"t\"")
  }

  @Test(arguments: [
    ("select 'it''s' || x", "it", SQLRegion.string),
    ("select 'it''s' || x", "x", .code),
    ("select e'a\\'b' || x", "b", .string),
    ("select e'a\\'b' || x", "x", .code),
    ("select 'a\\' || x", "x", .code),
    ("select \"a\"\"b\", x", "b", .quotedIdentifier),
    ("select 1 -- b\n, x", "b", .comment),
    ("select 1 -- b\n, x", "x", .code),
    ("select /* a /* b */ c */ x", "c", .comment),
    ("select /* a /* b */ c */ x", "x", .code),
    ("select $tag$ $x$ b $tag$, y", "b", .dollarQuoted),
    ("select $tag$ $x$ b $tag$, y", "y", .code),
    ("select $1, b", "b", .code),
    ("select a$b$ , y", "y", .code),
    ("select 'open b", "b", .string),
  ])
  func `a place in a text is code, text or comment`(
    _ sql: String,
    _ mark: String,
    _ region: SQLRegion
  ) throws {
    let range = try #require(sql.range(of: mark))
    #expect(SQLRegion.at(sql.utf8.distance(from: sql.startIndex, to: range), in: sql) == region)
  }
}

extension String {
  /// The last place of a text in this one.
  fileprivate func range(of text: String) -> String.Index? {
    indices.last { self[$0...].hasPrefix(text) }
  }
}
