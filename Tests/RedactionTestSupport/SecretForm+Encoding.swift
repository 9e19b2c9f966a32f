import Values

extension SecretForm {
  static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  static func one(_ byte: UInt8) -> String { String(UnicodeScalar(byte)) }

  static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  static func percent(_ byte: UInt8) -> String { "%" + hex(byte).uppercased() }

  static func lower(_ text: String) -> String { text.lowercased() }

  static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  static func wide(_ scalar: Unicode.Scalar, _ count: Int) -> String {
    let digits = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }

  static func braced(_ scalar: Unicode.Scalar) -> String {
    "\\u{\(String(scalar.value, radix: 16))}"
  }

  static func unit(_ unit: UInt16) -> String {
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }

  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-_.~".utf8.contains(byte)
    }
  }

  /// Each byte as an encoding writes it, but for those that it leaves as they are.
  static func encoded(
    _ bytes: [UInt8],
    unless isPlain: (UInt8) -> Bool = { _ in false },
    _ encode: (UInt8) -> String
  ) -> [UInt8] {
    bytes.flatMap { isPlain($0) ? [$0] : Array(encode($0).utf8) }
  }

  /// Each character with something around it.
  static func encoded(
    _ bytes: [UInt8],
    byCharacter: Bool,
    _ encode: (String) -> String
  ) -> [UInt8] {
    Array(string(bytes).unicodeScalars.map { encode(String($0)) }.joined().utf8)
  }

  static func json(_ bytes: [UInt8]) -> String {
    String(JSON.string(string(bytes)).text.dropFirst().dropLast())
  }

  static func html(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#x27;")
  }

  static func wrapped(_ bytes: [UInt8], at width: Int, _ end: String) -> [UInt8] {
    var wrapped: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if index > 0, index % width == 0 { wrapped += end.utf8 }
      wrapped.append(byte)
    }
    return wrapped
  }

  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let piece = bytes[start..<min(start + 3, bytes.count)]
      var word: UInt32 = 0
      for index in 0..<3 {
        word = word << 8 | (index < piece.count ? UInt32(piece[start + index]) : 0)
      }
      for index in 0..<4 {
        let digit = alphabet[Int(word >> UInt32(18 - 6 * index) & 63)]
        text.append(index <= piece.count ? digit : UInt8(ascii: "="))
      }
    }
    return text
  }
}

extension String {
  /// Without blanks and line ends at both ends.
  var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// JSON with nothing beyond ASCII.
  var asciiJSON: String {
    unicodeScalars.map { scalar in
      scalar.isASCII ? String(scalar) : String(scalar).utf16.map(SecretForm.unit).joined()
    }.joined()
  }
}
