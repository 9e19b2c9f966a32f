import Diagnostics
import Language
import LanguageTestSupport
import Testing

struct CheckerMemberTests {
  static let members = [
    CheckCase(
      "expect production.live.«stat» is \"ready\"",
      "deployment has no member 'stat'",
      fixed: "expect production.live.state is \"ready\""
    ),
    CheckCase(
      "production.deployments | where .«stat» is \"ready\"",
      "deployment has no member 'stat'",
      fixed: "production.deployments | where .state is \"ready\""
    ),
    CheckCase(
      "production.deployments | select .id, age: .age | where .«agee» > 5m",
      "the record has no member 'agee'",
      fixed: "production.deployments | select .id, age: .age | where .age > 5m"
    ),
    CheckCase(
      "production.deployments | group by .state with newest: min(.age) | sort by .«newst»",
      "the record has no member 'newst'",
      fixed:
        "production.deployments | group by .state with newest: min(.age) | sort by .newest"
    ),
    CheckCase(
      "production.live.created.«minut»",
      "time has no member 'minut'",
      fixed: "production.live.created.minute"
    ),
    CheckCase(
      "production.deployments.«id»",
      "list of deployment has no member 'id'; for that of each row write '| each .id'"
    ),
    CheckCase(
      "production.jobs.«name»",
      "jobs has no member 'name'; for that of each row write '| each .name'"
    ),
    CheckCase(
      "production.jobs.«path»",
      "jobs has no member 'path'; for that of each row write '| each .path'"
    ),
    CheckCase(
      "let p = production.pause()\nnote p.«state»",
      "a plan has no member 'state'; its result has members once it is done: let x = do …"
    ),
    CheckCase(
      "let s = production.database.url\nnote s.«length»",
      "a secret has no member 'length': it can be passed on and compared, and that is all"
    ),
    CheckCase(
      "let r = {id: 1}\nnote \"${r[«\"idd\"»]}\"",
      "the record has no field \"idd\"",
      fixed: "let r = {id: 1}\nnote \"${r[\"id\"]}\""
    ),
    CheckCase("let n = 5; «n[0]»", "a whole number has no elements to look up"),
    CheckCase(
      "production.deployments[«5m»]",
      "an element is looked up by a name or a whole number, but this is a duration"
    ),
    CheckCase(
      "let r = {id: 1}; «r.id()»",
      "'id' is a value and no function: it can not be called"
    ),
  ]

  @Test(arguments: members)
  func `a member that is not there is found`(_ example: CheckCase) {
    example.verify()
  }

  static let objects = [
    CheckCase(
      "production.jobs[«\"usage-agregation\"»]",
      "the stack has no job \"usage-agregation\"",
      fixed: "production.jobs[\"usage-aggregation\"]"
    ),
    CheckCase(
      "stack.environments[«\"prod-eus\"»].live",
      "the stack has no environment \"prod-eus\"",
      fixed: "stack.environments[\"prod-eu\"].live"
    ),
    CheckCase(
      "stack.environments[«\"qa\"»].live",
      "the stack has no environment \"qa\"; it has production, staging, preview, development, "
        + "prod-eu"
    ),
  ]

  @Test(arguments: objects)
  func `an object that the stack does not have is found`(_ example: CheckCase) {
    example.verify()
  }

  static let restrictions = [
    CheckCase(
      "do staging.«rollback»(to: staging.live)",
      "staging has no 'rollback': promote a deployment there instead"
    ),
    CheckCase(
      "let e = staging\ndo e.«rollback»(to: e.live)",
      "staging has no 'rollback': promote a deployment there instead"
    ),
    CheckCase(
      "do stack.environments[\"prod-eu\"].«rollback»(to: production.live)",
      "prod-eu has no 'rollback': promote a deployment there instead"
    ),
    CheckCase(
      "do production.«unlock»(for: 15m, because: \"SEV1\")",
      "'unlock' works at the prompt only"
    ),
  ]

  @Test(arguments: restrictions)
  func `a member that this environment does not have is found`(_ example: CheckCase) {
    example.verify()
  }

  @Test func `an environment that is not known by name may have any member`() {
    let text = "func f(env: environment) { do env.rollback(to: env.live) }\ndo f(staging)"
    #expect(CheckCase.findings(in: text).isEmpty)
  }

  static let uses = [
    CheckCase(
      "do production.«pause»",
      "'pause' is an action: it is called, as pause()",
      fixed: "do production.pause()"
    ),
    CheckCase(
      "do production.«rollback»",
      "'rollback' is an action: it is called, as rollback(to: …)"
    ),
    CheckCase(
      "production.database.«query»",
      "'query' needs its arguments: query(sql)"
    ),
  ]

  @Test(arguments: uses)
  func `a member that has to be called is found`(_ example: CheckCase) {
    example.verify()
  }

  static let allowed = [
    "production.deployments()",
    "production.last_good?.id",
    "production.last_good.id",
    "production.live?.id",
    "production.jobs | where .overdue | each .name",
    "production.jobs.names",
    "for job in production.jobs { note job.name }",
    "production.database.query(sql\"select 1 as n\") | where .n > 5 | each .anything",
    "stack.environments[\"prod-eu\"].database.migrations.pending_count",
    "production.deployments[0].id",
    "production.tunnels.anything(1).more",
  ]

  @Test(arguments: allowed)
  func `what could run is let through`(_ text: String) {
    #expect(CheckCase.findings(in: text).isEmpty)
  }

  @Test func `a member of a later version passes the check and is named before a run`() {
    let text = "production.tunnels"
    #expect(CheckCase.findings(in: text).isEmpty)
    let later = CheckCase.later(in: text)
    #expect(later.map(\.message) == ["'tunnels' is not in this version"])
  }
}
