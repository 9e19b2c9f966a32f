import Objects
import Values

/// What the checker knows of a value before anything runs.
struct StaticType: Equatable {
  var type: ValueType
  /// Of a plan, or a list of plans: what doing it gives.
  var result: ValueType?
  /// The environment that an object is or belongs to, where its name is known.
  var environment: String?

  init(_ type: ValueType, result: ValueType? = nil, environment: String? = nil) {
    self.type = type
    self.result = result
    self.environment = environment
  }

  static let any = StaticType(.any)

  /// The type without "or nothing".
  var plain: ValueType { type.unwrapped }

  var isAny: Bool { plain == .any }
  var isPlan: Bool { plain == .plan }
  /// A plan, or a list of plans.
  var isPlanned: Bool {
    switch plain {
    case .plan: true
    case .list(let element): element.unwrapped == .plan
    default: false
    }
  }

  /// The same, possibly nothing.
  var orNothing: StaticType {
    switch type {
    case .optional, .any, .nothing: return self
    default:
      var copy = self
      copy.type = .optional(type)
      return copy
    }
  }

  /// A list of these.
  var listed: StaticType {
    StaticType(.list(of: type), result: result, environment: environment)
  }

  /// What holds for both; `any` where they differ.
  func joined(with other: StaticType) -> StaticType {
    if self == other { return self }
    let type = Self.join(type, other.type)
    return StaticType(
      type,
      result: result == other.result ? result : result.flatMap { _ in .any },
      environment: environment == other.environment ? environment : nil
    )
  }

  private static func join(_ left: ValueType, _ right: ValueType) -> ValueType {
    switch (left, right) {
    case _ where left == right: left
    case (.nothing, let type), (let type, .nothing): .optional(type.unwrapped)
    case (.optional(let a), let b), (let b, .optional(let a)):
      .optional(join(a, b.unwrapped))
    case (.int, .number), (.number, .int): .number
    case (.text, .oneOf), (.oneOf, .text): .text
    case (.oneOf(let a), .oneOf(let b)): .oneOf(a + b.filter { !a.contains($0) })
    case (.record, .fields), (.fields, .record), (.fields, .fields): .record
    default: .any
    }
  }
}

extension ValueType {
  /// The type as a message names it: `a text`, `an environment`.
  var phrase: String {
    switch self {
    case .nothing, .any, .sql: return name
    case .bool: return "true or false"
    case .int: return "a whole number"
    case .optional(let type): return "\(type.phrase) or nothing"
    default:
      let article = "aeiou".contains(name.first ?? "x") ? "an" : "a"
      return "\(article) \(name)"
    }
  }

  var isNumber: Bool { self == .int || self == .number }

  /// Says that values of it have an order that `<` knows.
  var isOrdered: Bool {
    switch self {
    case .int, .number, .percent, .duration, .size, .time: true
    default: false
    }
  }

  /// Says that it is one value, not something made of values.
  var isScalar: Bool {
    switch self {
    case .bool, .int, .number, .percent, .text, .oneOf, .duration, .size, .time: true
    default: false
    }
  }
}

extension Checker {
  /// The rows of a value: a list's elements, a collection's, or the value itself.
  func element(of value: StaticType) -> StaticType {
    var row = value
    switch value.plain {
    case .list(let element): row.type = element
    case .object(let name):
      guard let elements = scope.vocabulary.kind(name)?.elements else { break }
      return element(of: StaticType(elements.type, environment: value.environment))
    case let type: row.type = type
    }
    return row
  }

  /// Says that the value is, or stands for, a list.
  func isList(_ type: ValueType) -> Bool {
    switch type.unwrapped {
    case .list, .any: true
    case .object(let name): scope.vocabulary.kind(name).map { $0.elements != nil } ?? true
    default: false
    }
  }

  /// Says that a value of a type may be given where another is needed.
  func accepts(_ expected: ValueType, _ actual: ValueType) -> Bool {
    switch (expected, actual) {
    case (.any, _), (_, .any): true
    case _ where expected == actual: true
    case (.optional(let type), _): actual == .nothing || accepts(type, actual)
    case (_, .optional(let type)): accepts(expected, type)
    case (.number, .int), (.text, .oneOf), (.oneOf, .text), (.oneOf, .oneOf): true
    case (.record, .fields), (.fields, .record), (.fields, .fields): true
    case (.list(let wanted), .list(let given)): accepts(wanted, given)
    case (.list(let wanted), .object):
      isList(actual) && accepts(wanted, element(of: StaticType(actual)).type)
    default: false
    }
  }

  /// Says that values of two types can be equal at all.
  func canBeEqual(_ left: ValueType, _ right: ValueType) -> Bool {
    let (left, right) = (left.unwrapped, right.unwrapped)
    switch (left, right) {
    case (.any, _), (_, .any), (.nothing, _), (_, .nothing): return true
    case (.list(let a), .list(let b)): return canBeEqual(a, b)
    case (.list, .object), (.object, .list): return isList(left) && isList(right)
    default: return left.isNumber && right.isNumber || accepts(left, right)
    }
  }
}
