import Diagnostics
import Language
import LanguageTestSupport
import Testing

struct CheckerPlanTests {
  static let plans = [
    CheckCase(
      "«production.pause()»",
      "this is a plan, and nothing does it",
      fixed: "do production.pause()"
    ),
    CheckCase(
      "«production.deployments | each .cancel()»",
      "this is a plan, and nothing does it",
      fixed: "do production.deployments | each .cancel()"
    ),
    CheckCase(
      "«run pg_dump -Fc»",
      "this 'run' is a plan, and nothing does it",
      fixed: "do run pg_dump -Fc"
    ),
    CheckCase(
      "do «production.live»",
      "'do' needs a plan, but this is a deployment",
      fixed: "production.live"
    ),
    CheckCase(
      "let x = do «production.live»\nnote x.id",
      "'do' needs a plan, but this is a deployment",
      fixed: "let x = production.live\nnote x.id"
    ),
    CheckCase(
      "do «run git status --porcelain»",
      "the stack file declares this 'run' a read: it needs no 'do'",
      fixed: "run git status --porcelain"
    ),
    CheckCase(
      "note («run git fetch»).text",
      "this 'run' may change something: only 'do', or a read that the stack file declares under "
        + "'reads', gives its result"
    ),
    CheckCase(
      "func heal(env: environment) { do env.pause() }\n«heal(staging)»",
      "this is a plan, and nothing does it",
      fixed: "func heal(env: environment) { do env.pause() }\ndo heal(staging)"
    ),
    CheckCase(
      "func look(env: environment): text { return env.name }\ndo «look(staging)»",
      "'do' needs a plan, but this is a text",
      fixed: "func look(env: environment): text { return env.name }\nlook(staging)"
    ),
    CheckCase(
      "expect «production.pause()»",
      "the condition of 'expect' must be true or false, but is a plan; do it first: let x = do …"
    ),
    CheckCase(
      "note \"«${production.pause()}»\"",
      "a plan can not be put into a text: its words are its .summary"
    ),
  ]

  @Test(arguments: plans)
  func `a plan that is not done, and a do of no plan, are found`(_ example: CheckCase) {
    example.verify()
  }

  @Test func `at the prompt a plan can be looked at`() {
    #expect(CheckCase.findings(in: "production.pause()", isPrompt: true).isEmpty)
  }

  @Test func `what do binds is the declared result`() {
    let found = CheckCase.findings(
      in: """
        let d = do production.deploy(ref: "main")
        let list = do [production, preview] | each .deploy(ref: "main")
        let p = production.deploy(ref: "main")
        let later = do p
        note "${d.nosuch}${(list | only).nosuch}${later.nosuch}"
        """
    )
    #expect(found.map(\.message) == Array(repeating: "deployment has no member 'nosuch'", count: 3))
  }

  static let allowed = [
    "let p = production.pause()\nnote p.summary\ndo p",
    "do [production.pause(), staging.pause()]",
    "let out = run git status --porcelain\nnote \"${out.exit}: ${out.text}\"",
    "run git status --porcelain | where it matches \"^M\"",
    "let out = do run make\nnote \"${out.seconds}\"",
    "let c = \"HEAD\"\nnote (run git log --oneline -5 ${c}).text",
    "do stack.runbooks.rollback(env: production)",
  ]

  @Test(arguments: allowed)
  func `plans that could be done are let through`(_ text: String) {
    #expect(CheckCase.findings(in: text).isEmpty)
  }
}
