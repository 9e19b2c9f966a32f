import Diagnostics

/// Every message the lexer and the parser can give, in alphabetical order; I to Z.
extension Diagnostic {
  static func interpolationInPlainText(_ use: String, at span: SourceSpan) -> Self {
    Self("\(use) is plain text, without '${}'", at: span)
  }

  static func interpolationInSQL(_ place: SQLTemplate.Place, at span: SourceSpan) -> Self {
    let (name, advice) =
      switch place {
      case .quote: ("a quoted SQL text", "; leave out the quotes: the parameter is a value")
      case .identifierQuote: ("a quoted SQL name", "; write ${identifier(name)} without the quotes")
      case .dollarQuote: ("a dollar-quoted SQL text", "")
      case .lineComment, .blockComment: ("an SQL comment", "")
      }
    return Self("a '${}' in \(name) is no bind parameter\(advice)", at: span)
  }

  static func itemInBlock(_ word: String, at span: SourceSpan) -> Self {
    Self("'\(word)' stands at the top of a file, not in a block", at: span)
  }

  static func lineBeginsWithOperator(_ written: String, at span: SourceSpan, fix: FixIt?) -> Self {
    let advice =
      written == "." || written == "?."
      ? "it belongs to the line before" : "a line goes on if it ends in '\(written)'"
    return Self(
      "a line cannot begin with '\(written)'; \(advice)",
      at: span,
      fixIts: fix.map { [$0] } ?? []
    )
  }

  static func listOfLists(at span: SourceSpan) -> Self {
    Self("a type is a name or 'list of' a name", at: span)
  }

  static func misplacedDo(at span: SourceSpan) -> Self {
    Self("'do' stands only at the start of a statement and after 'let … ='", at: span)
  }

  static func nameNotSnakeCase(_ name: Name) -> Self {
    let snake = snakeCase(name.text)
    return Self(
      "'\(name.text)' has capital letters; names are written as in snake_case",
      at: name.span,
      fixIts: [FixIt("write '\(snake)'", at: name.span, replacement: snake)]
    )
  }

  static func nestedTooDeep(limit: Int, at span: SourceSpan) -> Self {
    Self(
      "this nests more than \(limit) deep, and nothing after it was read; "
        + "bind its parts with 'let'",
      at: span
    )
  }

  static func noRemainderOperator(at span: SourceSpan) -> Self {
    Self("there is no '%'; the remainder is mod(a, b)", at: span)
  }

  static func notClosed(_ sign: String, opening: SourceSpan, atEnd end: Int) -> Self {
    Self(
      "'\(sign)' is not closed",
      at: SourceSpan(end, end),
      notes: [Note("opened here", at: opening)],
      isIncomplete: true
    )
  }

  static func notClosed(
    _ sign: String,
    opening: SourceSpan,
    before word: String,
    at span: SourceSpan
  ) -> Self {
    Self(
      "'\(sign)' is not closed before '\(word)'",
      at: span,
      notes: [Note("opened here", at: opening)]
    )
  }

  static func notNeedsParentheses(at span: SourceSpan) -> Self {
    Self("'not' needs parentheses around it and what it negates here", at: span)
  }

  static func notUTF8(at span: SourceSpan) -> Self {
    Self("these bytes are not UTF-8", at: span)
  }

  static func nothingToClose(_ sign: String, at span: SourceSpan) -> Self {
    Self(
      "there is nothing that this '\(sign)' could close",
      at: span,
      fixIts: [FixIt("remove it", at: span, replacement: "")]
    )
  }

  static func partWithoutRunbook(_ word: String, at span: SourceSpan) -> Self {
    Self(
      "'\(word)' is part of a runbook; begin the file with 'runbook \"title\"'",
      at: span
    )
  }

  static func pipelineInInterpolation(at span: SourceSpan) -> Self {
    Self("a pipeline in '${}' needs parentheses", at: span)
  }

  static func positionalAfterNamed(at span: SourceSpan, named: SourceSpan) -> Self {
    Self(
      "named arguments come last",
      at: span,
      notes: [Note("this one is named", at: named)]
    )
  }

  static func recordInHead(at span: SourceSpan, in source: SourceText) -> Self {
    let replacement = "(" + source.text(of: span) + ")"
    return Self(
      "a record needs parentheses here, where a '{' begins the block",
      at: span,
      fixIts: [FixIt("put it in parentheses", at: span, replacement: replacement)]
    )
  }

  static func reservedName(_ word: String, at span: SourceSpan) -> Self {
    Self(
      "'\(word)' is a reserved word and cannot be a name",
      at: span,
      fixIts: [FixIt("add a '_'", at: span, replacement: word + "_")]
    )
  }

  static func reservedWord(_ word: String, at span: SourceSpan) -> Self {
    Self("expected an expression, but '\(word)' is a reserved word", at: span)
  }

  static func runNeedsParentheses(at span: SourceSpan, in source: SourceText) -> Self {
    let replacement = "(" + source.text(of: span) + ")"
    return Self(
      "'run' stands bare only after 'do', 'let … =', 'return' or at the start of a statement",
      at: span,
      fixIts: [FixIt("put it in parentheses", at: span, replacement: replacement)]
    )
  }

  static func secondItem(_ word: String, at span: SourceSpan, first: SourceSpan) -> Self {
    let notes = first == span ? [] : [Note("the first one is here", at: first)]
    return Self("there is already a '\(word)'", at: span, notes: notes)
  }

  static func spreadNotAlone(at span: SourceSpan) -> Self {
    Self("a '${...list}' is a word of its own", at: span)
  }

  static func spreadOutsideOfRun(at span: SourceSpan) -> Self {
    Self(
      "'${...}' spreads a list into words of a 'run' only",
      at: span,
      fixIts: [FixIt("write '${'", at: span, replacement: "${")]
    )
  }

  static func stageNeedsParentheses(_ word: String, found: String, at span: SourceSpan) -> Self {
    Self("expected '(' after '\(word)', but found \(found)", at: span)
  }

  static func statementBeginsWithSign(_ sign: String, at span: SourceSpan) -> Self {
    Self("a statement cannot begin with '\(sign)'", at: span)
  }

  static func statementInRunbook(at span: SourceSpan, runbook: SourceSpan) -> Self {
    Self(
      "a statement of a runbook stands in a step",
      at: span,
      notes: [Note("'runbook' makes this file a runbook", at: runbook)]
    )
  }

  static func stepAfterEnd(at span: SourceSpan, end: SourceSpan) -> Self {
    Self(
      "'on failure' and 'finally' stand after the last step",
      at: span,
      notes: [Note("the end begins here", at: end)]
    )
  }

  static func stepClauseOrder(_ word: String, before other: String, at span: SourceSpan) -> Self {
    Self("'\(word)' stands before '\(other)'", at: span)
  }

  static func textNotClosed(_ flavour: TextFlavour, opening: SourceSpan, atEnd end: Int?) -> Self {
    if flavour.endsWithItsLine {
      return Self("this text is not closed on its line", at: opening)
    }
    return Self(
      "'\"\"\"' is not closed",
      at: end.map { SourceSpan($0, $0) } ?? opening,
      notes: [Note("opened here", at: opening)],
      isIncomplete: true
    )
  }

  static func tooManyBranches(limit: Int, at span: SourceSpan) -> Self {
    Self("a chain of more than \(limit) 'else if' is not read", at: span)
  }

  static func trailingWordOnOwnLine(
    _ word: String,
    at span: SourceSpan,
    joining gap: SourceSpan?
  ) -> Self {
    let place = word == "else" ? "what it belongs to" : "the '}' before it"
    return Self(
      "'\(word)' stands on the line of \(place)",
      at: span,
      fixIts: gap.map { [FixIt("join the lines", at: $0, replacement: " ")] } ?? []
    )
  }

  static func trailingWordWithoutBlock(_ word: String, at span: SourceSpan) -> Self {
    let owner =
      switch word {
      case "else": "an 'if' or an 'expect'"
      case "catch": "a 'try'"
      default: "a 'step'"
      }
    return Self("'\(word)' belongs to \(owner), and none ends here", at: span)
  }

  static func tryWithoutCatch(at span: SourceSpan) -> Self {
    Self("a 'try' needs 'catch name { … }' behind its '}'", at: span)
  }

  static func unexpectedAfterEntry(_ text: String, at span: SourceSpan) -> Self {
    Self("expected ',' or the end of the line, but found '\(text)'", at: span)
  }

  static func unexpectedAfterStatement(_ text: String, at span: SourceSpan) -> Self {
    Self("expected the end of the statement, but found '\(text)'", at: span)
  }

  static func unexpectedCharacter(at span: SourceSpan, in source: SourceText) -> Self {
    let text = source.text(of: span)
    guard let scalar = text.unicodeScalars.first else { return notUTF8(at: span) }
    let fixes = [
      "\u{201C}": "\"", "\u{201D}": "\"", "\u{2018}": "'", "\u{2019}": "'", "\u{A0}": " ",
      "\u{2013}": "-", "\u{2212}": "-", "\u{2026}": "..",
    ]
    let fix = fixes[String(scalar)].map { replacement in
      let width = String(scalar).utf8.count
      return FixIt(
        "write '\(replacement)'",
        at: SourceSpan(span.start, span.start + width),
        replacement: replacement
      )
    }
    let name = scalar.isASCII ? "'\(scalar)'" : "'\(scalar)' (\(codePoint(scalar.value)))"
    return Self(
      "the character \(name) has no meaning here",
      at: span,
      fixIts: fix.map { [$0] } ?? []
    )
  }

  static func unitApart(_ unit: String, after number: SourceSpan, at span: SourceSpan) -> Self {
    Self(
      "a unit stands directly behind its number",
      at: span,
      fixIts: [
        FixIt("join them", at: SourceSpan(number.end, span.end), replacement: unit)
      ]
    )
  }

  static func unknownFormat(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    let known = FormatName.all.joined(separator: ", ")
    return Self(
      "there is no format '\(name)'; there are \(known)",
      at: span,
      fixIts: didYouMean(nearest, at: span)
    )
  }

  static func unknownStage(_ name: String, nearest: String?, at span: SourceSpan) -> Self {
    Self("there is no stage '\(name)'", at: span, fixIts: didYouMean(nearest, at: span))
  }

  static func unknownStatement(_ name: String, nearest: String, at span: SourceSpan) -> Self {
    Self("there is no statement '\(name)'", at: span, fixIts: didYouMean(nearest, at: span))
  }

  static func unknownUnit(_ unit: SourceSpan, after amount: SourceSpan, in source: SourceText)
    -> Self
  {
    let written = source.text(of: unit)
    let units = ["ms", "s", "m", "h", "d", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"]
    let meant = foreignUnits[written.lowercased()]
    return Self(
      "there is no unit '\(written)'; there are \(units.joined(separator: ", ")) and %",
      at: unit,
      fixIts: didYouMean(meant, at: unit)
    )
  }

  static func unknownVersion(_ number: Int, at span: SourceSpan) -> Self {
    Self("this opsh reads version 1 of the language, not \(number); install a newer one", at: span)
  }

  static func versionNotFirst(at span: SourceSpan) -> Self {
    Self("the language's version is the first line of a file", at: span)
  }

  static func waitWithoutLimit(at span: SourceSpan, found: String) -> Self {
    Self(
      "expected 'for' and how long to wait at most, as in 'for 10m', but found \(found)",
      at: span
    )
  }

  private static func didYouMean(_ name: String?, at span: SourceSpan) -> [FixIt] {
    name.map { [FixIt("did you mean '\($0)'?", at: span, replacement: $0)] } ?? []
  }

  /// Units as people write them elsewhere.
  private static let foreignUnits: [String: String] = [
    "msec": "ms", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "min": "m", "mins": "m",
    "minute": "m", "minutes": "m", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d",
    "days": "d", "kb": "KB", "k": "KB", "mb": "MB", "gb": "GB", "g": "GB", "tb": "TB", "kib": "KiB",
    "mib": "MiB", "gib": "GiB", "tib": "TiB",
  ]

  private static func snakeCase(_ name: String) -> String {
    var snake = ""
    for letter in name {
      if letter.isUppercase, let last = snake.last, last != "_" { snake += "_" }
      snake += letter.lowercased()
    }
    return snake
  }
}
