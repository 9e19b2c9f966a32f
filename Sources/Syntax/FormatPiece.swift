import Diagnostics

/// What the formatter moves as a whole: a sign, a name, a text with all in it, a word, a comment.
struct FormatPiece: Equatable {
  var kind: TokenKind
  var role: TokenRole?
  var span: SourceSpan
  var isComment = false
  /// How many line ends stand before it.
  var lineBreaks = 0

  var opens: Bool {
    switch kind {
    case .leftParen, .leftBracket, .leftBrace: true
    default: false
    }
  }

  var closes: Bool {
    switch kind {
    case .rightParen, .rightBracket, .rightBrace: true
    default: false
    }
  }

  /// Says that a line that ends in this goes on, brackets and commas aside.
  var letsLineGoOn: Bool {
    switch kind {
    case .pipe, .equal, .plus, .minus, .star, .slash, .less, .lessOrEqual, .greater,
      .greaterOrEqual, .range, .otherwise, .colon, .keyword(.and), .keyword(.or), .keyword(.is),
      .keyword(.in), .keyword(.not), .keyword(.matches):
      true
    default: false
    }
  }

  /// Gives what is written for it.
  func text(in source: SourceText) -> String {
    let text = source.text(of: span)
    guard isComment, !(span.start == 0 && text.hasPrefix("#!")) else { return text }
    let marks = text.prefix { $0 == "#" }
    let words = text.dropFirst(marks.count).drop { $0 == " " || $0 == "\t" }
    return words.isEmpty ? String(marks) : marks + " " + words
  }

  /// Cuts a lexed text into its pieces, comments among them, in order of place.
  static func pieces(
    of lexed: Lexer.Result,
    roles: [Int: TokenRole],
    in source: SourceText
  ) -> [FormatPiece] {
    var pieces: [FormatPiece] = []
    pieces.reserveCapacity(lexed.tokens.count + lexed.comments.count)
    var comments = lexed.comments[...]
    var index = 0
    while index < lexed.tokens.count, lexed.tokens[index].kind != .endOfFile {
      let token = lexed.tokens[index]
      while let comment = comments.first, comment.span.start < token.start {
        pieces.append(FormatPiece(kind: .invalid, span: comment.span, isComment: true))
        comments.removeFirst()
      }
      let past = end(ofPieceAt: index, in: lexed.tokens)
      let span = SourceSpan(token.start, lexed.tokens[past - 1].end)
      pieces.append(FormatPiece(kind: token.kind, role: roles[index], span: span))
      index = past
    }
    for comment in comments {
      pieces.append(FormatPiece(kind: .invalid, span: comment.span, isComment: true))
    }
    countLineBreaks(&pieces, in: source)
    return pieces
  }

  /// Gives the token behind the piece that begins at `index`.
  private static func end(ofPieceAt index: Int, in tokens: [Token]) -> Int {
    var past = index
    repeat {
      past = endOfPart(at: past, in: tokens)
    } while startsPart(tokens[index].kind) && startsPart(tokens[past].kind)
      && !tokens[past].followsSpace
    return past
  }

  private static func startsPart(_ kind: TokenKind) -> Bool {
    switch kind {
    case .wordPiece, .textStart, .interpolationStart, .spreadStart: true
    default: false
    }
  }

  /// Gives the token behind a text or an interpolation with all that is in it, or a single token.
  private static func endOfPart(at index: Int, in tokens: [Token]) -> Int {
    var depth = 0
    var past = index
    repeat {
      switch tokens[past].kind {
      case .textStart, .interpolationStart, .spreadStart: depth += 1
      case .textEnd, .interpolationEnd: depth -= 1
      default: break
      }
      past += 1
    } while depth > 0 && past < tokens.count - 1
    return past
  }

  private static func countLineBreaks(_ pieces: inout [FormatPiece], in source: SourceText) {
    var before = 0
    for index in pieces.indices {
      let gap = source.bytes[before..<pieces[index].span.start]
      pieces[index].lineBreaks = gap.count { $0 == UInt8(ascii: "\n") }
      before = pieces[index].span.end
    }
  }
}
