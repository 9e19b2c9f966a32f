import Diagnostics
import Syntax
import Testing

/// SplitMix64, so that a failing case can be had again.
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Test(arguments: Programs.all)
func `a program with its tokens disturbed is survived`(_ program: Program) {
  let source = program.source
  let tokens = Lexer.lex(source).tokens.filter { $0.kind != .endOfFile }
  var generator = Generator(state: UInt64(program.text.utf8.count))
  for round in 0..<150 {
    var spans = tokens.map(\.span)
    for _ in 0...(round % 3) {
      let index = Int.random(in: spans.indices, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: spans.remove(at: index)
      case 1: spans.insert(spans[index], at: Int.random(in: spans.indices, using: &generator))
      default: spans.swapAt(index, Int.random(in: spans.indices, using: &generator))
      }
    }
    // Each token takes the white space before it along.
    var text = ""
    for span in spans {
      var start = span.start
      while start > 0, source.bytes[start - 1] <= UInt8(ascii: " ") { start -= 1 }
      text += source.text(of: SourceSpan(start, span.end))
    }
    let size = text.utf8.count
    let result = parse(text, program.mode)
    for finding in result.diagnostics {
      let places = [finding.span] + finding.notes.map(\.span) + finding.fixIts.map(\.span)
      let isInside = places.allSatisfy { 0 <= $0.start && $0.start <= $0.end && $0.end <= size }
      #expect(isInside, "\(finding.message) in \(text)")
    }
    guard result.diagnostics.isEmpty else { continue }
    let formatted = Formatter.format(result.file)
    #expect(dump(parse(formatted, program.mode).file) == dump(result.file), "\(text)")
    #expect(Formatter.format(parse(formatted, program.mode).file) == formatted, "\(text)")
  }
}
