/// One character as an encoding writes it: `%2F`, `%252f`, `\x2f`, `\057`, `\u002f`, `\u{2f}`,
/// `\002f`, `&#47;`, `&amp;`, `&amp;amp;`, `&sol;`.
struct EncodedByte {
  /// The decoded character as UTF-8, the first byte lowest.
  private let packed: UInt32
  let count: Int
  /// How many bytes its encoding takes.
  let length: Int

  init(_ byte: UInt8, length: Int) {
    packed = UInt32(byte)
    count = 1
    self.length = length
  }

  private init?(scalar value: UInt32, length: Int) {
    guard let scalar = Unicode.Scalar(value) else { return nil }
    var packed: UInt32 = 0
    var count = 0
    for unit in UTF8.encode(scalar) ?? .init() {
      packed |= UInt32(unit) << UInt32(8 * count)
      count += 1
    }
    self.packed = packed
    self.count = count
    self.length = length
  }

  subscript(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: packed >> UInt32(8 * index)) }

  /// Blanks, controls and what nobody sees: it stands between letters without hiding them.
  var isSoft: Bool {
    if count == 1 { return SoftBytes.isSoft(self[0]) }
    let bytes = (0..<count).map { self[$0] }
    return SoftBytes.invisibleLength(in: bytes, at: 0) ?? 0 > 0
  }

  enum Reading {
    case found(EncodedByte)
    case none
    /// The bytes end before it is known.
    case needsMore
  }

  static func read(_ bytes: borrowing [UInt8], at offset: Int) -> Reading {
    switch bytes[offset] {
    case UInt8(ascii: "%"): percent(bytes, at: offset)
    case UInt8(ascii: "\\"): backslash(bytes, at: offset)
    case UInt8(ascii: "&"): HTMLEntity.read(bytes, at: offset)
    default: .none
    }
  }

  /// How often something may be encoded so that it is still looked for.
  static let deepest = 3

  /// `%25` and `&amp;` taken as what they say, where ``read(_:at:)`` takes them for the beginning of
  /// something that was encoded again; `%2525` is the same a level deeper.
  static func plain(_ bytes: borrowing [UInt8], at offset: Int, depth: Int) -> EncodedByte? {
    var index = offset + 1
    for _ in 0..<depth {
      if bytes[offset] == UInt8(ascii: "&") {
        guard let following = HTMLEntity.amp(bytes, at: index) else { return nil }
        index = following
      } else {
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "2"),
          bytes[index + 1] == UInt8(ascii: "5")
        else { return nil }
        index += 2
      }
    }
    return EncodedByte(bytes[offset], length: index - offset)
  }

  private static func percent(_ bytes: borrowing [UInt8], at offset: Int) -> Reading {
    var index = offset + 1
    // Encoded twice: `%25` stands for the `%` itself.
    while index + 1 < bytes.count, bytes[index] == UInt8(ascii: "2"),
      bytes[index + 1] == UInt8(ascii: "5"), index - offset <= 2 * deepest
    {
      let following = index + 2
      guard following + 1 < bytes.count else { return .needsMore }
      guard hexadecimal(bytes[following]) != nil, hexadecimal(bytes[following + 1]) != nil else {
        break
      }
      index = following
    }
    guard index + 1 < bytes.count else { return .needsMore }
    guard let high = hexadecimal(bytes[index]), let low = hexadecimal(bytes[index + 1]) else {
      return .none
    }
    return .found(EncodedByte(UInt8(high << 4 | low), length: index + 2 - offset))
  }

  private static func backslash(_ bytes: borrowing [UInt8], at offset: Int) -> Reading {
    let index = SoftBytes.endOfBackslashes(in: bytes, at: offset)
    guard index < bytes.count else { return .needsMore }
    switch bytes[index] {
    case UInt8(ascii: "x"): return digits(bytes, index + 1, count: 2, radix: 16, from: offset)
    case UInt8(ascii: "u"): return unicode(bytes, index, from: offset)
    case UInt8(ascii: "U"): return digits(bytes, index + 1, count: 8, radix: 16, from: offset)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      return digits(bytes, index, count: 3, radix: 8, from: offset)
    default:
      guard let control = control(bytes[index]) else { return .none }
      return .found(EncodedByte(control, length: index + 1 - offset))
    }
  }

  /// What a letter behind a backslash stands for in C, JSON and shells.
  private static func control(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "a"): 0x07
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "t"): 0x09
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "v"): 0x0B
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "e"), UInt8(ascii: "E"): 0x1B
    default: nil
    }
  }

  /// `\0069` and `\+000069` as SQL's `U&'…'` writes them; nothing for anything else.
  ///
  /// It looks like an octal number or a letter, so it is only tried beside those.
  static func sqlUnicode(_ bytes: borrowing [UInt8], at offset: Int) -> Reading {
    let index = SoftBytes.endOfBackslashes(in: bytes, at: offset)
    guard index < bytes.count else { return .needsMore }
    let isLong = bytes[index] == UInt8(ascii: "+")
    let start = isLong ? index + 1 : index
    return digits(bytes, start, count: isLong ? 6 : 4, radix: 16, from: offset)
  }

  /// Two hexadecimal and three octal digits are a byte, more are a character.
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
      value = value &* radix &+ digit
    }
    let length = start + count - offset
    guard count > 3 else {
      return value < 256 ? .found(EncodedByte(UInt8(value), length: length)) : .none
    }
    return EncodedByte(scalar: value, length: length).map { .found($0) } ?? .none
  }

  private static func unicode(_ bytes: borrowing [UInt8], _ start: Int, from offset: Int) -> Reading
  {
    guard start + 1 < bytes.count else { return .needsMore }
    guard bytes[start + 1] != UInt8(ascii: "{") else { return braced(bytes, start, from: offset) }
    var index = start
    guard let unit = codeUnit(bytes, &index) else {
      return start + 5 > bytes.count ? .needsMore : .none
    }
    var scalar = unit
    if (0xD800..<0xDC00).contains(unit) {
      guard index < bytes.count else { return .needsMore }
      index = SoftBytes.endOfBackslashes(in: bytes, at: index)
      guard let low = codeUnit(bytes, &index), (0xDC00..<0xE000).contains(low) else {
        return index + 5 > bytes.count ? .needsMore : .none
      }
      scalar = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    return EncodedByte(scalar: scalar, length: index - offset).map { .found($0) } ?? .none
  }

  /// `\u{2f}`.
  private static func braced(_ bytes: borrowing [UInt8], _ start: Int, from offset: Int) -> Reading
  {
    var value: UInt32 = 0
    var index = start + 2
    while index < bytes.count, index - start < 10, let digit = hexadecimal(bytes[index]) {
      value = value &* 16 &+ digit
      index += 1
    }
    guard index < bytes.count else { return .needsMore }
    guard index > start + 2, bytes[index] == UInt8(ascii: "}") else { return .none }
    return EncodedByte(scalar: value, length: index + 1 - offset).map { .found($0) } ?? .none
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

  /// A character by its number, as entities give it.
  static func numbered(_ value: UInt32, length: Int) -> Reading {
    EncodedByte(scalar: value, length: length).map { .found($0) } ?? .none
  }

  static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }
}
