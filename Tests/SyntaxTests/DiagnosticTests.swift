import Diagnostics
import Syntax
import Testing

/// A text with one error, what is said of it, and the text after its fix.
struct Finding: Sendable, CustomTestStringConvertible {
  var marked: String
  var message: String
  var fixed: String?
  var mode = ParseMode.file

  init(_ marked: String, _ message: String, fixed: String? = nil, _ mode: ParseMode = .file) {
    self.marked = marked
    self.message = message
    self.fixed = fixed
    self.mode = mode
  }

  var testDescription: String { message }
}

@Test(arguments: Findings.words + Findings.cascades + Findings.statements + Findings.files)
func `each error is told once, at its place, with its fix`(_ finding: Finding) {
  let source = MarkedSource(finding.marked)
  let found = parse(source.text, finding.mode).diagnostics
  #expect(found.map(\.message) == [finding.message])
  #expect(found.first?.span == source.span)
  let fixed = found.first?.fixIts.first?.applied(to: source.text)
  #expect(fixed == finding.fixed)
  if let fixed {
    let left = parse(fixed, finding.mode).diagnostics.map(\.message)
    #expect(!left.contains(finding.message))
  }
}

enum Findings {
  static let words: [Finding] = [
    Finding(
      #""a «\q» b""#,
      #"'\q' is no escape; there are \n \r \t \" \\ \$ and \u{…}"#,
      fixed: #""a \\q b""#
    ),
    Finding(#""«\u{D800}»""#, #"'\u{D800}' is no escape; there are \n \r \t \" \\ \$ and \u{…}"#),
    Finding("«99999999999999999999»", "'99999999999999999999' is too large"),
    Finding("«1__0»", "a '_' stands between two digits", fixed: "10"),
    Finding("«30m1h»", "the units of a duration go from large to small, each once, as in 1h30m"),
    Finding("«5m3x»", "'5m3x' is no duration; write it as in 250ms, 5m or 1h30m"),
    Finding(
      "«2026-2-30»",
      "'2026-2-30' is no time; write 2026-11-23, 2026-11-23T03:00Z or …+01:00"
    ),
    Finding("«2026-02-30»", "'2026-02-30' is no time: there is no day 30 in that month"),
    Finding("«2026-02-03T25:00Z»", "'2026-02-03T25:00Z' is no time: there is no hour 25"),
    Finding("«2026-02-03T05:00»", "a time needs its offset from UTC", fixed: "2026-02-03T05:00Z"),
    Finding(
      "a«\u{202E}» + b",
      "the bidirectional control character U+202E makes a line read differently from what it means",
      fixed: "a + b"
    ),
    Finding(
      "a «\u{7}»+ b",
      "the control character U+0007 has no place in a program; in a text write \\u{7}",
      fixed: "a + b"
    ),
    Finding("\"${a «# b»}\"", "a '${}' holds no comment"),
    Finding("a «==» b", "there is no '=='; write 'is'", fixed: "a is b"),
    Finding("a«!=»b", "there is no '!='; write 'is not'", fixed: "a is not b"),
    Finding("a «&&» b", "there is no '&&'; write 'and'", fixed: "a and b"),
    Finding("a «||» b", "there is no '||'; write 'or'", fixed: "a or b"),
    Finding("«!»a", "there is no '!'; write 'not'", fixed: "not a"),
    Finding("a «%» b", "there is no '%'; the remainder is mod(a, b)"),
    Finding("«1.5h»", "'1.5h' is no whole number of its unit; write it as in 1h30m or 1500MB"),
    Finding(
      "5«min»",
      "there is no unit 'min'; there are ms, s, m, h, d, KB, MB, GB, TB, KiB, MiB, GiB, TiB and %",
      fixed: "5m"
    ),
    Finding("retry 3 every 5 «m» { a }", "expected the '{' of 'retry', but found 'm'"),
    Finding("a + 5 «m»", "a unit stands directly behind its number", fixed: "a + 5m"),
    Finding("let x = «\"»abc\nlet y = 1", "this text is not closed on its line"),
    Finding("let x = «\"»abc ${f(\nlet y = 1", "this text is not closed on its line"),
    Finding("a «@» b", "the character '@' has no meaning here"),
    Finding("note «“abc”»", "a text stands in straight quotes", fixed: "note \"abc\""),
    Finding(
      "sql\"a '«${b}»'\"",
      "a '${}' in a quoted SQL text is no bind parameter; leave out the quotes: the parameter is a value"
    ),
    Finding(
      "sql\"\"\"a \"«${b}»\" \"\"\"",
      "a '${}' in a quoted SQL name is no bind parameter; write ${identifier(name)} without the quotes"
    ),
    Finding("sql\"a $x$ «${b}» $x$\"", "a '${}' in a dollar-quoted SQL text is no bind parameter"),
    Finding("sql\"a -- «${b}»\"", "a '${}' in an SQL comment is no bind parameter"),
    Finding("sql\"a /* /* */ «${b}» */\"", "a '${}' in an SQL comment is no bind parameter"),
    Finding(
      "sql\"a E'\\'«${b}»'\"",
      "a '${}' in a quoted SQL text is no bind parameter; leave out the quotes: the parameter is a value"
    ),
    Finding(
      "\"«${...»a}\"",
      "'${...}' spreads a list into words of a 'run' only",
      fixed: "\"${a}\""
    ),
    Finding("\"${a «|» count}\"", "a pipeline in '${}' needs parentheses"),
    Finding("run a «x${...b}»", "a '${...list}' is a word of its own"),
    Finding(
      "run a «>» b",
      "'>' has no meaning here: there is no redirection; use '| save \"file\"'",
      fixed: "run a '>' b"
    ),
    Finding(
      "run a «*».txt",
      "'*' has no meaning here: file names are not expanded; quote the word to pass it as it is",
      fixed: "run a '*.txt'"
    ),
    Finding(
      "run a «$»HOME",
      "'$' has no meaning here: there are no shell variables; write ${name}, or quote the word",
      fixed: "run a '$HOME'"
    ),
    Finding(
      "run a «\\»n",
      "'\\' has no meaning here: a '\\' escapes nothing; quote the word to pass it as it is",
      fixed: "run a '\\n'"
    ),
    Finding("run«»", "expected the program that 'run' is to run, but found the end"),
  ]

  static let statements: [Finding] = [
    Finding("expect a «=» b", "'=' only binds; comparing is 'is'", fixed: "expect a is b"),
    Finding("f(a«=» 1)", "'a' gets its value after ':'", fixed: "f(a: 1)"),
    Finding("«x» = 1", "a name is bound with 'let'", fixed: "let x = 1"),
    Finding("a < b «<» c", "comparisons do not chain; join two of them with 'and'"),
    Finding("1..2«..»3", "a range has two ends"),
    Finding("a + «not» b", "'not' needs parentheses around it and what it negates here"),
    Finding("f(a: 1, «b»)", "named arguments come last"),
    Finding(
      "a\n  «|» count",
      "a line cannot begin with '|'; a line goes on if it ends in '|'",
      fixed: "a |\n   count"
    ),
    Finding(
      "a\n  «.»b",
      "a line cannot begin with '.'; it belongs to the line before",
      fixed: "a.b"
    ),
    Finding(
      "a\n«-» b",
      "a line cannot begin with '-'; a line goes on if it ends in '-'",
      fixed: "a -\n b"
    ),
    Finding("«-»a", "a statement cannot begin with '-'"),
    Finding("«.»a", "a statement cannot begin with '.'"),
    Finding("a.«»", "expected a name after '.', but found the end"),
    Finding("let«» ", "expected a name after 'let', but found the end"),
    Finding(
      "let «for» = 1",
      "'for' is a reserved word and cannot be a name",
      fixed: "let for_ = 1"
    ),
    Finding(
      "let «lastGood» = 1",
      "'lastGood' has capital letters; names are written as in snake_case",
      fixed: "let last_good = 1"
    ),
    Finding("let x «1»", "expected '=' after 'let x', but found '1'"),
    Finding("note«» ", "expected an expression, but found the end"),
    Finding("let x = «if» a { b }", "expected an expression, but 'if' is a reserved word"),
    Finding("f(«do» a)", "'do' stands only at the start of a statement and after 'let … ='"),
    Finding(
      "expect «run a b»",
      "'run' stands bare only after 'do', 'let … =', 'return' or at the start of a statement",
      fixed: "expect (run a b)"
    ),
    Finding("a | «wher» .x | count", "there is no stage 'wher'", fixed: "a | where .x | count"),
    Finding("a | «5»", "expected a stage such as 'where' after '|', but found '5'"),
    Finding("a | any«»", "expected '(' after 'any', but found the end"),
    Finding(
      "a | as «jsn»",
      "there is no format 'jsn'; there are json, ndjson, csv, tsv, markdown, yaml, table",
      fixed: "a | as json"
    ),
    Finding(
      "a | as «5»",
      "expected a format (json, ndjson, csv, tsv, markdown, yaml, table), but found '5'"
    ),
    Finding("a | sort «.»b", "expected 'by' in 'sort', but found '.'"),
    Finding("«nte» \"a\"", "there is no statement 'nte'", fixed: "note \"a\""),
    Finding("a «b»", "expected the end of the statement, but found 'b'"),
    Finding("f(a «b»)\ng", "expected ',' or ')', but found 'b'"),
    Finding("f(a\n«let» x = 1", "'(' is not closed before 'let'"),
    Finding("{a: 1 «b»: 2}", "expected ',' or '}', but found 'b'"),
    Finding("{a «1»}", "expected ':' after 'a', but found '1'"),
    Finding("{a: 1, «5»: 2}", "expected a field's name, but found '5'"),
    Finding("{\"«${a}»\": 2}", "a field's name is plain text, without '${}'"),
    Finding("if a«»\nb", "expected the '{' of 'if', but found the end of the line"),
    Finding(
      "if a { b }\n«else» { c }",
      "'else' stands on the line of what it belongs to",
      fixed: "if a { b } else { c }"
    ),
    Finding("«else» { c }", "'else' belongs to an 'if' or an 'expect', and none ends here"),
    Finding("for x «of» xs { a }", "expected 'in' in 'for', but found 'of'"),
    Finding(
      "wait until a every 5s«»",
      "expected 'for' and how long to wait at most, as in 'for 10m', but found the end"
    ),
    Finding("try { a }«»", "a 'try' needs 'catch name { … }' behind its '}'"),
    Finding("«help» a", "'help' works at the prompt only"),
    Finding("a «)»", "expected the end of the statement, but found ')'"),
  ]

  static let cascades: [Finding] = [
    Finding(
      "for x in «{a: 1}» { b }",
      "a record needs parentheses here, where a '{' begins the block",
      fixed: "for x in ({a: 1}) { b }"
    ),
    Finding(
      "if a is b «=» c { d }",
      "'=' only binds; comparing is 'is'",
      fixed: "if a is b is c { d }"
    ),
    Finding("run a «||» b", "there is no '||'; write 'or'", fixed: "run a or b"),
    Finding(
      "run a «$»(b c) d",
      "'$' has no meaning here: there are no shell variables; write ${name}, or quote the word",
      fixed: "run a '$(b c)' d"
    ),
    Finding(
      "run «(»a)",
      "'(' has no meaning here: there is no subshell; quote the word to pass it as it is",
      fixed: "run '(a)'"
    ),
  ]

  static let files: [Finding] = [
    Finding("opsh «2»\n", "this opsh reads version 1 of the language, not 2; install a newer one"),
    Finding(
      "opsh«»\n",
      "expected the language's version after 'opsh', but found the end",
      fixed: "opsh 1 \n"
    ),
    Finding("a\n«opsh» 1", "the language's version is the first line of a file"),
    Finding("«}»\na", "there is nothing that this '}' could close", fixed: "\na"),
    Finding(
      "runbook \"a\"\nstep \"b\" { c }\n«param» d: text",
      "'param' stands before the first step"
    ),
    Finding(
      "runbook \"a\"\nfinally { c }\n«step» \"b\" { c }",
      "'on failure' and 'finally' stand after the last step"
    ),
    Finding("runbook \"a\"\n«b»", "a statement of a runbook stands in a step"),
    Finding(
      "«step» \"b\" { c }",
      "'step' is part of a runbook; begin the file with 'runbook \"title\"'"
    ),
    Finding("runbook \"a\"\n«runbook» \"b\"", "there is already a 'runbook'"),
    Finding("runbook \"a\"\nfinally { c }\n«finally» { c }", "there is already a 'finally'"),
    Finding("runbook «a»", "expected a title in quotes, but found 'a'"),
    Finding("runbook \"a «${b}»\"", "a title is plain text, without '${}'"),
    Finding("runbook \"a\"\nparam b«»", "expected ':' and a type after 'b', but found the end"),
    Finding(
      "runbook \"a\"\nparam b: «list of list» of text",
      "a type is a name or 'list of' a name"
    ),
    Finding("func a «{» }", "expected '(' and the parameters of 'a', but found '{'"),
    Finding(
      "runbook \"a\"\nstep \"b\" timeout 5m «when» c { d }",
      "'when' stands before 'timeout'"
    ),
    Finding(
      "runbook \"a\"\nstep \"b\" { c } probe { d } «undo» { e }",
      "'undo' stands before 'probe'"
    ),
    Finding(
      "runbook \"a\"\nstep \"b\" { c }\n«undo» { d }",
      "'undo' stands on the line of the '}' before it",
      fixed: "runbook \"a\"\nstep \"b\" { c } undo { d }"
    ),
    Finding("runbook \"a\"\non «fail» { d }", "expected 'failure' in 'on', but found 'fail'"),
    Finding("runbook \"a\"\nstep \"b\" { c\n«step» \"d\" { e }", "'{' is not closed before 'step'"),
    Finding("if a {\n  «func» b() { c }\n}", "'func' stands at the top of a file, not in a block"),
    Finding("stack \"a\" { b: 1 «c» }", "expected ',' or the end of the line, but found 'c'"),
    Finding(
      "stack \"a\" {\n  «5»\n  b: 1\n}",
      "expected 'name: value' or 'kind \"label\" { … }', but found '5'"
    ),
    Finding("stack \"a\" { b: 1 }\n«c»", "a stack file holds one stack and nothing else"),
    Finding(
      "stack \"a\" { b«=» 1 }",
      "'b' gets its value after ':'",
      fixed: "stack \"a\" { b: 1 }"
    ),
  ]
}
