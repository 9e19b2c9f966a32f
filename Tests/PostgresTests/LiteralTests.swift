import Postgres
import Testing

@Suite struct LiteralTests {
  @Test(arguments: [
    ("{}", []),
    ("{1,2}", [ArrayLiteral.Element.text("1"), .text("2")]),
    ("{a b,NULL,\"NULL\",null,\"\"}", [.text("a b"), .null, .text("NULL"), .null, .text("")]),
    ("{\"a\\\"b\\\\c\",d\\,e}", [.text("a\"b\\c"), .text("d,e")]),
    ("{{1},{2}}", [.array([.text("1")]), .array([.text("2")])]),
    ("[0:1]={1,2}", [.text("1"), .text("2")]),
  ])
  func `an array is read`(_ text: String, _ elements: [ArrayLiteral.Element]) {
    #expect(ArrayLiteral.parse(text) == elements)
  }

  @Test(arguments: [
    "", "{", "}", "{1", "{1,}", "{,1}", "{1}2", "1", "{\"a}", "{{1}", "{1}{2}", "[0:1]{1}",
  ])
  func `what is no array is nil`(_ text: String) {
    #expect(ArrayLiteral.parse(text) == nil)
  }

  @Test(arguments: ["{", "{\"", "{1,"])
  func `a hundred thousand openings are no array`(_ opening: String) {
    #expect(ArrayLiteral.parse(String(repeating: opening, count: 100_000)) == nil)
  }

  @Test(arguments: [
    ("(1,\"a b\",)", ["1", "a b", nil]),
    ("(\"a\"\"b\\\\c\",\"\",x)", ["a\"b\\c", "", "x"]),
    ("(,)", [nil, nil]),
  ])
  func `a record is read`(_ text: String, _ fields: [String?]) {
    #expect(RecordLiteral.parse(text) == fields)
  }

  @Test(arguments: ["", "(", ")", "(1", "1)", "(\"a)", "(1)2)"])
  func `what is no record is nil`(_ text: String) {
    #expect(RecordLiteral.parse(text) == nil)
  }
}
