/// Finds out what a condition may come out as, from its tree alone.
struct ConditionReader {
  let condition: RowCondition
  let notNull: Set<String>
  let binds: [SQLConstant?]
  /// The tree of a text can be far deeper than any condition that a person writes.
  static let deepest = 100
  static let systemColumns: Set<String> = [
    "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid",
  ]

  func truth(of node: SyntaxNode, depth: Int = 0) -> ConditionAnswer {
    guard depth < Self.deepest else { return .any }
    let next = depth + 1
    switch node.name {
    case "BoolExpr": return combined(node, next)
    case "NullTest": return nullTest(node, next)
    case "BooleanTest": return booleanTest(node, next)
    case "A_Expr": return expression(node, next)
    case "SubLink": return subLink(node, next)
    case "CoalesceExpr": return coalesced(node, next)
    case "CaseExpr": return chosen(node, next)
    default:
      let term = term(of: node, depth: next)
      if let constant = term.constant { return constant.truth ?? .any }
      return term.isNonNull ? [.yes, .no] : .any
    }
  }

  private func combined(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    let arguments = (node["args"]?.elements ?? []).compactMap(\.members.first)
    switch node["boolop"]?.text {
    case "NOT_EXPR":
      var coverage = ConditionCoverage()
      for argument in arguments { add(argument, isNegated: true, to: &coverage, depth) }
      if coverage.isWhole { return .yes }
      return arguments.first.map { truth(of: $0, depth: depth).negated } ?? .any
    case "AND_EXPR": return arguments.reduce(.yes) { $0.and(truth(of: $1, depth: depth)) }
    case "OR_EXPR":
      var coverage = ConditionCoverage()
      for argument in arguments { add(argument, isNegated: false, to: &coverage, depth) }
      if coverage.isWhole { return .yes }
      return arguments.reduce(.no) { $0.or(truth(of: $1, depth: depth)) }
    default: return .any
    }
  }

  /// Puts down what an alternative covers of the values that its operands may have.
  private func add(
    _ node: SyntaxNode,
    isNegated: Bool,
    to coverage: inout ConditionCoverage,
    _ depth: Int
  ) {
    guard depth < Self.deepest else { return }
    switch node.name {
    case "BoolExpr":
      // `not (a and b)` is `not a or not b`.
      let spread = isNegated ? "AND_EXPR" : "OR_EXPR"
      let isNot = node["boolop"]?.text == "NOT_EXPR"
      guard isNot || node["boolop"]?.text == spread else { return }
      for inner in (node["args"]?.elements ?? []).compactMap(\.members.first) {
        add(inner, isNegated: isNot != isNegated, to: &coverage, depth + 1)
      }
    case "NullTest":
      guard let argument = node["arg"]?.members.first else { return }
      let isNull = (node["nulltesttype"]?.text == "IS_NULL") != isNegated
      coverage.add(term(of: argument, depth: depth), isNull ? .null : [.yes, .no])
    case "BooleanTest":
      guard let argument = node["arg"]?.members.first, let matches = Self.matches(node) else {
        return
      }
      let found = isNegated ? ConditionAnswer.any.subtracting(matches) : matches
      coverage.add(term(of: argument, depth: depth), found)
    case "A_Expr":
      guard let comparison = alternative(node, depth) else { return }
      coverage.add(comparison, isNegated: isNegated)
    default: coverage.add(term(of: node, depth: depth), isNegated ? .no : .yes)
    }
  }

  /// A comparison, also one that is written as a list of one.
  private func alternative(_ node: SyntaxNode, _ depth: Int) -> ConditionComparison? {
    if node["kind"]?.text == "AEXPR_OP" { return comparison(node, depth) }
    guard node["kind"]?.text == "AEXPR_IN", let name = operatorName(node),
      let left = node["lexpr"]?.members.first,
      let items = node["rexpr"]?["List"]?["items"]?.elements.compactMap(\.members.first),
      items.count == 1
    else { return nil }
    return ConditionComparison(
      term(of: left, depth: depth),
      name,
      term(of: items[0], depth: depth)
    )
  }

  /// The answers that `is true`, `is not false`, … let through.
  private static func matches(_ node: SyntaxNode) -> ConditionAnswer? {
    switch node["booltesttype"]?.text {
    case "IS_TRUE": .yes
    case "IS_NOT_TRUE": [.no, .null]
    case "IS_FALSE": .no
    case "IS_NOT_FALSE": [.yes, .null]
    case "IS_UNKNOWN": .null
    case "IS_NOT_UNKNOWN": [.yes, .no]
    default: nil
    }
  }

  private func nullTest(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    guard let argument = node["arg"]?.members.first else { return .any }
    let term = term(of: argument, depth: depth)
    var isNull: ConditionAnswer = [.yes, .no]
    if let constant = term.constant {
      isNull = ConditionAnswer(constant == .null)
    } else if term.isNonNull || !truth(of: argument, depth: depth).contains(.null) {
      isNull = .no
    }
    return node["nulltesttype"]?.text == "IS_NULL" ? isNull : isNull.negated
  }

  private func booleanTest(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    guard let argument = node["arg"]?.members.first, let matches = Self.matches(node) else {
      return .any
    }
    return truth(of: argument, depth: depth).tested(matches)
  }

  private func coalesced(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    var result: ConditionAnswer = []
    for argument in (node["args"]?.elements ?? []).compactMap(\.members.first) {
      let found = truth(of: argument, depth: depth)
      result.formUnion(found.subtracting(.null))
      guard found.contains(.null) else { return result }
    }
    return result.union(.null)
  }

  private func chosen(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    guard node["arg"] == nil else { return .any }
    var result: ConditionAnswer = []
    for element in node["args"]?.elements ?? [] {
      guard let branch = element["CaseWhen"], let when = branch["expr"]?.members.first,
        let then = branch["result"]?.members.first
      else { return .any }
      let found = truth(of: when, depth: depth)
      if found.contains(.yes) { result.formUnion(truth(of: then, depth: depth)) }
      if found == .yes { return result }
    }
    guard let otherwise = node["defresult"]?.members.first else { return result.union(.null) }
    return result.union(truth(of: otherwise, depth: depth))
  }

  // MARK: - Operators

  private func expression(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    switch node["kind"]?.text {
    case "AEXPR_OP":
      if let comparison = comparison(node, depth) { return comparison.truth }
      return matchesAnything(
        node,
        depth,
        isPattern: { ["", "^", ".*", "^.*", "^.*$"].contains($0) }
      )
        ?? .any
    case "AEXPR_DISTINCT": return distinct(node, depth)
    case "AEXPR_NOT_DISTINCT": return distinct(node, depth).negated
    case "AEXPR_IN": return membership(node, depth)
    case "AEXPR_BETWEEN": return between(node, depth)
    case "AEXPR_NOT_BETWEEN": return between(node, depth).negated
    case "AEXPR_LIKE", "AEXPR_ILIKE":
      return matchesAnything(node, depth, isPattern: { !$0.isEmpty && $0.allSatisfy { $0 == "%" } })
        ?? .any
    default: return .any
    }
  }

  func operands(_ node: SyntaxNode, _ depth: Int) -> (ConditionTerm, ConditionTerm)? {
    guard let left = node["lexpr"]?.members.first, let right = node["rexpr"]?.members.first else {
      return nil
    }
    return (term(of: left, depth: depth), term(of: right, depth: depth))
  }

  func operatorName(_ node: SyntaxNode) -> String? {
    node["name"]?.elements.last?["String"]?["sval"]?.text
  }

  func comparison(_ node: SyntaxNode, _ depth: Int) -> ConditionComparison? {
    guard let name = operatorName(node), let (left, right) = operands(node, depth) else {
      return nil
    }
    return ConditionComparison(left, name, right)
  }

  private func distinct(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    guard let (left, right) = operands(node, depth) else { return .any }
    if left.isSame(as: right) { return .no }
    if let one = left.constant, let other = right.constant {
      if one == .null || other == .null { return ConditionAnswer(one != other) }
      if let order = one.compared(to: other) { return ConditionAnswer(order != 0) }
    }
    return [.yes, .no]
  }

  /// `x in (a, b)` is `x = a or x = b`.
  private func membership(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    guard let left = node["lexpr"]?.members.first,
      let items = node["rexpr"]?["List"]?["items"]?.elements.compactMap(\.members.first)
    else { return .any }
    let one = term(of: left, depth: depth)
    let found = items.reduce(ConditionAnswer.no) { result, item in
      let equal = ConditionComparison(one, "=", term(of: item, depth: depth))
      return result.or(equal?.truth ?? .any)
    }
    return operatorName(node) == "=" ? found : found.negated
  }

  private func between(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
    guard let left = node["lexpr"]?.members.first,
      let bounds = node["rexpr"]?["List"]?["items"]?.elements.compactMap(\.members.first),
      bounds.count == 2
    else { return .any }
    let one = term(of: left, depth: depth)
    let low = ConditionComparison(one, ">=", term(of: bounds[0], depth: depth))
    let high = ConditionComparison(one, "<=", term(of: bounds[1], depth: depth))
    return (low?.truth ?? .any).and(high?.truth ?? .any)
  }

  /// A pattern that fits every text there is.
  private func matchesAnything(
    _ node: SyntaxNode,
    _ depth: Int,
    isPattern: (String) -> Bool
  ) -> ConditionAnswer? {
    guard let name = operatorName(node), ["~", "~*", "~~", "~~*"].contains(name),
      let (left, right) = operands(node, depth), case .text(let pattern)? = right.constant,
      isPattern(pattern)
    else { return nil }
    return left.isNonNull ? .yes : [.yes, .null]
  }
}
