/// Queries inside a condition.
extension ConditionReader {
  func subLink(_ node: SyntaxNode, _ depth: Int) -> ConditionAnswer {
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
  func givesRows(_ select: SyntaxNode, _ depth: Int) -> Bool {
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

  static func onlyTarget(_ select: SyntaxNode) -> SyntaxNode? {
    guard let targets = select["targetList"]?.elements, targets.count == 1 else { return nil }
    return targets[0]["ResTarget"]?["val"]?.members.first
  }
}
