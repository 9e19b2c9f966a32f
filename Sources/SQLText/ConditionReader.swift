/// Finds out what a condition may come out as, from its tree alone.
struct ConditionReader {
  let condition: RowCondition
  let notNull: Set<String>
  let binds: [SQLConstant?]
  /// The tree of a text can be far deeper than any condition that a person writes.
  private static let deepest = 100
  private static let systemColumns: Set<String> = [
    "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid",
  ]

  func truth(of node: SyntaxNode, depth: Int = 0) -> Truth {
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

  private func combined(_ node: SyntaxNode, _ depth: Int) -> Truth {
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
      let found = isNegated ? Truth.any.subtracting(matches) : matches
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
  private static func matches(_ node: SyntaxNode) -> Truth? {
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

  private func nullTest(_ node: SyntaxNode, _ depth: Int) -> Truth {
    guard let argument = node["arg"]?.members.first else { return .any }
    let term = term(of: argument, depth: depth)
    var isNull: Truth = [.yes, .no]
    if let constant = term.constant {
      isNull = Truth(constant == .null)
    } else if term.isNonNull || !truth(of: argument, depth: depth).contains(.null) {
      isNull = .no
    }
    return node["nulltesttype"]?.text == "IS_NULL" ? isNull : isNull.negated
  }

  private func booleanTest(_ node: SyntaxNode, _ depth: Int) -> Truth {
    guard let argument = node["arg"]?.members.first, let matches = Self.matches(node) else {
      return .any
    }
    return truth(of: argument, depth: depth).tested(matches)
  }

  private func coalesced(_ node: SyntaxNode, _ depth: Int) -> Truth {
    var result: Truth = []
    for argument in (node["args"]?.elements ?? []).compactMap(\.members.first) {
      let found = truth(of: argument, depth: depth)
      result.formUnion(found.subtracting(.null))
      guard found.contains(.null) else { return result }
    }
    return result.union(.null)
  }

  private func chosen(_ node: SyntaxNode, _ depth: Int) -> Truth {
    guard node["arg"] == nil else { return .any }
    var result: Truth = []
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

  private func expression(_ node: SyntaxNode, _ depth: Int) -> Truth {
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

  private func operands(_ node: SyntaxNode, _ depth: Int) -> (ConditionTerm, ConditionTerm)? {
    guard let left = node["lexpr"]?.members.first, let right = node["rexpr"]?.members.first else {
      return nil
    }
    return (term(of: left, depth: depth), term(of: right, depth: depth))
  }

  private func operatorName(_ node: SyntaxNode) -> String? {
    node["name"]?.elements.last?["String"]?["sval"]?.text
  }

  private func comparison(_ node: SyntaxNode, _ depth: Int) -> ConditionComparison? {
    guard let name = operatorName(node), let (left, right) = operands(node, depth) else {
      return nil
    }
    return ConditionComparison(left, name, right)
  }

  private func distinct(_ node: SyntaxNode, _ depth: Int) -> Truth {
    guard let (left, right) = operands(node, depth) else { return .any }
    if left.isSame(as: right) { return .no }
    if let one = left.constant, let other = right.constant {
      if one == .null || other == .null { return Truth(one != other) }
      if let order = one.compared(to: other) { return Truth(order != 0) }
    }
    return [.yes, .no]
  }

  /// `x in (a, b)` is `x = a or x = b`.
  private func membership(_ node: SyntaxNode, _ depth: Int) -> Truth {
    guard let left = node["lexpr"]?.members.first,
      let items = node["rexpr"]?["List"]?["items"]?.elements.compactMap(\.members.first)
    else { return .any }
    let one = term(of: left, depth: depth)
    let found = items.reduce(Truth.no) { result, item in
      let equal = ConditionComparison(one, "=", term(of: item, depth: depth))
      return result.or(equal?.truth ?? .any)
    }
    return operatorName(node) == "=" ? found : found.negated
  }

  private func between(_ node: SyntaxNode, _ depth: Int) -> Truth {
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
  ) -> Truth? {
    guard let name = operatorName(node), ["~", "~*", "~~", "~~*"].contains(name),
      let (left, right) = operands(node, depth), case .text(let pattern)? = right.constant,
      isPattern(pattern)
    else { return nil }
    return left.isNonNull ? .yes : [.yes, .null]
  }

  // MARK: - Queries inside

  private func subLink(_ node: SyntaxNode, _ depth: Int) -> Truth {
    guard let select = node["subselect"]?["SelectStmt"] else { return .any }
    switch node["subLinkType"]?.text {
    case "EXISTS_SUBLINK": return givesRows(select, depth) ? .yes : .any
    case "EXPR_SUBLINK":
      guard givesRows(select, depth), select["fromClause"] == nil,
        let value = Self.onlyTarget(select)
      else { return .any }
      return truth(of: value, depth: depth)
    case "ANY_SUBLINK":
      let name = node["operName"]?.elements.last?["String"]?["sval"]?.text
      guard name == nil || name == "=", givesRows(select, depth),
        let tested = node["testexpr"]?.members.first, let value = Self.onlyTarget(select)
      else { return .any }
      let one = term(of: tested, depth: depth)
      let other = term(of: value, depth: depth, inside: select)
      guard let equal = ConditionComparison(one, "=", other) else { return .any }
      return equal.truth
    default: return .any
    }
  }

  /// Whether a query certainly gives a row: it reads nothing, or the whole of the table itself,
  /// in which the row in question is.
  private func givesRows(_ select: SyntaxNode, _ depth: Int) -> Bool {
    let narrowing: [StaticString] = [
      "limitCount", "limitOffset", "havingClause", "groupClause", "larg", "rarg", "withClause",
      "lockingClause",
    ]
    guard narrowing.allSatisfy({ select[$0] == nil }) else { return false }
    if let clause = select["whereClause"]?.members.first {
      guard select["fromClause"] == nil, truth(of: clause, depth: depth) == .yes else {
        return false
      }
    }
    guard let sources = select["fromClause"]?.elements else { return true }
    return sources.count == 1 && sources[0]["RangeVar"].map(isSameTable) == true
  }

  private func isSameTable(_ relation: SyntaxNode) -> Bool {
    QualifiedName(relation: relation) == condition.table
  }

  private static func onlyTarget(_ select: SyntaxNode) -> SyntaxNode? {
    guard let targets = select["targetList"]?.elements, targets.count == 1 else { return nil }
    return targets[0]["ResTarget"]?["val"]?.members.first
  }

  // MARK: - Terms

  func term(
    of node: SyntaxNode,
    depth: Int,
    inside select: SyntaxNode? = nil
  ) -> ConditionTerm {
    guard depth < Self.deepest else { return .unknown }
    switch node.name {
    case "A_Const": return constant(node)
    case "ParamRef":
      let number = (node["number"]?.int ?? 0) - 1
      guard binds.indices.contains(number), let bind = binds[number] else { return .unknown }
      return ConditionTerm(bind)
    case "ColumnRef": return column(node, inside: select)
    case "TypeCast": return cast(node, depth + 1)
    case "A_Expr" where node["kind"]?.text == "AEXPR_OP": return arithmetic(node, depth + 1)
    case "SubLink":
      guard node["subLinkType"]?.text == "EXPR_SUBLINK",
        let select = node["subselect"]?["SelectStmt"], select["fromClause"] == nil,
        givesRows(select, depth), let value = Self.onlyTarget(select)
      else { return .unknown }
      return term(of: value, depth: depth + 1)
    default: return .unknown
    }
  }

  private func column(_ node: SyntaxNode, inside select: SyntaxNode?) -> ConditionTerm {
    let parts = node["fields"]?.elements.map { $0["String"]?["sval"]?.text } ?? []
    guard let last = parts.last, let name = last else { return .unknown }
    let inner = select?["fromClause"]?.elements.first?["RangeVar"]
    let qualifier = parts.count > 1 ? parts[parts.count - 2] : nil
    let isOwn: Bool
    if let qualifier {
      let innerName = inner.flatMap { $0["alias"]?["aliasname"]?.text ?? $0["relname"]?.text }
      isOwn = qualifier == condition.alias || qualifier == innerName
    } else {
      isOwn = condition.standsAlone || inner != nil
    }
    guard isOwn else {
      return ConditionTerm(
        key: parts.map { $0 ?? "*" }.joined(separator: "\u{1}"),
        isNonNull: false
      )
    }
    return ConditionTerm(
      key: "column \(name)",
      isNonNull: notNull.contains(name) || Self.systemColumns.contains(name)
    )
  }

  private func constant(_ node: SyntaxNode) -> ConditionTerm {
    if node["isnull"]?.isTrue == true { return ConditionTerm(.null) }
    if let flag = node["boolval"] {
      return ConditionTerm(.bool(flag["boolval"]?.isTrue ?? false))
    }
    if let text = node["sval"] { return ConditionTerm(.text(text["sval"]?.text ?? "")) }
    if let float = node["fval"]?["fval"]?.text.flatMap({ Double($0) }) {
      return ConditionTerm(.number(float))
    }
    guard let whole = node["ival"] else { return .unknown }
    if let number = whole["ival"]?.int { return ConditionTerm(.int(Int64(number))) }
    return node["location"]?.int.flatMap(writtenNumber).map { ConditionTerm(.int($0)) } ?? .unknown
  }

  /// The number as it is written: the tree gives neither zero nor what is below it.
  private func writtenNumber(at offset: Int) -> Int64? {
    let text = condition.source.dropFirst(offset)
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = text.dropFirst(isNegative ? 1 : 0).prefix { (48...57).contains($0) }
    guard let number = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
    return isNegative ? -number : number
  }

  private func cast(_ node: SyntaxNode, _ depth: Int) -> ConditionTerm {
    guard let argument = node["arg"]?.members.first,
      let type = node["typeName"]?["names"].flatMap({ QualifiedName(parts: $0) })?.name
    else { return .unknown }
    let inner = term(of: argument, depth: depth)
    switch inner.constant {
    case nil:
      return ConditionTerm(key: "\(inner.key) as \(type)", isNonNull: inner.isNonNull)
        .ifDeterministic(inner.isDeterministic)
    case .null?: return inner
    case let constant?:
      guard type == "bool" else { return type == "text" ? inner : .unknown }
      switch constant.truth {
      case .yes?: return ConditionTerm(.bool(true))
      case .no?: return ConditionTerm(.bool(false))
      default: return .unknown
      }
    }
  }

  private func arithmetic(_ node: SyntaxNode, _ depth: Int) -> ConditionTerm {
    guard let name = operatorName(node) else { return .unknown }
    if let comparison = comparison(node, depth) {
      switch comparison.truth {
      case .yes: return ConditionTerm(.bool(true))
      case .no: return ConditionTerm(.bool(false))
      case .null: return ConditionTerm(.null)
      default: return .unknown
      }
    }
    guard ["+", "-", "*"].contains(name), let (left, right) = operands(node, depth) else {
      return .unknown
    }
    if case .int(let one)? = left.constant, case .int(let other)? = right.constant {
      let (result, isTooLarge) =
        switch name {
        case "+": one.addingReportingOverflow(other)
        case "-": one.subtractingReportingOverflow(other)
        default: one.multipliedReportingOverflow(by: other)
        }
      return isTooLarge ? .unknown : ConditionTerm(.int(result))
    }
    return ConditionTerm(
      key: "(\(left.key) \(name) \(right.key))",
      isNonNull: left.isNonNull && right.isNonNull
    ).ifDeterministic(left.isDeterministic && right.isDeterministic)
  }
}
