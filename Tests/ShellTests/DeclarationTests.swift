import Diagnostics
import Formats
import Language
import LanguageTestSupport
import Objects
import Sinks
import Stack
import Syntax
import Testing
import Values

@testable import Shell

/// A kind of the test's own, declared here and nowhere else.
extension ObjectKind {
  fileprivate static let lighthouse = ObjectKind(
    "lighthouse",
    summary: "a light that ships see",
    members: [
      .field("keeper", .text, "who keeps it", column: true) { (it: Lighthouse) in
        .text(it.keeper)
      },
      .field("state", .oneOf(["lit", "dark"]), "whether it shines", column: true) {
        (it: Lighthouse) in .text(it.isLit ? "lit" : "dark")
      },
    ]
  )
}

private struct Lighthouse: Sendable {
  var keeper: String
  var isLit: Bool
}

/// One declaration is read by all that tell of it.
@Suite struct DeclarationTests {
  private let vocabulary = Vocabulary(ObjectKind.all + [.lighthouse])
  private let light = Value.object(
    ObjectValue(
      .lighthouse,
      identity: "north",
      payload: Lighthouse(keeper: "ana", isLit: true)
    )
  )

  private func scope() -> CheckScope {
    CheckScope(vocabulary: vocabulary, roots: ["north": .object("lighthouse")])
  }

  private func problems(_ text: String) -> [Diagnostic] {
    let result = Program.load(SourceText(name: "t", text: text), mode: .file) {
      (_, _) throws(Failure) in throw Failure(.usage, "no files")
    }
    return Checker.check(result.program, in: scope()).flatMap(\.diagnostics)
  }

  @Test func `the checker reads it`() {
    #expect(problems("north.keeper\n").isEmpty)
    #expect(problems("north.keper\n").first?.fixIts.first?.replacement == "keeper")
    #expect(
      problems("north.state is \"drak\"\n").first?.fixIts.first?.replacement.contains("dark")
        == true
    )
  }

  @Test func `completion reads it`() {
    let text = "north."
    let found = Completion.candidates(
      in: SourceText(name: "t", text: text),
      at: text.utf8.count,
      scope: scope()
    )
    #expect(found.map(\.text).contains("keeper"))
    #expect(found.first { $0.text == "keeper" }?.summary == "who keeps it")
  }

  @Test func `help and the manual read it`() throws {
    let help = HelpText(vocabulary)
    #expect(try help.lines(about: "lighthouse").contains { $0.text.contains("who keeps it") })
    #expect(try help.lines(about: "lighthouse.state").contains { $0.text.contains("lit, dark") })
    #expect(help.manual().contains { $0.text == "## lighthouse" })
    #expect(help.manual().contains { $0.text.contains("`keeper`") })
  }

  @Test func `table columns and JSON read it`() throws {
    #expect(
      try RowFormat.json.text(of: .list([light])) == "[{\"keeper\":\"ana\",\"state\":\"lit\"}]"
    )
    let table = try RowFormat.table.text(of: .list([light]))
    #expect(table.split(separator: "\n").first?.split(separator: " ") == ["keeper", "state"])
  }

  @Test func `every declared word that is misspelt by a letter gets the right suggestion`() throws {
    let environments = ["production", "staging"]
    let scope = CheckScope(
      vocabulary: Vocabulary(ObjectKind.all),
      roots: Dictionary(
        uniqueKeysWithValues: environments.map { ($0, ValueType.object("environment")) }
          + [("stack", .object("stack"))]
      ),
      environmentNames: environments,
      laterKinds: ObjectKind.laterKinds
    )
    let all = Misspelling.all(in: scope.vocabulary) + Misspelling.stages + Misspelling.keywords
    #expect(all.count > 1000)
    let missed = all.filter { !$0.isMended(in: scope) }
    #expect(missed.isEmpty, "\(missed.prefix(20).map(\.description))")
  }
}
