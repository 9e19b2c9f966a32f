internal import Values

/// JSON of which nothing would be lost as a value: its numbers fit, and no name stands twice.
enum ExactJSON {
  /// Nothing where the text should be kept instead.
  static func value(_ text: String) -> Value? {
    let bytes = Array(text.utf8)
    guard !hasLargeNumber(bytes), let json = try? JSON.parse(bytes), !repeatsName(json) else {
      return nil
    }
    return Value(json)
  }

  /// A number outside of strings that neither 64 bits nor fifteen digits of a binary number hold.
  private static func hasLargeNumber(_ bytes: [UInt8]) -> Bool {
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\""): skipString(bytes, &index)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let start = index
        while index < bytes.count, isPartOfNumber(bytes[index]) { index += 1 }
        if !isExact(bytes[start..<index]) { return true }
      default: index += 1
      }
    }
    return false
  }

  private static func skipString(_ bytes: [UInt8], _ index: inout Int) {
    index += 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    index += 1
  }

  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private static func isExact(_ number: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: number, as: UTF8.self)
    if Int64(text) != nil { return true }
    let mantissa = number.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    let digits = mantissa.filter { (48...57).contains($0) }.drop { $0 == 48 }
    guard digits.count <= 15, let value = Double(text), value.isFinite else { return false }
    return digits.isEmpty || value.isNormal
  }

  private static func repeatsName(_ json: JSON) -> Bool {
    switch json {
    case .array(let elements): elements.contains(where: repeatsName)
    case .object(let members):
      Set(members.map(\.name)).count < members.count || members.contains { repeatsName($0.value) }
    default: false
    }
  }
}
