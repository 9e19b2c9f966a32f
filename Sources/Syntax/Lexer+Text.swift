import Diagnostics

/// Texts: quotes, pieces, interpolations.
extension Lexer {
  /// Takes an opening quote; `prefix` is the length of what stands before it (`sql`).
  mutating func lexTextStart(prefix: Int) {
    let start = position
    let isRaw = byte(prefix) == UInt8(ascii: "'")
    let isBlock =
      !isRaw && byte(prefix + 1) == UInt8(ascii: "\"") && byte(prefix + 2) == UInt8(ascii: "\"")
    take(.textStart, prefix + (isBlock ? 3 : 1))
    push(.text(TextFlavour(opening: bytes[start..<position]), start: start))
  }

  /// Takes pieces up to an interpolation or the closing quote.
  mutating func lexText(_ flavour: TextFlavour, start: Int) {
    let piece = position
    while position < bytes.count {
      switch byte() {
      case UInt8(ascii: "\n") where lineText != nil:
        addPiece(from: piece)
        lexLineEnd()
        return
      case UInt8(ascii: "\\") where flavour.hasEscapes:
        position += 1
        if position < bytes.count, byte() != UInt8(ascii: "\n") { position += 1 }
      case UInt8(ascii: "$") where flavour != .raw && byte(1) == UInt8(ascii: "{"):
        addPiece(from: piece)
        let isSpread = (2...4).allSatisfy { byte($0) == UInt8(ascii: ".") }
        take(isSpread ? .spreadStart : .interpolationStart, isSpread ? 5 : 2)
        push(.interpolation)
        return
      case UInt8(ascii: "'") where flavour == .raw, UInt8(ascii: "\"") where flavour != .raw:
        guard let length = closingLength(flavour) else {
          position += 1
          continue
        }
        position += length.skipped
        addPiece(from: piece)
        take(.textEnd, length.quotes)
        pop()
        return
      default: position += 1
      }
    }
    addPiece(from: piece)
  }

  private mutating func addPiece(from start: Int) {
    if position > start { add(.textPiece, from: start) }
  }

  /// Gives how many quotes here close the text, and how many before them still belong to it.
  private func closingLength(_ flavour: TextFlavour) -> (skipped: Int, quotes: Int)? {
    if flavour.endsWithItsLine { return (0, 1) }
    var count = 0
    while count < 5, byte(count) == UInt8(ascii: "\"") { count += 1 }
    return count < 3 ? nil : (count - 3, 3)
  }

  // MARK: - The words of `run`

  mutating func lexWord() {
    switch byte() {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      position += 1
      followsSpace = true
    case UInt8(ascii: "\n"), UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: ")"),
      UInt8(ascii: "}"):
      pop()
    case UInt8(ascii: "#") where followsSpace: pop()
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      startWord()
      lexTextStart(prefix: 0)
    case UInt8(ascii: "$") where byte(1) == UInt8(ascii: "{"):
      startWord()
      let isSpread = (2...4).allSatisfy { byte($0) == UInt8(ascii: ".") }
      take(isSpread ? .spreadStart : .interpolationStart, isSpread ? 5 : 2)
      push(.interpolation)
    default: lexWordPiece()
    }
  }

  private mutating func startWord() {
    if followsSpace { complainedOfWord = false }
  }

  private mutating func lexWordPiece() {
    startWord()
    let start = position
    var forbidden: Int?
    // What a shell would take as `$(…)` is refused as a whole.
    var parentheses = 0
    loop: while position < bytes.count {
      if parentheses > 0, byte() != UInt8(ascii: "\n") {
        if byte() == UInt8(ascii: "(") { parentheses += 1 }
        if byte() == UInt8(ascii: ")") { parentheses -= 1 }
        position += 1
        continue
      }
      switch byte() {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
        UInt8(ascii: "|"), UInt8(ascii: ";"), UInt8(ascii: ")"), UInt8(ascii: "}"),
        UInt8(ascii: "\""), UInt8(ascii: "'"):
        break loop
      case UInt8(ascii: "$") where byte(1) == UInt8(ascii: "{"): break loop
      case UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "?"),
        UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "("),
        UInt8(ascii: "{"), UInt8(ascii: "\\"):
        forbidden = forbidden ?? position
        if byte() == UInt8(ascii: "(") { parentheses += 1 }
        position += 1
      default: position += 1
      }
    }
    if let forbidden, !complainedOfWord {
      complainedOfWord = true
      report(.forbiddenInWord(of: source, at: forbidden, piece: SourceSpan(start, position)))
    }
    add(.wordPiece, from: start)
  }
}
