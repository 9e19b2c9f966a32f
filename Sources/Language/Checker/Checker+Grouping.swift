import Diagnostics
import Objects
import Syntax
import Values

extension Checker {
  /// Infers the fields that `select` and `group by` make.
  func inferNamed(_ fields: [NamedExpression], _ row: StaticType) -> [ValueType.Field] {
    var known: [ValueType.Field] = []
    var places: [String: SourceSpan] = [:]
    for field in fields {
      let value = withRow(row) { infer(field.value) }.0
      guard let name = field.label ?? field.value.lastName else {
        if !field.value.isMissing { add(.fieldNeedsName(at: field.value.span)) }
        continue
      }
      if let first = places.updateValue(name.span, forKey: name.text) {
        add(.duplicateField(name.text, at: name.span, first: first))
      } else {
        known.append(ValueType.Field(name.text, value.type))
      }
    }
    return known
  }

  func inferGroup(_ keys: [NamedExpression], _ with: [NamedExpression], _ row: StaticType)
    -> StaticType
  {
    var fields = inferNamed(keys, row)
    let given: [(String, ValueType)] = [("count", .int), ("rows", row.listed.type)]
    for (name, type) in given where !fields.contains(where: { $0.name == name }) {
      fields.append(ValueType.Field(name, type))
    }
    let outer = isInWith
    isInWith = true
    for addition in inferNamed(with, row) {
      fields.removeAll { $0.name == addition.name }
      fields.append(addition)
    }
    isInWith = outer
    return StaticType(.fields(fields)).listed
  }

  /// Infers `sum(.x)` and its like in a `with`, where they are of the group's rows.
  func inferAggregate(_ name: Name, _ arguments: [Argument], at span: SourceSpan) -> StaticType? {
    guard let row = rows.last?.row else { return nil }
    if let aggregate = Stage.Aggregate(rawValue: name.text) {
      if aggregate == .percentile { addLater("'percentile'", at: name.span) }
      return infer(aggregate, arguments, row, at: name.span)
    }
    switch name.text {
    case "count": return StaticType(.int)
    case "any", "all", "none", "find":
      for argument in arguments { _ = withRow(row) { infer(argument.value) } }
      return name.text == "find" ? row.orNothing : StaticType(.bool)
    default: return nil
    }
  }

  func inferJoin(_ row: StaticType, _ other: Expression, _ keys: [Expression]) -> StaticType {
    let list = infer(other)
    if !isList(list.plain) { add(.notAList(list.plain, what: "'join'", at: other.span)) }
    let right = isList(list.plain) ? element(of: list) : .any
    for key in keys {
      _ = withRow(row) { infer(key) }
      _ = withRow(right) { infer(key) }
    }
    guard case .fields(let left) = row.plain, case .fields(let more) = right.plain else {
      return StaticType(.list(of: row.isAny || right.isAny ? .any : .record))
    }
    let added = more.filter { field in !left.contains { $0.name == field.name } }
    return StaticType(.fields(left + added)).listed
  }
}

extension Expression {
  /// The name that a field gets of itself: the last member's.
  var lastName: Name? {
    switch self {
    case .field(let name, _), .member(_, let name, _, _), .name(let name): name
    case .call(let callee, _, _): callee.lastName
    case .parenthesized(let pipeline, _): pipeline.single?.lastName
    default: nil
    }
  }

  var isMissing: Bool {
    if case .missing = self { true } else { false }
  }
}
