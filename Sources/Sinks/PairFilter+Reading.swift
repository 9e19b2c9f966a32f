/// The first three letters at a place, in each way in which they can be read.
///
/// What is not read here, such as an entity, may be anything.
extension PairFilter {
  /// Says whether any pattern can begin at a place whose first bytes passed the filter.
  func mayBegin(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Bool {
    let byte = unsafe bytes[offset]
    if unsafe goesOn(from: .nothing, with: byte, bytes, at: offset + 1) { return true }
    let reading: Reading
    switch byte {
    case UInt8(ascii: "&"): return true
    case UInt8(ascii: "%"): reading = unsafe percent(bytes, at: offset)
    case UInt8(ascii: "\\"):
      guard offset + 1 < bytes.count else { return true }
      let next = unsafe bytes[offset + 1]
      if unsafe goesOn(from: .nothing, with: next, bytes, at: offset + 2) { return true }
      reading = unsafe backslash(bytes, at: offset)
    default: return false
    }
    return switch reading {
    case .character(let value, let end):
      unsafe goesOn(from: .nothing, with: value, bytes, at: end)
    case .none: false
    case .unknown: true
    }
  }

  /// The letters that were read before.
  private enum Beginning {
    case nothing
    case letter(UInt8)
    case pair(Pair)
  }

  /// Says whether a letter, and what stands behind it, can be that of a pattern.
  private func goesOn(
    from beginning: Beginning,
    with letter: UInt8,
    _ bytes: UnsafeBufferPointer<UInt8>,
    at end: Int
  ) -> Bool {
    switch beginning {
    case .nothing: unsafe hasFirst(letter) && follows(.letter(letter), bytes, at: end)
    case .letter(let first):
      unsafe hasPair(first, letter) && follows(.pair((first, letter)), bytes, at: end)
    case .pair(let pair): hasTriple(pair, letter)
    }
  }

  private enum Reading {
    case character(UInt8, end: Int)
    case none, unknown
  }

  /// More between two letters is read by the walk itself.
  private static let mostSteps = 16

  /// Says whether the letter at or behind a place can be the next.
  private func follows(
    _ beginning: Beginning,
    _ bytes: UnsafeBufferPointer<UInt8>,
    at start: Int
  ) -> Bool {
    var offset = start
    for _ in 0..<Self.mostSteps {
      guard offset < bytes.count else { return true }
      let byte = unsafe bytes[offset]
      if unsafe goesOn(from: beginning, with: byte, bytes, at: offset + 1) { return true }
      let reading: Reading
      switch byte {
      case UInt8(ascii: "%"): reading = unsafe percent(bytes, at: offset)
      case UInt8(ascii: "\\"):
        guard offset + 1 < bytes.count else { return true }
        let next = unsafe bytes[offset + 1]
        if unsafe goesOn(from: beginning, with: next, bytes, at: offset + 2) { return true }
        reading = unsafe backslash(bytes, at: offset)
        // It may also be nothing but a backslash.
        if case .none = reading {
          offset += 1
          continue
        }
      case 0x1B:
        guard let end = unsafe Self.endOfColor(bytes, at: offset) else { return true }
        offset = end
        continue
      case 0xE2:
        // Most of what has no width lies there; what is taken for it in vain only costs a walk.
        offset += 3
        continue
      case UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "_"), UInt8(ascii: ":"),
        UInt8(ascii: ","), UInt8(ascii: "-"), 0x08:
        return true
      default:
        if SoftBytes.isSoft(byte) {
          offset += 1
          continue
        }
        return SoftBytes.isAmbiguous(byte)
      }
      switch reading {
      case .none: return false
      case .unknown: return true
      case .character(let value, let end):
        guard SoftBytes.isSoft(value) else {
          return unsafe goesOn(from: beginning, with: value, bytes, at: end)
        }
        guard value != 0x1B, value != 0x08, value != UInt8(ascii: "\\") else { return true }
        offset = end
      }
    }
    return true
  }

  private static func endOfColor(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Int? {
    guard offset + 1 < bytes.count, unsafe bytes[offset + 1] == UInt8(ascii: "[") else {
      return nil
    }
    var index = offset + 2
    while index < bytes.count, unsafe (0x20...0x3F).contains(bytes[index]), index - offset < 32 {
      index += 1
    }
    return index < bytes.count && index - offset < 32 ? index + 1 : nil
  }

  // MARK: - Escapes

  private func percent(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Reading {
    guard offset + 2 < bytes.count else { return .unknown }
    guard let value = unsafe Self.digits(bytes, at: offset + 1, count: 2) else { return .none }
    // Others are a part of a character.
    guard value < 0x80 || !SoftBytes.isAmbiguous(UInt8(value)) else { return .unknown }
    // A `%` may be the beginning of something that was encoded again.
    if value == UInt32(UInt8(ascii: "%")) {
      guard offset + 4 < bytes.count else { return .unknown }
      let isDigit = unsafe EncodedByte.hexadecimal(bytes[offset + 3]) != nil
      guard unsafe !isDigit || EncodedByte.hexadecimal(bytes[offset + 4]) == nil else {
        return .unknown
      }
    }
    return .character(UInt8(value), end: offset + 3)
  }

  private func backslash(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int) -> Reading {
    guard offset + 5 < bytes.count else { return .unknown }
    switch unsafe bytes[offset + 1] {
    case UInt8(ascii: "x"): return unsafe character(bytes, at: offset + 2, count: 2)
    case UInt8(ascii: "u"):
      guard unsafe bytes[offset + 2] != UInt8(ascii: "{") else { return .unknown }
      return unsafe character(bytes, at: offset + 2, count: 4)
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      // Four digits may be SQL's, or three of them and a letter.
      guard unsafe Self.digits(bytes, at: offset + 1, count: 4) == nil else { return .unknown }
      var value: UInt32 = 0
      for index in offset + 1...offset + 3 {
        guard let digit = unsafe EncodedByte.hexadecimal(bytes[index]), digit < 8 else {
          return .none
        }
        value = value << 3 | digit
      }
      guard value < 0x80 else { return .unknown }
      return .character(UInt8(value), end: offset + 4)
    case UInt8(ascii: "a"), UInt8(ascii: "b"), UInt8(ascii: "t"), UInt8(ascii: "n"),
      UInt8(ascii: "v"), UInt8(ascii: "f"), UInt8(ascii: "r"):
      // As hexadecimal digits, some may begin SQL's.
      guard unsafe Self.digits(bytes, at: offset + 1, count: 4) == nil else { return .unknown }
      return .character(0x20, end: offset + 2)
    case UInt8(ascii: "8"), UInt8(ascii: "9"), UInt8(ascii: "c"), UInt8(ascii: "d"),
      UInt8(ascii: "e"), UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "U"),
      UInt8(ascii: "+"), UInt8(ascii: "\\"):
      return .unknown
    default: return .none
    }
  }

  private func character(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at start: Int,
    count: Int
  ) -> Reading {
    guard start + count <= bytes.count else { return .unknown }
    guard let value = unsafe Self.digits(bytes, at: start, count: count) else { return .none }
    return value < 0x80 ? .character(UInt8(value), end: start + count) : .unknown
  }

  private static func digits(
    _ bytes: UnsafeBufferPointer<UInt8>,
    at start: Int,
    count: Int
  ) -> UInt32? {
    var value: UInt32 = 0
    for index in start..<start + count {
      guard index < bytes.count, let digit = unsafe EncodedByte.hexadecimal(bytes[index]) else {
        return nil
      }
      value = value << 4 | digit
    }
    return value
  }
}
