/// What stands between the operators of a condition.
extension ConditionReader {
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
