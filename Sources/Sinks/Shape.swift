/// A text that gives a secret away by what stands around it, whether it was declared or not.
enum Shape: UInt8, CaseIterable {
  case connectionURI, authorization, cookie, privateKey

  /// What stands in its mask.
  var name: String {
    switch self {
    case .connectionURI: "password"
    case .authorization: "authorization"
    case .cookie: "cookie"
    case .privateKey: "private key"
    }
  }

  struct Kinds: OptionSet {
    let rawValue: UInt8

    init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    init(_ shape: Shape) {
      rawValue = 1 << shape.rawValue
    }

    /// What ends at the end of its line, or of its key, however often it begins before that.
    static let long: Kinds = [Kinds(.authorization), Kinds(.cookie), Kinds(.privateKey)]
  }

  /// What a shape begins with: two bytes, and all that the third can be.
  static let leads: [(String, Shape)] = [
    (":/\\/", .connectionURI), (":\\\\/", .connectionURI), ("---", .privateKey),
    ("AutT", .authorization), ("autT", .authorization), ("AUtT", .authorization),
    ("CooO", .cookie), ("cooO", .cookie), ("COoO", .cookie),
  ]

  enum Result {
    case match(Range<Int>, Shape)
    case mismatch
    case needsMore
  }

  /// Looks for a shape whose first byte is at an offset; gives the range to be masked.
  ///
  /// - Parameter found: those within which the offset lies: a long one is not looked for again.
  static func find(
    in bytes: borrowing [UInt8],
    at offset: Int,
    isFinal: Bool,
    besides found: Kinds = []
  ) -> Result {
    let shape: Shape
    switch bytes[offset] {
    case UInt8(ascii: ":"): shape = .connectionURI
    case UInt8(ascii: "-"): shape = .privateKey
    case UInt8(ascii: "A"), UInt8(ascii: "a"): shape = .authorization
    case UInt8(ascii: "C"), UInt8(ascii: "c"): shape = .cookie
    default: return .mismatch
    }
    guard !Kinds.long.intersection(found).contains(Kinds(shape)) else { return .mismatch }
    return switch shape {
    case .connectionURI: connectionURI(bytes, offset, isFinal)
    case .privateKey: privateKey(bytes, offset, isFinal)
    case .authorization, .cookie: HeaderShape(shape, isFinal: isFinal).find(bytes, offset)
    }
  }

  // MARK: - A password in a connection URI

  private static let longestURI = 4096

  /// Finds the password of `://user:password@`, and that of `://…?password=…`.
  private static func connectionURI(
    _ bytes: borrowing [UInt8],
    _ offset: Int,
    _ isFinal: Bool
  ) -> Result {
    var index = offset + 1
    // JSON may write `:\/\/`.
    for _ in 0..<2 {
      index = SoftBytes.endOfBackslashes(in: bytes, at: index)
      guard index < bytes.count else { return isFinal ? .mismatch : .needsMore }
      guard bytes[index] == UInt8(ascii: "/") else { return .mismatch }
      index += 1
    }
    var colon: Int?
    var at: Int?
    while index < bytes.count, index - offset < longestURI {
      switch bytes[index] {
      case UInt8(ascii: ":"): colon = colon ?? index
      // A password may hold an `@` that was not encoded; a host never does.
      case UInt8(ascii: "@"): at = index
      case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"):
        if let range = password(from: colon, to: at) { return .match(range, .connectionURI) }
        return query(bytes, offset, from: index, isFinal)
      case let byte where endsURI(byte):
        guard let range = password(from: colon, to: at) else { return .mismatch }
        return .match(range, .connectionURI)
      default: break
      }
      index += 1
    }
    if index == bytes.count, !isFinal { return .needsMore }
    return password(from: colon, to: at).map { .match($0, .connectionURI) } ?? .mismatch
  }

  private static func password(from colon: Int?, to at: Int?) -> Range<Int>? {
    guard let colon, let at, at > colon + 1 else { return nil }
    return colon + 1..<at
  }

  private static func endsURI(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
      || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "`")
  }

  /// The value of `password=` behind a `?`, as libpq takes it.
  private static func query(
    _ bytes: borrowing [UInt8],
    _ offset: Int,
    from start: Int,
    _ isFinal: Bool
  ) -> Result {
    var index = start
    var begin: Int?
    while index < bytes.count, index - offset < longestURI {
      let byte = bytes[index]
      // Where another one begins, that one is looked at by itself.
      let begins =
        byte == UInt8(ascii: ":") && index + 1 < bytes.count
        && bytes[index + 1] == UInt8(ascii: "/")
      if endsURI(byte) || begins { break }
      if byte == UInt8(ascii: "&") || byte == UInt8(ascii: "?") {
        if let begin { return .match(begin..<index, .connectionURI) }
        for name in ["password=", "sslpassword="] as [StaticString] {
          switch prefix(name, of: bytes, at: index + 1) {
          case .match: begin = index + 1 + name.utf8CodeUnitCount
          case .needsMore where !isFinal: return .needsMore
          default: break
          }
        }
      }
      index += 1
    }
    if index == bytes.count, !isFinal { return .needsMore }
    guard let begin, begin < index else { return .mismatch }
    return .match(begin..<index, .connectionURI)
  }

  // MARK: - A private key

  private static let longestKey = 32_768

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
    guard label.hasSuffix("PRIVATE KEY") || label.hasSuffix("PRIVATE KEY BLOCK") else {
      return .mismatch
    }
    while index < bytes.count, index - offset < longestKey {
      if bytes[index] == UInt8(ascii: "-"), case .match = prefix("-----END ", of: bytes, at: index)
      {
        var end = index + 9
        while end < bytes.count, bytes[end] != UInt8(ascii: "-"), end - index < 64 { end += 1 }
        while end < bytes.count, bytes[end] == UInt8(ascii: "-"), end - index < 80 { end += 1 }
        if end == bytes.count, !isFinal { return .needsMore }
        return .match(offset..<end, .privateKey)
      }
      index += 1
    }
    if index == bytes.count, !isFinal { return .needsMore }
    return .match(offset..<index, .privateKey)
  }

  // MARK: - Words

  enum Prefix {
    case match, mismatch, needsMore
  }

  static func prefix(
    _ text: StaticString,
    of bytes: borrowing [UInt8],
    at offset: Int,
    foldsCase: Bool = false
  ) -> Prefix {
    let count = text.utf8CodeUnitCount
    for place in 0..<count {
      guard offset + place < bytes.count else { return .needsMore }
      let wanted = unsafe text.utf8Start[place]
      let byte = bytes[offset + place]
      guard byte == wanted || foldsCase && byte | 0x20 == wanted | 0x20 else { return .mismatch }
    }
    return .match
  }
}
