/// The text of a migration, for the places and the words that the parser's tree does not give.
struct MigrationSource {
  let bytes: [UInt8]
  private let lineStarts: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == 0x0A { starts.append(offset + 1) }
    lineStarts = starts
  }

  /// Counted from 1; columns count Unicode scalars.
  func position(of offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let scalars = bytes[lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 }
    return (low + 1, scalars + 1)
  }

  /// The place of the first byte from `offset` on that is neither white space nor a comment.
  func firstWord(from offset: Int, to end: Int) -> Int {
    var index = offset
    while index < end {
      switch bytes[index] {
      case 0x09...0x0D, 0x20: index += 1
      case UInt8(ascii: "-") where index + 1 < end && bytes[index + 1] == UInt8(ascii: "-"),
        UInt8(ascii: "/") where index + 1 < end && bytes[index + 1] == UInt8(ascii: "*"):
        index = endOfComment(at: index, end)
      default: return index
      }
    }
    return offset
  }

  private func endOfComment(at start: Int, _ end: Int) -> Int {
    var scanner = RegionScanner(bytes: bytes, in: start..<end)
    return scanner.next().map(\.1.upperBound) ?? end
  }

  func wordLength(at offset: Int) -> Int {
    guard offset < bytes.count else { return 0 }
    if bytes[offset] == UInt8(ascii: "\"") {
      var scanner = RegionScanner(bytes: bytes, in: offset..<bytes.count)
      return scanner.next()?.1.count ?? 1
    }
    return max(1, bytes[offset...].prefix { RegionScanner.isWord($0) }.count)
  }

  func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// The words, texts and signs of a part of the text, in order; comments are left out.
  func tokens(in range: Range<Int>) -> [SourceToken] {
    var scanner = RegionScanner(bytes: bytes, in: range)
    var tokens: [SourceToken] = []
    while let (region, place) = scanner.next() {
      switch region {
      case .comment: continue
      case .code:
        let byte = bytes[place.lowerBound]
        if Self.isSpace(byte) { continue }
        if RegionScanner.isWord(byte), let last = tokens.last, last.kind == .word,
          last.range.upperBound == place.lowerBound
        {
          tokens[tokens.count - 1].range = last.range.lowerBound..<place.upperBound
        } else {
          tokens.append(
            SourceToken(kind: RegionScanner.isWord(byte) ? .word : .sign, range: place)
          )
        }
      case .quotedIdentifier: tokens.append(SourceToken(kind: .quotedName, range: place))
      case .string, .dollarQuoted: tokens.append(SourceToken(kind: .text, range: place))
      }
    }
    return tokens
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  func isWord(_ token: SourceToken, _ word: StaticString) -> Bool {
    guard token.kind == .word, token.range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { buffer in
      unsafe buffer.elementsEqual(bytes[token.range].lazy.map { $0 | 0x20 })
    }
  }

  func isSign(_ token: SourceToken, _ sign: UInt8) -> Bool {
    token.kind == .sign && bytes[token.range.lowerBound] == sign
  }

  /// Splits a statement at the commas that stand in no brackets.
  func parts(of tokens: [SourceToken]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var depth = 0
    var start: Int?
    var end = 0
    for token in tokens {
      if isSign(token, UInt8(ascii: "(")) || isSign(token, UInt8(ascii: "[")) { depth += 1 }
      if isSign(token, UInt8(ascii: ")")) || isSign(token, UInt8(ascii: "]")) { depth -= 1 }
      if depth == 0, isSign(token, UInt8(ascii: ",")) {
        parts.append((start ?? token.range.lowerBound)..<end)
        start = nil
        end = token.range.upperBound
      } else {
        if start == nil { start = token.range.lowerBound }
        end = token.range.upperBound
      }
    }
    if let start { parts.append(start..<end) }
    return parts
  }
}

struct SourceToken {
  enum Kind {
    case word, quotedName, text, sign
  }

  var kind: Kind
  var range: Range<Int>
}
