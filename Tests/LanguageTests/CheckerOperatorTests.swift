import Diagnostics
import Language
import LanguageTestSupport
import Testing

struct CheckerOperatorTests {
  static let operators = [
    CheckCase(
      "«5m + 3»",
      "'+' does not go between a duration and a whole number; write its unit, such as 30s"
    ),
    CheckCase(
      "«production.live.created + production.live.created»",
      "'+' does not go between a time and a time; the difference of two times is a duration"
    ),
    CheckCase(
      "«\"a\" + \"b\"»",
      "'+' does not go between a text and a text; put texts together as \"${a}${b}\""
    ),
    CheckCase(
      "«[1] + [2]»",
      "'+' does not go between a list of int and a list of int; for one list use '| flatten'"
    ),
    CheckCase(
      "let x = -«\"a\"»; note \"${x}\"",
      "'-' can not take a text: a number, percent, duration or size is needed"
    ),
    CheckCase(
      "expect «production.traffic.error_rate < 5»",
      "'<' can not compare a percent with a whole number",
      fixed: "expect production.traffic.error_rate < 5%"
    ),
    CheckCase(
      "expect «production.live.age < 5»",
      "'<' can not compare a duration with a whole number; write its unit, such as 30s"
    ),
    CheckCase(
      "expect «production.live.created < 5m»",
      "'<' can not compare a time with a duration; a time is needed, such as 1h ago"
    ),
    CheckCase(
      "expect «production.live.id» < \"b\"",
      "'<' can not compare a text: texts have no order; compare with 'is', or use 'sort by'"
    ),
    CheckCase(
      "expect «production.deployments» > 5",
      "'>' can not compare a list of deployment: count it first, as (… | count)"
    ),
    CheckCase(
      "expect «production.live» > 5",
      "'>' can not compare a deployment: it orders numbers, percents, durations, sizes and times"
    ),
    CheckCase("expect «production.live.id is 5»", "a text is never equal to a whole number"),
    CheckCase(
      "expect «production.live is production.live.id»",
      "a deployment is never equal to a text"
    ),
    CheckCase(
      "expect «production.traffic.error_rate is 5»",
      "a percent is never equal to a whole number",
      fixed: "expect production.traffic.error_rate is 5%"
    ),
    CheckCase(
      "expect «production.live.id in [1, 2]»",
      "a text is never in a list of int"
    ),
    CheckCase(
      "expect \"a\" in «\"abc\"»",
      "'in' looks in a list, but this is a text; for a part of a text use 'matches'"
    ),
    CheckCase(
      "expect «production.live» matches \"a\"",
      "the left side of 'matches' must be a text, but is a deployment"
    ),
    CheckCase(
      "expect production.live.id matches «\"(a\"»",
      "'(a' is no pattern: expected ')'"
    ),
    CheckCase(
      "expect production.live.id matches «\"(?=a)b\"»",
      "'(?=a)b' is no pattern: lookaround and atomic groups are not supported: a pattern runs once over the text"
    ),
    CheckCase(
      "expect «production.live» and true",
      "the left side of 'and' must be true or false, but is a deployment"
    ),
    CheckCase(
      "expect not «production.live»",
      "what follows 'not' must be true or false, but is a deployment"
    ),
    CheckCase(
      "for x in 1..«2.5» { note \"${x}\" }",
      "the end of '..' must be a whole number, but is a number"
    ),
    CheckCase(
      "expect «production.pause()» is true",
      "'is' needs a value, but this is a plan; do it first: let x = do …"
    ),
  ]

  @Test(arguments: operators)
  func `operands that do not go together are found`(_ example: CheckCase) {
    example.verify()
  }

  static let choices = [
    CheckCase(
      "expect production.live.state is «\"reddy\"»",
      "\"reddy\" is none of \"ready\", \"error\", \"building\", \"queued\", \"canceled\"",
      fixed: "expect production.live.state is \"ready\""
    ),
    CheckCase(
      "expect production.live.state is not «\"reddy\"»",
      "\"reddy\" is none of \"ready\", \"error\", \"building\", \"queued\", \"canceled\"",
      fixed: "expect production.live.state is not \"ready\""
    ),
    CheckCase(
      "expect production.live.state in [\"error\", «\"reddy\"»]",
      "\"reddy\" is none of \"ready\", \"error\", \"building\", \"queued\", \"canceled\"",
      fixed: "expect production.live.state in [\"error\", \"ready\"]"
    ),
    CheckCase(
      "production.deployments | where .state is «\"reddy\"»",
      "\"reddy\" is none of \"ready\", \"error\", \"building\", \"queued\", \"canceled\"",
      fixed: "production.deployments | where .state is \"ready\""
    ),
    CheckCase(
      "try { note \"a\" } catch e { if e.kind is «\"timeot\"» { note e.message } }",
      "\"timeot\" is none of \"value\", \"refused\", \"failed\", \"timeout\", \"expectation\", "
        + "\"nothing_to_do\", \"stale\", \"unreachable\"",
      fixed: "try { note \"a\" } catch e { if e.kind is \"timeout\" { note e.message } }"
    ),
  ]

  @Test(arguments: choices)
  func `a text that is none of those it can be is found`(_ example: CheckCase) {
    example.verify()
  }

  static let allowed = [
    "now - 1h; now - production.live.created; 5m * 3; 3 * 5m; 10MB / 2; 10MB / 2MB; 2 / 3",
    "5% + 1%; 5m * 50%; 200 * 5%; 1h ago + 5m; (-5m); 1.5 * 2",
    "expect production.last_good is nothing or production.live.id is not nothing",
    "expect production.last_good is production.live",
    "expect production.live.safe_point ?? now < now",
    "let rows = production.database.query(sql\"select 1 as n\") | only\nrows.n + 1 < rows.x",
    "expect 1 is 1.0 and 2 < 2.5",
    "expect production.live.id in (production.deployments | each .id)",
    "expect \"a\" in production.jobs.names",
    "expect production.database.password is production.database.url",
  ]

  @Test(arguments: allowed)
  func `operands that go together are let through`(_ text: String) {
    #expect(CheckCase.findings(in: text).isEmpty)
  }
}
