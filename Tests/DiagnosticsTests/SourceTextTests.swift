import Diagnostics
import Testing

@Test(arguments: [
  (0, 1, 1), (1, 1, 2), (3, 1, 3), (4, 2, 1), (6, 2, 3), (7, 3, 1), (99, 3, 1), (-1, 1, 1),
])
func `columns count scalars from one`(_ offset: Int, _ line: Int, _ column: Int) {
  // «é» has two bytes.
  let source = SourceText(name: "a", text: "aé\nbc\n")
  let place = source.position(of: offset)
  #expect(place.line == line)
  #expect(place.column == column)
}

@Test func `a line is given without its end`() {
  let source = SourceText(name: "a", text: "ab\r\ncd\n")
  #expect(Array(source.line(1)) == Array("ab".utf8))
  #expect(Array(source.line(2)) == Array("cd".utf8))
  #expect(source.line(3).isEmpty)
  #expect(source.line(4).isEmpty)
  #expect(source.line(0).isEmpty)
}

@Test func `a span beyond the text gives what there is`() {
  let source = SourceText(name: "a", text: "abc")
  #expect(source.text(of: SourceSpan(1, 99)) == "bc")
  #expect(source.text(of: SourceSpan(-5, 1)) == "a")
  #expect(source.text(of: SourceSpan(3, 1)) == "")
}

@Test func `spans join`() {
  #expect(SourceSpan(3, 5).joined(with: SourceSpan(1, 2)) == SourceSpan(1, 5))
  #expect(SourceSpan(3, 3).isEmpty)
}

@Test(arguments: [0, 1, 1023, 1024, 1025, 2500])
func `a column of a long line is that of a short one`(_ length: Int) {
  let line = String(repeating: "aé😀", count: length / 7 + 1)
  let source = SourceText(name: "a", text: "é\n" + line + "\nend")
  var offset = 3
  for (column, scalar) in line.unicodeScalars.enumerated() {
    #expect(source.position(of: offset) == (2, column + 1))
    offset += String(scalar).utf8.count
  }
  #expect(source.position(of: offset + 2) == (3, 2))
}

@Test(.timeLimit(.minutes(1)))
func `a place far along a line is found as fast as one at its beginning`() {
  let source = SourceText(name: "a", bytes: Array(repeating: UInt8(ascii: "a"), count: 8_000_000))
  for offset in 7_980_000..<8_000_000 {
    guard source.position(of: offset) == (1, offset + 1) else {
      Issue.record("\(offset)")
      return
    }
  }
}
