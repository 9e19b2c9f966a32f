import Diagnostics
import Language
import LanguageTestSupport
import Syntax
import Testing
import Values

struct CheckerLoadingTests {
  /// Loads `main` with these files beside it, and checks it.
  private func problems(_ files: [String: String]) -> [(String, String)] {
    let main = SourceText(name: "main", text: files["main"] ?? "")
    let loaded = Program.load(main, mode: .file) { (path, _) throws(Failure) in
      guard let text = files[path] else { throw Failure(.usage, "there is no such file") }
      return SourceText(name: path, text: text)
    }
    let checked = Checker.check(loaded.program, in: TestVocabulary.scope())
    return loaded.problems.joined(with: checked).flatMap { problem in
      problem.diagnostics.map { (problem.source.name, $0.message) }
    }
  }

  @Test func `used functions are known, each file is read once`() {
    let found = problems([
      "main": "use \"a\"\nuse \"b\"\ntwice(2) + thrice(3)",
      "a": "func twice(n: int): int { return n * 2 }",
      "b": "use \"a\"\nfunc thrice(n: int): int { return twice(n) + n }",
    ])
    #expect(found.isEmpty)
  }

  @Test func `a file that is not there is named`() {
    let found = problems(["main": "use \"lib/verfy.opsh\""])
    #expect(found.map(\.1) == ["'lib/verfy.opsh' can not be used: there is no such file"])
  }

  @Test func `a used file lies beside the program`() {
    let found = problems(["main": "use \"https://example.com/a.opsh\""])
    #expect(
      found.map(\.1) == [
        "'https://example.com/a.opsh' can not be used: a used file lies beside the program, it is "
          + "not fetched"
      ]
    )
  }

  @Test func `a circle of uses is found`() {
    let found = problems(["main": "use \"a\"", "a": "use \"b\"", "b": "use \"a\""])
    #expect(found.map(\.0) == ["b"])
    #expect(found.map(\.1) == ["these files use each other: a, b"])
  }

  @Test func `a row of uses ends`() {
    var files = ["main": "use \"0\""]
    for number in 0..<3000 { files["\(number)"] = "use \"\(number + 1)\"" }
    #expect(
      problems(files).map(\.1) == ["files that use each other more than 50 deep are not read"]
    )
  }

  @Test func `a file does not use itself`() {
    #expect(problems(["main": "use \"main\""]).map(\.1) == ["a file can not use itself"])
  }

  @Test func `a used file holds functions and runbooks only`() {
    let found = problems(["main": "use \"a\"", "a": "note \"x\""])
    #expect(found.map(\.0) == ["a"])
    #expect(found.map(\.1) == ["a file that others use holds only functions and runbooks"])
    #expect(
      problems(["main": "use \"a\"", "a": "runbook \"r\"\nstep \"s\" { note \"x\" }"]).isEmpty
    )
  }

  @Test func `a stack file is not used`() {
    let found = problems(["main": "use \"a\"", "a": "stack \"s\" { }"])
    #expect(
      found.map(\.1) == [
        "a stack file can not be used by another: it is found by itself, or by --stack"
      ]
    )
  }

  @Test func `a function in two files is found`() {
    let function = "func f(): int { return 1 }"
    let found = problems(["main": "use \"a\"\n\(function)\nf()", "a": function])
    #expect(found.map(\.1) == ["there is already a function 'f', in a:1"])
  }

  @Test func `mistakes in used files are found there`() {
    let found = problems([
      "main": "use \"a\"\nf()", "a": "func f(): text { return prodction.name }",
    ])
    #expect(found.map(\.0) == ["a"])
    #expect(found.map(\.1) == ["there is no 'prodction' here"])
  }
}
