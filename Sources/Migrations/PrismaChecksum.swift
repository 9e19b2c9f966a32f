private import CLibCrypto

/// Checksums as Prisma writes them: SHA-256 in lower-case hexadecimal.
package enum PrismaChecksum {
  /// The checksum of a text as it is; nothing where this machine has no SHA-256.
  package static func of(_ text: [UInt8]) -> String? {
    sha256(text).map { hex($0, isPadded: true) }
  }

  /// Says whether a checksum is that of a text, whose line ends may have been turned by git.
  package static func fits(_ checksum: String, _ text: [UInt8]) -> Bool {
    // Old engines wrote each byte without its leading zero (prisma-engines 1887).
    let isPadded = checksum.utf8.count == 64
    func isThatOf(_ bytes: [UInt8]) -> Bool {
      sha256(bytes).map { hex($0, isPadded: isPadded) == checksum } ?? false
    }
    if isThatOf(text) { return true }
    let unix = withUnixLineEnds(text)
    return isThatOf(unix) || isThatOf(withWindowsLineEnds(unix))
  }

  private static func withUnixLineEnds(_ text: [UInt8]) -> [UInt8] {
    var turned: [UInt8] = []
    turned.reserveCapacity(text.count)
    for (index, byte) in text.enumerated() {
      if byte == 13, index + 1 < text.count, text[index + 1] == 10 { continue }
      turned.append(byte)
    }
    return turned
  }

  private static func withWindowsLineEnds(_ text: [UInt8]) -> [UInt8] {
    text.flatMap { $0 == 10 ? [13, 10] : [$0] }
  }

  private static func sha256(_ bytes: [UInt8]) -> [UInt8]? {
    var hash = [UInt8](repeating: 0, count: 32)
    return unsafe opsh_sha256(bytes, bytes.count, &hash) == 0 ? hash : nil
  }

  private static func hex(_ hash: [UInt8], isPadded: Bool) -> String {
    hash.map { ($0 < 16 && isPadded ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
