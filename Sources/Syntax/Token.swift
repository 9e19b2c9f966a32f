package import Diagnostics

/// What a piece of source text is, as far as its letters tell.
package enum TokenKind: Hashable, Sendable {
  case keyword(Keyword)
  case name
  case int, number, percent, duration, size, time
  /// The opening quote of a text, with `sql` before it if it is SQL.
  case textStart
  /// What stands between quotes and interpolations, as written.
  case textPiece
  case textEnd
  /// `${`
  case interpolationStart
  /// `${...`
  case spreadStart
  /// The `}` of an interpolation.
  case interpolationEnd
  /// Unquoted letters of a word after `run`.
  case wordPiece
  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case comma, colon, semicolon, pipe, dot, optionalDot, equal
  case range, otherwise, plus, minus, star, slash
  case less, lessOrEqual, greater, greaterOrEqual
  /// Something that no program holds; the lexer has reported it.
  case invalid
  /// A line end where the parser gives it a meaning; the lexer makes none.
  case lineEnd
  case endOfFile
}

/// One token: a kind, a place, and what stood before it.
package struct Token: Hashable, Sendable {
  package var kind: TokenKind
  /// Says that it is the first of its line.
  package var beginsLine: Bool
  /// Says that white space, a comment or a line end stands before it.
  package var followsSpace: Bool
  private var first: UInt32
  private var past: UInt32

  init(_ kind: TokenKind, _ start: Int, _ end: Int, beginsLine: Bool, followsSpace: Bool) {
    self.kind = kind
    self.beginsLine = beginsLine
    self.followsSpace = followsSpace
    first = UInt32(truncatingIfNeeded: start)
    past = UInt32(truncatingIfNeeded: end)
  }

  package var start: Int { Int(first) }
  package var end: Int { Int(past) }
  package var span: SourceSpan { SourceSpan(start, end) }

  /// Says that the lexer made it up to close what the text left open, and reported that.
  var isMadeUp: Bool { first == past && kind != .endOfFile }
}

/// How a text is quoted.
enum TextFlavour: Hashable, Sendable {
  /// `'…'`
  case raw
  /// `"…"`
  case line
  /// `"""…"""`
  case block
  /// `sql"…"`
  case sqlLine
  /// `sql"""…"""`
  case sqlBlock

  var endsWithItsLine: Bool { self != .block && self != .sqlBlock }
  var isSQL: Bool { self == .sqlLine || self == .sqlBlock }
  var hasEscapes: Bool { self == .line || self == .block }

  /// Reads the flavour off an opening quote.
  init(opening: ArraySlice<UInt8>) {
    let isSQL = opening.first == UInt8(ascii: "s")
    if opening.first == UInt8(ascii: "'") {
      self = .raw
    } else if opening.count >= 3, opening.suffix(3).allSatisfy({ $0 == UInt8(ascii: "\"") }) {
      self = isSQL ? .sqlBlock : .block
    } else {
      self = isSQL ? .sqlLine : .line
    }
  }
}
