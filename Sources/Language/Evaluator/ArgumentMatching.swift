import Diagnostics
import Objects
import Values

/// One argument of a call, its expression resolved.
struct ArgumentNode: Sendable {
  let label: String?
  let node: any ExpressionNode
  let span: SourceSpan
}

/// Puts arguments to parameters: by label, or by place for positional ones.
enum ArgumentMatching {
  static func arguments(
    _ given: [ArgumentNode],
    for parameters: [Parameter],
    of name: String,
    span: SourceSpan,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Arguments {
    var values: [Value?] = Array(repeating: nil, count: parameters.count)
    var place = 0
    for argument in given {
      let index: Int
      if let label = argument.label {
        guard let found = parameters.firstIndex(where: { $0.name == label }) else {
          throw PlacedFailure(unknownLabel(label, parameters, name), span: argument.span)
        }
        index = found
      } else {
        while place < parameters.count, !parameters[place].isPositional { place += 1 }
        guard place < parameters.count else {
          throw PlacedFailure(tooMany(parameters, name), span: argument.span)
        }
        index = place
        place += 1
      }
      guard values[index] == nil else {
        throw PlacedFailure(
          .call("'\(parameters[index].name)' is given twice", advice: nil),
          span: argument.span
        )
      }
      values[index] = try fitted(argument, to: parameters[index], &frame)
    }
    var matched: [(name: String, value: Value)] = []
    for (parameter, value) in zip(parameters, values) {
      if let value {
        matched.append((parameter.name, value))
      } else if parameter.isRequired {
        throw PlacedFailure(
          .call(
            "\(name) needs '\(parameter.name)': \(parameter.summary)",
            advice: parameter.isPositional ? nil : "write \(name)(\(parameter.name): …)"
          ),
          span: span
        )
      }
    }
    return Arguments(matched)
  }

  private static func fitted(
    _ argument: ArgumentNode,
    to parameter: Parameter,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Value {
    let value = try argument.node.value(&frame)
    if let pending = value.firstPending { throw PlacedFailure(pending: pending) }
    if case .nothing = value {
      guard parameter.isRequired, parameter.type != .any else { return value }
      if case .optional = parameter.type { return value }
      throw PlacedFailure(
        .isNothing(what: "'\(frame.text(of: argument.span))', given for '\(parameter.name)',"),
        span: argument.span
      )
    }
    guard let fitted = try Fitting.fit(value, to: parameter.type, span: argument.span, &frame)
    else {
      throw PlacedFailure(
        .wrongType(what: "'\(parameter.name)'", needed: parameter.type.needed, actual: value),
        span: argument.span
      )
    }
    return fitted
  }

  private static func unknownLabel(_ label: String, _ parameters: [Parameter], _ name: String)
    -> EvaluationError
  {
    let names = parameters.map(\.name)
    let nearest = Spelling.nearest(to: label, in: names)
    return .call(
      "\(name) has no parameter '\(label)'",
      advice: nearest.map { "did you mean '\($0)'?" }
        ?? (names.isEmpty ? "it takes no arguments" : "it takes " + names.joined(separator: ", "))
    )
  }

  private static func tooMany(_ parameters: [Parameter], _ name: String) -> EvaluationError {
    let labelled = parameters.filter { !$0.isPositional }
    guard !labelled.isEmpty else {
      let count = parameters.count
      return .call(
        count == 0
          ? "\(name) takes no arguments"
          : "\(name) takes no more than \(count) argument\(count == 1 ? "" : "s")",
        advice: nil
      )
    }
    return .call(
      "\(name) takes no further argument without a label",
      advice: "write \(name)(\(labelled.map { "\($0.name): …" }.joined(separator: ", ")))"
    )
  }
}

/// Says whether a value is of a declared type, and makes it so where nothing is lost by it.
enum Fitting {
  static func fit(
    _ value: Value,
    to type: ValueType,
    span: SourceSpan,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Value? {
    switch (type, value) {
    case (_, .pending), (.any, _): return value
    case (.optional(let type), _):
      if case .nothing = value { return value }
      return try fit(value, to: type, span: span, &frame)
    case (.number, .int(let number)): return .number(Double(number))
    case (.oneOf(let texts), .text(let text)):
      guard !texts.contains(text) else { return value }
      let nearest = Spelling.nearest(to: text, in: texts)
      throw PlacedFailure(
        .call(
          "\"\(text)\" is none of " + texts.joined(separator: ", "),
          advice: nearest.map { "did you mean \"\($0)\"?" }
        ),
        span: span
      )
    case (.list(let element), _): return try list(value, of: element, span: span, &frame)
    case (.record, .record), (.fields, .record): return value
    case (.object(let kind), .object(let object)): return object.kindName == kind ? value : nil
    case (.object, _): return nil
    default: return value.type == type ? value : nil
    }
  }

  private static func list(
    _ value: Value,
    of element: ValueType,
    span: SourceSpan,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> Value? {
    switch value {
    case .list, .range, .object: break
    default: return nil
    }
    if case .object(let reference) = value {
      guard let object = reference as? ObjectValue, object.kind.elements != nil else { return nil }
    }
    let values = try Rows.list(of: value, span: span, &frame)
    guard element != .any else { return .list(values) }
    var fitted: [Value] = []
    fitted.reserveCapacity(values.count)
    for value in values {
      guard let value = try fit(value, to: element, span: span, &frame) else { return nil }
      fitted.append(value)
    }
    return .list(fitted)
  }
}

extension ValueType {
  /// The type with its article, for messages.
  var needed: String {
    switch unwrapped {
    case .nothing, .any: name
    case .int, .object("environment"), .object("incident"): "an \(unwrapped.name)"
    case .bool: "true or false"
    case .sql: "an sql\"…\""
    default: "a \(unwrapped.name)"
    }
  }
}
