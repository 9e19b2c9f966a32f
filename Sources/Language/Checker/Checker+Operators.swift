import Diagnostics
import Syntax
import Values

extension Checker {
  func inferNegation(_ operand: Expression, at span: SourceSpan) -> StaticType {
    let given = infer(operand)
    switch given.plain {
    case .any, .int, .number, .percent, .duration, .size: return StaticType(given.plain)
    default:
      add(.notANumber("'-'", given.plain, at: operand.span))
      return .any
    }
  }

  func inferBinary(
    _ left: Expression,
    _ operation: BinaryOperator,
    _ right: Expression,
    at span: SourceSpan
  ) -> StaticType {
    switch operation {
    case .or, .and:
      require(.bool, left, what: "the left side of '\(operation.rawValue)'")
      require(.bool, right, what: "the right side of '\(operation.rawValue)'")
      return StaticType(.bool)
    case .is, .isNot: checkEquality(left, operation, right, at: span)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      checkOrder(left, operation, right, at: span)
    case .in, .notIn: checkMembership(left, right)
    case .matches:
      require(.text, left, what: "the left side of 'matches'")
      require(.text, right, what: "the expression after 'matches'")
      checkPattern(right)
    case .otherwise: return inferOtherwise(left, right)
    case .range:
      require(.int, left, what: "the start of '..'")
      require(.int, right, what: "the end of '..'")
      return StaticType(.list(of: .int))
    case .add, .subtract, .multiply, .divide:
      return inferArithmetic(left, operation, right, at: span)
    }
    return StaticType(.bool)
  }

  /// A pattern that is written out is tried before anything runs.
  private func checkPattern(_ expression: Expression) {
    guard case .text(let parts, let span) = expression, let text = parts.plainText else { return }
    do throws(EvaluationError) {
      _ = try Pattern.compiled(text)
    } catch {
      add(.badPattern(error.message, at: span))
    }
  }

  private func inferOtherwise(_ left: Expression, _ right: Expression) -> StaticType {
    var value = infer(left)
    let other = infer(right, expecting: value.plain)
    checkChoice(of: value.plain, right)
    value.type = value.plain
    if value.type == .nothing { return other }
    // A fallback of another type is taken as it is: the value may be either.
    return value.joined(with: other)
  }

  // MARK: - Comparisons

  private func checkEquality(
    _ left: Expression,
    _ operation: BinaryOperator,
    _ right: Expression,
    at span: SourceSpan
  ) {
    let a = infer(left)
    let b = infer(right, expecting: a.plain)
    checkChoice(of: a.plain, right)
    checkChoice(of: b.plain, left)
    refusePlans([(a, left), (b, right)], by: operation)
    guard !a.isPlanned, !b.isPlanned, !canBeEqual(a.type, b.type) else { return }
    let fixIt = percentFixIt(a, left, b, right)
    add(.neverEqual(a.plain, b.plain, at: span, fixIt: fixIt))
  }

  /// Gives the edit that turns a bare number beside a percent into one.
  private func percentFixIt(
    _ a: StaticType,
    _ left: Expression,
    _ b: StaticType,
    _ right: Expression
  ) -> FixIt? {
    let number: Expression
    switch (a.plain, b.plain) {
    case (.percent, .int), (.percent, .number): number = right
    case (.int, .percent), (.number, .percent): number = left
    default: return nil
    }
    switch number {
    case .int, .number:
      let text = source.text(of: number.span)
      return FixIt("did you mean '\(text)%'?", at: number.span, replacement: text + "%")
    default: return nil
    }
  }

  private func refusePlans(_ sides: [(StaticType, Expression)], by operation: BinaryOperator) {
    for (given, expression) in sides where given.isPlanned {
      add(.planAsValue("'\(operation.rawValue)'", at: expression.span))
    }
  }

  private func checkOrder(
    _ left: Expression,
    _ operation: BinaryOperator,
    _ right: Expression,
    at span: SourceSpan
  ) {
    let (a, b) = (infer(left), infer(right))
    refusePlans([(a, left), (b, right)], by: operation)
    guard !a.isPlanned, !b.isPlanned else { return }
    for (given, expression) in [(a, left), (b, right)]
    where !given.isAny && !given.plain.isOrdered {
      add(.noOrder(given.plain, operation.rawValue, at: expression.span))
      return
    }
    guard !a.isAny, !b.isAny, a.plain != b.plain, !(a.plain.isNumber && b.plain.isNumber) else {
      return
    }
    let fixIt = percentFixIt(a, left, b, right)
    add(.notComparable(a.plain, operation.rawValue, b.plain, at: span, fixIt: fixIt))
  }

  private func checkMembership(_ left: Expression, _ right: Expression) {
    let value = infer(left)
    if case .list(let elements, _) = right {
      for element in elements { checkChoice(of: value.plain, element) }
    }
    let list = infer(right)
    guard isList(list.plain) else {
      add(.inNeedsList(list.plain, at: right.span))
      return
    }
    let element = element(of: list)
    checkChoice(of: element.plain, left)
    guard !canBeEqual(value.type, element.type) else { return }
    add(.neverIn(value.plain, element.plain, at: left.span.joined(with: right.span)))
  }

  // MARK: - Arithmetic

  private func inferArithmetic(
    _ left: Expression,
    _ operation: BinaryOperator,
    _ right: Expression,
    at span: SourceSpan
  ) -> StaticType {
    let (a, b) = (infer(left), infer(right))
    refusePlans([(a, left), (b, right)], by: operation)
    guard !a.isPlanned, !b.isPlanned else { return .any }
    guard !a.isAny, !b.isAny else { return StaticType(partlyKnown(a.plain, operation, b.plain)) }
    if let type = Self.arithmetic(a.plain, operation, b.plain) { return StaticType(type) }
    add(.noArithmetic(a.plain, operation, b.plain, at: span))
    return .any
  }

  /// Gives the result where only one side is known; `any` mostly.
  private func partlyKnown(_ left: ValueType, _ operation: BinaryOperator, _ right: ValueType)
    -> ValueType
  {
    left == .time && operation == .add || right == .time && operation == .add ? .time : .any
  }

  /// Gives the type of an arithmetic operation; nothing if there is none.
  static func arithmetic(_ left: ValueType, _ operation: BinaryOperator, _ right: ValueType)
    -> ValueType?
  {
    let bothNumbers = left.isNumber && right.isNumber
    switch operation {
    case .add, .subtract:
      switch (left, right) {
      case (.int, .int): return .int
      case _ where bothNumbers: return .number
      case (.duration, .duration), (.size, .size), (.percent, .percent): return left
      case (.time, .duration): return .time
      case (.duration, .time) where operation == .add: return .time
      case (.time, .time) where operation == .subtract: return .duration
      default: return nil
      }
    case .multiply:
      switch (left, right) {
      case (.int, .int): return .int
      case _ where bothNumbers: return .number
      case (.duration, _), (.size, _), (.percent, _):
        return right.isNumber || right == .percent ? left : nil
      case (_, .duration), (_, .size), (_, .percent):
        return left.isNumber || left == .percent ? right : nil
      default: return nil
      }
    case .divide:
      switch (left, right) {
      case _ where bothNumbers: return .number
      case (.duration, .duration), (.size, .size), (.percent, .percent): return .number
      case (.duration, _), (.size, _), (.percent, _): return right.isNumber ? left : nil
      default: return nil
      }
    default: return nil
    }
  }
}
