internal import Values

/// One text to look for: its bytes without what an encoding may put between or leave out.
///
/// Blanks, line ends, controls, quotes and backslashes are *soft*: a match may hold any number of
/// them between two hard bytes, so that quoting, wrapping and spacing need no pattern of their own.
struct SecretPattern: Sendable {
  enum Alphabet: Sendable {
    case text, base64, hexadecimal
  }

  let name: String
  let alphabet: Alphabet
  let hardBytes: [UInt8]
  /// Says that a blank stood before the hard byte, so that a `+` may stand for it.
  let blankBefore: [Bool]

  init(name: String, alphabet: Alphabet, bytes: [UInt8]) {
    self.name = name
    self.alphabet = alphabet
    var hard: [UInt8] = []
    var blanks: [Bool] = []
    var sawBlank = false
    var offset = 0
    while offset < bytes.count {
      let invisible = SoftBytes.invisibleLength(in: bytes, at: offset) ?? 0
      if invisible > 0 {
        offset += invisible
        continue
      }
      if SoftBytes.isSoft(bytes[offset]) {
        sawBlank = sawBlank || bytes[offset] == 0x20
      } else {
        hard.append(bytes[offset])
        blanks.append(sawBlank)
        sawBlank = false
      }
      offset += 1
    }
    hardBytes = hard
    blankBefore = blanks
  }
}

/// All patterns of the declared secrets, and the filter that skips text which holds none.
final class SecretPatterns: Sendable {
  /// Shorter ones would mask ordinary words; they are masked only in shapes.
  static let shortestSecret = 8

  /// What can begin at a pair of raw bytes.
  struct Candidates: OptionSet, Sendable {
    let rawValue: UInt8

    static let text = Candidates(rawValue: 1)
    static let base64 = Candidates(rawValue: 2)
    static let hexadecimal = Candidates(rawValue: 4)
    static let shape = Candidates(rawValue: 8)

    static let everything: Candidates = [.text, .base64, .hexadecimal, .shape]
  }

  /// A tree for each alphabet that has any pattern.
  let trees: [PatternTree]
  /// What says that a tree of the same index is worth a look.
  let kinds: [Candidates]
  /// What passes over text in which nothing begins.
  let letters: LetterFilter
  /// What says of a place that is left whether anything begins there.
  let filter: PairFilter

  init(secrets: [Secret]) {
    var patterns: [SecretPattern] = []
    for secret in secrets { patterns += Self.patterns(of: secret) }
    // The longest first, so that its name wins.
    patterns.sort { $0.hardBytes.count > $1.hardBytes.count }
    let alphabets: [(SecretPattern.Alphabet, Candidates)] = [
      (.text, .text), (.base64, .base64), (.hexadecimal, .hexadecimal),
    ]
    let used = alphabets.filter { alphabet in patterns.contains { $0.alphabet == alphabet.0 } }
    trees = used.map { PatternTree($0.0, patterns) }
    kinds = used.map(\.1)
    letters = LetterFilter(patterns)
    filter = PairFilter(patterns)
  }

  private static func patterns(of secret: Secret) -> [SecretPattern] {
    secret.withExposedText { text in
      var pieces = [Array(text.utf8)]
      let lines = text.utf8.split { $0 == 0x0A || $0 == 0x0D }.map(Array.init)
      if lines.count > 1 { pieces += lines }
      return pieces.flatMap { patterns(ofBytes: trimmed($0), name: secret.name) }
    }
  }

  private static func patterns(ofBytes bytes: [UInt8], name: String) -> [SecretPattern] {
    guard bytes.count >= shortestSecret else { return [] }
    var found = [
      SecretPattern(name: name, alphabet: .text, bytes: bytes),
      SecretPattern(name: name, alphabet: .hexadecimal, bytes: hexadecimal(bytes)),
    ]
    for offset in 0..<3 {
      found.append(SecretPattern(name: name, alphabet: .base64, bytes: base64(bytes, at: offset)))
    }
    // What is nearly all quotes and blanks has too little left to be told from other text.
    return found.filter { $0.hardBytes.count >= shortestSecret - 2 }
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    let start = bytes.firstIndex { $0 > 0x20 } ?? bytes.endIndex
    let end = bytes.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? start
    return Array(bytes[start..<end])
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  }

  /// The characters that depend on these bytes alone when `offset` unknown bytes stand before.
  static func base64(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let padded = [UInt8](repeating: 0, count: offset) + bytes
    let first = (offset * 8 + 5) / 6
    let end = padded.count * 8 / 6
    return (first..<max(first, end)).map { index in
      let bit = index * 6
      let high = UInt16(padded[bit / 8]) << 8
      let low = bit / 8 + 1 < padded.count ? UInt16(padded[bit / 8 + 1]) : 0
      return alphabet[Int((high | low) >> UInt16(10 - bit % 8) & 63)]
    }
  }
}
