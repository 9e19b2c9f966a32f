/// Why a text is not JSON, and at which byte.
package struct JSONError: Error, Hashable, Sendable {
  package let message: String
  package let offset: Int
}

extension JSON {
  /// Reads one JSON text; nothing but white space may follow it.
  ///
  /// Nesting beyond 512 levels is an error. Bytes that are not UTF-8 become U+FFFD.
  package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSON {
    var parser = JSONParser(bytes: bytes)
    return try parser.parse()
  }

  package static func parse(_ text: String) throws(JSONError) -> JSON {
    try parse(Array(text.utf8))
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func parse() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw failure("something follows the JSON text") }
    return value
  }

  func failure(_ message: String) -> JSONError { JSONError(message: message, offset: offset) }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let byte = current, UInt32(byte) == character.value else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth < 512 else { throw failure("the JSON text is nested too deeply") }
    skipSpace()
    guard let byte = current else { throw failure("the JSON text ends too early") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure("this is not JSON")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
    let utf8 = Array(word.utf8)
    guard offset + utf8.count <= bytes.count,
      bytes[offset..<offset + utf8.count].elementsEqual(utf8)
    else { throw failure("this is not JSON") }
    offset += utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    offset += 1
    var members: [JSON.Member] = []
    skipSpace()
    if take("}") { return .object([]) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw failure("a member needs a name") }
      let name = try string()
      skipSpace()
      guard take(":") else { throw failure("a ':' is missing") }
      members.append(JSON.Member(name, try value(depth: depth + 1)))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw failure("a ',' or '}' is missing") }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    offset += 1
    var elements: [JSON] = []
    skipSpace()
    if take("]") { return .array([]) }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take("]") { return .array(elements) }
      guard take(",") else { throw failure("a ',' or ']' is missing") }
    }
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = offset
    var isWhole = true
    _ = take("-")
    let firstDigit = offset
    while let byte = current, (48...57).contains(byte) { offset += 1 }
    guard offset > firstDigit else { throw failure("a number needs digits") }
    if bytes[firstDigit] == 48, offset - firstDigit > 1 { throw failure("a number begins with 0") }
    if take(".") {
      isWhole = false
      let digits = offset
      while let byte = current, (48...57).contains(byte) { offset += 1 }
      guard offset > digits else { throw failure("a number needs digits") }
    }
    if take("e") || take("E") {
      isWhole = false
      if !take("+") { _ = take("-") }
      let digits = offset
      while let byte = current, (48...57).contains(byte) { offset += 1 }
      guard offset > digits else { throw failure("a number needs digits") }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let number = Int64(text) { return .int(number) }
    guard let number = Double(text), number.isFinite else {
      throw failure("this number can not be read")
    }
    return .number(number)
  }

  private mutating func string() throws(JSONError) -> String {
    offset += 1
    let start = offset
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      offset += 1
    }
    if take("\"") { return String(decoding: bytes[start..<offset - 1], as: UTF8.self) }
    var text = Array(bytes[start..<offset])
    while true {
      guard let byte = current else { throw failure("a text has no end") }
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw failure("a control character stands in a text")
      default:
        text.append(byte)
        offset += 1
      }
    }
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    offset += 1
    guard let byte = current else { throw failure("a text has no end") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"):
      let scalar = try scalar()
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw failure("this escape is not JSON's")
    }
  }

  /// Reads one `\u` escape, or two that are a pair; a surrogate alone becomes U+FFFD.
  private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
    let unit = try hexadecimal()
    guard (0xD800..<0xDC00).contains(unit), offset + 1 < bytes.count,
      bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
    let afterFirst = offset
    offset += 2
    let low = try hexadecimal()
    guard (0xDC00..<0xE000).contains(low) else {
      // What follows is an escape of its own.
      offset = afterFirst
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for place in offset..<offset + 4 {
      guard place < bytes.count, let digit = Self.hexadecimalDigit(bytes[place]) else {
        throw failure("an escape needs four digits")
      }
      unit = unit << 4 | digit
    }
    offset += 4
    return unit
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
