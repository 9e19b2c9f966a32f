package import Objects
package import Values

/// A member of values that are no objects: of a text, time, duration, size, percent or list.
///
/// Fields of records come first; a record has no members besides them.
package struct ScalarMember: Sendable {
  /// Whose member it is.
  package let owner: Owner
  package let name: String
  /// All positional; most have none, and may then be written without `()`.
  package let parameters: [Parameter]
  package let type: ValueType
  package let summary: String
  let body: @Sendable (Value, Arguments) throws(EvaluationError) -> Value

  package enum Owner: String, Sendable, CaseIterable {
    case text, time, duration, size, percent, list, plan
  }

  init(
    _ owner: Owner,
    _ name: String,
    _ type: ValueType,
    _ summary: String,
    parameters: [Parameter] = [],
    body: @escaping @Sendable (Value, Arguments) throws(EvaluationError) -> Value
  ) {
    self.owner = owner
    self.name = name
    self.parameters = parameters
    self.type = type
    self.summary = summary
    self.body = body
  }

  /// Gives the members of a type; none for types that have none.
  package static func members(of type: ValueType) -> [ScalarMember] {
    Owner(type).map { owner in all.filter { $0.owner == owner } } ?? []
  }

  package static func member(_ name: String, of type: ValueType) -> ScalarMember? {
    Owner(type).flatMap { owner in all.first { $0.owner == owner && $0.name == name } }
  }
}

extension ScalarMember.Owner {
  package init?(_ type: ValueType) {
    switch type.unwrapped {
    case .text, .oneOf: self = .text
    case .time: self = .time
    case .duration: self = .duration
    case .size: self = .size
    case .percent: self = .percent
    case .list: self = .list
    case .plan: self = .plan
    default: return nil
    }
  }
}
