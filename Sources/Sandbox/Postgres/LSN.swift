/// A position in PostgreSQL's write-ahead log, in bytes since its beginning.
package struct LSN: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var position: UInt64

  package init(position: UInt64) {
    self.position = position
  }

  /// Reads the server's notation, two hexadecimal numbers as in `0/16B3748`.
  package init?(_ text: String) {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let high = UInt32(halves[0], radix: 16),
      let low = UInt32(halves[1], radix: 16)
    else { return nil }
    position = UInt64(high) << 32 | UInt64(low)
  }

  package var description: String {
    String(position >> 32, radix: 16, uppercase: true) + "/"
      + String(position & 0xFFFF_FFFF, radix: 16, uppercase: true)
  }

  package static func < (left: Self, right: Self) -> Bool {
    left.position < right.position
  }
}
