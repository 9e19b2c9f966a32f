import Diagnostics
import Objects
import Syntax
import Values

extension Checker {
  // MARK: - What a place needs

  /// Infers an expression and reports if it can not be what is needed.
  func require(_ expected: ValueType, _ expression: Expression, what: String) {
    let given = infer(expression, expecting: expected)
    require(expected, given, expression, at: expression.span, what: what)
  }

  /// Infers an argument and reports if it can not be what its parameter needs.
  func require(_ expected: ValueType, _ argument: Argument) {
    let what = argument.label.map { "'\($0.text)'" } ?? "the argument"
    require(expected, argument.value, what: what)
  }

  func require(
    _ expected: ValueType,
    _ given: StaticType,
    _ expression: Expression?,
    at span: SourceSpan,
    what: String
  ) {
    if let expression { checkChoice(of: expected, expression) }
    guard !accepts(expected, given.type) else { return }
    let fixIt = expression.flatMap { mend($0, given, for: expected) }
    add(.wrongType(what, expected, given.plain, at: span, fixIt: fixIt))
  }

  /// Checks a text that has to be one of several.
  func checkChoice(of expected: ValueType, _ expression: Expression) {
    guard case .oneOf(let choices) = expected.unwrapped,
      case .text(let parts, let span) = expression, let text = parts.plainText
    else { return }
    if let cursor, text.hasSuffix(cursor) { completion = .choice(choices) }
    guard !choices.contains(text) else { return }
    let nearest = Spelling.nearest(to: text, in: choices)
    add(.unknownChoice(text, of: choices, nearest: nearest, at: span))
  }

  /// Gives the edit that makes an expression what is needed, where it is one edit.
  private func mend(_ expression: Expression, _ given: StaticType, for expected: ValueType)
    -> FixIt?
  {
    let span = expression.span
    switch (expected.unwrapped, expression) {
    case (.sql, .text) where source.bytes[span.start] == UInt8(ascii: "\""):
      return FixIt(
        "write sql before it",
        at: SourceSpan(span.start, span.start),
        replacement: "sql"
      )
    case (.percent, .int), (.percent, .number):
      let text = source.text(of: span)
      return FixIt("did you mean '\(text)%'?", at: span, replacement: text + "%")
    case (.list(let element), _) where accepts(element, given.type) && !given.isAny:
      let text = source.text(of: span)
      return FixIt("did you mean '[\(text)]'?", at: span, replacement: "[\(text)]")
    default: return nil
    }
  }

  // MARK: - Conditions

  /// Checks what has to be true or false; an `ask` can be all of it, also after `not`.
  func checkCondition(_ condition: Pipeline, of what: String, mayAsk: Bool = true) {
    var given: StaticType?
    if mayAsk, let expression = condition.single {
      switch expression {
      case .not(let operand, _): given = inferAsk(operand)
      default: given = inferAsk(expression)
      }
    }
    let type = given ?? infer(condition)
    let fixIt: FixIt? = nil
    guard !accepts(.bool, type.type) else { return }
    add(.wrongType("the condition of \(what)", .bool, type.plain, at: condition.span, fixIt: fixIt))
  }

  // MARK: - ask

  /// Infers the right side of a `let` or of a default, which can be an `ask`.
  func inferMayAsk(_ pipeline: Pipeline) -> StaticType {
    pipeline.single.flatMap(inferAsk) ?? infer(pipeline)
  }

  /// Gives the type of an `ask(…)`; nothing if the expression is none.
  private func inferAsk(_ expression: Expression) -> StaticType? {
    guard case .call(.name(let name), let arguments, let span) = expression, name.text == "ask"
    else { return nil }
    return inferAsk(arguments, at: span)
  }

  func inferAsk(_ arguments: [Argument], at span: SourceSpan) -> StaticType {
    if isInParallel { add(.asksInParallel("ask", at: span)) }
    var result = StaticType(.bool)
    for (parameter, argument) in match(
      arguments,
      to: Self.askParameters,
      of: "ask",
      at: span
    ) {
      switch parameter?.name {
      case "type": result = StaticType(inferType(argument.value))
      case "from":
        let choices = infer(argument.value)
        if !isList(choices.plain) {
          add(.wrongType("'from'", .list(of: .any), choices.plain, at: argument.span, fixIt: nil))
        }
        result = element(of: choices)
      default: require(parameter?.type ?? .any, argument)
      }
    }
    return result
  }

  /// Reads the type that an argument names.
  private func inferType(_ expression: Expression) -> ValueType {
    guard case .name(let name) = expression else {
      add(.typeNeeded(at: expression.span))
      return .any
    }
    return resolve(TypeName(name: name, isList: false, span: name.span))
  }

  static let askParameters = [
    Parameter("question", .text, "what is asked", isPositional: true),
    Parameter("from", .any, "what can be chosen", isRequired: false),
    Parameter("type", .any, "the type of the answer", isRequired: false),
  ]

  static let parallelParameters = [
    Parameter("at_most", .int, "how many turns at a time", isRequired: false),
    Parameter("canary", .list(of: .any), "how many turns go first", isRequired: false),
    Parameter("give_up", .percent, "after how many failures no turn starts", isRequired: false),
  ]

  static let runParameters = [
    Parameter("timeout", .duration, "how long it may take", isRequired: false),
    Parameter("allow", .list(of: .int), "exit codes that are no failure", isRequired: false),
    Parameter("with", .record, "environment variables", isRequired: false),
    Parameter("input", .any, "standard input", isRequired: false),
  ]
}

extension [TextPart] {
  /// The text, where nothing is interpolated.
  var plainText: String? {
    var text = ""
    for part in self {
      guard case .literal(let piece, _) = part else { return nil }
      text += piece
    }
    return text
  }
}
