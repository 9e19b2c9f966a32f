/// Numbers that are the same for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A short text of plain, special and foreign characters.
  mutating func text() -> String {
    let all = Array("ab \"\\/\n\t\u{0}\u{1F}\u{7F}é€🚀\u{202E}\u{FFFD}")
    return String((0..<Int.random(in: 0...6, using: &self)).map { _ in all[choice(all.count)] })
  }

  mutating func choice(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}
