private import Glibc

extension URL {
  /// Reads an absolute `http` or `https` address.
  ///
  /// Throws `invalidURL` for user names and passwords in it, for fragments, for hosts that are
  /// neither a name nor a plain IP address, and for anything that different readers read
  /// differently.
  package init(parsing text: String) throws(HTTPError) {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
      throw .invalidURL(text, reason: "it must be printable ASCII without blanks or backslashes")
    }
    guard let separator = text.firstRange(of: "://"),
      let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased())
    else {
      throw .invalidURL(text, reason: "it must begin with https:// or http://")
    }
    let rest = text[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let (host, port) = try Self.hostAndPort(authority, in: text)
    guard !rest.contains("#") else { throw .invalidURL(text, reason: "it has a fragment (#)") }
    let target = rest[authority.endIndex...]
    let path = target.prefix { $0 != "?" }
    let items = target[path.endIndex...].dropFirst()
    self.init(
      scheme: scheme,
      host: host,
      port: port ?? scheme.port,
      segments: try Self.segments(path, in: text),
      endsWithSlash: path.count > 1 && path.hasSuffix("/"),
      query: try Self.query(items, in: text)
    )
  }

  private static func hostAndPort(
    _ authority: Substring,
    in text: String
  ) throws(HTTPError) -> (host: String, port: Int?) {
    guard !authority.contains("@") else {
      // The text is not repeated: it holds a password.
      throw .invalidURL("…@…", reason: "user name and password do not belong in an address")
    }
    var name = authority
    var port: Int?
    if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
        (1...65_535).contains(number)
      else { throw .invalidURL(text, reason: "the port must be 1 to 65535") }
      port = number
      name = authority[..<colon]
    }
    guard let host = validHost(name.lowercased()) else {
      throw .invalidURL(text, reason: "the host must be a name or an IP address")
    }
    return (host, port)
  }

  /// The host in its canonical form, or nil if it is none.
  private static func validHost(_ name: String) -> String? {
    if name.hasPrefix("["), name.hasSuffix("]") {
      let address = String(name.dropFirst().dropLast())
      return isIPv6(address) ? address : nil
    }
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard name.utf8.count <= 253, let last = labels.last, labels.allSatisfy(isLabel) else {
      return nil
    }
    // A last label that begins with a digit makes resolvers read the whole as a number.
    if let first = last.utf8.first, (0x30...0x39).contains(first) {
      return IPv4Address(name) == nil ? nil : name
    }
    return name
  }

  private static func isLabel(_ label: Substring) -> Bool {
    guard (1...63).contains(label.utf8.count), label.first != "-", label.last != "-" else {
      return false
    }
    return label.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
  }

  private static func isIPv6(_ address: String) -> Bool {
    var parsed = in6_addr()
    return unsafe inet_pton(AF_INET6, address, &parsed) == 1
  }

  private static func segments(
    _ path: Substring,
    in text: String
  ) throws(HTTPError) -> [String] {
    var segments: [String] = []
    var words = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    if words.last?.isEmpty == true { words.removeLast() }
    for word in words {
      guard let segment = PercentEncoding.decode(word) else {
        throw .invalidURL(text, reason: "a percent escape in its path is broken")
      }
      guard !segment.isEmpty, segment != ".", segment != "..", !segment.utf8.contains(0) else {
        throw .invalidURL(text, reason: "a path segment must not be empty, '.' or '..'")
      }
      segments.append(segment)
    }
    return segments
  }

  private static func query(
    _ text: Substring,
    in whole: String
  ) throws(HTTPError) -> [QueryItem] {
    var items: [QueryItem] = []
    for word in text.split(separator: "&") {
      let name = word.prefix { $0 != "=" }
      let value = word[name.endIndex...].dropFirst()
      guard let name = decodeQuery(name), let value = decodeQuery(value) else {
        throw .invalidURL(whole, reason: "a percent escape in its query is broken")
      }
      items.append(QueryItem(name, value))
    }
    return items
  }

  private static func decodeQuery(_ text: Substring) -> String? {
    // Forms write a blank as "+"; an encoded plus is %2B.
    PercentEncoding.decode(
      text.split(separator: "+", omittingEmptySubsequences: false).joined(separator: "%20")[...]
    )
  }
}
