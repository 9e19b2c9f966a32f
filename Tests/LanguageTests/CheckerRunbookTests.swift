import Diagnostics
import Language
import LanguageTestSupport
import Testing

struct CheckerRunbookTests {
  static let runbooks = [
    CheckCase(
      "runbook \"r\"\nstep \"a\" { note \"1\" }\nstep «\"a\"» { note \"2\" }",
      "there is already a step \"a\"",
      note: "first here"
    ),
    CheckCase(
      "runbook \"r\"\nparam env: environment = «production»\nstep \"a\" { note env.name }",
      "'env' is an environment: it has no default, so that nothing changes the wrong one",
      fixed: "runbook \"r\"\nparam env: environment\nstep \"a\" { note env.name }"
    ),
    CheckCase(
      "runbook \"r\"\nparam all: list of environment = «[production]»\nstep \"a\" { all | count }",
      "'all' is an environment: it has no default, so that nothing changes the wrong one",
      fixed: "runbook \"r\"\nparam all: list of environment\nstep \"a\" { all | count }"
    ),
    CheckCase(
      "runbook \"r\"\nparam to: «deploymnt»\nstep \"a\" { to }",
      "there is no type 'deploymnt'",
      fixed: "runbook \"r\"\nparam to: deployment\nstep \"a\" { to }"
    ),
    CheckCase(
      "runbook \"r\"\nparam wait_for: duration = «5»\nstep \"a\" { wait_for }",
      "'wait_for' must be a duration, but is a whole number; write its unit, such as 30s"
    ),
    CheckCase(
      "runbook \"r\"\nstep \"a\" when «production.live» { note \"1\" }",
      "the condition of 'when' must be true or false, but is a deployment"
    ),
    CheckCase(
      "runbook \"r\"\nstep \"a\" timeout «20» { note \"1\" }",
      "'timeout' must be a duration, but is a whole number; write its unit, such as 30s"
    ),
    CheckCase(
      "runbook \"r\"\nstep \"a\" { note \"1\" } probe { «production.live» }",
      "the condition of 'probe' must be true or false, but is a deployment"
    ),
  ]

  @Test(arguments: runbooks)
  func `what a runbook can not have is found`(_ example: CheckCase) {
    example.verify()
  }

  static let statements = [
    CheckCase(
      "for x in «5» { note \"${x}\" }",
      "'for' needs a list, but this is a whole number"
    ),
    CheckCase(
      "retry «2.5» { note \"1\" }",
      "the count of 'retry' must be a whole number, but is a number"
    ),
    CheckCase(
      "retry 2 every «5» { note \"1\" }",
      "'every' must be a duration, but is a whole number; write its unit, such as 30s"
    ),
    CheckCase(
      "wait until production.paused every 5s for «10»",
      "'for' must be a duration, but is a whole number; write its unit, such as 30s"
    ),
    CheckCase("note «5»", "a note must be a text, but is a whole number"),
    CheckCase("confirm «5»", "the text of 'confirm' must be a text, but is a whole number"),
    CheckCase(
      "expect true else «5»",
      "the reason after 'else' must be a text, but is a whole number"
    ),
    CheckCase("«return 5»", "'return' stands only in a function"),
    CheckCase(
      "func f(): int { return «\"a\"» }\nf()",
      "what 'f' returns must be a whole number, but is a text"
    ),
    CheckCase(
      "func f(n: int): int { return «f»(n) }\nf(1)",
      "'f' calls itself, which a function does not"
    ),
    CheckCase(
      "func a(n: int): int { return b(n) }\nfunc b(n: int): int { return «a»(n) }\na(1)",
      "these functions call each other in a circle: 'a', 'b'"
    ),
  ]

  /// So many functions, each of which calls the one before it inside of so many blocks.
  private static func chain(_ count: Int, nesting: Int) -> String {
    let opening = String(repeating: "if true { ", count: nesting)
    let closing = String(repeating: " }", count: nesting)
    let functions = (1...count).map { number in
      "func f\(number)() { \(opening)\(number > 1 ? "f\(number - 1)()" : "now")\(closing) }\n"
    }
    return functions.joined() + "f\(count)()"
  }

  @Test(arguments: [(100, 0), (20, 26), (3, 190)])
  func `functions that call each other as deep as they may are taken`(_ count: Int, _ nesting: Int)
  {
    let found = CheckCase.findings(in: Self.chain(count, nesting: nesting))
    #expect(found.map(\.message) == [])
  }

  @Test func `a call that goes too deep is told at its place`() {
    let text = Self.chain(101, nesting: 0)
    let found = CheckCase.findings(in: text)
    #expect(
      found.map(\.message) == [
        "with 'f100' and what it calls, functions nest more than 600 deep here; call it from a "
          + "step, and pass its result on"
      ]
    )
    let place = found.first?.span ?? SourceSpan(0, 0)
    #expect(SourceText(name: "test.opsh", text: text).text(of: place) == "f100")
    let before = Array(text.utf8).prefix(place.start)
    #expect(String(decoding: before.suffix(14), as: UTF8.self) == "func f101() { ")
  }

  @Test(arguments: [(101, 0), (20, 40), (4, 190), (20_000, 0)])
  func `functions that call each other too deep are told where, once each time it is too much`(
    _ count: Int,
    _ nesting: Int
  ) {
    let found = CheckCase.findings(in: Self.chain(count, nesting: nesting)).map(\.message)
    #expect(!found.isEmpty)
    #expect(found.count <= count / 4)
    #expect(found.allSatisfy { $0.contains("functions nest more than 600 deep here") }, "\(found)")
  }

  @Test(arguments: statements)
  func `what a statement can not take is found`(_ example: CheckCase) {
    example.verify()
  }

  static let questions = [
    CheckCase(
      "note \"${«ask(\"Which?\")»}\"",
      "'ask' is the whole right side of a 'let' or a default, or the whole condition of an 'if' "
        + "or 'when'"
    ),
    CheckCase(
      "expect «ask(\"Well?\")»",
      "'ask' is the whole right side of a 'let' or a default, or the whole condition of an 'if' "
        + "or 'when'"
    ),
    CheckCase(
      "parallel { «confirm \"Well?\"» }",
      "'confirm' asks a person: it can not stand inside 'parallel'"
    ),
    CheckCase(
      "parallel for x in [1] { if «ask(\"Well?\")» { note \"${x}\" } }",
      "'ask' asks a person: it can not stand inside 'parallel'"
    ),
    CheckCase(
      "func f() { manual \"Look\" }\nfunc g() { f() }\nparallel { «g»() }",
      "'g' asks a person: it can not stand inside 'parallel'"
    ),
    CheckCase(
      "let t = ask(\"When?\", type: «tme»)\nnote \"${t}\"",
      "there is no type 'tme'",
      fixed: "let t = ask(\"When?\", type: time)\nnote \"${t}\""
    ),
    CheckCase(
      "let t = ask(\"When?\", type: «5»)\nnote \"${t}\"",
      "a type is needed here, such as time"
    ),
    CheckCase(
      "let t = ask(\"Which?\", «from: 5»)\nnote \"${t}\"",
      "'from' must be a list of any, but is a whole number"
    ),
    CheckCase("let t = «ask()»\nnote \"${t}\"", "ask needs 'question'"),
  ]

  @Test(arguments: questions)
  func `a question where none can be asked is found`(_ example: CheckCase) {
    example.verify()
  }

  @Test func `an answer has the type that was asked for`() {
    let found = CheckCase.findings(
      in: """
        let moment = ask("When?", type: time)
        let choice = ask("Which?", from: production.deployments)
        if not ask("Sure?") { note "${moment.nosuch}${choice.nosuch}" }
        """
    )
    #expect(
      found.map(\.message) == [
        "time has no member 'nosuch'", "deployment has no member 'nosuch'",
      ]
    )
  }

  @Test func `functions that do something are actions`() {
    let text = "func a() { if true { do production.pause() } }\nfunc b(): plan { return a() }"
    let loaded = CheckCase.load(text)
    #expect(loaded.program.functions["a"]?.isAction == true)
    #expect(loaded.program.functions["b"]?.isAction == false)
    #expect(CheckCase.findings(in: text).isEmpty)
  }
}
