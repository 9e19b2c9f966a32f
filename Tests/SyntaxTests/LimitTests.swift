import Diagnostics
import Syntax
import Testing

private func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }

@Test(arguments: [
  times(10_000, "("), times(10_000, "["), times(10_000, "{a: "), times(10_000, "f("),
  times(10_000, "(") + "a" + times(10_000, ")"), times(10_000, "if a { "),
  "a - " + times(10_000, "-") + "b", times(10_000, "not ") + "a", times(10_000, "\"${"),
  times(10_000, "\"${") + "a" + times(10_000, "}\""), "a" + times(10_000, " + a"),
  "a" + times(10_000, ".b"), "a" + times(10_000, "[0]"),
  "if a { b }" + times(10_000, " else if a { b }"),
  "a" + times(10_000, " ?? a"), "a" + times(10_000, " | count"), times(10_000, "parallel { "),
  times(10_000, "run ${"),
  "stack \"a\" { " + times(10_000, "b c { "),
])
func `what nests too deep is told and not followed`(_ text: String) {
  let found = parse(text).diagnostics.map(\.message)
  #expect(found.count(where: { $0.contains("200") }) == 1)
}

@Test(arguments: [
  "“", "@", ")", "]", "}", "|", "\"", "'", "-", ".", "a ", "\n.", "\n|", "${", "\\", "#", "\0",
])
func `a long row of one sign ends`(_ sign: String) {
  _ = parse(times(20_000, sign))
}

@Test func `a text beyond the limit is not read`() {
  let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: 17 << 20)
  let result = Parser.parse(SourceText(name: "large", bytes: bytes), mode: .file)
  #expect(
    result.diagnostics.map(\.message) == ["the text has 17825792 bytes; the limit is 16 MiB"]
  )
}

@Test func `bytes that are not UTF-8 are told with their place`() {
  let bytes = Array("let a = \"".utf8) + [0xC3, 0x28] + Array("\"\nlet b = 1".utf8)
  let result = Parser.parse(SourceText(name: "bytes", bytes: bytes), mode: .file)
  #expect(result.diagnostics.map(\.message) == ["these bytes are not UTF-8"])
  #expect(result.diagnostics.first?.span == SourceSpan(9, 10))
}

@Test(arguments: [
  "production |", "let x =", "a +", "a and", "f(", "f(a,", "[1,\n2", "{a: 1", "if a {",
  "if a {\n  b\n",
  "note \"\"\"abc", "for x in xs {\n b", "xs |\n", "\"\"\"${f(",
])
func `more input could mend it`(_ text: String) {
  #expect(parse(text, .prompt).isIncomplete)
}

@Test(arguments: [
  "a", "let", "do", "if a", "f(a b", "note \"abc", "if a {\n let\n", ")", "a b {", "",
])
func `more input could not mend it`(_ text: String) {
  #expect(!parse(text, .prompt).isIncomplete)
}

@Test func `every error of a file is told`() {
  let found = parse("let = 1\nlet x = )\nf(a b)\nif {\n  y = 1\n}\n").diagnostics.map(\.message)
  #expect(
    found == [
      "expected a name after 'let', but found '='", "expected an expression, but found ')'",
      "expected ',' or ')', but found 'b'", "expected an expression, but found '{'",
      "a name is bound with 'let'",
    ]
  )
}

@Test func `a long runbook parses in linear time`() {
  let step = "step \"a\" {\n  let x = a.b(c: 1h) | where .d is \"e ${f}\" and .g > 5 | first 3\n}\n"
  let source = SourceText(name: "long", text: "runbook \"a\"\n" + times(10_000 / 3, step))
  let clock = ContinuousClock()
  let time = clock.measure { #expect(Parser.parse(source, mode: .file).diagnostics == []) }
  // Debug code under load; the release build needs a few hundredths of a second.
  #expect(time < .seconds(10))
  print("10,000 lines: \(time)")
}
