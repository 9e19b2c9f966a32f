import Sinks
import Testing

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("abc", 3), ("ä", 1), ("a\u{308}", 1), ("日本", 4), ("ﾊﾝ", 2), ("🚀", 2), ("👩‍🚀", 2), ("🇩🇪", 2),
    ("❤️", 2), ("❤", 1), ("…", 1), ("─", 1), ("한글", 4), ("", 0), ("䷀", 1),
  ])
  func `a text has the width a terminal gives it`(_ text: String, _ width: Int) {
    #expect(DisplayWidth.of(text) == width)
  }

  @Test func `a wide character is not cut in half`() {
    #expect(DisplayWidth.shortened("日本語", to: 6) == "日本語")
    #expect(DisplayWidth.shortened("日本語", to: 5) == "日本…")
    #expect(DisplayWidth.shortened("日本語", to: 4) == "日…")
    #expect(DisplayWidth.shortened("abc", to: 1) == "…")
  }
}
