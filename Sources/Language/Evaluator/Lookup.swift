import Diagnostics
import Objects
import Values

/// Finding elements: by place, or by name among objects and records.
enum Lookup {
  /// The name that an element of a list is looked up by.
  static func name(of value: Value) -> String? {
    switch value {
    case .object(let object):
      if let object = object as? ObjectValue, let member = object.kind.member("name"),
        case .field(let body) = member.implementation, case .text(let name) = body(object)
      {
        return name
      }
      return object.identity
    case .record(let record):
      if case .text(let name)? = record["name"] { return name }
      return nil
    default: return nil
    }
  }

  static func element(of values: [Value], named wanted: String, owner: String)
    throws(EvaluationError) -> Value
  {
    for value in values {
      if name(of: value) == wanted { return value }
      if case .object(let object) = value, object.identity == wanted { return value }
    }
    let names = values.lazy.compactMap { name(of: $0) }
    throw .noElement(
      of: owner,
      name: wanted,
      nearest: Spelling.nearest(to: wanted, in: names)
    )
  }

  static func element(of value: Value, at index: Int64) throws(EvaluationError) -> Value {
    switch value {
    case .range(let low, let high):
      let (last, overflow) = high.subtractingReportingOverflow(low)
      guard high >= low, overflow || (0...last).contains(index), index >= 0 else {
        throw .outOfRange(what: "the index", valid: high >= low ? 0...last : nil, actual: index)
      }
      return .int(low + index)
    case .list(let values):
      guard index >= 0, index < values.count else {
        let valid = values.isEmpty ? nil : 0...Int64(values.count - 1)
        throw .outOfRange(what: "the index", valid: valid, actual: index)
      }
      return values[Int(index)]
    default:
      throw .wrongType(what: "what is indexed", needed: "a list", actual: value)
    }
  }
}
