import Foundation
import Language
import Objects
import Sinks
import Stack
import Syntax
import Testing

@testable import Shell

/// `opsh help NAME` for whatever has a name.
@Suite struct HelpTests {
  let binary: BuiltBinary

  init() throws {
    binary = try BuiltBinary()
    try binary.write(
      """
      stack "x" {
        hosting: vercel(project: "p", token: secret("VERCEL_TOKEN"))
        environment production { url: "https://app.example" }
        environment sandpit { protected: false }
      }
      """,
      to: "stack.opsh"
    )
    try binary.write(
      """
      opsh 1

      ## Puts things right.
      runbook "Mend it"

      ## where
      param env: environment
      param wait: duration = 5m

      step "Look" { env.health }
      step "Act" { note "x" }
      """,
      to: "runbooks/mend.opsh"
    )
    try binary.write("1\n", to: "runbooks/script.opsh")
    try binary.write("runbook {{{", to: "runbooks/broken.opsh")
  }

  @Test(arguments: [
    ("production", "an environment, protected, https://app.example"),
    ("sandpit", "an environment, not protected"), ("deployment", "one build of the application"),
    ("production.rollback", "puts an earlier deployment back"),
    ("rollback", "environment.rollback(to:)"), ("where", "where"), ("sum", "sum"),
    ("expect", "expect condition else"), ("do", "performs a plan"), ("plan", "--by-hand"),
    ("sandbox", "A whole small product"), ("mend", "Mend it"),
    ("runbooks/mend.opsh", "Puts things right."),
    ("mend", "env                       environment  where"),
    ("mend", "wait                      duration = 5m"),
    ("mend", "2. Act"), ("mend", "opsh runbooks/mend.opsh env=…\n"),
    ("status", "What is broken, since when"), ("status", "the one screen"),
    ("manual", "## deployment"), ("production.database.locks", "locks"),
  ])
  func `a name is found`(_ topic: String, _ words: String) throws {
    let result = try binary.opsh("help", topic)
    #expect(result.code == 0, "\(result.messages)")
    #expect(result.output.contains(words), "\(result.output)")
  }

  @Test(arguments: [
    ("rolback", "rollback"), ("prodction", "production"), ("sandpitt", "sandpit"),
    ("production.rolback", "production.rollback"), ("prodution.rollback", "production.rollback"),
    ("deploymnt", "deployment"), ("transcrpt", "transcript"), ("mendd", "mend"),
    ("expct", "expect"), ("wher", "where"), ("sandbx", "sandbox"), ("statuss", "status"),
    ("production.database.lcks", "production.database.locks"), ("deploymnt.id", "deployment.id"),
  ])
  func `a misspelt name gets a suggestion`(_ topic: String, _ suggestion: String) throws {
    let result = try binary.opsh("help", topic)
    #expect(result.code == 2)
    #expect(
      result.messages.contains(
        "opsh: there is no help about '\(topic)'\n  did you mean '\(suggestion)'?\n"
      ),
      "\(result.messages)"
    )
  }

  @Test func `the overview has this stack, its runbooks and the words`() throws {
    let lines = try binary.opsh("help").output.split(separator: "\n").map {
      $0.split(separator: " ").first.map(String.init) ?? ""
    }
    for word in ["production", "mend", "deployment", "where", "expect", "sandbox"] {
      #expect(lines.contains(word))
    }
    #expect(!lines.contains("script"))
    #expect(!lines.contains("broken"))
    #expect(lines.contains("resume"))
    #expect(lines.contains("lint"))
  }

  @Test func `without a stack there is help all the same`() throws {
    let folder = binary.root + "/elsewhere"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result = try binary.program("opsh", ["help", "production.rollback"], in: folder)
    #expect(result.code == 0)
    #expect(try binary.program("opsh", ["help", "mend"], in: folder).code == 2)
  }

  @Test func `every reserved word has its help`() {
    #expect(Set(HelpWord.all.map(\.word)) == Set(Keyword.all))
    #expect(HelpWord.all.count == Keyword.all.count)
  }

  @Test(arguments: [
    ["sandbox", "fault", "--help"], ["sandbox", "--help"], ["sandbox", "up", "--help"],
  ])
  func `the sandbox says what it has`(_ words: [String]) throws {
    let result = try binary.program("opsh", words)
    #expect(result.code == 0, "\(result.messages)")
    for word in [
      "bad-migration", "vercel, neon, sentry, app", "lost-answer", "usage: opsh sandbox up",
    ] {
      #expect(result.output.contains(word), "\(result.output)")
    }
    #expect(result.output.contains("failing-rollback") && result.output.contains("(vercel, neon)"))
  }

  /// The list of the proof is the one that people read, and both are the same.
  @Test func `the manual has every human error of the proof, and what stops it`() throws {
    let root = (0..<3).reduce(#filePath) { path, _ in (path as NSString).deletingLastPathComponent }
    let path = root + "/Tests/ProofTests/Fixtures/human-errors.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let entries = text.split(separator: "\n## ").dropFirst().map { entry in
      let title = entry.prefix { $0 != "\n" }.drop { $0 != " " }.dropFirst()
      let parts = entry.split(separator: "\nGuard: ", maxSplits: 1)
      let guarding = (parts.last ?? "").split(separator: "\n\n", maxSplits: 1).first ?? ""
      return "| \(title) | \(guarding.split(whereSeparator: \.isNewline).joined(separator: " ")) |"
    }
    #expect(entries.count >= 30)
    let manual = HelpText(Vocabulary(ObjectKind.all)).manual().map(\.text)
    let start = try #require(manual.firstIndex(of: "# Human errors, and what stops them"))
    #expect(Array(manual[(start + 4)...]) == entries)
  }
}
