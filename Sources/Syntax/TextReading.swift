import Diagnostics

/// Makes a text's value of its pieces: takes escapes apart and indentation off.
struct TextReading {
  /// An escape that there is not.
  struct Failure {
    var reason: String
    var span: SourceSpan
    var fix: FixIt?
  }

  private(set) var failures: [Failure] = []
  private let flavour: TextFlavour
  private let bytes: [UInt8]
  /// How many bytes of white space each line of a block loses; nothing where there are no lines.
  private var indentation: Int?
  private var first: Int?
  private var last: Int?

  /// Measures a text; `pieces` are its own pieces and interpolations and its end.
  init(_ flavour: TextFlavour, pieces: [Token], bytes: [UInt8]) {
    self.flavour = flavour
    self.bytes = bytes
    guard !flavour.endsWithItsLine else { return }
    let own = pieces.filter { $0.kind == .textPiece }
    if let token = pieces.first, token.kind == .textPiece { first = token.start }
    if let token = pieces.dropLast().last, token.kind == .textPiece { last = token.end }
    for piece in own { measure(piece) }
  }

  /// Finds the smallest indentation among the lines that begin in a piece.
  private mutating func measure(_ piece: Token) {
    var index = piece.start
    while index < piece.end {
      guard bytes[index] == UInt8(ascii: "\n") else {
        index += 1
        continue
      }
      index += 1
      let start = index
      while index < piece.end, isBlank(bytes[index]) { index += 1 }
      // A line of white space says nothing, but the one before the closing quotes does.
      let isEmpty = index < piece.end && isLineEnd(index)
      if !isEmpty { indentation = min(indentation ?? .max, index - start) }
    }
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private func isLineEnd(_ index: Int) -> Bool {
    bytes[index] == UInt8(ascii: "\n")
      || (bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count
        && bytes[index + 1] == UInt8(ascii: "\n"))
  }

  /// Gives what a piece stands for.
  mutating func value(of piece: Token) -> String {
    var start = piece.start
    var end = piece.end
    if indentation != nil {
      if piece.start == first { start = skipFirstLineEnd(start, end) }
      if piece.end == last { end = dropLastLine(start, end) }
    }
    var value: [UInt8] = []
    value.reserveCapacity(end - start)
    // The first line's own indentation goes where its line end was taken away.
    var index = start > piece.start ? skipIndentation(start, end) : start
    while index < end {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\\"), flavour.hasEscapes {
        index = readEscape(index, end, &value)
      } else if byte == UInt8(ascii: "\n"), indentation != nil {
        value.append(byte)
        index = skipIndentation(index + 1, end)
      } else if byte == UInt8(ascii: "\r"), isLineEnd(index) {
        index += 1
      } else {
        value.append(byte)
        index += 1
      }
    }
    return String(decoding: value, as: UTF8.self)
  }

  private func skipIndentation(_ start: Int, _ end: Int) -> Int {
    var index = start
    let limit = min(end, start + (indentation ?? 0))
    while index < limit, isBlank(bytes[index]) { index += 1 }
    return index
  }

  /// A block that begins with a line end begins on the next line.
  private func skipFirstLineEnd(_ start: Int, _ end: Int) -> Int {
    var index = start
    while index < end, isBlank(bytes[index]) { index += 1 }
    guard index < end, isLineEnd(index) else { return start }
    return index + (bytes[index] == UInt8(ascii: "\r") ? 2 : 1)
  }

  /// The line end before closing quotes on a line of their own is not part of the text.
  private func dropLastLine(_ start: Int, _ end: Int) -> Int {
    var index = end
    while index > start, isBlank(bytes[index - 1]) { index -= 1 }
    if index == start, start > 0, bytes[start - 1] == UInt8(ascii: "\n") { return start }
    guard index > start, bytes[index - 1] == UInt8(ascii: "\n") else { return end }
    index -= 1
    return index > start && bytes[index - 1] == UInt8(ascii: "\r") ? index - 1 : index
  }

  // MARK: - Escapes

  /// Reads the escape at `index` and gives the index behind it.
  private mutating func readEscape(_ index: Int, _ end: Int, _ value: inout [UInt8]) -> Int {
    let next = index + 1
    guard next < end else {
      let span = SourceSpan(index, index + 1)
      let fix = FixIt("write '\\\\' for a backslash", at: span, replacement: "\\\\")
      failures.append(Failure(reason: "a '\\' at the end of a line", span: span, fix: fix))
      return next
    }
    switch bytes[next] {
    case UInt8(ascii: "n"): value.append(UInt8(ascii: "\n"))
    case UInt8(ascii: "r"): value.append(UInt8(ascii: "\r"))
    case UInt8(ascii: "t"): value.append(UInt8(ascii: "\t"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"): value.append(bytes[next])
    case UInt8(ascii: "u"): return readScalar(index, end, &value)
    default:
      var past = next + 1
      while past < end, bytes[past] & 0xC0 == 0x80 { past += 1 }
      let letters = String(decoding: bytes[index..<past], as: UTF8.self)
      let span = SourceSpan(index, past)
      let backslash = SourceSpan(index, index + 1)
      let fix = FixIt("write '\\\\' for a backslash", at: backslash, replacement: "\\\\")
      let isLineEnd = bytes[next] == UInt8(ascii: "\n")
      let reason = isLineEnd ? "a '\\' at the end of a line" : "'\(letters)'"
      failures.append(Failure(reason: reason, span: isLineEnd ? backslash : span, fix: fix))
      return isLineEnd ? next : past
    }
    return next + 1
  }

  /// Reads `\u{…}`: one to six hexadecimal digits of a Unicode scalar.
  private mutating func readScalar(_ index: Int, _ end: Int, _ value: inout [UInt8]) -> Int {
    var past = index + 2
    guard past < end, bytes[past] == UInt8(ascii: "{") else {
      let span = SourceSpan(index, past)
      failures.append(Failure(reason: "'\\u' without '{…}'", span: span, fix: nil))
      return past
    }
    past += 1
    let digits = bytes[past..<end].prefix { $0 != UInt8(ascii: "}") && $0 > UInt8(ascii: " ") }
    past += digits.count
    let isClosed = past < end && bytes[past] == UInt8(ascii: "}")
    if isClosed { past += 1 }
    let letters = String(decoding: digits, as: UTF8.self)
    let isHexadecimal = (1...6).contains(digits.count) && !digits.contains(UInt8(ascii: "+"))
    guard isClosed, isHexadecimal, let code = UInt32(letters, radix: 16),
      let scalar = Unicode.Scalar(code)
    else {
      let written = String(decoding: bytes[index..<past], as: UTF8.self)
      let span = SourceSpan(index, past)
      failures.append(Failure(reason: "'\(written)'", span: span, fix: nil))
      return past
    }
    value.append(contentsOf: String(scalar).utf8)
    return past
  }
}
