/// Looks for the longest pattern of a tree at one offset, through every encoding and everything soft
/// between its letters.
struct PatternWalk {
  private let tree: PatternTree
  /// Says that nothing follows the bytes.
  let isFinal: Bool
  /// Where the longest match ends, and which of the tree's names it has.
  private(set) var best: (end: Int, name: Int)?
  /// The bytes end inside of what may become a match, or a longer one.
  private(set) var needsMore = false
  /// Ambiguous escapes double the work; this bounds what an adversary can make of that.
  private var stepsLeft = 20_000

  init(_ tree: PatternTree, isFinal: Bool) {
    self.tree = tree
    self.isFinal = isFinal
  }

  /// Follows all patterns from an offset on.
  mutating func walk(_ bytes: borrowing [UInt8], at offset: Int) {
    follow(bytes, at: offset, from: 0)
  }

  /// One place in text and tree.
  private struct Step {
    var node: Int32
    var offset: Int
  }

  private mutating func follow(_ bytes: borrowing [UInt8], at start: Int, from first: Int32) {
    var here = Step(node: first, offset: start)
    while true {
      let name = tree.nodes[Int(here.node)].name
      if name >= 0, best.map({ $0.end < here.offset }) ?? true { best = (here.offset, Int(name)) }
      guard tree.nodes[Int(here.node)].firstChild > 0, let next = next(bytes, here) else { return }
      here = next
    }
  }

  /// Finds the next hard byte at or behind a place.
  ///
  /// Where there are several ways to read what stands there, all but the last are followed to their
  /// end first.
  private mutating func next(_ bytes: borrowing [UInt8], _ here: Step) -> Step? {
    var offset = here.offset
    while true {
      stepsLeft -= 1
      guard stepsLeft > 0, offset - here.offset <= SoftBytes.longestRun else { return nil }
      guard offset < bytes.count else { return waiting() }
      let byte = bytes[offset]
      let child = tree.child(of: here.node, byte)
      if child > 0 {
        let raw = Step(node: child, offset: offset + 1)
        guard SoftBytes.isAmbiguous(byte), tree.alphabet != .hexadecimal else { return raw }
        follow(bytes, at: raw.offset, from: raw.node)
      }
      switch byte {
      case UInt8(ascii: "\\"):
        guard let following = backslash(bytes, Step(node: here.node, offset: offset)) else {
          return nil
        }
        offset = following
      case UInt8(ascii: "%"), UInt8(ascii: "&"):
        guard let length = encoded(bytes, Step(node: here.node, offset: offset)) else { return nil }
        offset += length
      default:
        guard here.node > 0 else { return nil }
        guard let length = softLength(bytes, at: offset, here.node) else { return waiting() }
        guard length > 0 else { return nil }
        offset += length
      }
    }
  }

  private mutating func waiting() -> Step? {
    needsMore = needsMore || !isFinal
    return nil
  }

  /// A backslash escapes the letter, encodes it, encodes something soft, or is only a backslash.
  ///
  /// Follows what leads to a letter; gives where to look on, nothing where that is not at all.
  private mutating func backslash(_ bytes: borrowing [UInt8], _ here: Step) -> Int? {
    let letter = SoftBytes.endOfBackslashes(in: bytes, at: here.offset)
    guard letter < bytes.count else {
      _ = waiting()
      return nil
    }
    let reading = EncodedByte.read(bytes, at: here.offset)
    switch EncodedByte.sqlUnicode(bytes, at: here.offset) {
    case .needsMore: _ = waiting()
    case .none: break
    case .found(let encoded):
      guard !follow(bytes, encoded, here), here.node > 0, encoded.isSoft else { break }
      // The same digits may be an octal number and a letter behind it.
      if case .found(let octal) = reading {
        let end = here.offset + octal.length
        let isLetter = end < bytes.count && tree.child(of: here.node, bytes[end]) > 0
        if isLetter, octal.isSoft { follow(bytes, at: end, from: here.node) }
      }
      return here.offset + encoded.length
    }
    if case .none = reading, here.node > 0 { return letter }
    let child = tree.child(of: here.node, bytes[letter])
    if child > 0 { follow(bytes, at: letter + 1, from: child) }
    switch reading {
    case .needsMore: _ = waiting()
    case .none: break
    case .found(let encoded):
      guard !follow(bytes, encoded, here), here.node > 0, encoded.isSoft else { return nil }
      return softLength(bytes, encoded, here.offset).map { here.offset + $0 }
    }
    return nil
  }

  /// Says whether an encoded character leads on.
  private mutating func follow(
    _ bytes: borrowing [UInt8],
    _ encoded: EncodedByte,
    _ here: Step
  ) -> Bool {
    let child = tree.child(of: here.node, encoded)
    guard child > 0 else { return false }
    follow(bytes, at: here.offset + encoded.length, from: child)
    return true
  }

  /// Follows what a `%` or `&` encodes; gives the length of something soft, nothing for anything else.
  private mutating func encoded(_ bytes: borrowing [UInt8], _ here: Step) -> Int? {
    for depth in 1...EncodedByte.deepest {
      guard let plain = EncodedByte.plain(bytes, at: here.offset, depth: depth) else { break }
      _ = follow(bytes, plain, here)
    }
    switch EncodedByte.read(bytes, at: here.offset) {
    case .needsMore: _ = waiting()
    case .none: break
    case .found(let encoded):
      guard !follow(bytes, encoded, here), here.node > 0, encoded.isSoft else { return nil }
      return softLength(bytes, encoded, here.offset)
    }
    return nil
  }

  /// With an encoded ESC goes what it steers the terminal to.
  private mutating func softLength(
    _ bytes: borrowing [UInt8],
    _ encoded: EncodedByte,
    _ offset: Int
  ) -> Int? {
    guard encoded[0] == 0x1B else { return encoded.length }
    let escape = offset + encoded.length - 1
    guard let length = SoftBytes.escapeSequenceLength(in: bytes, at: escape) else {
      _ = waiting()
      return nil
    }
    return encoded.length - 1 + length
  }

  /// 0 if nothing soft stands there, nothing if the bytes end before that is known.
  private func softLength(_ bytes: borrowing [UInt8], at offset: Int, _ node: Int32) -> Int? {
    let byte = bytes[offset]
    switch byte {
    case 0x1B: return SoftBytes.escapeSequenceLength(in: bytes, at: offset)
    case 0x08:
      guard offset + 1 < bytes.count else { return nil }
      // Struck twice, as manual pages make letters bold.
      return tree.alphabet.folded(bytes[offset + 1]) == tree.nodes[Int(node)].byte ? 2 : 1
    case UInt8(ascii: "_"):
      // Struck over a line, as manual pages underline letters.
      guard offset + 1 < bytes.count else { return nil }
      return bytes[offset + 1] == 0x08 ? 2 : 0
    case UInt8(ascii: "+"): return tree.nodes[Int(node)].hasBlankBelow ? 1 : 0
    default:
      if SoftBytes.isSoft(byte) || tree.alphabet.isSeparator(byte) { return 1 }
      return SoftBytes.invisibleLength(in: bytes, at: offset)
    }
  }
}
