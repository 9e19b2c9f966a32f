import CLibCrypto
import Testing

/// Known answers: FIPS 180-2, appendix B, and RFC 4231.
@Suite struct SHA256Tests {
  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0" + digits : digits
    }.joined()
  }

  private func sha256(_ bytes: [UInt8]) -> String {
    var out = [UInt8](repeating: 0, count: 32)
    #expect(unsafe opsh_sha256(bytes, bytes.count, &out) == 0)
    return hex(out)
  }

  private func hmac(_ key: [UInt8], _ bytes: [UInt8]) -> String {
    var out = [UInt8](repeating: 0, count: 32)
    #expect(unsafe opsh_hmac_sha256(key, key.count, bytes, bytes.count, &out) == 0)
    return hex(out)
  }

  @Test func `the empty text and the known texts have the known hashes`() {
    #expect(
      sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    #expect(
      sha256(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    #expect(
      sha256(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8))
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    )
  }

  @Test(arguments: [1, 55, 56, 63, 64, 65, 1000])
  func `a hash in pieces equals the hash at once`(_ size: Int) throws {
    let text = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let state = unsafe try #require(opsh_sha256_begin())
    defer { unsafe opsh_sha256_free(state) }
    for start in stride(from: 0, to: text.count, by: size) {
      let piece = Array(text[start..<min(start + size, text.count)])
      #expect(unsafe opsh_sha256_update(state, piece, piece.count) == 0)
    }
    var out = [UInt8](repeating: 0, count: 32)
    #expect(unsafe opsh_sha256_finish(state, &out) == 0)
    #expect(hex(out) == sha256(text))
  }

  @Test func `a copy goes on by itself, and a finished state starts over`() throws {
    let state = unsafe try #require(opsh_sha256_begin())
    defer { unsafe opsh_sha256_free(state) }
    #expect(unsafe opsh_sha256_update(state, Array("ab".utf8), 2) == 0)
    let copy = unsafe try #require(opsh_sha256_copy(state))
    defer { unsafe opsh_sha256_free(copy) }
    #expect(unsafe opsh_sha256_update(copy, Array("x".utf8), 1) == 0)
    var out = [UInt8](repeating: 0, count: 32)
    #expect(unsafe opsh_sha256_update(state, Array("c".utf8), 1) == 0)
    #expect(unsafe opsh_sha256_finish(state, &out) == 0)
    #expect(hex(out) == sha256(Array("abc".utf8)))
    #expect(unsafe opsh_sha256_finish(copy, &out) == 0)
    #expect(hex(out) == sha256(Array("abx".utf8)))
    #expect(unsafe opsh_sha256_finish(state, &out) == 0)
    #expect(hex(out) == sha256([]))
  }

  @Test func `a key shorter, as long as and longer than a block gives the known keyed hash`() {
    #expect(
      hmac([UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    )
    #expect(
      hmac(Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )
    #expect(
      hmac(
        [UInt8](repeating: 0xaa, count: 131),
        Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)
      ) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    )
    #expect(
      hmac([], []) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    )
  }

  @Test func `an installed library has nothing to complain of`() {
    #expect(unsafe opsh_crypto_failure() == nil)
  }
}
