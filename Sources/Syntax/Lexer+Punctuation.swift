import Diagnostics

/// Signs and brackets.
extension Lexer {
  mutating func lexPunctuation() {
    switch byte() {
    case UInt8(ascii: "("): open(.leftParen, .paren)
    case UInt8(ascii: "["): open(.leftBracket, .bracket)
    case UInt8(ascii: "{"): open(.leftBrace, .brace)
    case UInt8(ascii: ")"): closeRound(.rightParen)
    case UInt8(ascii: "]"): closeRound(.rightBracket)
    case UInt8(ascii: "}"): closeBrace()
    case UInt8(ascii: ","): take(.comma, 1)
    case UInt8(ascii: ":"): take(.colon, 1)
    case UInt8(ascii: ";"): take(.semicolon, 1)
    case UInt8(ascii: "+"): take(.plus, 1)
    case UInt8(ascii: "-"): take(.minus, 1)
    case UInt8(ascii: "*"): take(.star, 1)
    case UInt8(ascii: "/"): take(.slash, 1)
    case UInt8(ascii: "."): byte(1) == UInt8(ascii: ".") ? take(.range, 2) : take(.dot, 1)
    default: lexOperator()
    }
  }

  private mutating func lexOperator() {
    switch (byte(), byte(1)) {
    case (UInt8(ascii: "?"), UInt8(ascii: "?")): take(.otherwise, 2)
    case (UInt8(ascii: "?"), UInt8(ascii: ".")): take(.optionalDot, 2)
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): take(.lessOrEqual, 2)
    case (UInt8(ascii: "<"), _): take(.less, 1)
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): take(.greaterOrEqual, 2)
    case (UInt8(ascii: ">"), _): take(.greater, 1)
    case (UInt8(ascii: "="), UInt8(ascii: "=")): takeForeign(2, "is", [.keyword(.is)])
    case (UInt8(ascii: "="), _): take(.equal, 1)
    case (UInt8(ascii: "!"), UInt8(ascii: "=")):
      takeForeign(2, "is not", [.keyword(.is), .keyword(.not)])
    case (UInt8(ascii: "!"), _): takeForeign(1, "not", [.keyword(.not)])
    case (UInt8(ascii: "&"), UInt8(ascii: "&")): takeForeign(2, "and", [.keyword(.and)])
    case (UInt8(ascii: "|"), UInt8(ascii: "|")): takeForeign(2, "or", [.keyword(.or)])
    case (UInt8(ascii: "|"), _): take(.pipe, 1)
    case (UInt8(ascii: "%"), _):
      report(.noRemainderOperator(at: SourceSpan(position, position + 1)))
      take(.star, 1)
    default: lexUnexpected()
    }
  }

  private mutating func open(_ kind: TokenKind, _ mode: Mode) {
    take(kind, 1)
    push(mode)
  }

  /// Takes `)` or `]`; that it fits what it closes is the parser's business.
  private mutating func closeRound(_ kind: TokenKind) {
    switch modes.last {
    case .paren, .bracket: pop()
    default: break
    }
    take(kind, 1)
  }

  /// Takes `}`, and gives up the round and square brackets left open inside of it.
  private mutating func closeBrace() {
    if braces + interpolations > 0 {
      loop: while let mode = modes.last {
        switch mode {
        case .paren, .bracket, .words: pop()
        case .brace:
          pop()
          break loop
        case .interpolation:
          pop()
          take(.interpolationEnd, 1)
          return
        case .text: break loop
        }
      }
    }
    take(.rightBrace, 1)
  }

  /// Takes an operator of other languages as what it is called here.
  private mutating func takeForeign(_ length: Int, _ word: String, _ kinds: [TokenKind]) {
    let span = SourceSpan(position, position + length)
    let before = followsSpace || span.start == 0 ? "" : " "
    let next = byte(length)
    let after = next == UInt8(ascii: " ") || next == UInt8(ascii: "\n") ? "" : " "
    let written = source.text(of: span)
    report(.foreignOperator(written, word, at: span, replacement: before + word + after))
    for (index, kind) in kinds.enumerated() {
      // The made-up second half has the first one's place; two tokens never share a byte otherwise.
      if index > 0 { position = span.start }
      take(kind, length)
    }
  }

  private mutating func lexUnexpected() {
    let start = position
    if byte() < 0x80 {
      // Control characters were reported before; they are as good as spaces.
      if byte() < 0x20 || byte() == 0x7F {
        position += 1
        followsSpace = true
        return
      }
      position += 1
      report(.unexpectedCharacter(at: SourceSpan(start, position), in: source))
    } else {
      if takeCurlyQuotes() { return }
      while byte() >= 0x80 { position += 1 }
      // Bidirectional controls and bad bytes were reported before.
      if !wasFoundUnreadable(start, position) {
        report(.unexpectedCharacter(at: SourceSpan(start, position), in: source))
      }
    }
    add(.invalid, from: start)
  }

  /// Takes a text in the quotes that word processors make of straight ones, and reports it as one.
  private mutating func takeCurlyQuotes() -> Bool {
    let isDouble = startsWith(0xE2, 0x80, 0x9C) || startsWith(0xE2, 0x80, 0x9D)
    guard isDouble || startsWith(0xE2, 0x80, 0x98) || startsWith(0xE2, 0x80, 0x99) else {
      return false
    }
    let start = position
    position += 3
    // A row of opening quotes must not be searched again from each of them.
    let limit = min(bytes.count, start + 1_000)
    while position < limit, byte() != UInt8(ascii: "\n") {
      let closes = startsWith(0xE2, 0x80, isDouble ? 0x9D : 0x99)
      guard closes else {
        position += 1
        continue
      }
      let inner = source.text(of: SourceSpan(start + 3, position))
      position += 3
      let quote = isDouble ? "\"" : "'"
      report(.curlyQuotes(at: SourceSpan(start, position), straight: quote + inner + quote))
      add(.invalid, from: start)
      return true
    }
    position = start
    return false
  }

  private func startsWith(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
    byte() == first && byte(1) == second && byte(2) == third
  }

  private func wasFoundUnreadable(_ start: Int, _ end: Int) -> Bool {
    var low = 0
    var high = unreadable.count
    while low < high {
      let middle = (low + high) / 2
      if unreadable[middle] < start { low = middle + 1 } else { high = middle }
    }
    return low < unreadable.count && unreadable[low] < end
  }
}
