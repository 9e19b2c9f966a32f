private import CLibCrypto

/// SHA-256 (FIPS 180-4) in hexadecimal.
package enum SHA256 {
  package static func hex(of bytes: [UInt8]) throws(JournalError) -> String {
    var hash = [UInt8](repeating: 0, count: 32)
    guard unsafe opsh_sha256(bytes, bytes.count, &hash) == 0 else {
      let reason = unsafe opsh_crypto_failure().map { unsafe String(cString: $0) }
      throw .noHash(reason ?? "nothing can be hashed: memory is short")
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }

  package static func hex(of text: String) throws(JournalError) -> String {
    try hex(of: Array(text.utf8))
  }
}
