import Diagnostics

/// Writes a file in the one style.
///
/// Line breaks and blank lines are the author's; what stands between the signs of a line, how far a
/// line is indented and where comments stand are not. Texts and the words of `run` stay as they are
/// written, so formatting cannot change what a program means.
package struct Formatter {
  private let source: SourceText
  private let pieces: [FormatPiece]
  private let isStack: Bool
  private var output = ""
  /// The brackets that are open, each with the indentation of the line it was opened on.
  private var open: [(sign: FormatPiece, indentation: Int)] = []
  private var indentation = 0
  private var last: FormatPiece?

  private init(source: SourceText, pieces: [FormatPiece], isStack: Bool) {
    self.source = source
    self.pieces = pieces
    self.isStack = isStack
  }

  /// Formats a file; a text with errors comes back as it is.
  package static func format(_ file: SyntaxFile) -> String {
    let lexed = Lexer.lex(file.source)
    var parser = Parser(file.source, mode: .prompt, lexed: lexed)
    let parsed = parser.parseFile()
    guard lexed.diagnostics.isEmpty, parser.diagnostics.isEmpty else {
      return file.source.text(of: SourceSpan(0, file.source.bytes.count))
    }
    var isStack = false
    if case .stack = parsed.contents { isStack = true }
    let pieces = FormatPiece.pieces(of: lexed, roles: parser.roles, in: file.source)
    var formatter = Formatter(source: file.source, pieces: pieces, isStack: isStack)
    formatter.writeAll()
    return formatter.output
  }

  private mutating func writeAll() {
    for (index, piece) in pieces.enumerated() {
      let next = index + 1 < pieces.count ? pieces[index + 1] : nil
      guard !isNeedless(piece, before: next) else { continue }
      write(piece, at: index)
      last = piece
    }
    if last != nil { output += "\n" }
  }

  /// Says that a `;` or comma separates nothing.
  private func isNeedless(_ piece: FormatPiece, before next: FormatPiece?) -> Bool {
    switch piece.kind {
    case .semicolon:
      guard let next, let last, !last.opens, last.kind != .semicolon else { return true }
      return next.lineBreaks > 0 || piece.lineBreaks > 0 || next.closes || next.isComment
        || next.kind == .semicolon
    case .comma: return next.map { $0.closes && $0.lineBreaks == 0 } ?? false
    default: return false
    }
  }

  private mutating func write(_ piece: FormatPiece, at index: Int) {
    if let last {
      if piece.lineBreaks > 0 {
        startLine(with: piece, at: index)
      } else if piece.isComment {
        output += "  "
      } else if Self.needSpace(last, piece) {
        output += " "
      }
    }
    output += piece.text(in: source)
    if piece.opens {
      open.append((piece, indentation))
    } else if piece.closes {
      _ = open.popLast()
    }
  }

  private mutating func startLine(with piece: FormatPiece, at index: Int) {
    output += "\n"
    if piece.lineBreaks > 1, last?.opens != true, !piece.closes { output += "\n" }
    let closers = pieces[index...].prefix { $0.closes && ($0.lineBreaks == 0 || $0 == piece) }.count
    if closers > 0, closers <= open.count {
      indentation = open[open.count - closers].indentation
    } else {
      indentation = (open.last?.indentation ?? -1) + (goesOn(at: index) ? 2 : 1)
    }
    output += String(repeating: "  ", count: indentation)
  }

  /// Says that the line before goes on here outside of brackets.
  private func goesOn(at index: Int) -> Bool {
    guard let before = pieces[..<index].last(where: { !$0.isComment }) else { return false }
    switch open.last?.sign.kind {
    case .leftParen, .leftBracket: return false
    default: break
    }
    if before.kind == .comma { return !isStack && open.last?.sign.role != .record }
    return before.letsLineGoOn
  }

  private static func needSpace(_ left: FormatPiece, _ right: FormatPiece) -> Bool {
    if left.role == .prefix || right.role == .attached { return false }
    switch (left.kind, right.kind) {
    case (.leftParen, _), (.leftBracket, _), (_, .rightParen), (_, .rightBracket): return false
    case (.leftBrace, .rightBrace): return false
    case (.leftBrace, _) where left.role == .record: return false
    case (_, .rightBrace) where right.role == .record: return false
    case (_, .comma), (_, .semicolon), (_, .colon): return false
    case (.dot, _), (.optionalDot, _), (_, .optionalDot), (.range, _), (_, .range): return false
    case (_, .dot): return right.role == .field
    default: return true
    }
  }
}
