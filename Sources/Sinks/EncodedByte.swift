/// One character as an encoding writes it: `%2F`, `%252f`, `\x2f`, `\057`, `\u002f`, `&#47;`, `&amp;`.
struct EncodedByte {
  /// The decoded character as UTF-8.
  let bytes: [UInt8]
  let length: Int

  enum Reading {
    case found(EncodedByte)
    case none
    /// The bytes end before it is known.
    case needsMore
  }

  static func read(_ bytes: borrowing [UInt8], at offset: Int, isFinal: Bool) -> Reading {
    switch bytes[offset] {
    case UInt8(ascii: "%"): percent(bytes, at: offset, isFinal)
    case UInt8(ascii: "\\"): backslash(bytes, at: offset)
    case UInt8(ascii: "&"): entity(bytes, at: offset)
    default: .none
    }
  }

  private static func percent(
    _ bytes: borrowing [UInt8],
    at offset: Int,
    _ isFinal: Bool
  ) -> Reading {
    var index = offset + 1
    // Encoded twice: `%25` stands for the `%` itself.
    while index + 1 < bytes.count, bytes[index] == UInt8(ascii: "2"),
      bytes[index + 1] == UInt8(ascii: "5")
    {
      let following = index + 2
      guard following + 1 < bytes.count else {
        if isFinal { break }
        return .needsMore
      }
      guard hexadecimal(bytes[following]) != nil, hexadecimal(bytes[following + 1]) != nil else {
        break
      }
      index = following
    }
    guard index + 1 < bytes.count else { return .needsMore }
    guard let high = hexadecimal(bytes[index]), let low = hexadecimal(bytes[index + 1]) else {
      return .none
    }
    return .found(EncodedByte(bytes: [UInt8(high << 4 | low)], length: index + 2 - offset))
  }

  private static func backslash(_ bytes: borrowing [UInt8], at offset: Int) -> Reading {
    var index = offset + 1
    while index < bytes.count, bytes[index] == UInt8(ascii: "\\") { index += 1 }
    guard index < bytes.count else { return .needsMore }
    switch bytes[index] {
    case UInt8(ascii: "x"): return digits(bytes, index + 1, count: 2, radix: 16, from: offset)
    case UInt8(ascii: "u"): return unicode(bytes, index, from: offset)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      return digits(bytes, index, count: 3, radix: 8, from: offset)
    case UInt8(ascii: "n"): return .found(EncodedByte(bytes: [0x0A], length: index + 1 - offset))
    case UInt8(ascii: "r"): return .found(EncodedByte(bytes: [0x0D], length: index + 1 - offset))
    case UInt8(ascii: "t"): return .found(EncodedByte(bytes: [0x09], length: index + 1 - offset))
    default: return .none
    }
  }

  private static func digits(
    _ bytes: borrowing [UInt8],
    _ start: Int,
    count: Int,
    radix: UInt32,
    from offset: Int
  ) -> Reading {
    var value: UInt32 = 0
    for index in start..<start + count {
      guard index < bytes.count else { return .needsMore }
      guard let digit = hexadecimal(bytes[index]), digit < radix else { return .none }
      value = value * radix + digit
    }
    guard value < 256 else { return .none }
    return .found(EncodedByte(bytes: [UInt8(value)], length: start + count - offset))
  }

  private static func unicode(_ bytes: borrowing [UInt8], _ start: Int, from offset: Int) -> Reading
  {
    var index = start
    guard let unit = codeUnit(bytes, &index) else {
      return start + 5 > bytes.count ? .needsMore : .none
    }
    var scalar = unit
    if (0xD800..<0xDC00).contains(unit) {
      while index < bytes.count, bytes[index] == UInt8(ascii: "\\") { index += 1 }
      guard let low = codeUnit(bytes, &index), (0xDC00..<0xE000).contains(low) else {
        return index + 5 > bytes.count ? .needsMore : .none
      }
      scalar = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    return found(scalar, length: index - offset)
  }

  private static func codeUnit(_ bytes: borrowing [UInt8], _ index: inout Int) -> UInt32? {
    guard index + 5 <= bytes.count, bytes[index] == UInt8(ascii: "u") else { return nil }
    var value: UInt32 = 0
    for place in index + 1..<index + 5 {
      guard let digit = hexadecimal(bytes[place]) else { return nil }
      value = value << 4 | digit
    }
    index += 5
    return value
  }

  private static let namedEntities: [([UInt8], UInt8)] = [
    (Array("amp;".utf8), UInt8(ascii: "&")), (Array("lt;".utf8), UInt8(ascii: "<")),
    (Array("gt;".utf8), UInt8(ascii: ">")), (Array("quot;".utf8), UInt8(ascii: "\"")),
    (Array("apos;".utf8), UInt8(ascii: "'")),
  ]

  private static func entity(_ bytes: borrowing [UInt8], at offset: Int) -> Reading {
    guard offset + 1 < bytes.count else { return .needsMore }
    guard bytes[offset + 1] != UInt8(ascii: "#") else { return numeric(bytes, at: offset) }
    for (name, byte) in namedEntities {
      var index = 0
      while index < name.count, offset + 1 + index < bytes.count,
        bytes[offset + 1 + index] == name[index]
      {
        index += 1
      }
      if index == name.count {
        return .found(EncodedByte(bytes: [byte], length: name.count + 1))
      }
      if offset + 1 + index == bytes.count { return .needsMore }
    }
    return .none
  }

  private static func numeric(_ bytes: borrowing [UInt8], at offset: Int) -> Reading {
    var index = offset + 2
    guard index < bytes.count else { return .needsMore }
    let radix: UInt32 = bytes[index] | 0x20 == UInt8(ascii: "x") ? 16 : 10
    if radix == 16 { index += 1 }
    let start = index
    var value: UInt32 = 0
    while index < bytes.count, index - start < 8, let digit = hexadecimal(bytes[index]),
      digit < radix
    {
      value = value &* radix &+ digit
      index += 1
    }
    guard index < bytes.count else { return .needsMore }
    guard index > start, bytes[index] == UInt8(ascii: ";") else { return .none }
    return found(value, length: index + 1 - offset)
  }

  private static func found(_ value: UInt32, length: Int) -> Reading {
    guard let scalar = Unicode.Scalar(value) else { return .none }
    return .found(EncodedByte(bytes: Array(String(Character(scalar)).utf8), length: length))
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }
}
