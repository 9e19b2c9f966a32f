import Diagnostics

/// Numbers and what stands directly behind them.
extension Lexer {
  mutating func lexNumber() {
    let start = position
    if lexTime(from: start) { return }
    skipDigits()
    var kind = TokenKind.int
    if byte() == UInt8(ascii: "."), Self.isDigit(byte(1)) {
      position += 1
      skipDigits()
      kind = .number
    }
    let suffix = position
    if byte() == UInt8(ascii: "%"), !Self.isNameByte(byte(1)) {
      position += 1
      add(.percent, from: start)
      return
    }
    while Self.isNameByte(byte()) { position += 1 }
    guard suffix < position else {
      add(kind, from: start)
      return
    }
    let span = SourceSpan(start, position)
    if let unit = UnitSuffix(bytes[suffix..<position]) {
      if kind == .number {
        report(.fractionWithUnit(source.text(of: span), at: span))
        add(.invalid, from: start)
      } else {
        add(unit == .size ? .size : .duration, from: start)
      }
      return
    }
    let amount = SourceSpan(start, suffix)
    report(.unknownUnit(SourceSpan(suffix, position), after: amount, in: source))
    add(.invalid, from: start)
  }

  private mutating func skipDigits() {
    while Self.isDigit(byte()) || byte() == UInt8(ascii: "_") { position += 1 }
  }

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// Takes what looks like a date or a time, right or wrong.
  private mutating func lexTime(from start: Int) -> Bool {
    guard (0..<4).allSatisfy({ Self.isDigit(byte($0)) }), byte(4) == UInt8(ascii: "-"),
      Self.isDigit(byte(5))
    else { return false }
    var ahead = 5
    while Self.isDigit(byte(ahead)) { ahead += 1 }
    guard ahead <= 7, byte(ahead) == UInt8(ascii: "-"), Self.isDigit(byte(ahead + 1)) else {
      return false
    }
    ahead += 1
    while Self.isDigit(byte(ahead)) { ahead += 1 }
    if byte(ahead) == UInt8(ascii: "T") || byte(ahead) == UInt8(ascii: "t") {
      ahead += 1
      let clock = "0123456789:.".utf8
      while clock.contains(byte(ahead)) { ahead += 1 }
      let sign = byte(ahead)
      if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        ahead += 1
        while clock.contains(byte(ahead)) { ahead += 1 }
      }
    }
    while Self.isNameByte(byte(ahead)) { ahead += 1 }
    position = start + ahead
    add(.time, from: start)
    return true
  }
}

/// What letters behind a number say.
enum UnitSuffix {
  case duration, size

  /// Reads `m`, `h30m`, `KB`; nothing for letters that are no unit.
  init?(_ letters: ArraySlice<UInt8>) {
    let unit = letters.prefix { !Lexer.isDigit($0) && $0 != UInt8(ascii: "_") }
    let text = String(decoding: unit, as: UTF8.self)
    if NumberReading.microseconds[text] != nil {
      self = .duration
    } else if NumberReading.bytes[text] != nil, unit.count == letters.count {
      self = .size
    } else {
      return nil
    }
  }
}
