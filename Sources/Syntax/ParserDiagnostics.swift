import Diagnostics

/// Every message the lexer and the parser can give, in alphabetical order; A to H.
extension Diagnostic {
  static func afterSteps(_ word: String, at span: SourceSpan, step: SourceSpan) -> Self {
    Self(
      "'\(word)' stands before the first step",
      at: span,
      notes: [Note("the steps begin here", at: step)]
    )
  }

  static func afterStack(at span: SourceSpan) -> Self {
    Self("a stack file holds one stack and nothing else", at: span)
  }

  static func badEscape(_ escape: String, at span: SourceSpan, fix: FixIt?) -> Self {
    Self(
      "\(escape) is no escape; there are \\n \\r \\t \\\" \\\\ \\$ and \\u{…}",
      at: span,
      fixIts: fix.map { [$0] } ?? []
    )
  }

  static func badNumber(
    _ failure: NumberReading.Failure,
    _ text: String,
    at span: SourceSpan
  ) -> Self {
    switch failure {
    case .overflow: Self("'\(text)' is too large", at: span)
    case .underscore:
      Self(
        "a '_' stands between two digits",
        at: span,
        fixIts: [
          FixIt("leave out '_'", at: span, replacement: text.filter { $0 != "_" })
        ]
      )
    case .unitOrder:
      Self("the units of a duration go from large to small, each once, as in 1h30m", at: span)
    case .unknownUnit:
      Self("'\(text)' is no duration; write it as in 250ms, 5m or 1h30m", at: span)
    }
  }

  static func badTime(_ failure: TimeReading.Failure, _ text: String, at span: SourceSpan) -> Self {
    switch failure {
    case .form:
      Self("'\(text)' is no time; write 2026-11-23, 2026-11-23T03:00Z or …+01:00", at: span)
    case .noOffset:
      Self(
        "a time needs its offset from UTC",
        at: span,
        fixIts: [FixIt("add 'Z' for UTC", at: span, replacement: text + "Z")]
      )
    case .noSuch(let part): Self("'\(text)' is no time: there is no \(part)", at: span)
    }
  }

  static func bidirectionalControl(_ code: UInt32, at span: SourceSpan) -> Self {
    Self(
      "the bidirectional control character \(codePoint(code)) makes a line read differently "
        + "from what it means",
      at: span,
      fixIts: [FixIt("remove it", at: span, replacement: "")]
    )
  }

  static func bindingWithoutLet(_ name: String, at span: SourceSpan) -> Self {
    Self(
      "a name is bound with 'let'",
      at: span,
      fixIts: [FixIt("write 'let \(name)'", at: span, replacement: "let \(name)")]
    )
  }

  static func chained(_ operation: BinaryOperator, first: SourceSpan, at span: SourceSpan) -> Self {
    let message =
      operation == .range
      ? "a range has two ends" : "comparisons do not chain; join two of them with 'and'"
    return Self(message, at: span, notes: [Note("the first one is here", at: first)])
  }

  static func commentInInterpolation(at span: SourceSpan) -> Self {
    Self("a '${}' holds no comment", at: span)
  }

  static func controlCharacter(_ code: UInt32, at span: SourceSpan) -> Self {
    let advice = code == 0x0D ? "" : "; in a text write \\u{\(String(code, radix: 16))}"
    return Self(
      "the control character \(codePoint(code)) has no place in a program\(advice)",
      at: span,
      fixIts: [FixIt("remove it", at: span, replacement: "")]
    )
  }

  static func curlyQuotes(at span: SourceSpan, straight: String) -> Self {
    Self(
      "a text stands in straight quotes",
      at: span,
      fixIts: [FixIt("write \(straight)", at: span, replacement: straight)]
    )
  }

  static func equalSignAfterLabel(_ name: String, at span: SourceSpan) -> Self {
    Self(
      "'\(name)' gets its value after ':'",
      at: span,
      fixIts: [FixIt("write ':'", at: span, replacement: ":")]
    )
  }

  static func equalSignInExpression(at span: SourceSpan) -> Self {
    Self(
      "'=' only binds; comparing is 'is'",
      at: span,
      fixIts: [FixIt("write 'is'", at: span, replacement: "is")]
    )
  }

  static func expectedBlock(
    after what: String,
    found: String,
    at span: SourceSpan,
    isIncomplete: Bool
  ) -> Self {
    Self("expected the '{' of '\(what)', but found \(found)", at: span, isIncomplete: isIncomplete)
  }

  static func expectedColon(after name: String, found: String, at span: SourceSpan) -> Self {
    Self("expected ':' after '\(name)', but found \(found)", at: span)
  }

  static func expectedCommand(found: String, at span: SourceSpan) -> Self {
    Self("expected the program that 'run' is to run, but found \(found)", at: span)
  }

  static func expectedEntry(found: String, at span: SourceSpan) -> Self {
    Self("expected 'name: value' or 'kind \"label\" { … }', but found \(found)", at: span)
  }

  static func expectedEqualSign(after name: String, found: String, at span: SourceSpan) -> Self {
    Self("expected '=' after 'let \(name)', but found \(found)", at: span)
  }

  static func expectedExpression(
    found: String,
    at span: SourceSpan,
    isIncomplete: Bool
  ) -> Self {
    Self("expected an expression, but found \(found)", at: span, isIncomplete: isIncomplete)
  }

  static func expectedFieldName(found: String, at span: SourceSpan) -> Self {
    Self("expected a field's name, but found \(found)", at: span)
  }

  static func expectedFormat(found: String, at span: SourceSpan) -> Self {
    Self(
      "expected a format (\(FormatName.all.joined(separator: ", "))), but found \(found)",
      at: span
    )
  }

  static func expectedMemberName(found: String, at span: SourceSpan, isIncomplete: Bool) -> Self {
    Self("expected a name after '.', but found \(found)", at: span, isIncomplete: isIncomplete)
  }

  static func expectedName(after word: String, found: String, at span: SourceSpan) -> Self {
    Self("expected a name after '\(word)', but found \(found)", at: span)
  }

  static func expectedParameters(of name: String, found: String, at span: SourceSpan) -> Self {
    Self("expected '(' and the parameters of '\(name)', but found \(found)", at: span)
  }

  static func expectedStage(found: String, at span: SourceSpan, isIncomplete: Bool) -> Self {
    Self(
      "expected a stage such as 'where' after '|', but found \(found)",
      at: span,
      isIncomplete: isIncomplete
    )
  }

  static func expectedText(_ what: String, found: String, at span: SourceSpan) -> Self {
    Self("expected \(what) in quotes, but found \(found)", at: span)
  }

  static func expectedToClose(
    _ expected: String,
    found: String,
    opening: Token,
    in source: SourceText,
    at span: SourceSpan
  ) -> Self {
    let sign = source.text(of: opening.span)
    return Self(
      "expected \(expected), but found \(found)",
      at: span,
      notes: [Note("'\(sign)' was opened here", at: opening.span)]
    )
  }

  static func expectedType(of name: String, found: String, at span: SourceSpan) -> Self {
    Self("expected ':' and a type after '\(name)', but found \(found)", at: span)
  }

  static func expectedVersion(found: String, at span: SourceSpan) -> Self {
    Self(
      "expected the language's version after 'opsh', but found \(found)",
      at: span,
      fixIts: [
        FixIt("this is version 1", at: SourceSpan(span.start, span.start), replacement: " 1 ")
      ]
    )
  }

  static func expectedWord(_ word: String, in place: String, found: String, at span: SourceSpan)
    -> Self
  {
    Self("expected '\(word)' in '\(place)', but found \(found)", at: span)
  }

  static func fileTooLarge(_ size: Int) -> Self {
    let limit = SourceValidation.sizeLimit >> 20
    return Self("the text has \(size) bytes; the limit is \(limit) MiB", at: SourceSpan(0, 0))
  }

  static func forbiddenInWord(of source: SourceText, at offset: Int, piece: SourceSpan) -> Self {
    let sign = source.text(of: SourceSpan(offset, offset + 1))
    let span = SourceSpan(offset, offset + 1)
    let quoted = "'" + source.text(of: piece) + "'"
    let fix = FixIt("quote it: \(quoted)", at: piece, replacement: quoted)
    return Self(
      "'\(sign)' has no meaning here: \(reason(against: sign))",
      at: span,
      fixIts: [fix]
    )
  }

  static func foreignOperator(
    _ written: String,
    _ word: String,
    at span: SourceSpan,
    replacement: String
  ) -> Self {
    Self(
      "there is no '\(written)'; write '\(word)'",
      at: span,
      fixIts: [FixIt("write '\(word)'", at: span, replacement: replacement)]
    )
  }

  static func fractionWithUnit(_ text: String, at span: SourceSpan) -> Self {
    Self("'\(text)' is no whole number of its unit; write it as in 1h30m or 1500MB", at: span)
  }

  static func helpInFile(at span: SourceSpan) -> Self {
    Self("'help' works at the prompt only", at: span)
  }

  static func codePoint(_ code: UInt32) -> String {
    let digits = String(code, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// Says why a sign that a shell would act on is refused.
  private static func reason(against sign: String) -> String {
    switch sign {
    case "$": "there are no shell variables; write ${name}, or quote the word"
    case "`": "there is no command substitution; bind the other run with 'let'"
    case "*", "?": "file names are not expanded; quote the word to pass it as it is"
    case "<": "there is no redirection; use run(input: …)"
    case ">": "there is no redirection; use '| save \"file\"'"
    case "&": "nothing runs in the background and lines are not joined; use two statements"
    case "(": "there is no subshell; quote the word to pass it as it is"
    case "{": "braces are not expanded; quote the word to pass it as it is"
    default: "a '\\' escapes nothing; quote the word to pass it as it is"
    }
  }
}
