import Sinks
import Testing
import Values

@Suite struct HarmlessTests {
  func harmless(_ bytes: [UInt8], cut: Bool = false) -> String {
    var filter = Harmless()
    var output: [UInt8] = []
    for chunk in cut ? bytes.map({ [$0] }) : [bytes] { filter.write(chunk, into: &output) }
    filter.finish(into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [
    ("plain ünï 漢字 🎉\n\tx", "plain ünï 漢字 🎉\n\tx"), ("\u{1B}[2Jgone", "␛[2Jgone"),
    ("\u{1B}]0;title\u{7}", "␛]0;title␇"), ("a\rb", "a␍b"), ("a\r\nb", "a\nb"), ("\u{7F}", "␡"),
    ("\u{9B}2J", "\\u{9b}2J"), ("\u{202E}cod.exe", "\\u{202e}cod.exe"),
    ("\u{2066}\u{2069}\u{200E}\u{200F}\u{061C}", "\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}"),
    ("a\u{200B}b\u{FEFF}", "a\\u{200b}b\\u{feff}"), ("\u{E0041}", "\\u{e0041}"), ("a\0b", "a␀b"),
    ("end\r", "end␍"),
  ])
  func `controls and invisible characters become visible`(_ input: String, _ expected: String) {
    #expect(harmless(Array(input.utf8)) == expected)
    #expect(harmless(Array(input.utf8), cut: true) == expected)
  }

  @Test(
    arguments: [
      ([0xFF, 0x41], "\\xffA"), ([0xC3], "\\xc3"), ([0xE2, 0x82], "\\xe2\\x82"),
      ([0xC0, 0xAF], "\\xc0\\xaf"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"), ([0x80], "\\x80"),
      ([0xE2, 0x41, 0xAC], "\\xe2A\\xac"),
    ] as [([UInt8], String)]
  )
  func `bytes that are not UTF-8 become visible`(_ input: [UInt8], _ expected: String) {
    #expect(harmless(input) == expected)
    #expect(harmless(input, cut: true) == expected)
  }

  @Test func `no control byte is left of any input`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let output = harmless(bytes)
      #expect(harmless(bytes, cut: true) == output)
      #expect(
        output.unicodeScalars.allSatisfy { scalar in
          (scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)) || scalar == "\n"
            || scalar == "\t"
        }
      )
    }
  }

  @Test func `a sink masks first, then makes harmless, then styles`() throws {
    let registry = SecretRegistry()
    registry.add(Secret(name: "T", text: "tok_0123456789"))
    let writer = MemoryWriter()
    let sink = Sink(to: writer, registry: registry, audience: .terminal(usesColor: true))
    try sink.write("a tok_01\u{1B}[0m23456789 \u{1B}[2J")
    try sink.writeLine(StyledText("ok\u{1B}", .green) + StyledText(" tok", .plain))
    try sink.writeLine(StyledText("x tok_0123", .red) + StyledText("456789"))
    // Made visible, the line end would stand between the letters.
    try sink.writeLine(StyledText("tok_01\u{1B}[0m2345\r\n6789"))
    try sink.flush()
    #expect(writer.text == "a ‹T› ␛[2J\u{1B}[32mok␛\u{1B}[0m tok\nx ‹T›\n‹T›\n")
  }

  @Test func `towards a program bytes stay as they are but for secrets`() throws {
    let writer = MemoryWriter()
    let sink = Sink(to: writer, registry: SecretRegistry(), audience: .program)
    try sink.write([0xFF, 0x1B, 0x0D, 0])
    try sink.flush()
    #expect(writer.bytes == [0xFF, 0x1B, 0x0D, 0])
  }
}
