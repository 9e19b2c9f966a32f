/// What a value can be, as checker and declarations know it.
package indirect enum ValueType: Hashable, Sendable {
  case nothing, bool, int, number, percent, text, duration, size, time, sql, secret, plan
  case list(of: ValueType)
  /// A record whose fields are known only when it arrives.
  case record
  /// A record whose fields are declared.
  case fields([Field])
  /// An object, by its kind's name.
  case object(String)
  /// A text that is one of these; the checker suggests the nearest.
  case oneOf([String])
  /// The type, or nothing.
  case optional(ValueType)
  /// Known only at run time.
  case any

  package struct Field: Hashable, Sendable {
    package var name: String
    package var type: ValueType

    package init(_ name: String, _ type: ValueType) {
      self.name = name
      self.type = type
    }
  }

  /// The type's name as the language writes it, such as `list of deployment`.
  package var name: String {
    switch self {
    case .nothing: "nothing"
    case .bool: "bool"
    case .int: "int"
    case .number: "number"
    case .percent: "percent"
    case .text, .oneOf: "text"
    case .duration: "duration"
    case .size: "size"
    case .time: "time"
    case .sql: "sql"
    case .secret: "secret"
    case .plan: "plan"
    case .list(let element): "list of \(element.name)"
    case .record, .fields: "record"
    case .object(let kind): kind
    case .optional(let type): "\(type.name) or nothing"
    case .any: "any"
    }
  }

  /// The scalar types that a `param` or `func` can name.
  package static let named: [String: ValueType] = [
    "bool": .bool, "int": .int, "number": .number, "percent": .percent, "text": .text,
    "duration": .duration, "size": .size, "time": .time, "record": .record, "sql": .sql,
    "secret": .secret, "plan": .plan,
  ]

  /// Takes "or nothing" off.
  package var unwrapped: ValueType {
    if case .optional(let type) = self { type.unwrapped } else { self }
  }
}

extension Value {
  /// The type of this value; an element type is that of the first element.
  package var type: ValueType {
    switch self {
    case .nothing: .nothing
    case .bool: .bool
    case .int: .int
    case .number: .number
    case .percent: .percent
    case .text: .text
    case .duration: .duration
    case .size: .size
    case .time: .time
    case .list(let values): .list(of: values.first?.type ?? .any)
    case .range: .list(of: .int)
    case .stream: .list(of: .any)
    case .record: .record
    case .sql: .sql
    case .secret: .secret
    case .object(let object): .object(object.kindName)
    case .plan: .plan
    case .pending(let pending): pending.type
    }
  }
}
