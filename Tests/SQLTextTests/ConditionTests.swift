import SQLText
import Testing

/// `where true` in its disguises: what is said to let every row through does.
@Suite struct ConditionTests {
  /// Columns of `t`: `id` and `n` hold no nulls, `x` and `flag` may.
  private func isEveryRow(_ sql: String, _ binds: [SQLConstant?] = []) throws -> Bool {
    let statement = try #require(try ParsedSQL(sql).statements.first)
    let condition = try #require(RowCondition(of: statement, in: sql), "\(sql)")
    return condition.holdsForEveryRow(notNull: ["id", "n"], binds: binds)
  }

  @Test(
    arguments: [
      "true", "'t'", "'yes'::bool", "1 = 1", "1=1 or id = 5", "id = id", "id >= id",
      "(id) = (t.id)",
      "id is not null", "not (id is null)", "not false", "not not true", "1 < 2 and 'a' = 'a'",
      "0 = 0", "-1 < 0", "-1 <> 1", "1.5 > 1", "1 + 1 = 2", "2 * 3 - 6 = 0",
      "exists (select 1)", "exists (select 1 where 1 = 1)", "exists (select 1 from t)",
      "coalesce(null, true)", "coalesce(true, x)", "coalesce(flag, true) is not null",
      "id in (select id from t)", "id in (select t.id from t)", "id in (select u.id from t u)",
      "id in (id, 5)", "id not in (1) or id in (1)", "1 in (1, 2)", "id = any (select id from t)",
      "id > 0 or id <= 0", "id > 0 or 0 >= id", "id <> 3 or id = 3", "id = 3 or not id = 3",
      "id < 5 or id > 5 or id = 5", "x > 0 or x <= 0 or x is null", "x is null or x is not null",
      "not (id > 3 and id <= 3)", "id between id and id", "id is not distinct from id",
      "x is not distinct from x", "(select true)", "case when true then true else x > 1 end",
      "case when x > 5 then true else true end", "flag is true or flag is not true",
      "flag or not flag or flag is null", "true is true", "(x = x) is not false",
      "'abc' like '%'", "ctid is not null", "n + 0 = n + 0", "n::text = n::text",
      "n::text like '%%'", "id = id and n = n", "x > 1 or true", "null is null",
      "(1 = 1) = true", "id = 1 -- or so\n or true",
    ]
  )
  func `every row passes`(_ condition: String) throws {
    #expect(try isEveryRow("delete from t where \(condition)"))
    #expect(try isEveryRow("update t set x = 1 where \(condition)"))
  }

  @Test(
    arguments: [
      "false", "null", "id = 5", "x = x", "x is not null", "flag", "not flag", "id > 0",
      "id > 0 or id < 0", "x > 0 or x <= 0", "x > 0 or x <= 1", "id > 0 or id <= -1",
      "id > 0 or n <= 0", "id = id and x > 1", "1 = 2", "1 = 1 and id = 5", "not true",
      "exists (select 1 from other)", "exists (select 1 from t where t.id = 3)",
      "exists (select 1 limit 0)", "exists (select 1 where false)", "id in (select id from other)",
      "id in (select id from t where n > 3)", "id in (select n from t)",
      "id in (select id from t limit 10)", "x in (select x from t)", "id in (1, 2)",
      "id not in (1)", "coalesce(x > 1, false)", "coalesce(flag, true)", "coalesce(null, false)",
      "case when x > 5 then true end", "case x when 1 then true else true end", "flag is true",
      "flag or not flag", "id between 1 and 1000000", "id is distinct from id", "random() < 2",
      "now() > '2000-01-01'", "x like '%'", "id::text like '1%'", "id = $1", "length(id::text) > 0",
      "'o'::bool", "id is distinct from 7", "current_user = 'postgres'", "0 = 1", "-1 = 0",
    ]
  )
  func `some rows may not pass`(_ condition: String) throws {
    #expect(try !isEveryRow("delete from t where \(condition)"))
  }

  @Test func `what is bound counts as what it is`() throws {
    #expect(try isEveryRow("delete from t where $1", [.bool(true)]))
    #expect(try isEveryRow("delete from t where 1 = $1", [.int(1)]))
    #expect(try isEveryRow("delete from t where $1 = $1", [.text("a")]))
    #expect(try !isEveryRow("delete from t where $1 = 1", [nil]))
    #expect(try !isEveryRow("delete from t where $1 = $1", [.null]))
    #expect(try !isEveryRow("delete from t where id = $1", [.int(1)]))
  }

  @Test func `a column of another table is none of this one's`() throws {
    #expect(try !isEveryRow("delete from t using u where u.id = u.id"))
    #expect(try isEveryRow("delete from t using u where t.id = t.id"))
    #expect(try !isEveryRow("update t set x = 1 from u where t.id = u.id"))
    #expect(try isEveryRow("delete from t as a where a.id = a.id"))
    #expect(try !isEveryRow("delete from t where id in (select id from s.t)"))
  }

  @Test func `a condition deeper than anybody writes is not looked into`() throws {
    let deep =
      String(repeating: "not (", count: 3000) + "true" + String(repeating: ")", count: 3000)
    #expect(try !isEveryRow("delete from t where \(deep)"))
    let long = (1...5000).map { "id = \($0)" }.joined(separator: " or ")
    #expect(try !isEveryRow("delete from t where \(long)"))
    #expect(try isEveryRow("delete from t where \(long) or true"))
  }

  @Test(arguments: [
    ("update t set a = 1, b = (select c from u where d) where id = 3", "id = 3", ["a", "b"]),
    ("delete from only s.\"T\" as x where x.a = ' where ' and (b) = 'where'", "", []),
    ("update t set a = 'where' /* where */ where a is null -- where", "a is null -- where", ["a"]),
    ("update t set (a, b) = (1, 2)", "true", ["a", "b"]),
    ("delete from t where somewhere = 1 and \"where\" = 2", "", []),
  ])
  func `a change is taken apart at its own where`(
    _ sql: String,
    _ condition: String,
    _ columns: [String]
  ) throws {
    let change = try NarrowedChange(sql)
    #expect(change.assignedColumns == columns)
    #expect(sql.hasPrefix(change.head))
    if condition != "true" { #expect(change.head + "where" + change.condition == sql) }
    if !condition.isEmpty { #expect(change.condition == " " + condition) }
  }

  @Test func `what can not be done in batches says why`() {
    for (sql, refusal) in [
      ("insert into t values (1)", .notAChange), ("truncate t", .notAChange),
      ("update t set a = u.a from u where t.id = u.id", .otherTables),
      ("delete from t using u where true", .otherTables),
      ("with x as (select 1) delete from t where true", .with),
      ("delete from t where true returning id", .returning),
      ("delete from t where current of c", .cursor),
      ("delete from t where n < (select avg(n) from t)", .readsItself(QualifiedName(name: "t"))),
      (
        "update t set a = (select max(a) from t x) where id = 1",
        .readsItself(QualifiedName(name: "t"))
      ),
      ("delete from t; delete from t", .notOneStatement), ("delete fro t", .notOneStatement),
    ] as [(String, NarrowedChange.Refusal)] {
      #expect(throws: refusal, "\(sql)") { try NarrowedChange(sql) }
      #expect(!refusal.message.isEmpty)
    }
  }

  @Test func `what a statement does to tables`() throws {
    func words(_ sql: String) throws -> [String] {
      try ParsedSQL(sql).statements[0].changeEvents.map { event in
        let columns =
          if case .update(let columns) = event.operation {
            " " + columns.sorted().joined(separator: ",")
          } else { "" }
        return "\(event.isOnly ? "only " : "")\(event.table) \(event.operation.word)\(columns)"
      }
    }
    #expect(try words("delete from only t") == ["only t delete"])
    #expect(try words("update s.t set a = 1, b = 2") == ["s.t update a,b"])
    #expect(
      try words("insert into t values (1) on conflict (a) do update set b = 1")
        == ["t insert", "t update b"]
    )
    #expect(
      try words(
        "merge into t using u on t.a = u.a when matched then delete when not matched then insert values (1)"
      ) == ["t delete", "t insert"]
    )
    #expect(try words("truncate a, b cascade") == ["a truncate", "b truncate"])
    #expect(try words("create table t (a int)") == [])
  }
}
