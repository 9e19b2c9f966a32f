/// Turns foreign text into something a terminal only shows: no byte of it can steer the screen.
///
/// Controls become their pictures (`␛`), characters that can not be seen or turn others around
/// become `\u{202e}`, bytes that are not UTF-8 become `\xff`.
package struct Harmless {
  package struct Passing: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
      self.rawValue = rawValue
    }

    package static let newlines = Passing(rawValue: 1)
    package static let tabs = Passing(rawValue: 2)
  }

  private let passing: Passing
  /// The bytes of a character, or of a CR, that the last chunk cut.
  private var held: [UInt8] = []

  package init(passing: Passing = [.newlines, .tabs]) {
    self.passing = passing
  }

  /// Makes one whole text harmless.
  package static func text(_ text: String, passing: Passing = []) -> String {
    var filter = Harmless(passing: passing)
    var clean: [UInt8] = []
    filter.write(Array(text.utf8), into: &clean)
    filter.finish(into: &clean)
    return String(decoding: clean, as: UTF8.self)
  }

  package mutating func write(_ bytes: [UInt8], into output: inout [UInt8]) {
    guard !held.isEmpty else {
      scan(bytes, isFinal: false, into: &output)
      return
    }
    let joined = held + bytes
    held = []
    scan(joined, isFinal: false, into: &output)
  }

  package mutating func finish(into output: inout [UInt8]) {
    let rest = held
    held = []
    scan(rest, isFinal: true, into: &output)
  }

  private mutating func scan(_ bytes: [UInt8], isFinal: Bool, into output: inout [UInt8]) {
    var start = 0
    var offset = 0
    while true {
      offset = nextSpecial(in: bytes, from: offset)
      guard offset < bytes.count else { break }
      let byte = bytes[offset]
      if start < offset { output.append(contentsOf: bytes[start..<offset]) }
      let length =
        byte < 0x80
        ? control(bytes, at: offset, isFinal, into: &output)
        : character(bytes, at: offset, isFinal, into: &output)
      guard length > 0 else {
        held = Array(bytes[offset...])
        return
      }
      offset += length
      start = offset
    }
    output.append(contentsOf: bytes[start...])
  }

  /// Where the next byte stands that is no printed ASCII and does not pass; eight are looked at at
  /// once.
  private func nextSpecial(in bytes: [UInt8], from start: Int) -> Int {
    unsafe bytes.withUnsafeBytes { buffer in
      let newline: UInt8 = passing.contains(.newlines) ? 0x0A : 0x20
      let tab: UInt8 = passing.contains(.tabs) ? 0x09 : 0x20
      var offset = start
      while true {
        while offset + 8 <= buffer.count {
          let word = unsafe buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          // The high bit of a byte that is less than 0x20, and of one that is more than 0x7E.
          let controls = (word &- 0x2020_2020_2020_2020) & ~word
          let others = word | (word &+ 0x0101_0101_0101_0101)
          let special = (controls | others) & 0x8080_8080_8080_8080
          guard special == 0 else {
            // Carries can only spoil what stands behind the first.
            offset += special.littleEndian.trailingZeroBitCount >> 3
            break
          }
          offset += 8
        }
        guard offset < buffer.count else { return buffer.count }
        let byte = unsafe buffer[offset]
        guard byte == newline || byte == tab || (0x20..<0x7F).contains(byte) else { return offset }
        offset += 1
      }
    }
  }

  /// Gives how many bytes were taken; 0 if more have to come first.
  private func control(
    _ bytes: [UInt8],
    at offset: Int,
    _ isFinal: Bool,
    into output: inout [UInt8]
  ) -> Int {
    let byte = bytes[offset]
    switch byte {
    case 0x0A where passing.contains(.newlines), 0x09 where passing.contains(.tabs):
      output.append(byte)
    case 0x0D where passing.contains(.newlines):
      guard offset + 1 < bytes.count || isFinal else { return 0 }
      // A CR before a newline is its line end; a lone one would let text overwrite text.
      let endsLine = offset + 1 < bytes.count && bytes[offset + 1] == 0x0A
      if !endsLine { output.append(contentsOf: "␍".utf8) }
    case 0x7F: output.append(contentsOf: "␡".utf8)
    default:
      output.append(0xE2)
      output.append(0x90)
      output.append(0x80 + byte)
    }
    return 1
  }

  private func character(
    _ bytes: [UInt8],
    at offset: Int,
    _ isFinal: Bool,
    into output: inout [UInt8]
  ) -> Int {
    let lead = bytes[offset]
    let length = lead < 0xC2 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 1
    guard length > 1 else {
      Self.append(broken: lead, to: &output)
      return 1
    }
    let end = offset + length
    var scalar = UInt32(lead) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    var index = offset + 1
    while index < min(end, bytes.count), bytes[index] & 0xC0 == 0x80 {
      scalar = scalar << 6 | UInt32(bytes[index] & 0x3F)
      index += 1
    }
    if index == bytes.count, index < end, !isFinal { return 0 }
    let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard index == end, scalar >= smallest, Unicode.Scalar(scalar) != nil else {
      Self.append(broken: lead, to: &output)
      return 1
    }
    if Invisible.contains(scalar) {
      Self.append(invisible: scalar, to: &output)
    } else {
      for byte in bytes[offset..<end] { output.append(byte) }
    }
    return length
  }

  /// Such as `\u{202e}`.
  private static func append(invisible scalar: UInt32, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\\"))
    output.append(UInt8(ascii: "u"))
    output.append(UInt8(ascii: "{"))
    var shift: UInt32 = scalar > 0xFFFF ? 20 : 12
    while shift > 0, scalar >> shift == 0 { shift -= 4 }
    while true {
      let digit = UInt8(scalar >> shift & 15)
      output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      guard shift > 0 else { break }
      shift -= 4
    }
    output.append(UInt8(ascii: "}"))
  }

  private static func append(broken byte: UInt8, to output: inout [UInt8]) {
    output.append(contentsOf: "\\x\(String(byte, radix: 16))".utf8)
  }
}
