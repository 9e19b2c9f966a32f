import Values

/// What `${}` takes: scalars and objects, and nothing that would say too much or too little.
enum Interpolation {
  static func text(of value: Value) throws(EvaluationError) -> String {
    switch value {
    case .text(let text): return text
    case .bool, .int, .number, .percent, .duration, .size, .time, .object: return value.text
    case .nothing: throw .isNothing(what: "what ${} holds")
    case .secret:
      throw .call("a secret can not be put into a text", advice: "pass it as an argument by itself")
    case .list, .range, .stream, .record, .plan, .sql, .pending:
      throw .call(
        "\(value.described) can not be put into a text",
        advice: "\(value.advice)"
      )
    }
  }

  /// Quotes a name as PostgreSQL does.
  static func quoted(identifier: String) throws(EvaluationError) -> String {
    guard !identifier.isEmpty else { throw .empty(what: "the identifier") }
    guard !identifier.utf8.contains(0) else {
      throw .notReadable(what: "identifier", text: "a text with a zero byte")
    }
    var text = "\""
    for character in identifier.unicodeScalars {
      if character == "\"" { text.unicodeScalars.append("\"") }
      text.unicodeScalars.append(character)
    }
    return text + "\""
  }

  /// Gives what is bound for a `${}` in an SQL text: scalars, nothing as null, lists as one array.
  static func parameter(_ value: Value) throws(EvaluationError) -> Value {
    switch value {
    case .nothing, .bool, .int, .number, .percent, .text, .duration, .size, .time: return value
    case .object(let object): return .text(object.identity)
    case .range: return .list(value.elements ?? [])
    case .list(let values):
      var bound: [Value] = []
      bound.reserveCapacity(values.count)
      for element in values {
        if case .list = element { throw .call("a list of lists can not be bound", advice: nil) }
        bound.append(try parameter(element))
      }
      return .list(bound)
    case .secret: throw .call("a secret can not be put into an SQL text", advice: nil)
    case .sql:
      throw .call(
        "an sql text can not be put into another",
        advice: "write one text; for a name use ${identifier(name)}"
      )
    case .record, .plan, .stream, .pending:
      throw .call("\(value.described) can not be bound", advice: "bind one of its fields")
    }
  }
}

extension Value {
  fileprivate var advice: String {
    switch self {
    case .list, .range, .stream: "write (… | as json), or xs.joined(\", \")"
    case .record: "name a field of it, or write (… | as json)"
    case .plan: "a plan's words are its .summary"
    default: "pass it as an argument by itself"
    }
  }
}
