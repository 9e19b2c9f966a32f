private import CLibCrypto

/// SHA-256 (FIPS 180-4) in hexadecimal.
package enum SHA256 {
  package static func hex(of bytes: [UInt8]) throws(JournalError) -> String {
    var hash = [UInt8](repeating: 0, count: 32)
    guard unsafe opsh_sha256(bytes, bytes.count, &hash) == 0 else {
      let reason = unsafe opsh_crypto_failure().map { unsafe String(cString: $0) }
      throw .noHash(reason ?? "nothing can be hashed: memory is short")
    }
    return unsafe String(unsafeUninitializedCapacity: 64) { text in
      for (index, byte) in hash.enumerated() {
        unsafe text[2 * index] = digit(byte >> 4)
        unsafe text[2 * index + 1] = digit(byte & 15)
      }
      return 64
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  package static func hex(of text: String) throws(JournalError) -> String {
    try hex(of: Array(text.utf8))
  }
}
