/// An operand of a condition, as far as its text shows what it is.
struct ConditionTerm: Sendable {
  /// The same for the same text, wherever it stands; "" where two of a text need not be the same.
  let key: String
  let constant: SQLConstant?
  let isNonNull: Bool

  var isDeterministic: Bool { !key.isEmpty }

  static let unknown = ConditionTerm(key: "", isNonNull: false)

  init(key: String, isNonNull: Bool) {
    self.key = key
    constant = nil
    self.isNonNull = isNonNull
  }

  init(_ constant: SQLConstant) {
    key = "constant \(constant)"
    self.constant = constant
    isNonNull = constant != .null
  }

  func ifDeterministic(_ holds: Bool) -> ConditionTerm {
    holds ? self : ConditionTerm(key: "", isNonNull: isNonNull)
  }

  func isSame(as other: ConditionTerm) -> Bool { isDeterministic && key == other.key }
}

/// `a < b` and its like.
struct ConditionComparison {
  /// How its operands may lie to each other where it holds.
  struct Order: OptionSet {
    let rawValue: Int
    static let less = Order(rawValue: 1)
    static let equal = Order(rawValue: 2)
    static let greater = Order(rawValue: 4)
    static let all: Order = [.less, .equal, .greater]

    var mirrored: Order {
      var result = intersection(.equal)
      if contains(.less) { result.insert(.greater) }
      if contains(.greater) { result.insert(.less) }
      return result
    }
  }

  let left: ConditionTerm
  let right: ConditionTerm
  let holds: Order

  init?(_ left: ConditionTerm, _ name: String, _ right: ConditionTerm) {
    let holds: Order
    switch name {
    case "=": holds = .equal
    case "<>": holds = [.less, .greater]
    case "<": holds = .less
    case "<=": holds = [.less, .equal]
    case ">": holds = .greater
    case ">=": holds = [.greater, .equal]
    default: return nil
    }
    // Both ways to write a comparison are one.
    let isInOrder = left.key <= right.key
    self.left = isInOrder ? left : right
    self.right = isInOrder ? right : left
    self.holds = isInOrder ? holds : holds.mirrored
  }

  var isNonNull: Bool { left.isNonNull && right.isNonNull }

  var truth: ConditionAnswer {
    if left.constant == .null || right.constant == .null { return .null }
    if let one = left.constant, let other = right.constant, let order = one.compared(to: other) {
      return ConditionAnswer(holds.contains(order < 0 ? .less : order == 0 ? .equal : .greater))
    }
    var result: ConditionAnswer =
      left.isSame(as: right) ? ConditionAnswer(holds.contains(.equal)) : [.yes, .no]
    if !isNonNull { result.insert(.null) }
    return result
  }
}

/// What the alternatives of an `or` cover together: `a > 0 or a <= 0 or a is null` is everything.
struct ConditionCoverage {
  private var orders:
    [String: (comparison: ConditionComparison, holds: ConditionComparison.Order)] =
      [:]
  /// What a term may be for one of the alternatives to hold: as a condition, or null or not.
  private var answers: [String: (term: ConditionTerm, matches: ConditionAnswer)] = [:]

  mutating func add(_ comparison: ConditionComparison, isNegated: Bool) {
    guard comparison.left.isDeterministic, comparison.right.isDeterministic else { return }
    let key = comparison.left.key + "\u{0}" + comparison.right.key
    let holds =
      isNegated ? ConditionComparison.Order.all.subtracting(comparison.holds) : comparison.holds
    orders[key, default: (comparison, [])].holds.formUnion(holds)
  }

  mutating func add(_ term: ConditionTerm, _ matches: ConditionAnswer) {
    guard term.isDeterministic else { return }
    answers[term.key, default: (term, [])].matches.formUnion(matches)
  }

  var isWhole: Bool {
    let isCompared = orders.values.contains { entry in
      entry.holds == .all
        && [entry.comparison.left, entry.comparison.right].allSatisfy(isNeverNullElse)
    }
    return isCompared
      || answers.values.contains {
        $0.matches.isSuperset(of: [.yes, .no]) && isNeverNullElse($0.term)
      }
  }

  /// Where it is null, another alternative holds.
  private func isNeverNullElse(_ term: ConditionTerm) -> Bool {
    term.isNonNull || answers[term.key]?.matches.contains(.null) == true
  }
}
