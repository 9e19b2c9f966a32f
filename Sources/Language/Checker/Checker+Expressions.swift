import Diagnostics
import Syntax
import Values

extension Checker {
  /// Infers an expression for a place that needs a type.
  func infer(_ expression: Expression, expecting expected: ValueType) -> StaticType {
    if case .oneOf(let choices) = expected.unwrapped, let cursor,
      case .name(let name) = expression, name.text == cursor
    {
      completion = .choice(choices)
      return .any
    }
    return infer(expression)
  }

  /// Gives what is known of an expression's value, and reports all that is wrong in it.
  func infer(_ expression: Expression) -> StaticType {
    switch expression {
    case .nothing: StaticType(.nothing)
    case .bool: StaticType(.bool)
    case .int: StaticType(.int)
    case .number: StaticType(.number)
    case .percent: StaticType(.percent)
    case .duration: StaticType(.duration)
    case .size: StaticType(.size)
    case .time, .ago, .now: StaticType(.time)
    case .text(let parts, let span): inferText(parts, at: span)
    case .sql(let parts, _): inferSQL(parts)
    case .it(let span): inferIt(at: span)
    case .field(let name, let span): inferField(name, at: span)
    case .name(let name): infer(name)
    case .member(let base, let name, let isOptional, let span):
      inferMember(of: base, name, isOptional: isOptional, arguments: nil, at: span)
    case .index(let base, let index, let span): inferIndex(base, index, at: span)
    case .call(let callee, let arguments, let span): inferCall(callee, arguments, at: span)
    case .negate(let operand, let span): inferNegation(operand, at: span)
    case .not(let operand, _): inferNot(operand)
    case .binary(let left, let operation, let right, let span):
      inferBinary(left, operation, right, at: span)
    case .list(let elements, _): inferList(elements)
    case .record(let fields, _): inferRecord(fields)
    case .parenthesized(let pipeline, _): infer(pipeline, isInside: true)
    case .missing: .any
    }
  }

  private func inferNot(_ operand: Expression) -> StaticType {
    require(.bool, operand, what: "what follows 'not'")
    return StaticType(.bool)
  }

  private func inferList(_ elements: [Expression]) -> StaticType {
    guard let first = elements.first else { return StaticType(.list(of: .any)) }
    var joined = infer(first)
    for element in elements.dropFirst() { joined = joined.joined(with: infer(element)) }
    return joined.listed
  }

  private func inferRecord(_ fields: [RecordField]) -> StaticType {
    var known: [ValueType.Field] = []
    var places: [String: SourceSpan] = [:]
    for field in fields {
      let value = infer(field.value)
      let name = field.name
      if let first = places.updateValue(name.span, forKey: name.text) {
        add(.duplicateField(name.text, at: name.span, first: first))
      } else {
        known.append(ValueType.Field(name.text, value.type))
      }
    }
    return StaticType(.fields(known))
  }
}
