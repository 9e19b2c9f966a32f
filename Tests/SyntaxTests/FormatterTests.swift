import Diagnostics
import Syntax
import Testing

@Test(arguments: Programs.all)
func `formatting keeps a program's meaning and is stable`(_ program: Program) {
  let before = Parser.parse(program.source, mode: program.mode)
  let formatted = Formatter.format(before.file)
  let after = parse(formatted, program.mode)
  #expect(after.diagnostics == [])
  #expect(dump(after.file) == dump(before.file))
  #expect(Formatter.format(after.file) == formatted)
}

@Test(arguments: [
  ("let   x=1+ 2", "let x = 1 + 2\n"),
  ("f ( a,b :-1 , )[ 0 ]", "f(a, b: -1)[0]\n"),
  ("xs|where .a<- .b|select .c , d:.e", "xs | where .a < -.b | select .c, d: .e\n"),
  ("if a{b;c}else{d}", "if a { b; c } else { d }\n"),
  ("let r={a:1,\"b\":{}}", "let r = {a: 1, \"b\": {}}\n"),
  (
    "for x in 1 .. 3{\n\n\n   x #why\n#  then\n\n\n  x;\n\n}\n\n\n",
    """
    for x in 1..3 {
      x  # why
      # then

      x
    }

    """
  ),
  ("xs |\n where .a |\ncount\nys", "xs |\n  where .a |\n  count\nys\n"),
  ("f({\na: 1\n}, [\n1,\n2])", "f({\n  a: 1\n}, [\n  1,\n  2])\n"),
  ("do run( timeout :5m )  a   -b ${ c }|first 1", "do run(timeout: 5m) a -b ${ c } | first 1\n"),
  ("#!/usr/bin/env opsh\nopsh 1\n##a\n", "#!/usr/bin/env opsh\nopsh 1\n## a\n"),
  ("select.a;;b", "select.a; b\n"),
])
func `there is one style`(_ text: String, _ wanted: String) {
  #expect(parse(text).diagnostics == [])
  let formatted = Formatter.format(parse(text).file)
  #expect(formatted == wanted)
  #expect(Formatter.format(parse(formatted).file) == formatted)
}

@Test func `a text with errors is not formatted`() {
  let text = "let  x = = 1"
  #expect(Formatter.format(parse(text).file) == text)
}
