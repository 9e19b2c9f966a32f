package import Values

/// Random numbers that come again from the same seed (SplitMix64).
package struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  package init(_ seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// Secrets of the kinds that stacks have, drawn by lot.
package enum SeededSecrets {
  package static func all(using draw: inout some RandomNumberGenerator) -> [Secret] {
    var secrets: [Secret] = []
    func add(_ kind: String, _ text: String) {
      secrets.append(Secret(name: "\(kind)_\(secrets.count)", text: text))
    }
    add("TOKEN", "vck_" + word(letters + digits, 24, &draw))
    add("KEY", word(letters + digits + "+/", 43, &draw) + "=")
    add("HEX", word("0123456789abcdef", 40, &draw))
    add("PASSWORD", word(letters + digits + "!@#$%^&*()-_=+[]{};:,.<>/?|~", 20, &draw))
    add("QUOTED", "a" + word("'\"\\`$!ab c", 14, &draw) + word(letters, 8, &draw))
    add("BLANKS", (0..<4).map { _ in word(letters, 5, &draw) }.joined(separator: " "))
    add(
      "ESCAPES",
      word(letters, 4, &draw) + #"%41\n&lt;\\x&amp;+\u0041%25"# + word(letters, 4, &draw)
    )
    add("UNICODE", word(letters + "äöüßéñ日本語😀", 14, &draw))
    add("URL", "redis://default:" + word(letters + digits, 18, &draw) + "@eu1.upstash.io:6379")
    add("SHORTEST", word(letters + digits, 8, &draw))
    add("LINE", word(letters + digits, 22, &draw) + "\n")
    let lines = (0..<3).map { _ in word(letters + digits + "+/", 64, &draw) }
    let label = "EC PRIVATE KEY-----"
    add(
      "PEM",
      (["-----BEGIN \(label)"] + lines + ["-----END \(label)"]).joined(separator: "\n") + "\n"
    )
    let shared = word(letters + digits, 10, &draw)
    add("INNER", shared)
    add("OUTER", shared + word(letters + digits, 6, &draw))
    return secrets
  }

  private static let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
  private static let digits = "0123456789"

  package static func word(
    _ alphabet: String,
    _ count: Int,
    _ draw: inout some RandomNumberGenerator
  ) -> String {
    String((0..<count).map { _ in alphabet.randomElement(using: &draw) ?? "x" })
  }
}
