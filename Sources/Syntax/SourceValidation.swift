import Diagnostics

/// Looks for what no program text holds, before it is cut into tokens: bytes that are not UTF-8,
/// control characters, and the characters that make a line read differently from what it means.
enum SourceValidation {
  /// The longest text that is read, in bytes.
  static let sizeLimit = 16 << 20

  /// How many errors the lexer and the parser each tell; more would fill the memory before a screen.
  static let diagnosticLimit = 1_000

  /// How many findings are worth telling; more say that the file is no text.
  private static let findingLimit = 20

  static func diagnostics(of source: SourceText) -> [Diagnostic] {
    let bytes = source.bytes
    var found: [Diagnostic] = []
    var index = 0
    while index < bytes.count, found.count < findingLimit {
      let byte = bytes[index]
      if byte >= 0x80 {
        index = checkScalar(bytes, index, &found)
      } else {
        if (byte < 0x20 && !isAllowed(bytes, index)) || byte == 0x7F {
          let span = SourceSpan(index, index + 1)
          found.append(.controlCharacter(UInt32(byte), at: span))
        }
        index += 1
      }
    }
    return found
  }

  private static func isAllowed(_ bytes: [UInt8], _ index: Int) -> Bool {
    switch bytes[index] {
    case UInt8(ascii: "\n"), UInt8(ascii: "\t"): true
    case UInt8(ascii: "\r"): index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\n")
    default: false
    }
  }

  /// Checks one scalar beyond ASCII and gives the index behind it.
  private static func checkScalar(
    _ bytes: [UInt8],
    _ index: Int,
    _ found: inout [Diagnostic]
  ) -> Int {
    var decoder = UTF8()
    var iterator = bytes[index..<min(index + 4, bytes.count)].makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
      var end = index + 1
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
      found.append(.notUTF8(at: SourceSpan(index, end)))
      return end
    }
    let end = index + UTF8.width(scalar)
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069:
      found.append(.bidirectionalControl(scalar.value, at: SourceSpan(index, end)))
    case 0x80...0x9F:
      found.append(.controlCharacter(scalar.value, at: SourceSpan(index, end)))
    default: break
    }
    return end
  }
}
