/// Tries one pattern at one offset, through every encoding and everything soft between its letters.
struct PatternMatcher {
  enum Result: Equatable {
    case match(end: Int)
    case mismatch
    /// The bytes end inside of what may become a match.
    case needsMore
  }

  let pattern: SecretPattern
  /// Says that nothing follows the bytes.
  let isFinal: Bool
  /// Ambiguous escapes double the work; this bounds what an adversary can make of that.
  private var stepsLeft = 20_000

  init(_ pattern: SecretPattern, isFinal: Bool) {
    self.pattern = pattern
    self.isFinal = isFinal
  }

  mutating func match(_ bytes: borrowing [UInt8], at offset: Int) -> Result {
    match(bytes, at: offset, from: 0)
  }

  private mutating func match(
    _ bytes: borrowing [UInt8],
    at start: Int,
    from first: Int
  ) -> Result {
    var offset = start
    var index = first
    while index < pattern.hardBytes.count {
      stepsLeft -= 1
      guard stepsLeft > 0 else { return .mismatch }
      switch next(bytes, at: offset, index) {
      case .no: return .mismatch
      case .needsMore: return isFinal ? .mismatch : .needsMore
      case .one(let position, let following): (offset, index) = (position, following)
      case .either(let first, let second):
        let result = match(bytes, at: second.offset, from: second.index)
        if result != .mismatch { return result }
        (offset, index) = first
      }
    }
    return .match(end: offset)
  }

  private enum Step {
    case no, needsMore
    case one(Int, Int)
    /// Both are possible: the second is tried first.
    case either((offset: Int, index: Int), (offset: Int, index: Int))
  }

  /// Finds the hard byte of an index at or behind an offset.
  private func next(_ bytes: borrowing [UInt8], at start: Int, _ index: Int) -> Step {
    var offset = start
    while true {
      guard offset < bytes.count else { return .needsMore }
      guard offset - start <= SoftBytes.longestRun else { return .no }
      let byte = bytes[offset]
      if pattern.matches(byte, at: index) { return raw(bytes, at: offset, index) }
      if byte == UInt8(ascii: "\\") {
        return backslash(bytes, at: offset, start, index)
      }
      if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "&") {
        switch EncodedByte.read(bytes, at: offset, isFinal: isFinal) {
        case .needsMore: return .needsMore
        case .none: return .no
        case .found(let encoded):
          if let following = following(encoded, index) {
            return .one(offset + encoded.length, following)
          }
          guard isSoft(encoded), index > 0 else { return .no }
          offset += encoded.length
          continue
        }
      }
      guard index > 0 else { return .no }
      if byte == UInt8(ascii: "+"), pattern.blankBefore[index] {
        offset += 1
        continue
      }
      guard let length = softLength(bytes, at: offset, index) else { return .needsMore }
      guard length > 0 else { return .no }
      offset += length
    }
  }

  /// A `%` or `&` of the secret may stand as it is, or begin its own encoding (`%25`, `&amp;`).
  private func raw(_ bytes: borrowing [UInt8], at offset: Int, _ index: Int) -> Step {
    let asItIs = (offset: offset + 1, index: index + 1)
    guard bytes[offset] == UInt8(ascii: "%") || bytes[offset] == UInt8(ascii: "&"),
      pattern.alphabet == .text
    else { return .one(asItIs.offset, asItIs.index) }
    switch EncodedByte.read(bytes, at: offset, isFinal: isFinal) {
    case .needsMore where !isFinal && asItIs.index < pattern.hardBytes.count: return .needsMore
    case .found(let encoded):
      guard let following = following(encoded, index) else { break }
      return .either(asItIs, (offset + encoded.length, following))
    default: break
    }
    return .one(asItIs.offset, asItIs.index)
  }

  /// A backslash escapes the letter, encodes it, encodes something soft, or is only a backslash.
  private func backslash(
    _ bytes: borrowing [UInt8],
    at offset: Int,
    _ start: Int,
    _ index: Int
  ) -> Step {
    var letter = offset
    while letter < bytes.count, bytes[letter] == UInt8(ascii: "\\") { letter += 1 }
    guard letter < bytes.count else { return .needsMore }
    let isLetter = pattern.matches(bytes[letter], at: index)
    switch EncodedByte.read(bytes, at: offset, isFinal: isFinal) {
    case .needsMore: return .needsMore
    case .found(let encoded):
      if let following = following(encoded, index) {
        return .one(offset + encoded.length, following)
      }
      guard isSoft(encoded), index > 0 else { break }
      return isLetter
        ? .either((offset + encoded.length, index), (letter + 1, index + 1))
        : .one(offset + encoded.length, index)
    case .none: break
    }
    if isLetter { return .one(letter + 1, index + 1) }
    guard index > 0, letter - start <= SoftBytes.longestRun else { return .no }
    return .one(letter, index)
  }

  private func following(_ encoded: EncodedByte, _ index: Int) -> Int? {
    guard index + encoded.bytes.count <= pattern.hardBytes.count else { return nil }
    for (place, byte) in encoded.bytes.enumerated()
    where !pattern.matches(byte, at: index + place) {
      return nil
    }
    return index + encoded.bytes.count
  }

  private func isSoft(_ encoded: EncodedByte) -> Bool {
    encoded.bytes.count == 1
      ? SoftBytes.isSoft(encoded.bytes[0])
      : SoftBytes.invisibleLength(in: encoded.bytes, at: 0) ?? 0 > 0
  }

  /// 0 if nothing soft stands there, nothing if the bytes end before that is known.
  private func softLength(_ bytes: borrowing [UInt8], at offset: Int, _ index: Int) -> Int? {
    switch bytes[offset] {
    case 0x1B: return SoftBytes.escapeSequenceLength(in: bytes, at: offset)
    case 0x08:
      guard offset + 1 < bytes.count else { return nil }
      // Struck twice, as manual pages make letters bold.
      return pattern.matches(bytes[offset + 1], at: index - 1) ? 2 : 1
    case let byte where SoftBytes.isSoft(byte): return 1
    default: return SoftBytes.invisibleLength(in: bytes, at: offset)
    }
  }
}
