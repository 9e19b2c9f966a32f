/// `&#47;`, `&#x2f;` and the names that HTML has for what ASCII prints.
enum HTMLEntity {
  static func read(_ bytes: borrowing [UInt8], at offset: Int) -> EncodedByte.Reading {
    var index = offset + 1
    // Encoded twice: `&amp;` stands for the `&` itself.
    while let following = amp(bytes, at: index), index - offset <= 4 * EncodedByte.deepest {
      switch end(bytes, at: following, from: offset) {
      case .none: return .found(EncodedByte(UInt8(ascii: "&"), length: following - offset))
      case .needsMore: return .needsMore
      case .found: index = following
      }
    }
    return end(bytes, at: index, from: offset)
  }

  /// Behind `amp;`; nothing if it does not stand there as a whole.
  static func amp(_ bytes: borrowing [UInt8], at start: Int) -> Int? {
    guard start + 4 <= bytes.count, bytes[start] == UInt8(ascii: "a"),
      bytes[start + 1] == UInt8(ascii: "m"), bytes[start + 2] == UInt8(ascii: "p"),
      bytes[start + 3] == UInt8(ascii: ";")
    else { return nil }
    return start + 4
  }

  /// What follows a `&`, however that was written.
  private static func end(
    _ bytes: borrowing [UInt8],
    at start: Int,
    from offset: Int
  ) -> EncodedByte.Reading {
    guard start < bytes.count else { return .needsMore }
    guard bytes[start] != UInt8(ascii: "#") else { return numeric(bytes, at: start, from: offset) }
    var index = start
    var key: UInt64 = 0
    while index < bytes.count, index - start < longestName, isLetter(bytes[index]) {
      key = key << 8 | UInt64(bytes[index])
      index += 1
    }
    guard index < bytes.count else { return .needsMore }
    guard bytes[index] == UInt8(ascii: ";"), let byte = names[key] else { return .none }
    return .found(EncodedByte(byte, length: index + 1 - offset))
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte | 0x20)
  }

  private static func numeric(
    _ bytes: borrowing [UInt8],
    at start: Int,
    from offset: Int
  ) -> EncodedByte.Reading {
    var index = start + 1
    guard index < bytes.count else { return .needsMore }
    let radix: UInt32 = bytes[index] | 0x20 == UInt8(ascii: "x") ? 16 : 10
    if radix == 16 { index += 1 }
    let first = index
    var value: UInt32 = 0
    while index < bytes.count, index - first < 8,
      let digit = EncodedByte.hexadecimal(bytes[index]), digit < radix
    {
      value = value &* radix &+ digit
      index += 1
    }
    guard index < bytes.count else { return .needsMore }
    guard index > first, bytes[index] == UInt8(ascii: ";") else { return .none }
    return EncodedByte.numbered(value, length: index + 1 - offset)
  }

  /// What the names of a byte begin with; `amp` too, since it may have been encoded twice.
  static func initials(of byte: UInt8) -> Set<UInt8> {
    var initials: Set<UInt8> = [UInt8(ascii: "a")]
    for (key, value) in names where value == byte {
      var key = key
      while key > 0xFF { key >>= 8 }
      initials.insert(UInt8(key))
    }
    return initials
  }

  private static let longestName = 8

  /// The names by their letters (html.spec.whatwg.org, 13.5), as far as they are printed ASCII.
  private static let names: [UInt64: UInt8] = {
    let list: [(UInt8, String)] = [
      (0x09, "Tab"), (0x0A, "NewLine"), (0x20, "nbsp"), (0x21, "excl"), (0x22, "quot QUOT"),
      (0x23, "num"), (0x24, "dollar"), (0x25, "percnt"), (0x26, "amp AMP"), (0x27, "apos"),
      (0x28, "lpar"), (0x29, "rpar"), (0x2A, "ast midast"), (0x2B, "plus"), (0x2C, "comma"),
      (0x2D, "hyphen dash"), (0x2E, "period"), (0x2F, "sol"), (0x3A, "colon"), (0x3B, "semi"),
      (0x3C, "lt LT"), (0x3D, "equals"), (0x3E, "gt GT"), (0x3F, "quest"), (0x40, "commat"),
      (0x5B, "lsqb lbrack"), (0x5C, "bsol"), (0x5D, "rsqb rbrack"), (0x5E, "Hat"),
      (0x5F, "lowbar UnderBar"), (0x60, "grave"), (0x7B, "lcub lbrace"),
      (0x7C, "verbar vert"), (0x7D, "rcub rbrace"),
    ]
    var names: [UInt64: UInt8] = [:]
    for (byte, words) in list {
      for word in words.split(separator: " ") {
        names[word.utf8.reduce(0) { $0 << 8 | UInt64($1) }] = byte
      }
    }
    return names
  }()
}
