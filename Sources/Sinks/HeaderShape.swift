/// `Authorization:`, `Cookie:` or `Set-Cookie:`, as headers, JSON and command lines write it.
struct HeaderShape {
  private let shape: Shape
  private let isFinal: Bool
  private static let longestValue = 65_536

  private var name: StaticString { shape == .cookie ? "cookie" : "authorization" }

  init(_ shape: Shape, isFinal: Bool) {
    self.shape = shape
    self.isFinal = isFinal
  }

  /// What stands between name and value.
  private struct Opening {
    /// Where the value begins.
    var value: Int
    /// How many backslashes stand before the quote that opens it; nothing if none does.
    var backslashes: Int?
    /// A list of values, as JSON writes a header that comes more than once.
    var isList = false
  }

  private enum Step {
    case opening(Opening)
    case end(Shape.Result)
  }

  func find(_ bytes: borrowing [UInt8], _ offset: Int) -> Shape.Result {
    switch Shape.prefix(name, of: bytes, at: offset, foldsCase: true) {
    case .mismatch: return .mismatch
    case .needsMore: return isFinal ? .mismatch : .needsMore
    case .match: break
    }
    switch opening(bytes, offset) {
    case .end(let result): return result
    case .opening(let opening): return value(bytes, opening)
    }
  }

  private func opening(_ bytes: borrowing [UInt8], _ offset: Int) -> Step {
    var index = offset + name.utf8CodeUnitCount
    var sawColon = false
    var opening = Opening(value: index)
    var backslashes = 0
    scan: while index < bytes.count, index - offset < 64 {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: ":") where !sawColon: sawColon = true
      case UInt8(ascii: "["), 0x0A, 0x0D:
        // A list may have a line for each of its values.
        guard sawColon, byte == UInt8(ascii: "[") || opening.isList else { break scan }
        opening.isList = true
      case UInt8(ascii: "\\"):
        backslashes += 1
        index += 1
        continue scan
      case UInt8(ascii: "\""): if sawColon { opening.backslashes = backslashes }
      case 0x20, 0x09, UInt8(ascii: "'"): break
      default: break scan
      }
      backslashes = 0
      index += 1
    }
    guard index < bytes.count else { return .end(isFinal ? .mismatch : .needsMore) }
    opening.value = index - backslashes
    return sawColon ? .opening(opening) : .end(.mismatch)
  }

  private func value(_ bytes: borrowing [UInt8], _ opening: Opening) -> Shape.Result {
    let start = opening.value
    let seen = visibleLength(bytes, start)
    // In parameters such as Digest's, quotes stand around parts of the value.
    let hasParameters =
      shape == .authorization && opening.backslashes == nil && seen > 0
      && !isPlainScheme(bytes, start)
    var index = start
    var backslashes = 0
    var depth = 0
    scan: while index < bytes.count, index - start < Self.longestValue {
      let mayEnd = bytes[index] == 0xE2 || bytes[index] == UInt8(ascii: "<")
      if backslashes > 0 || mayEnd, !opening.isList {
        guard let isEnd = isWrittenLineEnd(bytes, index, backslashes) else { return .needsMore }
        if isEnd { break scan }
      }
      switch bytes[index] {
      case 0, 0x0A, 0x0D: if !opening.isList || bytes[index] == 0 { break scan }
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]") where opening.isList:
        if depth == 0 { break scan }
        depth -= 1
      case UInt8(ascii: "\\"):
        backslashes += 1
        index += 1
        continue scan
      case UInt8(ascii: "\""):
        if !opening.isList, !hasParameters, backslashes <= opening.backslashes ?? backslashes {
          break scan
        }
      default: break
      }
      backslashes = 0
      index += 1
    }
    if index == bytes.count, !isFinal { return .needsMore }
    let begin = start + seen
    let end = index - backslashes
    guard begin < end, !isVariable(bytes, begin..<end), !isMask(bytes, begin..<end) else {
      return .mismatch
    }
    return .match(begin..<end, shape)
  }

  /// `\n` and `\r` behind backslashes, the pictures of line ends, and `<br>`; nothing if the bytes end
  /// before that is known.
  private func isWrittenLineEnd(
    _ bytes: borrowing [UInt8],
    _ index: Int,
    _ backslashes: Int
  ) -> Bool? {
    let byte = bytes[index]
    if backslashes > 0, byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r") { return true }
    if byte == UInt8(ascii: "<") {
      switch Shape.prefix("<br>", of: bytes, at: index) {
      case .match: return true
      case .mismatch: return false
      case .needsMore: return isFinal ? false : nil
      }
    }
    guard byte == 0xE2 else { return false }
    guard index + 2 < bytes.count else { return isFinal ? false : nil }
    return bytes[index + 1] == 0x90 && (bytes[index + 2] == 0x8A || bytes[index + 2] == 0x8D)
  }

  /// What was masked before: masking it again could only take away what follows.
  private func isMask(_ bytes: borrowing [UInt8], _ range: Range<Int>) -> Bool {
    let opening: [UInt8] = [0xE2, 0x80, 0xB9]
    let closing: [UInt8] = [0xE2, 0x80, 0xBA]
    guard range.count > 6 else { return false }
    for place in 0..<3 {
      guard bytes[range.lowerBound + place] == opening[place],
        bytes[range.upperBound - 3 + place] == closing[place]
      else { return false }
    }
    return true
  }

  // MARK: - What may be seen

  /// The schemes that are registered (iana.org/assignments/http-authschemes) or usual: any other
  /// first word may be the secret itself.
  private static let schemes: [StaticString] = [
    "basic", "bearer", "token", "apikey", "negotiate", "ntlm", "digest", "hawk", "hoba", "mutual",
    "oauth", "dpop", "gnap", "vapid", "signature", "aws4-hmac-sha256",
    "scram-sha-1", "scram-sha-256", "privatetoken", "concealed", "sso-key", "key",
  ]
  /// Those whose value is one word.
  private static let plainSchemes: [StaticString] = [
    "basic", "bearer", "token", "apikey", "negotiate", "ntlm",
  ]

  /// How much of the value names something: the scheme, or the cookie's name.
  private func visibleLength(_ bytes: borrowing [UInt8], _ start: Int) -> Int {
    if shape == .authorization {
      for scheme in Self.schemes where isWord(scheme, bytes, start) {
        return scheme.utf8CodeUnitCount + 1
      }
      return 0
    }
    var index = start
    while index < bytes.count, index - start < 64, Self.isNameByte(bytes[index]) { index += 1 }
    return index < bytes.count && bytes[index] == UInt8(ascii: "=") ? index - start + 1 : 0
  }

  private func isPlainScheme(_ bytes: borrowing [UInt8], _ start: Int) -> Bool {
    for scheme in Self.plainSchemes where isWord(scheme, bytes, start) { return true }
    return false
  }

  private func isWord(_ word: StaticString, _ bytes: borrowing [UInt8], _ start: Int) -> Bool {
    let end = start + word.utf8CodeUnitCount
    guard case .match = Shape.prefix(word, of: bytes, at: start, foldsCase: true) else {
      return false
    }
    return end < bytes.count && bytes[end] == 0x20
  }

  /// What RFC 6265 lets a cookie's name hold.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7F...0xFF: false
    case UInt8(ascii: "="), UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\""),
      UInt8(ascii: "\\"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: "("), UInt8(ascii: ")"):
      false
    default: true
    }
  }

  /// `$NAME` in a command line says where a secret is; it is none.
  private func isVariable(_ bytes: borrowing [UInt8], _ range: Range<Int>) -> Bool {
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
}
