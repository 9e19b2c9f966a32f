/// Numbers that a seed decides, by SplitMix64 (Steele, Lea and Flood, 2014).
///
/// Each topic draws from a sequence of its own, so one more number drawn for commits leaves the
/// identifiers as they were.
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64, topic: String = "") {
    // FNV-1a: `Hasher` would give other numbers in each process.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in topic.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    state = seed &+ hash
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number of the range; the bias of the remainder does not matter for stories.
  mutating func number(in range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
  }

  /// A number in 0 ..< 1.
  mutating func fraction() -> Double {
    Double(next() >> 11) / 9_007_199_254_740_992
  }

  mutating func fraction(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + fraction() * (range.upperBound - range.lowerBound)
  }

  /// One of `items`, which are not empty.
  mutating func one<Item>(of items: [Item]) -> Item {
    items[Int(next() % UInt64(items.count))]
  }

  mutating func text(_ count: Int, from alphabet: Alphabet) -> String {
    let letters = alphabet.letters
    return String((0..<count).map { _ in one(of: letters) })
  }

  /// The letters that vendors make identifiers of.
  enum Alphabet {
    case alphanumeric, lowercase, hexadecimal

    fileprivate var letters: [Character] {
      switch self {
      case .alphanumeric:
        Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
      case .lowercase: Array("0123456789abcdefghijklmnopqrstuvwxyz")
      case .hexadecimal: Array("0123456789abcdef")
      }
    }
  }
}
