import Diagnostics
import Syntax
import Testing

@Test(arguments: [
  ("a or b and c", "(a or (b and c))"),
  ("not a and b", "((not a) and b)"),
  ("not a is b", "(not (a is b))"),
  ("not not a", "(not (not a))"),
  ("a is not b", "(a is not b)"),
  ("a not in b or c", "((a not in b) or c)"),
  ("a and not b", "(a and (not b))"),
  ("a ?? b ?? c", "(a ?? (b ?? c))"),
  ("a is b ?? c", "(a is (b ?? c))"),
  ("a ?? 1 .. 2", "(a ?? (1 .. 2))"),
  ("1..n + 1", "(1 .. (n + 1))"),
  ("a - b - c", "((a - b) - c)"),
  ("a - b * c", "(a - (b * c))"),
  ("a / b * c", "((a / b) * c)"),
  ("a * -b.c", "(a * (-b.c))"),
  ("a < b and c >= d", "((a < b) and (c >= d))"),
  ("a.b(1)[2]?.c", "a.b(1)[2]?.c"),
  ("(a or b) and c", "([(a or b)] and c)"),
  ("a.if.let matches b", "(a.if.let matches b)"),
  ("a +\n b", "(a + b)"),
  ("a and\n not b", "(a and (not b))"),
])
func `operators bind as the manual lists them`(_ text: String, _ wanted: String) {
  #expect(parse(text).diagnostics == [])
  #expect(expression(text).map(shape) == wanted)
}

@Test(arguments: [
  ("1_000", "int 1000"), ("0.5", "number 0.5"), ("5%", "percent 5.0"), ("0.5%", "percent 0.5"),
  ("250ms", "duration 250000"), ("1h30m", "duration 5400000000"), ("7d", "duration 604800000000"),
  ("10KB", "size 10000"), ("2GB", "size 2000000000"), ("1MiB", "size 1048576"),
  ("1970-01-01", "time 0"), ("1970-01-02T00:00Z", "time 86400000000"),
  ("1970-01-01T01:00+01:00", "time 0"), ("1969-12-31T23:59:59.5Z", "time -500000"),
  ("2026-11-23T03:00Z", "time 1795402800000000"), ("2000-02-29", "time 951782400000000"),
  ("1h ago", "ago 3600000000"),
])
func `numbers have their values`(_ text: String, _ wanted: String) throws {
  #expect(parse(text).diagnostics == [])
  let found =
    switch try #require(expression(text)) {
    case .int(let value, _): "int \(value)"
    case .number(let value, _): "number \(value)"
    case .percent(let value, _): "percent \(value)"
    case .duration(let value, _): "duration \(value)"
    case .size(let value, _): "size \(value)"
    case .time(let value, _): "time \(value)"
    case .ago(let value, _): "ago \(value)"
    default: "?"
    }
  #expect(found == wanted)
}

@Test(arguments: [
  (#""a\n\t\"\\\$\u{41}""#, "a\n\t\"\\$A"),
  (#"'a\n${b}"'"#, #"a\n${b}""#),
  ("\"\"", ""),
  ("\"\"\"\n  a\n    b\n\n  c\n  \"\"\"", "a\n  b\n\nc"),
  ("\"\"\"\n    a\n  \"\"\"", "  a"),
  ("\"\"\"a \"b\" c\"\"\"", "a \"b\" c"),
  ("\"\"\"a\"\"\"\"", "a\""),
  ("\"\"\"\r\n  a\r\n  b\r\n  \"\"\"", "a\nb"),
  (#"sql"a\n""#, #"a\n"#),
])
func `texts have their values`(_ text: String, _ wanted: String) throws {
  #expect(parse(text).diagnostics == [])
  let parts: [TextPart]
  switch try #require(expression(text)) {
  case .text(let found, _), .sql(let found, _): parts = found
  default: parts = []
  }
  let value = parts.map { if case .literal(let piece, _) = $0 { piece } else { "?" } }.joined()
  #expect(value == wanted)
}

@Test func `a block's indentation is taken off around interpolations too`() throws {
  let found = try #require(expression("\"\"\"\n    a ${b} c\n    ${d}\n      e\n    \"\"\""))
  guard case .text(let parts, _) = found else {
    Issue.record("no text")
    return
  }
  let value = parts.map { if case .literal(let piece, _) = $0 { piece } else { "?" } }.joined()
  #expect(value == "a ? c\n?\n  e")
}

@Test func `the words of a run keep their borders`() throws {
  let text = #"do run(timeout: 5m) a -b=${c}"d e" 'f g' ${...h} "" # i"#
  #expect(parse(text).diagnostics == [])
  guard case .items(let items) = parse(text).file.contents,
    case .statement(.perform(let pipeline, _)) = items[0],
    case .run(let command) = pipeline.source
  else {
    Issue.record("no run")
    return
  }
  let words = command.words.map { word in
    (word.isSpread ? "..." : "")
      + word.parts.map { if case .literal(let piece, _) = $0 { piece } else { "?" } }.joined()
  }
  #expect(words == ["a", "-b=?d e", "f g", "...?", ""])
  #expect(command.options.map(\.label?.text) == ["timeout"])
}
