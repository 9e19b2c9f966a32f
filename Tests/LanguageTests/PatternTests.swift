import Testing
import Values

@testable import Language

@Suite struct PatternTests {
  private func matches(_ pattern: String, _ text: String) throws -> Bool {
    try Pattern.compiled(pattern).matches(text, cancelled: Cancellation())
  }

  @Test(arguments: [
    ("", "", true), ("a", "xay", true), ("^a", "ba", false), ("a$", "ab", false),
    ("^GET /api/", "GET /api/checkout", true), ("a|b", "xxb", true), ("a|", "x", true),
    ("^(ab)+$", "ababab", true), ("^(ab)+$", "ababa", false), ("^a{2,3}$", "a", false),
    ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false), ("^a{,2}$", "aaa", false),
    ("^a{2,}$", "aaaaa", true), ("^a{3}$", "aa", false), ("a{,}", "a{,}", true), ("{", "{", true),
    (".", "\n", false), ("(?s).", "\n", true), ("(?s:.)b", "\nb", true), ("(?s:.).", "\n\n", false),
    ("^b", "a\nb", false), ("(?m)^b$", "a\nb\nc", true), ("(?i)STRASSE", "Strasse", true),
    ("(?i)é", "É", true), ("a(?i)b(?-i)c", "aBc", true), ("a(?i)b(?-i)c", "aBC", false),
    ("(?i:a)b", "AB", false), ("[a-c]", "b", true), ("[^a-c]", "b", false), ("[]]", "]", true),
    ("[a-]", "-", true), (#"[\d.]+x"#, "1.5x", true), (#"[\]]"#, "]", true),
    ("(?i)[A-C]", "b", true),
    (#"\d{4}-\d\d"#, "on 2026-11-23", true), (#"\bcat\b"#, "a cat.", true),
    (#"\bcat\b"#, "concat", false), (#"\Bcat"#, "concat", true), (#"\w+"#, "é", true),
    (#"\s"#, "a\u{A0}b", true), (#"\S"#, " ", false), (#"\W"#, "a_1", false), (#"\D"#, "12", false),
    (#"\p{Lu}"#, "aBc", true), (#"\pL"#, "1", false), (#"\P{L}"#, "a", false),
    (#"\x41"#, "A", true),
    (#"\u00e9"#, "é", true), (#"\u{1F600}"#, "😀", true), (#"\."#, "a", false),
    (#"a\/b"#, "a/b", true),
    ("(?<year>[0-9]+)", "2026", true), ("(?P<n>a)", "a", true), ("(?:a)b", "ab", true),
    ("(a*)*b", "aaac", false), ("(a|a)*b", "aaab", true), ("a+?b", "aab", true),
    ("^.$", "😀", true), ("x{0}y", "y", true), (#"\Aab\z"#, "ab", true), (#"\t"#, "\t", true),
  ])
  func `a pattern occurs, or not`(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try matches(pattern, text) == expected, "'\(text)' matches '\(pattern)'")
  }

  @Test(arguments: [
    ("(", "expected ')'"), (")", "')' without '('"), ("a(b", "expected ')'"),
    ("[a", "expected ']'"),
    ("*a", "there is nothing to repeat"), ("a**", "there is nothing to repeat"),
    ("^*", "there is nothing to repeat"), ("a++", "possessive"), ("(?=a)", "lookaround"),
    ("(?<!a)b", "lookaround"), ("(?<=a)b", "lookaround"), (#"(a)\1"#, "back-references"),
    ("(?x)a", "'(?x' is not supported"), (#"\q"#, "'\\q' is not supported"),
    (#"a\"#, "a backslash"),
    ("[b-a]", "backwards"), ("a{3,2}", "{3,2} counts backwards"), ("a{1001}", "at most 1000"),
    ("a{99999999999999999999}", "at most 1000"), (#"\p{Foo}"#, "no category"),
    (#"\xZZ"#, "no code"),
    ("[[:alpha:]]", "sets of sets"), ("[a&&b]", "sets of sets"),
    ("((a{1000}){1000}){1000}", "too large"), ("((a{0}){1000}){1000}", "too large"),
    (String(repeating: "(", count: 5000), "nests too deep"),
  ])
  func `what is no pattern says why`(_ pattern: String, _ words: String) throws {
    let error = #expect(throws: EvaluationError.self) { try Pattern.compiled(pattern) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  /// Random patterns over two letters, whose meaning the standard library's own engine gives too.
  @Test func `it agrees with the standard library`() throws {
    var random = SystemRandomNumberGenerator()
    func piece(_ depth: Int) -> String {
      switch Int.random(in: 0...(depth > 3 ? 3 : 9), using: &random) {
      case 0, 1: return "a"
      case 2: return "b"
      case 3: return "."
      case 4: return "(\(piece(depth + 1))|\(piece(depth + 1)))"
      case 5: return "(\(piece(depth + 1)))*"
      case 6: return "(\(piece(depth + 1)))?"
      case 7: return "(\(piece(depth + 1))){1,2}"
      case 8: return "^" + piece(depth + 1)
      default: return piece(depth + 1) + piece(depth + 1)
      }
    }
    for _ in 0..<2000 {
      let pattern = piece(0) + (Bool.random(using: &random) ? "$" : "")
      let text = String((0..<Int.random(in: 0...6)).map { _ in Bool.random() ? "a" : "b" })
      let expected = try Regex(pattern).firstMatch(in: text) != nil
      #expect(try matches(pattern, text) == expected, "'\(text)' matches '\(pattern)'")
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["(a+)+b", "(a|aa)+$b", "(.*)*x", "(a?){500}a{500}b"])
  func `no text makes it try for ever`(_ pattern: String) throws {
    #expect(try !matches(pattern, String(repeating: "a", count: 5000)))
  }

  @Test(arguments: [
    (Cancellation.Reason.interrupted, Failure.Kind.interrupted), (.terminated, .terminated),
    (.deadline, .timeout),
  ])
  func `it ends when it is cancelled`(_ reason: Cancellation.Reason, _ kind: Failure.Kind) throws {
    let cancelled = Cancellation()
    cancelled.cancel(reason)
    let text = String(repeating: "a", count: 100_000)
    let failure = #expect(throws: Failure.self) {
      try Pattern.compiled("(a+)+b").matches(text, cancelled: cancelled)
    }
    #expect(failure?.kind == kind)
  }
}
