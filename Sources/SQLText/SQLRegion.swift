/// What a byte of an SQL text belongs to, as the server's lexer sees it (manual, 4.1), with
/// `standard_conforming_strings` on.
package enum SQLRegion: Hashable, Sendable {
  case code
  case string
  case quotedIdentifier
  case dollarQuoted
  case comment

  /// The region at a byte offset; delimiters belong to what they delimit.
  package static func at(_ offset: Int, in sql: String) -> SQLRegion {
    var scanner = RegionScanner(bytes: Array(sql.utf8))
    while let (region, range) = scanner.next() {
      if offset < range.upperBound { return region }
    }
    return .code
  }

  /// The text with a blank for each byte that is no code, so that words can be looked for in it.
  static func code(of sql: String) -> [UInt8] {
    var bytes = Array(sql.utf8)
    var scanner = RegionScanner(bytes: bytes)
    while let (region, range) = scanner.next() {
      guard region != .code else { continue }
      for index in range where index < bytes.count { bytes[index] = UInt8(ascii: " ") }
    }
    return bytes
  }
}

/// Reads the regions of a text, or of a part of one, in order; code comes a byte at a time.
struct RegionScanner {
  let bytes: [UInt8]
  private let end: Int
  private var index: Int

  init(bytes: [UInt8], in range: Range<Int>? = nil) {
    self.bytes = bytes
    index = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  private func byte(_ distance: Int = 0) -> UInt8 {
    index + distance < end ? bytes[index + distance] : 0
  }

  mutating func next() -> (SQLRegion, Range<Int>)? {
    guard index < end else { return nil }
    let start = index
    let region = skipRegion()
    return (region, start..<index)
  }

  private mutating func skipRegion() -> SQLRegion {
    switch (byte(), byte(1)) {
    case (UInt8(ascii: "'"), _):
      let isEscaping =
        index > 0 && bytes[index - 1] | 0x20 == UInt8(ascii: "e") && startsWord(index - 1)
      skipQuoted(UInt8(ascii: "'"), withBackslashes: isEscaping)
      return .string
    case (UInt8(ascii: "\""), _):
      skipQuoted(UInt8(ascii: "\""), withBackslashes: false)
      return .quotedIdentifier
    case (UInt8(ascii: "-"), UInt8(ascii: "-")):
      while index < end, byte() != 0x0A, byte() != 0x0D { index += 1 }
      return .comment
    case (UInt8(ascii: "/"), UInt8(ascii: "*")):
      skipBlockComment()
      return .comment
    case (UInt8(ascii: "$"), _):
      if startsWord(index), skipDollarQuoted() { return .dollarQuoted }
      index += 1
      return .code
    default:
      index += 1
      return .code
    }
  }

  /// Whether no identifier goes on from the byte before.
  private func startsWord(_ place: Int) -> Bool {
    guard place > 0 else { return true }
    return !Self.isWord(bytes[place - 1])
  }

  static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || isDigit(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func skipQuoted(_ quote: UInt8, withBackslashes: Bool) {
    index += 1
    while index < end {
      if withBackslashes, byte() == UInt8(ascii: "\\") {
        index += 2
      } else if byte() != quote {
        index += 1
      } else if byte(1) == quote {
        index += 2
      } else {
        index += 1
        return
      }
    }
    index = end
  }

  private mutating func skipBlockComment() {
    var depth = 0
    while index < end {
      switch (byte(), byte(1)) {
      case (UInt8(ascii: "/"), UInt8(ascii: "*")):
        depth += 1
        index += 2
      case (UInt8(ascii: "*"), UInt8(ascii: "/")):
        depth -= 1
        index += 2
        if depth == 0 { return }
      default: index += 1
      }
    }
    index = end
  }

  private mutating func skipDollarQuoted() -> Bool {
    var close = index + 1
    while close < end, Self.isWord(bytes[close]), bytes[close] != UInt8(ascii: "$") { close += 1 }
    guard close < end, bytes[close] == UInt8(ascii: "$"), !Self.isDigit(byte(1)) else {
      return false
    }
    let tag = Array(bytes[index...close])
    index = close + 1
    while index + tag.count <= end {
      if bytes[index] == tag[0], bytes[index..<index + tag.count].elementsEqual(tag) {
        index += tag.count
        return true
      }
      index += 1
    }
    index = end
    return true
  }
}
