import Diagnostics

/// Finding the place to go on after an error.
extension Parser {
  /// Ends a statement: at its line's end, a `;`, or before the `}` of its block.
  mutating func finishStatement(startedAt first: Int) {
    if !isAtStatementEnd {
      fail(unexpected(startedAt: first))
      skipToStatementEnd()
    }
    isPanicking = false
    if kind == .lineEnd || kind == .semicolon { advance() }
  }

  /// Says what is wrong with a statement that should end here.
  private func unexpected(startedAt first: Int) -> Diagnostic {
    if index == first + 1, tokens[first].kind == .name {
      let word = text(tokens[first])
      let words = Keyword.allCases.filter { $0.beginsItem || $0.beginsStatement || $0 == .run }
      if let nearest = Spelling.nearest(to: word, in: words.map(\.rawValue)) {
        return .unknownStatement(word, nearest: nearest, at: tokens[first].span)
      }
    }
    if index > 0, kind == .name, NumberReading.isUnit(text(token)) {
      let before = tokens[index - 1]
      if before.kind == .int || before.kind == .number {
        return .unitApart(text(token), after: before.span, at: token.span)
      }
    }
    return suggesting(Self.wordsInside, .unexpectedAfterStatement(text(token), at: token.span))
  }

  /// The words that go on with a statement or a part of a file.
  static let wordsInside: [Keyword] = [
    .and, .or, .is, .in, .matches, .else, .catch, .when, .undo, .probe,
  ]

  /// Adds the word that was probably meant by the name that stands here.
  func suggesting(_ words: [Keyword], _ diagnostic: Diagnostic) -> Diagnostic {
    guard token.kind == .name, token.end - token.start > 1,
      let nearest = Spelling.nearest(to: text(token), in: words.map(\.rawValue))
    else { return diagnostic }
    var copy = diagnostic
    copy.fixIts = [FixIt("did you mean '\(nearest)'?", at: token.span, replacement: nearest)]
    return copy
  }

  mutating func skipToStatementEnd() {
    var open = 0
    let outer = linesAreSpaces
    linesAreSpaces = false
    defer { linesAreSpaces = outer }
    while true {
      switch kind {
      case .endOfFile: return
      case .lineEnd where open == 0 || beginsItem(index): return
      case .semicolon where open == 0: return
      case .leftParen, .leftBracket, .leftBrace, .interpolationStart, .spreadStart: open += 1
      case .rightBrace where open == 0: return
      case .rightParen, .rightBracket, .rightBrace, .interpolationEnd: open = max(0, open - 1)
      default: break
      }
      advance()
    }
  }

  /// Says that a part of a file begins its line there, as nothing in brackets does.
  func beginsItem(_ index: Int) -> Bool {
    guard tokens[index].beginsLine, case .keyword(let word) = tokens[index].kind else {
      return false
    }
    return word.beginsItem && index + 1 < tokens.count && tokens[index + 1].kind != .colon
  }

  /// Takes the sign that closes what was opened at `opening`; after an error, skips to it.
  ///
  /// `expected` says what else could stand here, such as `','`.
  mutating func close(_ wanted: TokenKind, _ sign: String, opening: Token, expected: String) {
    if take(wanted) {
      return
    }
    if token.kind == .endOfFile {
      fail(.notClosed(text(opening), opening: opening.span, atEnd: token.start))
      return
    }
    if startsNextStatement(index) {
      fail(.notClosed(text(opening), opening: opening.span, before: text(token), at: token.span))
      return
    }
    fail(.expectedToClose(expected, found: found, opening: opening, in: source, at: token.span))
    if skip(to: wanted) { isPanicking = hasGivenUp }
  }

  /// Says that a line begins here with a word that begins statements only.
  private func startsNextStatement(_ index: Int) -> Bool {
    guard tokens[index].beginsLine, case .keyword(let word) = tokens[index].kind else {
      return false
    }
    return (word.beginsItem || word.beginsStatement) && tokens[index + 1].kind != .colon
  }

  /// Skips to the wanted sign and over it, but not out of the brackets around or into the next
  /// statement; says whether it was there.
  private mutating func skip(to wanted: TokenKind) -> Bool {
    var open = 0
    while token.kind != .endOfFile, !startsNextStatement(index) {
      let here = token.kind
      if open == 0, here == wanted {
        index += 1
        return true
      }
      switch here {
      case .leftParen, .leftBracket, .leftBrace, .interpolationStart, .spreadStart: open += 1
      case .rightParen, .rightBracket, .rightBrace, .interpolationEnd:
        if open == 0 { return false }
        open -= 1
      case .textEnd where open == 0 && wanted == .interpolationEnd: return false
      default: break
      }
      index += 1
    }
    return false
  }

  /// What stands here, in words for a message.
  var found: String {
    switch kind {
    case .endOfFile: "the end"
    case .lineEnd: token.kind == .endOfFile ? "the end" : "the end of the line"
    case .textStart: "a text"
    default: "'\(text(token))'"
    }
  }

  /// Where something is missing: at the sign that stands there instead, or behind the line.
  var missingSpan: SourceSpan {
    kind == .lineEnd || kind == .endOfFile ? gap : token.span
  }

  /// Reports a line that begins with an operator, and reads it as the rest of the line before.
  mutating func joinLine() {
    let from = previousEnd
    let hasComment = bytes[from..<token.start].contains(UInt8(ascii: "#"))
    let written = text(token)
    let gap = SourceSpan(from, token.start)
    let isDot = token.kind == .dot || token.kind == .optionalDot
    var fix: FixIt?
    if !hasComment {
      fix =
        isDot
        ? FixIt("join it with the line before", at: gap, replacement: "")
        : FixIt(
          "end the line before with '\(written)'",
          at: SourceSpan(from, token.end),
          replacement: " " + written + source.text(of: gap)
        )
    }
    note(.lineBeginsWithOperator(written, at: token.span, fix: fix))
    passedLineEnd = index
  }

  /// Takes a word that belongs on the line of the `}` before it.
  mutating func takeTrailing(_ word: Keyword) -> Bool {
    guard token.kind == .keyword(word), kind(ahead: 1) != .colon else { return false }
    if kind == .lineEnd {
      let gap = SourceSpan(previousEnd, token.start)
      let hasComment = bytes[gap.start..<gap.end].contains(UInt8(ascii: "#"))
      note(
        .trailingWordOnOwnLine(word.rawValue, at: token.span, joining: hasComment ? nil : gap)
      )
      passedLineEnd = index
    }
    advance()
    return true
  }
}

extension NumberReading {
  /// Says that a word is a unit of durations or sizes.
  static func isUnit(_ word: String) -> Bool {
    microseconds[word] != nil || bytes[word] != nil
  }
}
