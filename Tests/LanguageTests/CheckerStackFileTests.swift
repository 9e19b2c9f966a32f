import Diagnostics
import Language
import LanguageTestSupport
import Objects
import Syntax
import Testing
import Values

struct CheckerStackFileTests {
  static let cases = [
    CheckCase(
      "stack \"s\" { hosting: vercel(project: «production.name») }",
      "a stack file holds only literals, lists, records, and calls such as secret(\"NAME\")"
    ),
    CheckCase(
      "stack \"s\" { retries: «1 + 1» }",
      "a stack file holds only literals, lists, records, and calls such as secret(\"NAME\")"
    ),
    CheckCase(
      "stack \"s\" { at: «now» }",
      "a stack file holds only literals, lists, records, and calls such as secret(\"NAME\")"
    ),
    CheckCase("stack \"s\" { url: «\"a${1}\"» }", "a text in a stack file has no ${}"),
    CheckCase(
      "stack \"s\" { url: \"a\", «url»: \"b\" }",
      "'url' stands here twice",
      note: "first here"
    ),
    CheckCase(
      "stack \"s\" { environment a { url: \"a\" }\nenvironment «a» { url: \"b\" } }",
      "'a' stands here twice",
      note: "first here"
    ),
  ]

  @Test(arguments: cases)
  func `more than the declarative subset is found`(_ example: CheckCase) {
    example.verify()
  }

  @Test func `the tree holds what the file says`() throws {
    let source = try DesignProgram.read("00_stack.opsh")
    let file = Parser.parse(source, mode: .file).file
    #expect(Checker.checkStack(file).isEmpty)
    let tree = try #require(StackTree(file: file))
    #expect(tree.title == "optiq")
    #expect(tree.path == "00_stack.opsh")
    let first = try #require(tree.entries.first)
    guard case .value("hosting", .call("vercel", let arguments, _), let place) = first else {
      Issue.record("the first entry is the hosting")
      return
    }
    #expect(arguments.map(\.label) == ["project", "team", "token"])
    #expect(source.text(of: SourceSpan(place.lowerBound, place.upperBound)).hasPrefix("hosting:"))
    let blocks = tree.entries.compactMap { entry in
      if case .block(let kind, let label, _, _) = entry { "\(kind) \(label)" } else { nil }
    }
    #expect(blocks.contains("environment prod-eu"))
    #expect(blocks.contains("job usage-aggregation"))
  }

  @Test func `a file that is no stack has no tree`() {
    let file = Parser.parse(SourceText(name: "a", text: "note \"x\""), mode: .file).file
    #expect(StackTree(file: file) == nil)
    #expect(Checker.checkStack(file).count == 1)
  }
}
