/// A text that gives a secret away by what stands around it, whether it was declared or not.
enum Shape: CaseIterable {
  case connectionURI, authorization, cookie, privateKey

  /// The pairs of bytes that a shape begins with.
  static let leads: [(UInt8, UInt8)] = [
    (UInt8(ascii: ":"), UInt8(ascii: "/")), (UInt8(ascii: "-"), UInt8(ascii: "-")),
    (UInt8(ascii: "A"), UInt8(ascii: "u")), (UInt8(ascii: "a"), UInt8(ascii: "u")),
    (UInt8(ascii: "A"), UInt8(ascii: "U")), (UInt8(ascii: "C"), UInt8(ascii: "o")),
    (UInt8(ascii: "c"), UInt8(ascii: "o")), (UInt8(ascii: "C"), UInt8(ascii: "O")),
  ]

  enum Result {
    case match(Range<Int>, name: String)
    case mismatch
    case needsMore
  }

  /// Looks for a shape whose first byte is at an offset; gives the range to be masked.
  static func find(in bytes: borrowing [UInt8], at offset: Int, isFinal: Bool) -> Result {
    switch bytes[offset] {
    case UInt8(ascii: ":"): connectionURI(bytes, offset, isFinal)
    case UInt8(ascii: "-"): privateKey(bytes, offset, isFinal)
    case UInt8(ascii: "A"), UInt8(ascii: "a"):
      header("authorization", bytes, offset, isFinal)
    case UInt8(ascii: "C"), UInt8(ascii: "c"): header("cookie", bytes, offset, isFinal)
    default: .mismatch
    }
  }

  /// Finds the password of `://user:password@`.
  private static func connectionURI(
    _ bytes: borrowing [UInt8],
    _ offset: Int,
    _ isFinal: Bool
  ) -> Result {
    switch prefix("://", of: bytes, at: offset) {
    case .mismatch: return .mismatch
    case .needsMore: return isFinal ? .mismatch : .needsMore
    case .match: break
    }
    var colon: Int?
    var index = offset + 3
    while index < bytes.count, index - offset < 4096 {
      switch bytes[index] {
      case UInt8(ascii: ":"): colon = colon ?? index
      case UInt8(ascii: "@"):
        guard let colon, index > colon + 1 else { return .mismatch }
        return .match(colon + 1..<index, name: "password")
      case 0...0x20, UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""),
        UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"):
        return .mismatch
      default: break
      }
      index += 1
    }
    return isFinal || index - offset >= 4096 ? .mismatch : .needsMore
  }

  /// `-----BEGIN … PRIVATE KEY-----` to its end line, or as far as the text goes.
  private static func privateKey(
    _ bytes: borrowing [UInt8],
    _ offset: Int,
    _ isFinal: Bool
  ) -> Result {
    switch prefix("-----BEGIN ", of: bytes, at: offset) {
    case .mismatch: return .mismatch
    case .needsMore: return isFinal ? .mismatch : .needsMore
    case .match: break
    }
    var index = offset + 11
    while index < bytes.count, bytes[index] != UInt8(ascii: "-"), index - offset < 64 { index += 1 }
    guard index < bytes.count else { return isFinal ? .mismatch : .needsMore }
    let label = String(decoding: bytes[offset + 11..<index], as: UTF8.self)
    guard label.hasSuffix("PRIVATE KEY") else { return .mismatch }
    while index < bytes.count, index - offset < 32_768 {
      if bytes[index] == UInt8(ascii: "-"), case .match = prefix("-----END ", of: bytes, at: index)
      {
        var end = index + 9
        while end < bytes.count, bytes[end] != UInt8(ascii: "-"), end - index < 64 { end += 1 }
        while end < bytes.count, bytes[end] == UInt8(ascii: "-"), end - index < 80 { end += 1 }
        if end == bytes.count, !isFinal { return .needsMore }
        return .match(offset..<end, name: "private key")
      }
      index += 1
    }
    if index == bytes.count, !isFinal { return .needsMore }
    return .match(offset..<index, name: "private key")
  }

  /// `Authorization:`, `Cookie:` or `Set-Cookie:`, quoted or not, to the end of its line or text.
  private static func header(
    _ name: String,
    _ bytes: borrowing [UInt8],
    _ offset: Int,
    _ isFinal: Bool
  ) -> Result {
    switch prefix(name, of: bytes, at: offset, foldsCase: true) {
    case .mismatch: return .mismatch
    case .needsMore: return isFinal ? .mismatch : .needsMore
    case .match: break
    }
    var index = offset + name.utf8.count
    var sawColon = false
    while index < bytes.count, index - offset < 64 {
      let byte = bytes[index]
      if byte == UInt8(ascii: ":"), !sawColon {
        sawColon = true
      } else if !(byte == 0x20 || byte == 0x09 || byte == UInt8(ascii: "\"")
        || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\"))
      {
        break
      }
      index += 1
    }
    guard index < bytes.count else { return isFinal ? .mismatch : .needsMore }
    guard sawColon else { return .mismatch }
    return value(name, bytes, index, isFinal)
  }

  private static func value(
    _ name: String,
    _ bytes: borrowing [UInt8],
    _ start: Int,
    _ isFinal: Bool
  ) -> Result {
    var begin = start
    var index = start
    let keepsUpTo = name == "cookie" ? UInt8(ascii: "=") : 0x20
    while index < bytes.count, index - start < 65_536 {
      let byte = bytes[index]
      if byte == 0x0A || byte == 0x0D || byte == 0 || byte == UInt8(ascii: "\"") { break }
      // The scheme or the cookie's name may be seen.
      if begin == start, byte == keepsUpTo, index - start < 64 { begin = index + 1 }
      index += 1
    }
    if index == bytes.count, !isFinal { return .needsMore }
    while index > begin, bytes[index - 1] == UInt8(ascii: "\\") { index -= 1 }
    guard !isVariable(bytes, begin..<index) else { return .mismatch }
    return begin < index ? .match(begin..<index, name: name) : .mismatch
  }

  /// `$NAME` in a command line says where a secret is; it is none.
  private static func isVariable(_ bytes: borrowing [UInt8], _ range: Range<Int>) -> Bool {
    guard range.count > 1, bytes[range.lowerBound] == UInt8(ascii: "$") else { return false }
    for index in range.dropFirst() {
      switch bytes[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): continue
      case UInt8(ascii: "0")...UInt8(ascii: "9") where index > range.lowerBound + 1: continue
      default: return false
      }
    }
    return true
  }

  private enum Prefix {
    case match, mismatch, needsMore
  }

  private static func prefix(
    _ text: String,
    of bytes: borrowing [UInt8],
    at offset: Int,
    foldsCase: Bool = false
  ) -> Prefix {
    var index = offset
    for wanted in text.utf8 {
      guard index < bytes.count else { return .needsMore }
      let byte = foldsCase ? bytes[index] | 0x20 : bytes[index]
      guard byte == (foldsCase ? wanted | 0x20 : wanted) else { return .mismatch }
      index += 1
    }
    return .match
  }
}
