/// What a condition may come out as, for one row or another; SQL knows three answers.
struct ConditionAnswer: OptionSet, Sendable {
  let rawValue: Int

  static let yes = ConditionAnswer(rawValue: 1)
  static let no = ConditionAnswer(rawValue: 2)
  static let null = ConditionAnswer(rawValue: 4)
  static let any: ConditionAnswer = [.yes, .no, .null]

  init(rawValue: Int) {
    self.rawValue = rawValue
  }

  init(_ holds: Bool?) {
    self = holds.map { $0 ? .yes : .no } ?? .null
  }

  private var cases: [ConditionAnswer] { [.yes, .no, .null].filter(contains) }

  var negated: ConditionAnswer {
    var result: ConditionAnswer = []
    if contains(.yes) { result.insert(.no) }
    if contains(.no) { result.insert(.yes) }
    if contains(.null) { result.insert(.null) }
    return result
  }

  func or(_ other: ConditionAnswer) -> ConditionAnswer {
    var result: ConditionAnswer = []
    for left in cases {
      for right in other.cases {
        if left == .yes || right == .yes {
          result.insert(.yes)
        } else {
          result.insert(left == .null || right == .null ? .null : .no)
        }
      }
    }
    return result
  }

  func and(_ other: ConditionAnswer) -> ConditionAnswer { negated.or(other.negated).negated }

  /// What `is true`, `is not false`, … make of it, which are never null.
  func tested(_ matches: ConditionAnswer) -> ConditionAnswer {
    var result: ConditionAnswer = []
    if !isDisjoint(with: matches) { result.insert(.yes) }
    if !isSubset(of: matches) { result.insert(.no) }
    return result
  }
}

/// A value that stands in a statement, or is bound in it.
package enum SQLConstant: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case number(Double)
  case text(String)

  /// As the server reads it where a condition is wanted; nothing where it would refuse it.
  var truth: ConditionAnswer? {
    switch self {
    case .null: return .null
    case .bool(let flag): return ConditionAnswer(flag)
    case .int(let number): return ConditionAnswer(number != 0)
    case .number: return nil
    case .text(let text):
      let word = text.lowercased()
      guard !word.isEmpty else { return nil }
      for (name, flag) in [("true", true), ("false", false), ("yes", true), ("no", false)]
      where name.hasPrefix(word) { return ConditionAnswer(flag) }
      for (name, flag) in [("on", true), ("off", false), ("1", true), ("0", false)]
      where name == word { return ConditionAnswer(flag) }
      return nil
    }
  }

  /// -1, 0 or 1; nothing where they are of different sorts, or null.
  func compared(to other: SQLConstant) -> Int? {
    switch (self, other) {
    case (.int(let left), .int(let right)): left < right ? -1 : left == right ? 0 : 1
    case (.int(let left), .number(let right)): Self.order(Double(left), right)
    case (.number(let left), .int(let right)): Self.order(left, Double(right))
    case (.number(let left), .number(let right)): Self.order(left, right)
    case (.bool(let left), .bool(let right)): left == right ? 0 : right ? -1 : 1
    // How texts are ordered is the collation's; whether they are the same is not.
    case (.text(let left), .text(let right)): left == right ? 0 : nil
    default: nil
    }
  }

  private static func order(_ left: Double, _ right: Double) -> Int? {
    left.isNaN || right.isNaN ? nil : left < right ? -1 : left == right ? 0 : 1
  }
}
