import Diagnostics
import Testing

@Test func `a diagnostic is shown as the manual shows it`() {
  let text = String(repeating: "\n", count: 13) + "  expect env.live.stat is \"ready\"\n"
  let source = SourceText(name: "rollback.opsh", text: text)
  let span = SourceSpan(13 + 18, 13 + 22)
  let finding = Diagnostic(
    "deployment has no member 'stat'",
    at: span,
    fixIts: [FixIt("did you mean 'state'?", at: span, replacement: "state")]
  )
  #expect(
    finding.rendered(in: source) == """
      rollback.opsh:14:19: error: deployment has no member 'stat'
         14 |   expect env.live.stat is "ready"
            |                   ^~~~ did you mean 'state'?
      """
  )
}

@Test func `notes follow with their own lines`() {
  let source = SourceText(name: "a", text: "f(\n\tb")
  let finding = Diagnostic(
    "'(' is not closed",
    at: SourceSpan(5, 5),
    notes: [Note("opened here", at: SourceSpan(1, 2))]
  )
  let wanted = [
    "a:2:3: error: '(' is not closed", "    2 | \tb", "      | \t ^",
    "a:1:2: note: opened here", "    1 | f(", "      |  ^",
  ]
  #expect(finding.rendered(in: source) == wanted.joined(separator: "\n"))
}

@Test func `a place that spans lines is marked to the end of its first`() {
  let source = SourceText(name: "a", text: "ab\ncd")
  let shown = Diagnostic("x", at: SourceSpan(1, 4)).rendered(in: source)
  #expect(shown == "a:1:2: error: x\n    1 | ab\n      |  ^")
}

@Test func `a line that no screen holds is left out`() {
  let source = SourceText(name: "a", text: String(repeating: "x", count: 1000))
  #expect(Diagnostic("y", at: SourceSpan(900, 901)).rendered(in: source) == "a:1:901: error: y")
}
