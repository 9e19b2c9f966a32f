/// Makes ids as Neon does, the same ones for the same seed.
struct NeonNames: Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &+ 0x6E65_6F6E
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// Such as `br-aged-salad-63768812`.
  mutating func id(_ prefix: String) -> String {
    let first = Self.adjectives[Int(next() % UInt64(Self.adjectives.count))]
    let second = Self.nouns[Int(next() % UInt64(Self.nouns.count))]
    return "\(prefix)-\(first)-\(second)-\(10_000_000 + next() % 90_000_000)"
  }

  mutating func uuid() -> String {
    var digits = Array(hex(32))
    digits[12] = "4"
    digits[16] = "a"
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
    return parts.joined(separator: "-")
  }

  mutating func hex(_ count: Int) -> String {
    String((0..<count).compactMap { _ in "0123456789abcdef".randomElement(using: &self) })
  }

  private static let adjectives = [
    "aged", "ancient", "autumn", "broad", "calm", "cold", "dawn", "flat", "late", "long", "misty",
    "odd", "patient", "plain", "quiet", "red", "shy", "small", "soft", "still", "sweet", "wispy",
  ]
  private static let nouns = [
    "base", "bird", "boat", "breeze", "cake", "cloud", "dew", "field", "fire", "frost", "hat",
    "lake", "leaf", "mode", "night", "paper", "rain", "river", "salad", "sky", "sun", "wave",
  ]
}

extension NeonNames: RandomNumberGenerator {}
