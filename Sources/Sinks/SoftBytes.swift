/// What may stand between the letters of a secret without hiding it from a reader.
enum SoftBytes {
  /// Longer runs between two letters are no encoding of the secret any more.
  static let longestRun = 1024

  /// Blanks, controls, quotes and backslashes: what quoting and wrapping add.
  static func isSoft(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "'")
      || byte == UInt8(ascii: "\"")
  }

  /// What is soft and nothing else: it neither encodes nor steers anything.
  @inline(__always)
  static func isBlank(_ byte: UInt8) -> Bool {
    byte <= 0x20 && byte != 0x1B && byte != 0x08 || byte == UInt8(ascii: "\"")
      || byte == UInt8(ascii: "'")
  }

  /// Says that the second letter need not stand right behind the first.
  static func canBeginSoftOrEscape(_ byte: UInt8) -> Bool {
    isSoft(byte) || isAmbiguous(byte)
  }

  /// Says that a letter of the secret may also be something soft, or begin an encoding.
  static func isAmbiguous(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "_"): true
    default: isInvisibleLead(byte)
    }
  }

  /// Where a run of backslashes ends that begins at an offset, or where it gets too long.
  static func endOfBackslashes(in bytes: borrowing [UInt8], at offset: Int) -> Int {
    var index = offset
    while index < bytes.count, bytes[index] == UInt8(ascii: "\\"), index - offset < longestRun {
      index += 1
    }
    return index
  }

  private static func isInvisibleLead(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xEF, 0xF3: true
    default: false
    }
  }

  /// The length of a character without width (or a C1 control) at an offset; 0 if there is none,
  /// nothing if the bytes end before that is known.
  static func invisibleLength(in bytes: borrowing [UInt8], at offset: Int) -> Int? {
    let lead = bytes[offset]
    guard lead >= 0xC2, isInvisibleLead(lead) else { return 0 }
    let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    guard offset + length <= bytes.count else { return nil }
    var scalar = UInt32(lead) & (lead < 0xE0 ? 0x1F : lead < 0xF0 ? 0x0F : 0x07)
    for index in offset + 1..<offset + length {
      guard bytes[index] & 0xC0 == 0x80 else { return 0 }
      scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
    }
    return Invisible.contains(scalar) ? length : 0
  }

  /// The length of a terminal's control sequence that begins with the ESC at an offset; nothing if
  /// the bytes end before it does.
  static func escapeSequenceLength(in bytes: borrowing [UInt8], at offset: Int) -> Int? {
    guard offset + 1 < bytes.count else { return nil }
    var index = offset + 2
    switch bytes[offset + 1] {
    case UInt8(ascii: "["):
      index = skip(0x20...0x3F, in: bytes, from: index)
      return index < bytes.count ? index + 1 - offset : nil
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
      UInt8(ascii: "_"):
      while index < bytes.count, index - offset < longestRun {
        if bytes[index] == 0x07 { return index + 1 - offset }
        if bytes[index] == 0x1B { return index + 1 < bytes.count ? index + 2 - offset : nil }
        index += 1
      }
      // An unended string is no reason to wait for ever.
      return index < bytes.count ? 1 : nil
    case 0x20...0x2F:
      index = skip(0x20...0x2F, in: bytes, from: index)
      return index < bytes.count ? index + 1 - offset : nil
    case 0x30...0x7E: return 2
    default: return 1
    }
  }

  private static func skip(
    _ range: ClosedRange<UInt8>,
    in bytes: borrowing [UInt8],
    from start: Int
  ) -> Int {
    var index = start
    while index < bytes.count, range.contains(bytes[index]), index - start < longestRun {
      index += 1
    }
    return index
  }
}

/// Characters that a reader can not see, or that turn others around.
enum Invisible {
  /// C1 controls, soft hyphen, bidirectional controls, zero-width characters, fillers, tags.
  static func contains(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x80...0x9F, 0xAD, 0x034F, 0x061C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F,
      0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0,
      0xFFF0...0xFFFB, 0xE0000...0xE0FFF:
      true
    default: false
    }
  }
}
