import SQLText
import Testing

@Suite struct ClassificationTests {
  @Test(arguments: [
    "select 1",
    "select count(*), max(created) from orders where state = $1 group by state having count(*) > 2",
    "values (1), (2)",
    "table orders",
    "show search_path",
    "explain select 1",
    "explain (verbose, costs off) select * from orders",
    "with recent as (select * from orders) select * from recent",
    "with recursive t(n) as (values (1) union all select n + 1 from t where n < 5) select * from t",
    "select 'delete from orders; drop table x' as text",
    "select \"update\" from \"delete\" -- insert into x",
    "select a, row_number() over (partition by b order by c) from t limit 5 offset 1",
    "select * from t tablesample system (1)",
    "select 1;",
    "  /* ; */ select 1 ; ",
    "(select 1) union (select 2) order by 1",
    "select extract(epoch from now()), coalesce(a, b), cast(a as text), a::int[] from t",
    "select pg_sleep(1)",
  ])
  func `a query is a read`(_ sql: String) {
    guard case .read = Classification(sql) else {
      Issue.record("\(sql) gave \(Classification(sql))")
      return
    }
  }

  @Test(arguments: [
    ("", WriteReason.noStatement),
    ("-- nothing", .noStatement),
    ("commit; create table x (a int)", .severalStatements(2)),
    ("select 1; select 2", .severalStatements(2)),
    ("set transaction read write", .notAQuery("variable set")),
    ("reset all", .notAQuery("variable set")),
    ("with gone as (delete from orders returning *) select * from gone", .changesData("delete")),
    (
      "with a as (select 1), b as (update t set x = 1 returning 1) select 1", .changesData("update")
    ),
    (
      "select * from (with i as (insert into t values (1) returning 1) select * from i) s",
      .changesData("insert")
    ),
    ("copy orders to program 'sh'", .notAQuery("copy")),
    ("copy (select 1) to stdout", .notAQuery("copy")),
    ("select pg_reload_conf()", .changingFunction(QualifiedName(name: "pg_reload_conf"))),
    ("select pg_advisory_lock(1)", .changingFunction(QualifiedName(name: "pg_advisory_lock"))),
    (
      "select pg_catalog.pg_try_advisory_xact_lock(1)",
      .changingFunction(QualifiedName(schema: "pg_catalog", name: "pg_try_advisory_xact_lock"))
    ),
    ("select \"pg_reload_conf\"()", .changingFunction(QualifiedName(name: "pg_reload_conf"))),
    ("select 1 where nextval('s') > 0", .changingFunction(QualifiedName(name: "nextval"))),
    (
      "select set_config('transaction_read_only', 'off', false)",
      .changingFunction(QualifiedName(name: "set_config"))
    ),
    ("select lo_unlink(1)", .changingFunction(QualifiedName(name: "lo_unlink"))),
    (
      "select * from x.dblink_exec('a', 'b') as t(a text)",
      .changingFunction(QualifiedName(schema: "x", name: "dblink_exec"))
    ),
    (
      "select query_to_xml('delete from t', true, true, '')",
      .changingFunction(QualifiedName(name: "query_to_xml"))
    ),
    ("select pg_read_file('/etc/passwd')", .changingFunction(QualifiedName(name: "pg_read_file"))),
    (
      "select pg_terminate_backend(pid) from pg_stat_activity",
      .changingFunction(QualifiedName(name: "pg_terminate_backend"))
    ),
    ("values (setval('s', 1))", .changingFunction(QualifiedName(name: "setval"))),
    ("explain select nextval('s')", .changingFunction(QualifiedName(name: "nextval"))),
    ("select * into x from orders", .selectInto),
    ("select * from orders for update", .locksRows),
    ("select * from (select * from orders for no key update skip locked) s", .locksRows),
    ("select * from orders for key share", .locksRows),
    ("explain analyze select 1", .explainAnalyze),
    ("explain (analyze false) select 1", .explainAnalyze),
    ("explain (costs, analyze) delete from orders", .explainAnalyze),
    ("explain delete from orders", .notAQuery("explain of delete")),
    ("explain create table t as select 1", .notAQuery("explain of create table as")),
    ("begin", .notAQuery("transaction")),
    ("do $$ begin delete from orders; end $$", .notAQuery("do")),
    ("call p()", .notAQuery("call")),
    ("execute stored", .notAQuery("execute")),
    ("declare c cursor for select 1", .notAQuery("declare cursor")),
    ("lock table orders", .notAQuery("lock")),
    ("vacuum", .notAQuery("vacuum")),
    ("notify x", .notAQuery("notify")),
    ("alter system set x = 1", .notAQuery("alter system")),
  ])
  func `what is more than a query is refused with its reason`(_ sql: String, _ reason: WriteReason)
  {
    #expect(Classification(sql) == .write(reason))
  }

  @Test func `a syntax error has its place in bytes`() {
    let sql = "select 'é€😀', from"
    guard case .unreadable(.syntax(let message, let offset)) = Classification(sql) else {
      Issue.record("it was read")
      return
    }
    #expect(message.contains("syntax error"))
    #expect(offset == sql.utf8.count - 4)
  }

  @Test func `functions are named with their schema, each once`() {
    let sql = "select lower(a), app.f(lower(b)), \"Odd Name\"(1) from g(2) where now() > $1"
    let expected = [
      QualifiedName(name: "lower"), QualifiedName(schema: "app", name: "f"),
      QualifiedName(name: "Odd Name"), QualifiedName(name: "g"), QualifiedName(name: "now"),
    ]
    guard case .read(let functions) = Classification(sql) else {
      Issue.record("not a read")
      return
    }
    #expect(Set(functions) == Set(expected))
    #expect(functions.count == expected.count)
  }

  @Test func `a function's denial does not depend on letter case in the text`() {
    #expect(
      Classification("SELECT PG_RELOAD_CONF()")
        == .write(.changingFunction(QualifiedName(name: "pg_reload_conf")))
    )
    #expect(!FunctionPolicy.isDenied(QualifiedName(schema: "app", name: "nextval")))
    #expect(FunctionPolicy.allows(schema: "pg_catalog", name: "random", extensionName: nil))
    #expect(!FunctionPolicy.allows(schema: "public", name: "random", extensionName: nil))
    #expect(FunctionPolicy.allowed.isDisjoint(with: FunctionPolicy.denied))
  }
}
