import Diagnostics
import Language
import LanguageTestSupport
import Testing

struct CheckerPipelineTests {
  static let stages = [
    CheckCase(
      "production.deployments | where «production.paused»",
      "the condition of 'where' is the same for every row: it uses neither '.field' nor 'it'"
    ),
    CheckCase(
      "expect production.deployments | any(«1 is 1»)",
      "the condition of 'any' is the same for every row: it uses neither '.field' nor 'it'"
    ),
    CheckCase(
      "production.deployments | where «([1, 2] | any(it is 1))»",
      "the condition of 'where' is the same for every row: it uses neither '.field' nor 'it'"
    ),
    CheckCase(
      "production.deployments | where «.id»",
      "the condition of 'where' must be true or false, but is a text"
    ),
    CheckCase(
      "expect production.deployments | all(«.id»)",
      "the condition of 'all' must be true or false, but is a text"
    ),
    CheckCase(
      "production.deployments | first «\"5\"»",
      "the count of 'first' must be a whole number, but is a text"
    ),
    CheckCase(
      "production.deployments | sum(«.id»)",
      "'sum' can not take a text: a number, percent, duration or size is needed"
    ),
    CheckCase(
      "production.deployments | sort by «.migrations_since»",
      "rows can not be sorted by a list of migration: name a field of it"
    ),
    CheckCase(
      "production.deployments | select .id, «.age + 1m»",
      "this field needs a name: write 'name: …' before it"
    ),
    CheckCase(
      "production.deployments | select .id, «id»: .commit",
      "the record has 'id' twice",
      note: "first here"
    ),
    CheckCase(
      "let r = {a: 1, «a»: 2}; note \"${r.a}\"",
      "the record has 'a' twice",
      note: "first here"
    ),
    CheckCase(
      "production.deployments | as json | «where» it is \"\"",
      "'as json' ends the pipeline: only 'save' may follow",
      note: "it ends here"
    ),
    CheckCase(
      "[1] | save \"a.json\" | «count»",
      "'save' ends the pipeline: nothing may follow",
      note: "it ends here"
    ),
    CheckCase(
      "production.deployments | «percentile»(.age)",
      "'percentile' needs a value and a percentage"
    ),
    CheckCase("production.deployments | «sum»()", "'sum' needs one argument"),
    CheckCase(
      "production.deployments | sum(.age, «.age»)",
      "sum takes one argument: this is one too many"
    ),
    CheckCase(
      "production.deployments | join «5» on .id",
      "'join' needs a list, but this is a whole number"
    ),
    CheckCase(
      "[production.database.password] | «as» json",
      "no row that is a secret can be written as text"
    ),
    CheckCase("production.database.url | «save» \"a\"", "a secret can not be saved"),
    CheckCase("[production.database.url] | «save» \"a\"", "no row that is a secret can be saved"),
    CheckCase(
      "production.health | watch every «5»",
      "'every' must be a duration, but is a whole number; write its unit, such as 30s"
    ),
  ]

  @Test(arguments: stages)
  func `a stage that can not be is found`(_ example: CheckCase) {
    example.verify()
  }

  static let rows = [
    CheckCase(
      "expect «.state» is \"ready\"",
      "'.state' means the row of a stage, and this is outside of one"
    ),
    CheckCase("note \"${«it»}\"", "'it' means the row of a stage, and this is outside of one"),
    CheckCase(
      "production.deployments | first «.id»",
      "'.id' means the row of a stage, and this is outside of one"
    ),
  ]

  @Test(arguments: rows)
  func `a row outside of a stage is found`(_ example: CheckCase) {
    example.verify()
  }

  static let shapes = [
    ("production.deployments | each .age | sum(it)", "duration"),
    ("production.deployments | count", "int"),
    ("production.deployments | find(.is_live)", "deployment"),
    ("production.deployments | only", "deployment"),
    ("production.deployments | average(.age)", "duration"),
    ("production.deployments | as json", "text"),
    ("[[1], [2]] | flatten | only", "int"),
  ]

  @Test(arguments: shapes)
  func `types flow through stages`(_ pipeline: String, _ type: String) {
    let found = CheckCase.findings(in: "(\(pipeline)).nosuchmember")
    #expect(found.map(\.message) == ["\(type) has no member 'nosuchmember'"])
  }

  static let allowed = [
    "production.health | where .status is \"ok\"",
    "production.deployments | where (.migrations_since | any(.destructive)) and it.is_live",
    "production.deployments | group by .state | each (.rows | count)",
    "production.deployments | group by .state with oldest: max(.age), n: count() | where .n > 1",
    "production.deployments | distinct(.author) | reverse | flatten | skip 1 | last 2",
    "production.database.query(sql\"select 1\") | group by .a with b: sum(.c) | where .b > 2",
    "1..10 | each it + 1 | sum(it)",
    "production.deployments | as csv | save \"a.csv\"",
    "production.deployments | join [{id: \"a\", n: 1}] on .id | where .n is 1",
    "[{id: 1, n: 2}] | join [{id: 1, m: 3}] on .id | where .m > .n",
  ]

  @Test(arguments: allowed)
  func `pipelines that could run are let through`(_ text: String) {
    #expect(CheckCase.findings(in: text).isEmpty)
  }
}
