/// Follows a SQL text far enough to know whether a place in it is inside quotes or a comment, where
/// a bind parameter would be plain letters.
///
/// The rules are PostgreSQL's (manual, 4.1 "Lexical Structure"): `''` doubles, `E'…'` has backslash
/// escapes, `$tag$` quotes, block comments nest.
struct SQLTemplate {
  /// Where in SQL no bind parameter can stand.
  enum Place: Equatable {
    case quote(hasEscapes: Bool)
    case identifierQuote
    case dollarQuote([UInt8])
    case lineComment
    case blockComment(depth: Int)
  }

  /// What the text read so far leaves open.
  private(set) var place: Place?
  private var previous: UInt8 = 0

  /// Notes that a bind parameter stands here.
  mutating func readBind() {
    previous = UInt8(ascii: "1")
  }

  mutating func read(_ text: ArraySlice<UInt8>) {
    var index = text.startIndex
    while index < text.endIndex {
      let start = index
      switch place {
      case nil: index = readPlain(text, index)
      case .quote(let hasEscapes): index = readQuote(text, index, hasEscapes)
      case .identifierQuote:
        if text[index] == UInt8(ascii: "\"") { place = nil }
        index += 1
      case .dollarQuote(let tag):
        let isEnd = text[index...].starts(with: tag)
        if isEnd { place = nil }
        index += isEnd ? tag.count : 1
      case .lineComment:
        if text[index] == UInt8(ascii: "\n") { place = nil }
        index += 1
      case .blockComment(let depth): index = readBlockComment(text, index, depth)
      }
      previous = text[max(start, index - 1)]
    }
  }

  private mutating func readPlain(_ text: ArraySlice<UInt8>, _ index: Int) -> Int {
    let next = index + 1 < text.endIndex ? text[index + 1] : 0
    switch (text[index], next) {
    case (UInt8(ascii: "'"), _):
      place = .quote(hasEscapes: isEscapePrefix(text, index))
    case (UInt8(ascii: "\""), _): place = .identifierQuote
    case (UInt8(ascii: "-"), UInt8(ascii: "-")):
      place = .lineComment
      return index + 2
    case (UInt8(ascii: "/"), UInt8(ascii: "*")):
      place = .blockComment(depth: 1)
      return index + 2
    case (UInt8(ascii: "$"), _):
      if let tag = dollarTag(text, index) {
        place = .dollarQuote(tag)
        return index + tag.count
      }
    default: break
    }
    return index + 1
  }

  /// Says that the quote at `index` belongs to an `E'…'`, and not to a word that ends in E.
  private func isEscapePrefix(_ text: ArraySlice<UInt8>, _ index: Int) -> Bool {
    guard previous == UInt8(ascii: "E") || previous == UInt8(ascii: "e") else { return false }
    let before = index - 2
    return before < text.startIndex || !isIdentifier(text[before])
  }

  private func isIdentifier(_ byte: UInt8) -> Bool {
    Lexer.isNameByte(byte) || byte >= 0x80 || byte == UInt8(ascii: "$")
  }

  /// Reads `$tag$`; a `$` within a name or before a number opens nothing.
  private func dollarTag(_ text: ArraySlice<UInt8>, _ index: Int) -> [UInt8]? {
    guard !isIdentifier(previous) else { return nil }
    var end = index + 1
    while end < text.endIndex, text[end] != UInt8(ascii: "$") {
      let isFirst = end == index + 1
      guard isIdentifier(text[end]), !(isFirst && Lexer.isDigit(text[end])) else { return nil }
      end += 1
    }
    return end < text.endIndex ? Array(text[index...end]) : nil
  }

  private mutating func readQuote(
    _ text: ArraySlice<UInt8>,
    _ index: Int,
    _ hasEscapes: Bool
  ) -> Int {
    let next = index + 1 < text.endIndex ? text[index + 1] : 0
    switch text[index] {
    case UInt8(ascii: "\\") where hasEscapes: return min(index + 2, text.endIndex)
    case UInt8(ascii: "'"):
      if next == UInt8(ascii: "'") { return index + 2 }
      place = nil
      return index + 1
    default: return index + 1
    }
  }

  private mutating func readBlockComment(
    _ text: ArraySlice<UInt8>,
    _ index: Int,
    _ depth: Int
  ) -> Int {
    let next = index + 1 < text.endIndex ? text[index + 1] : 0
    switch (text[index], next) {
    case (UInt8(ascii: "/"), UInt8(ascii: "*")):
      place = .blockComment(depth: depth + 1)
      return index + 2
    case (UInt8(ascii: "*"), UInt8(ascii: "/")):
      place = depth > 1 ? .blockComment(depth: depth - 1) : nil
      return index + 2
    default: return index + 1
    }
  }
}
