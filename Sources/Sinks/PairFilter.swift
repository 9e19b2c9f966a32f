/// Says by its first three raw bytes whether anything can begin at a place.
///
/// Most of a text is skipped by this alone, so it may say yes too often, and never no in vain.
struct PairFilter: Sendable {
  typealias Candidates = SecretPatterns.Candidates
  /// A bit for each byte.
  typealias Bytes = SIMD4<UInt64>

  /// By the first byte times 256 plus the second.
  private(set) var pairs = [Candidates](repeating: [], count: 65_536)
  /// Which entry of ``thirds`` belongs to a pair; 0 for pairs with which nothing begins.
  private(set) var slots = [UInt16](repeating: 0, count: 65_536)
  /// What the third byte can be.
  private(set) var thirds: [Bytes] = [Bytes()]
  /// Says for the last byte of a chunk whether a match can begin there.
  private(set) var firsts = [Bool](repeating: false, count: 256)

  /// A bit for each pair of letters with which a pattern begins, as they stand in it.
  private var letters = [UInt64](repeating: 0, count: 1024)
  /// A bit for each hash of three of them.
  private var triples = [UInt64](repeating: 0, count: 1024)
  /// A bit for each of the first of them.
  private var initials = Bytes()

  init(_ patterns: [SecretPattern]) {
    for pattern in patterns { add(pattern) }
    for (word, _) in Shape.leads {
      let letters = Array(word.utf8)
      add(letters[0], letters[1], .shape, Self.bytes { letters[2...].contains($0) })
    }
  }

  @inline(__always)
  func hasFirst(_ byte: UInt8) -> Bool { Self.contains(initials, byte) }

  @inline(__always)
  func hasPair(_ first: UInt8, _ second: UInt8) -> Bool {
    letters[Int(first) << 2 | Int(second) >> 6] &>> UInt64(second & 63) & 1 != 0
  }

  /// May say yes where there is none.
  @inline(__always)
  func hasTriple(_ pair: Pair, _ third: UInt8) -> Bool {
    let index = Self.index(pair, third)
    return triples[index >> 6] &>> UInt64(index & 63) & 1 != 0
  }

  typealias Pair = (first: UInt8, second: UInt8)

  @inline(__always)
  private static func index(_ pair: Pair, _ third: UInt8) -> Int {
    let word = UInt32(pair.first) << 16 | UInt32(pair.second) << 8 | UInt32(third)
    return Int((word &* 0x9E37_79B1) >> 16)
  }

  @inline(__always)
  static func contains(_ bytes: Bytes, _ byte: UInt8) -> Bool {
    bytes[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1
  }

  private static let all = Bytes(repeating: .max)

  private static func bytes(where isWanted: (UInt8) -> Bool) -> Bytes {
    var bytes = Bytes()
    for byte in UInt8.min...UInt8.max where isWanted(byte) {
      bytes[Int(byte >> 6)] |= 1 << UInt64(byte & 63)
    }
    return bytes
  }

  private mutating func add(
    _ first: UInt8,
    _ second: UInt8,
    _ candidates: Candidates,
    _ third: Bytes
  ) {
    let pair = Int(first) << 8 | Int(second)
    pairs[pair].formUnion(candidates)
    firsts[Int(first)] = true
    if slots[pair] == 0 {
      slots[pair] = UInt16(thirds.count)
      thirds.append(third)
    } else {
      thirds[Int(slots[pair])] |= third
    }
  }

  private mutating func add(_ pattern: SecretPattern) {
    let alphabet = pattern.alphabet
    let hard = pattern.hardBytes
    guard hard.count > 2 else { return }
    let candidates: Candidates =
      switch alphabet {
      case .text: .text
      case .base64: .base64
      case .hexadecimal: .hexadecimal
      }
    let between = { (byte: UInt8) in
      SoftBytes.canBeginSoftOrEscape(byte) || alphabet.isSeparator(byte)
    }
    let third = Self.bytes { alphabet.folded($0) == hard[2] || between($0) }
    for first in UInt8.min...UInt8.max where alphabet.folded(first) == hard[0] {
      initials[Int(first >> 6)] |= 1 << UInt64(first & 63)
      for second in UInt8.min...UInt8.max {
        if alphabet.folded(second) == hard[1] {
          letters[Int(first) << 2 | Int(second) >> 6] |= 1 << UInt64(second & 63)
          for last in UInt8.min...UInt8.max where alphabet.folded(last) == hard[2] {
            let index = Self.index((first, second), last)
            triples[index >> 6] |= 1 << UInt64(index & 63)
          }
        }
        if between(second) {
          add(first, second, candidates, Self.all)
        } else if alphabet.folded(second) == hard[1] {
          add(first, second, candidates, third)
        }
      }
    }
    switch alphabet {
    case .text: addEscapes(of: hard[0], candidates)
    // Of base64, encodings change only what is no letter and no digit.
    case .base64 where hard[0] == UInt8(ascii: "+") || hard[0] == UInt8(ascii: "/"):
      addEscapes(of: hard[0], candidates)
    default: break
    }
  }

  // MARK: - Escapes

  private static let digits = Array("0123456789abcdefABCDEF".utf8)

  private static func isDigit(_ byte: UInt8, _ value: UInt8) -> Bool {
    EncodedByte.hexadecimal(byte) == UInt32(value)
  }

  private mutating func addEscapes(of byte: UInt8, _ candidates: Candidates) {
    addPercent(byte, candidates)
    addBackslashes(byte, candidates)
    let number = Self.bytes { EncodedByte.hexadecimal($0) != nil || $0 | 0x20 == UInt8(ascii: "x") }
    add(UInt8(ascii: "&"), UInt8(ascii: "#"), candidates, number)
    for letter in HTMLEntity.initials(of: byte) {
      add(UInt8(ascii: "&"), letter, candidates, Self.all)
    }
  }

  /// `%2f`, and `%25` for what was encoded more than once.
  private mutating func addPercent(_ byte: UInt8, _ candidates: Candidates) {
    let low = Self.bytes { Self.isDigit($0, byte & 15) }
    for high in Self.digits where Self.isDigit(high, byte >> 4) {
      add(UInt8(ascii: "%"), high, candidates, low)
    }
    let five = Self.bytes { $0 == UInt8(ascii: "5") }
    add(UInt8(ascii: "%"), UInt8(ascii: "2"), candidates, five)
  }

  /// `\\x2f`, `\\u002f`, `\\057`, `\\002f`, and a backslash before the letter itself or before another.
  private mutating func addBackslashes(_ byte: UInt8, _ candidates: Candidates) {
    let backslash = UInt8(ascii: "\\")
    add(backslash, byte, candidates, Self.all)
    add(backslash, backslash, candidates, Self.all)
    add(backslash, UInt8(ascii: "x"), candidates, Self.bytes { Self.isDigit($0, byte >> 4) })
    let hexadecimal = Self.bytes { EncodedByte.hexadecimal($0) != nil }
    let zero = Self.bytes { $0 == UInt8(ascii: "0") }
    let isASCII = byte < 0x80
    let brace = Self.bytes { $0 == UInt8(ascii: "{") }
    add(backslash, UInt8(ascii: "u"), candidates, brace | (isASCII ? zero : hexadecimal))
    add(backslash, UInt8(ascii: "U"), candidates, zero)
    add(backslash, UInt8(ascii: "+"), candidates, zero)
    let octal = UInt8(ascii: "0") + byte >> 6
    let middle = UInt8(ascii: "0") + byte >> 3 & 7
    add(backslash, octal, candidates, Self.bytes { $0 == middle })
    guard !isASCII else { return add(backslash, UInt8(ascii: "0"), candidates, zero) }
    for digit in Self.digits { add(backslash, digit, candidates, hexadecimal) }
  }
}
