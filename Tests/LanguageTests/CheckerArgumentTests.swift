import Diagnostics
import Language
import LanguageTestSupport
import Testing

struct CheckerArgumentTests {
  static let labels = [
    CheckCase(
      "production.logs(«lst»: 15m)",
      "logs has no argument 'lst:'",
      fixed: "production.logs(last: 15m)"
    ),
    CheckCase(
      "production.database.query(«text»: sql\"select 1\")",
      "query has no argument 'text:'; it takes no labels"
    ),
    CheckCase(
      "do production.rollback(«production.live»)",
      "this argument of rollback needs its label 'to:'",
      fixed: "do production.rollback(to: production.live)"
    ),
    CheckCase(
      "production.logs(«15m»)",
      "this argument of logs needs its label, one of 'since:', 'last:', 'path:'"
    ),
    CheckCase("do production.«rollback»()", "rollback needs 'to:'"),
    CheckCase(
      "do production.«promote»()",
      "promote needs 'deployment'"
    ),
    CheckCase(
      "production.logs(last: 15m, «last»: 5m)",
      "'last' is given twice",
      note: "first given here"
    ),
    CheckCase(
      "do production.promote(production.live, «5»)",
      "promote takes one argument: this is one too many"
    ),
    CheckCase("do production.pause(«5»)", "pause takes no arguments: this is one too many"),
    CheckCase(
      "do production.promote(«deployment»: production.live)",
      "this argument of promote is given by its place, without 'deployment:'"
    ),
    CheckCase(
      "func f(a: int, b: int = 2): int { return a + b }\nf(1, «bb»: 3)",
      "f has no argument 'bb:'",
      fixed: "func f(a: int, b: int = 2): int { return a + b }\nf(1, b: 3)"
    ),
    CheckCase(
      "func f(a: int, b: int = 2): int { return a + b }\n«f»(b: 3)",
      "f needs 'a'"
    ),
    CheckCase(
      "parallel(«at_mst»: 3) for x in [1] { note \"${x}\" }",
      "parallel has no argument 'at_mst:'",
      fixed: "parallel(at_most: 3) for x in [1] { note \"${x}\" }"
    ),
    CheckCase(
      "do run(«timeot»: 3s) /bin/true",
      "run has no argument 'timeot:'",
      fixed: "do run(timeout: 3s) /bin/true"
    ),
  ]

  @Test(arguments: labels)
  func `a label that is wrong is found`(_ example: CheckCase) {
    example.verify()
  }

  static let types = [
    CheckCase(
      "do production.rollback(to: «\"dpl_1\"»)",
      "'to' of rollback must be a deployment, but is a text"
    ),
    CheckCase(
      "production.logs(last: «15»)",
      "'last' of logs must be a duration, but is a whole number; write its unit, such as 30s"
    ),
    CheckCase(
      "production.database.query(«\"select 1\"»)",
      "'sql' of query must be sql, but is a text",
      fixed: "production.database.query(sql\"select 1\")"
    ),
    CheckCase(
      "do production.database.cancel(«production.pause()»)",
      "'pid' of cancel must be a whole number, but is a plan; do it first: let x = do …"
    ),
    CheckCase(
      "func f(xs: list of int): int { return xs | count }\nf(«5»)",
      "'xs' of f must be a list of int, but is a whole number",
      fixed: "func f(xs: list of int): int { return xs | count }\nf([5])"
    ),
    CheckCase(
      "let i = do stack.incidents.open(\"x\")\ndo i.update(status: «\"monitorin\"»)",
      "\"monitorin\" is none of \"investigating\", \"monitoring\", \"resolved\"",
      fixed: "let i = do stack.incidents.open(\"x\")\ndo i.update(status: \"monitoring\")"
    ),
  ]

  @Test(arguments: types)
  func `an argument of another type is found`(_ example: CheckCase) {
    example.verify()
  }

  static let allowed = [
    "func f(a: int, b: int = 2): int { return a + b }\nf(a: 1, b: 2); f(1); f(1, 2); f(1, b: 2)",
    "func f(x: number): number { return x }\nf(5)",
    "do production.rollback(to: production.last_good)",
    "func f(xs: list of job): int { return xs | count }\nf(production.jobs)",
  ]

  @Test(arguments: allowed)
  func `arguments that fit are let through`(_ text: String) {
    #expect(CheckCase.findings(in: text).isEmpty)
  }
}
