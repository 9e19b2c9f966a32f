/// How opsh itself lays stress on a piece of text; foreign text can not ask for it.
package enum Style: Sendable, CaseIterable {
  case plain, bold, faint, red, green, yellow, blue, cyan

  /// The terminal's select-graphic-rendition sequence (ECMA-48, 8.3.117); empty for plain.
  var sequence: String {
    switch self {
    case .plain: ""
    case .bold: "\u{1B}[1m"
    case .faint: "\u{1B}[2m"
    case .red: "\u{1B}[31m"
    case .green: "\u{1B}[32m"
    case .yellow: "\u{1B}[33m"
    case .blue: "\u{1B}[34m"
    case .cyan: "\u{1B}[36m"
    }
  }
}

/// Pieces of one line with their styles; all that is read of them was made harmless.
package struct StyledText: Hashable, Sendable, ExpressibleByStringInterpolation {
  package struct Piece: Hashable, Sendable {
    /// As it came in: secrets are looked for in it, since what makes a text harmless could hide one.
    fileprivate let source: String
    package let style: Style

    /// The text, harmless; line ends and tabs are visible too.
    package var text: String { Harmless.text(source) }
  }

  package private(set) var pieces: [Piece] = []

  package init() {}

  package init(_ text: String, _ style: Style = .plain) {
    append(text, style)
  }

  package init(stringLiteral value: String) {
    append(value)
  }

  /// Appends a text from anywhere.
  package mutating func append(_ text: String, _ style: Style = .plain) {
    guard !text.isEmpty else { return }
    pieces.append(Piece(source: text, style: style))
  }

  package mutating func append(_ other: StyledText) {
    pieces += other.pieces
  }

  package static func + (left: StyledText, right: StyledText) -> StyledText {
    var sum = left
    sum.append(right)
    return sum
  }

  /// The text without its styles.
  package var text: String { pieces.map(\.text).joined() }

  /// The text for a terminal; secrets are masked, across pieces too.
  func rendered(usesColor: Bool, registry: SecretRegistry) -> String {
    let source = pieces.map(\.source).joined()
    let clean = Redactor.redact(source, registry: registry)
    // A mask may span pieces, so the line then goes without styles.
    guard usesColor, clean == source else { return Harmless.text(clean) }
    return styled
  }

  /// The text with its styles as a terminal takes them, secrets unmasked: for what goes through a
  /// sink as a whole, such as the recording of a terminal.
  package var styled: String {
    pieces.map { piece in
      piece.style == .plain ? piece.text : piece.style.sequence + piece.text + "\u{1B}[0m"
    }.joined()
  }
}
