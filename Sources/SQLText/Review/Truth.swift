/// What a condition says without any row being looked at.
enum Truth {
  case always, never, depends

  static func of(_ node: SyntaxNode) -> Truth {
    if let value = constant(node) { return value }
    if node.isNamed("A_Expr") { return ofComparison(node) }
    if node.isNamed("NullTest") {
      let isConstant = node["arg"]?["A_Const"].map { $0["isnull"] == nil } ?? false
      guard isConstant else { return .depends }
      return node["nulltesttype"]?.text == "IS_NOT_NULL" ? .always : .never
    }
    guard node.isNamed("BoolExpr") else { return .depends }
    let operands = node["args"]?.elements.compactMap(\.members.first) ?? []
    switch node["boolop"]?.text {
    case "NOT_EXPR":
      return switch operands.first.map(of) {
      case .always: .never
      case .never: .always
      default: .depends
      }
    case "AND_EXPR":
      let values = operands.map(of)
      if values.contains(.never) { return .never }
      return values.allSatisfy { $0 == .always } ? .always : .depends
    default: return either(operands)
    }
  }

  private static func either(_ operands: [SyntaxNode]) -> Truth {
    let values = operands.map(of)
    if values.contains(.always) { return .always }
    if values.allSatisfy({ $0 == .never }) { return .never }
    // `a is null or a is not null`
    let tests = operands.filter { $0.isNamed("NullTest") }
    for test in tests {
      for other in tests where test["nulltesttype"]?.text != other["nulltesttype"]?.text {
        if let left = test["arg"], let right = other["arg"], left.isSame(as: right) {
          return .always
        }
      }
    }
    return .depends
  }

  private static func constant(_ node: SyntaxNode) -> Truth? {
    var node = node
    while node.isNamed("TypeCast") {
      guard let inner = node["arg"]?.members.first else { return nil }
      node = inner
    }
    guard node.isNamed("A_Const") else { return nil }
    if node["boolval"] != nil { return node["boolval"]?["boolval"] != nil ? .always : .never }
    if let text = node["sval"]?["sval"]?.text?.lowercased() {
      return ["t", "true", "yes", "on", "1", "y"].contains(text) ? .always : .never
    }
    return nil
  }

  /// `1 = 1`, and `a = a`, which is only not true where a is null.
  private static func ofComparison(_ node: SyntaxNode) -> Truth {
    guard node["kind"]?.text == "AEXPR_OP", let left = node["lexpr"], let right = node["rexpr"],
      let sign = node["name"]?.elements.first?["String"]?["sval"]?.text
    else { return .depends }
    if left.isSame(as: right) {
      if ["=", "<=", ">="].contains(sign) { return .always }
      return ["<>", "!=", "<", ">"].contains(sign) ? .never : .depends
    }
    guard left["A_Const"] != nil, right["A_Const"] != nil else { return .depends }
    guard let first = left["A_Const"]?["ival"].map({ $0["ival"]?.int ?? 0 }),
      let second = right["A_Const"]?["ival"].map({ $0["ival"]?.int ?? 0 })
    else { return .depends }
    let holds: Bool? =
      switch sign {
      case "=": first == second
      case "<>", "!=": first != second
      case "<": first < second
      case ">": first > second
      case "<=": first <= second
      case ">=": first >= second
      default: nil
      }
    return holds.map { $0 ? .always : .never } ?? .depends
  }

  /// Whether the condition holds a column against one value, so that it finds few rows.
  static func isNarrow(_ node: SyntaxNode) -> Bool {
    if node.isNamed("BoolExpr"), node["boolop"]?.text == "AND_EXPR" {
      return node["args"]?.elements.contains { $0.members.first.map(isNarrow) ?? false } ?? false
    }
    guard node.isNamed("A_Expr") else { return false }
    let kind = node["kind"]?.text
    guard kind == "AEXPR_OP" || kind == "AEXPR_IN",
      node["name"]?.elements.first?["String"]?["sval"]?.text == "="
    else { return false }
    if kind == "AEXPR_IN" { return node["rexpr"]?["List"] != nil }
    let sides = [node["lexpr"], node["rexpr"]]
    return sides.contains { $0?["ColumnRef"] != nil }
      && sides.contains { side in
        side?["A_Const"] != nil || side?["ParamRef"] != nil || side?["TypeCast"] != nil
      }
  }
}

extension SyntaxNode {
  /// Whether both say the same, wherever in the text they stand.
  func isSame(as other: SyntaxNode) -> Bool {
    let left = Array(descendants.filter { !$0.isNamed("location") })
    let right = Array(other.descendants.filter { !$0.isNamed("location") })
    guard left.count == right.count else { return false }
    // A call may give another value each time.
    return zip(left, right).allSatisfy { $0.hasSameText(as: $1) && !$0.isNamed("FuncCall") }
  }

  fileprivate func hasSameText(as other: SyntaxNode) -> Bool {
    name == other.name && raw == other.raw
  }
}
