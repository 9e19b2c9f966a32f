import Diagnostics
import Language
import LanguageTestSupport
import Testing

struct CheckerTextTests {
  static let texts = [
    CheckCase(
      "note \"«${production.deployments}»\"",
      "a list of deployment can not be put into a text: write (… | as json), or xs.joined(\", \")"
    ),
    CheckCase(
      "note \"«${ {id: 1} }»\"",
      "a record can not be put into a text: name a field of it, or write (… | as json)"
    ),
    CheckCase(
      "note \"«${production.database.url}»\"",
      "a secret can not be put into a text: pass it on by itself"
    ),
    CheckCase(
      "production.database.query(sql\"select «${ {id: 1} }»\")",
      "a record can not be bound in an SQL text: bind one of its fields"
    ),
    CheckCase(
      "production.database.query(sql\"select «${production.database.url}»\")",
      "a secret can not be bound in an SQL text: a secret goes only where it is declared"
    ),
    CheckCase(
      "let part = sql\"1\"\nproduction.database.query(sql\"select «${part}»\")",
      "sql can not be bound in an SQL text: write one text; for a name use ${identifier(name)}"
    ),
    CheckCase(
      "do run echo «${production.database.url}»",
      "a secret can not be an argument: pass it in 'with:' or 'input:'"
    ),
    CheckCase(
      "let xs = [\"a\"]\ndo run echo «${xs}»",
      "a list is several arguments: write it as a word of its own",
      fixed: "let xs = [\"a\"]\ndo run echo ${...xs}"
    ),
    CheckCase(
      "do run echo «${...5}»",
      "what '${...}' spreads must be a list of any, but is a whole number"
    ),
  ]

  @Test(arguments: texts)
  func `what can not be put into a text is found`(_ example: CheckCase) {
    example.verify()
  }

  static let allowed = [
    "note \"${production.live}: ${production.live.age}\"",
    "let ids = [1, 2]\nproduction.database.query(sql\"select 1 where id = any(${ids})\")",
    "production.database.query(sql\"select * from ${identifier(\"Order\")}\")",
    "production.database.query(sql\"select ${production.live}, ${nothing}\")",
    "let xs = [\"a\"]\ndo run(with: {A: secret(\"A\")}) echo ${...xs} ${production.name}",
  ]

  @Test(arguments: allowed)
  func `what can be put into a text is let through`(_ text: String) {
    #expect(CheckCase.findings(in: text).isEmpty)
  }
}

struct CheckerSecretTests {
  private var scope: CheckScope {
    var scope = TestVocabulary.scope()
    scope.isSecretSet = { $0 == "KNOWN" ? true : $0 == "MISSING" ? false : nil }
    scope.secretPlaces = { "secrets/\($0)" }
    scope.secretInText = { $0.contains("hunter2hunter2") ? "KNOWN" : nil }
    scope.secretsBehind = { environment, kind, member in
      environment == "staging" && kind == "environment" && member == "database" ? ["MISSING"] : []
    }
    return scope
  }

  @Test func `a secret that is not set is found, once`() {
    CheckCase(
      "do run(with: {A: secret(«\"MISSING\"»), B: secret(\"MISSING\"), C: secret(\"KNOWN\")}) x",
      "the secret 'MISSING' is not set; looked for in secrets/MISSING"
    ).verify(in: scope)
  }

  @Test func `a secret that a member needs and that is not set is found`() {
    CheckCase(
      "staging.«database».locks\nproduction.database.locks",
      "the secret 'MISSING' is not set; looked for in secrets/MISSING"
    ).verify(in: scope)
  }

  @Test(arguments: [
    "note \"«it is hunter2hunter2»\"",
    "production.database.query(sql\"«select 'hunter2hunter2'»\")",
    "do run curl «hunter2hunter2»",
  ])
  func `a text that contains a secret is found`(_ marked: String) {
    CheckCase(
      marked,
      "this text contains the secret 'KNOWN': write secret(\"KNOWN\") instead"
    ).verify(in: scope)
  }
}
