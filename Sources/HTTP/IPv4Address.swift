/// A dotted IPv4 address of four plain decimal numbers.
///
/// The historic short, octal and hexadecimal forms are not read: resolvers take them for addresses
/// that do not look like what they are.
struct IPv4Address {
  let parts: [UInt8]

  init?(_ text: String) {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 4 else { return nil }
    var parts: [UInt8] = []
    for word in words {
      guard word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let part = UInt8(word),
        word == "0" || word.utf8.first != 0x30
      else { return nil }
      parts.append(part)
    }
    self.parts = parts
  }

  var isLoopback: Bool { parts[0] == 127 }
}
