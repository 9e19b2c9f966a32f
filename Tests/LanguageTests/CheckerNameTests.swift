import Diagnostics
import Language
import LanguageTestSupport
import Testing
import Values

struct CheckerNameTests {
  static let unbound = [
    CheckCase(
      "«prodction».live",
      "there is no 'prodction' here",
      fixed: "production.live"
    ),
    CheckCase(
      "«qa».live",
      "there is no 'qa' here; the environments are production, staging, preview, development, "
        + "prod-eu"
    ),
    CheckCase(
      "let queue = \"a\"; note «queu»; note queue",
      "there is no 'queu' here",
      fixed: "let queue = \"a\"; note queue; note queue"
    ),
    CheckCase(
      "«mdo»(5, 3)",
      "there is no function 'mdo'",
      fixed: "mod(5, 3)"
    ),
    CheckCase(
      "func twice(n: int): int { return n * 2 }\n«twise»(4)",
      "there is no function 'twise'",
      fixed: "func twice(n: int): int { return n * 2 }\ntwice(4)"
    ),
    CheckCase(
      "let x = «mod»; note \"${x}\"",
      "'mod' is a function and no value: call it, as mod(…)"
    ),
    CheckCase("«production»(1)", "'production' is a value and no function: it can not be called"),
    CheckCase(
      "let n = «sum»([1, 2]); note \"${n}\"",
      "'sum' is a stage of a pipeline: write (xs | sum …)"
    ),
  ]

  @Test(arguments: unbound)
  func `a name that is not there is found`(_ example: CheckCase) {
    example.verify()
  }

  static let hiding = [
    CheckCase(
      "let a = 1\nlet «a» = 2\nnote \"${a}\"",
      "'a' is already bound, and no name hides another",
      note: "first bound here"
    ),
    CheckCase(
      "let a = 1\nfor «a» in [1] { note \"x\" }\nnote \"${a}\"",
      "'a' is already bound, and no name hides another",
      note: "first bound here"
    ),
    CheckCase(
      "let «production» = 2",
      "'production' already stands for an environment, and no name hides another"
    ),
    CheckCase(
      "let «this_run» = 2",
      "'this_run' already stands for the run, and no name hides another"
    ),
    CheckCase(
      "func twice(n: int): int { return n * 2 }\nlet «twice» = 4",
      "'twice' already stands for a function, and no name hides another"
    ),
    CheckCase(
      "func «mod»(n: int): int { return n * 2 }",
      "'mod' already stands for a function of opsh, and no name hides another"
    ),
    CheckCase(
      "func a(n: int): int { return n }\nfunc «a»(n: int): int { return n }",
      "there is already a function 'a'",
      note: "first declared here"
    ),
  ]

  @Test(arguments: hiding)
  func `a name that hides another is found`(_ example: CheckCase) {
    example.verify()
  }

  @Test func `at the prompt a new let replaces the old`() {
    #expect(CheckCase.findings(in: "let a = 1; let a = 2; a", isPrompt: true).isEmpty)
    var scope = TestVocabulary.scope(isPrompt: true)
    scope.bound = ["a": .text]
    #expect(CheckCase.findings(in: "let a = 2", isPrompt: true, scope: scope).isEmpty)
    #expect(CheckCase.findings(in: "a.length", isPrompt: true, scope: scope).isEmpty)
  }

  static let outOfSight = [
    CheckCase(
      "if true { let a = 1; note \"${a}\" }\nnote \"${«a»}\"",
      "'a' can not be seen here: its block has ended",
      note: "bound here"
    ),
    CheckCase(
      """
      runbook "r"
      step "one" when true { let a = 1; note "${a}" } undo { note "${a}" }
      step "two" { note "${«a»}" }
      """,
      "'a' can not be seen here: step \"one\" has a 'when', so its names end with it",
      note: "bound here"
    ),
    CheckCase(
      """
      runbook "r"
      step "one" { let a = 1; note "${a}" }
      finally { note "${«a»}" }
      """,
      "'a' can not be seen here: this block sees parameters only",
      note: "bound here"
    ),
    CheckCase(
      "parallel { let a = 1; note \"${«a»}\" }",
      "'a' can not be seen here: what runs side by side sees no names of each other",
      note: "bound here"
    ),
    CheckCase(
      "let a = 1\nfunc f(): int { return «a» }\nnote \"${a}${f()}\"",
      "there is no 'a' here; the environments are production, staging, preview, development, "
        + "prod-eu"
    ),
  ]

  @Test(arguments: outOfSight)
  func `a name that has ended is found`(_ example: CheckCase) {
    example.verify()
  }

  @Test func `a step's names are seen by the steps after it and by its undo`() {
    let text = """
      runbook "r"
      param env: environment
      step "one" { let a = env.live } undo { note a.id } probe { env.live is a }
      step "two" { note a.id }
      finally { note env.name }
      """
    #expect(CheckCase.findings(in: text).isEmpty)
  }

  static let unused = [
    CheckCase("let «a» = 1", "'a' is never used", severity: .warning),
    CheckCase("if true { let «a» = 1 }", "'a' is never used", severity: .warning),
    CheckCase("func f() { let «a» = 1 }\nf()", "'a' is never used", severity: .warning),
    CheckCase(
      "runbook \"r\"\nstep \"s\" { let «a» = 1 }",
      "'a' is never used",
      severity: .warning
    ),
  ]

  @Test(arguments: unused)
  func `a let that nobody uses is warned of`(_ example: CheckCase) {
    example.verify()
  }
}
