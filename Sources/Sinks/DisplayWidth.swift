/// How many columns of a terminal a text takes.
///
/// Combining marks take none; East Asian wide characters (Unicode Standard Annex 11) and emoji take
/// two. The text must be harmless already: controls have no width.
package enum DisplayWidth {
  package static func of(_ text: String) -> Int {
    if isASCII(text) { return text.utf8.count }
    return text.reduce(0) { $0 + of($1) }
  }

  /// The text in at most so many columns; `…` stands for what was cut off.
  package static func shortened(_ text: String, to columns: Int) -> String {
    guard of(text) > columns else { return text }
    guard columns > 1 else { return columns == 1 ? "…" : "" }
    var kept = ""
    var used = 0
    for character in text {
      let width = of(character)
      guard used + width < columns else { break }
      kept.append(character)
      used += width
    }
    return kept + "…"
  }

  /// The text with blanks up to so many columns, on the right or on the left.
  package static func padded(_ text: String, to columns: Int, isRight: Bool = false) -> String {
    let blanks = String(repeating: " ", count: max(0, columns - of(text)))
    return isRight ? blanks + text : text + blanks
  }

  private static func isASCII(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 < 0x80 }
  }

  private static func of(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard let first = scalars.first else { return 0 }
    let widest = scalars.reduce(0) { max($0, of($1)) }
    guard scalars.count > 1 else { return widest }
    // A flag is two letters of half a flag each; U+FE0F asks for the picture of a sign.
    let isFlag = (0x1F1E6...0x1F1FF).contains(first.value)
    let isPicture = first.properties.isEmoji && scalars.contains { $0.value == 0xFE0F }
    return isFlag || isPicture ? 2 : widest
  }

  private static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    if (0x1160...0x11FF).contains(scalar.value) { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return isWide(scalar) ? 2 : 1
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0xA4C6,
      0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B,
      0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1D300...0x1D376,
      0x1F200...0x1F265, 0x20000...0x3FFFD:
      // The hexagrams lie between the ideographs and are narrow.
      !(0x4DC0...0x4DFF).contains(scalar.value)
    default: scalar.properties.isEmojiPresentation
    }
  }
}
