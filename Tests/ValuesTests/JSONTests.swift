import Testing
import Values

@Suite struct JSONTests {
  @Test func `every kind of value is read`() throws {
    let json = try JSON.parse(
      #" { "a" : [ null , true , false , 12 , -3 , 1.5 , 2e3 ] , "b" : { } , "c" : "x" } "#
    )
    #expect(json["a"] == [nil, true, false, 12, -3, 1.5, 2000.0])
    #expect(json["b"] == JSON.object([]))
    #expect(json["c"]?.stringValue == "x")
    #expect(json["d"] == nil)
    #expect(json["a"]?[3]?.intValue == 12)
    #expect(json["a"]?[7] == nil)
    #expect(json["a"]?["x"] == nil)
    #expect(json["a"]?[6]?.intValue == 2000)
    #expect(json["a"]?[5]?.intValue == nil)
  }

  @Test(arguments: [
    ("9223372036854775807", JSON.int(.max)), ("-9223372036854775808", JSON.int(.min)),
    ("9223372036854775808", JSON.number(9_223_372_036_854_775_808)), ("-0", JSON.int(0)),
    ("0.1", JSON.number(0.1)), ("1E+2", JSON.number(100)), ("1e-2", JSON.number(0.01)),
  ])
  func `a number keeps its size`(text: String, value: JSON) throws {
    #expect(try JSON.parse(text) == value)
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u0041""#, "éA"),
    (#""\ud83d\ude80""#, "🚀"), (#""\ud800""#, "\u{FFFD}"), (#""\udc00x""#, "\u{FFFD}x"),
    (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"),
    (#""\ud800\ud83d\ude80""#, "\u{FFFD}🚀"), (#""\ud800\"""#, "\u{FFFD}\""),
    ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
  ])
  func `escapes and surrogates are read`(text: String, value: String) throws {
    #expect(try JSON.parse(text).stringValue == value)
  }

  @Test func `bytes that are no UTF-8 become the replacement character`() throws {
    #expect(try JSON.parse([0x22, 0x61, 0xFF, 0x22]).stringValue == "a\u{FFFD}")
  }

  @Test(arguments: [
    ("", "the JSON text ends too early", 0), ("  ", "the JSON text ends too early", 2),
    ("nul", "this is not JSON", 0), ("[1,]", "this is not JSON", 3),
    ("[1 2]", "a ',' or ']' is missing", 3), ("[1", "a ',' or ']' is missing", 2),
    ("{1:2}", "a member needs a name", 1), (#"{"a" 1}"#, "a ':' is missing", 5),
    (#"{"a":1 "b":2}"#, "a ',' or '}' is missing", 7),
    (#"{"a":1,}"#, "a member needs a name", 7),
    ("1 2", "something follows the JSON text", 2), ("-", "a number needs digits", 1),
    ("01", "a number begins with 0", 2), ("1.", "a number needs digits", 2),
    ("1e", "a number needs digits", 2), ("\"a", "a text has no end", 2),
    (#""\x""#, "this escape is not JSON's", 3), (#""\u12""#, "an escape needs four digits", 3),
    (#""\u+123""#, "an escape needs four digits", 3),
    (#""\u-000""#, "an escape needs four digits", 3),
    ("\"a\u{1}\"", "a control character stands in a text", 2),
    ("1e999", "this number can not be read", 5), ("NaN", "this is not JSON", 0),
    ("\u{FEFF}1", "this is not JSON", 0),
  ])
  func `a wrong text is refused with its place`(text: String, message: String, offset: Int) {
    let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
    #expect(error?.message == message)
    #expect(error?.offset == offset)
  }

  @Test func `nesting has a limit and never overflows the stack`() throws {
    let deepest = String(repeating: "[", count: 511) + String(repeating: "]", count: 511)
    #expect(try JSON.parse(deepest).arrayValue?.count == 1)
    for open in ["[", #"{"a":"#] {
      #expect(throws: JSONError.self) {
        try JSON.parse(String(repeating: open, count: 200_000))
      }
    }
  }

  @Test func `what is written is escaped, and nothing else is`() {
    let text = "\"\\\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}/é🚀"
    #expect(
      JSON.string(text).text == #""\"\\\n\r\t\b\f\u0000\u001f"# + "\u{7F}/é🚀\""
    )
    #expect(JSON.number(.infinity).text == "null")
    #expect(JSON.number(.nan).text == "null")
    #expect(JSON.number(-0.0).text == "0")
    #expect(JSON.number(3).text == "3")
    #expect(JSON.number(0.1).text == "0.1")
    #expect(JSON.array([]).text == "[]")
    #expect(JSON.object([]).text == "{}")
  }

  @Test func `canonical members stand in the order of RFC 8785`() {
    // The example of the RFC, 3.2.3: by UTF-16 units, so the emoji comes before U+FB33.
    let names = ["\u{20AC}", "\r", "\u{FB33}", "1", "\u{1F600}", "\u{80}", "\u{F6}"]
    let json = JSON.object(names.map { JSON.Member($0, ["b": 1, "a": 2]) })
    let sorted = ["\r", "1", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{FB33}"]
    let expected =
      "{"
      + sorted.map { JSON.string($0).text + #":{"a":2,"b":1}"# }.joined(separator: ",") + "}"
    #expect(json.canonicalText == expected)
    #expect(json.text.hasPrefix(#"{"€":{"b":1,"a":2}"#))
  }

  @Test(arguments: 1...8)
  func `what is written is read back the same`(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<150 {
      let json = JSON.random(depth: 4, &numbers)
      #expect(try JSON.parse(json.text) == json)
      #expect(try JSON.parse(json.canonicalText).canonicalText == json.canonicalText)
    }
  }

  @Test(arguments: 1...8)
  func `no damaged text makes the parser fall`(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<300 {
      var bytes = JSON.random(depth: 4, &numbers).bytes(isCanonical: false)
      for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &numbers)
        bytes[place] = UInt8.random(in: 0...255, using: &numbers)
      }
      do throws(JSONError) {
        let json = try JSON.parse(bytes)
        #expect((try? JSON.parse(json.text))?.text == json.text)
      } catch {
        #expect((0...bytes.count).contains(error.offset))
      }
    }
  }
}

extension JSON {
  fileprivate static func random(depth: Int, _ numbers: inout SeededNumbers) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &numbers) {
    case 0: .null
    case 1: .bool(Bool.random(using: &numbers))
    case 2: .int(Int64.random(in: .min ... .max, using: &numbers))
    // A whole one is read back as an int.
    case 3: .number(Double(Int.random(in: -999...999, using: &numbers)) * 8 + 0.37)
    case 4, 5: .string(numbers.text())
    case 6:
      .array(
        (0..<Int.random(in: 0...4, using: &numbers)).map { _ in
          random(depth: depth - 1, &numbers)
        }
      )
    default:
      .object(
        (0..<Int.random(in: 0...4, using: &numbers)).map { number in
          Member("\(number)" + numbers.text(), random(depth: depth - 1, &numbers))
        }
      )
    }
  }
}
