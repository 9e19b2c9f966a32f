extension Reviewer {
  mutating func readRows() {
    review.reversal = statement.kind == "InsertStmt" ? .unknown : .losesData
    readRowChanges()
    lockReads()
  }

  /// Every change of rows in the statement, those inside a `with` included.
  private mutating func readRowChanges() {
    var changes: [SyntaxNode] = [node]
    let kinds: [StaticString] = ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]
    for inner in node.descendants where kinds.contains(where: { inner.isNamed($0) }) {
      changes.append(inner)
    }
    for change in changes {
      guard let relation = change["relation"], let table = QualifiedName(relation: relation) else {
        continue
      }
      lock(table, .rowExclusive)
      let isUpdate = change.isNamed("UpdateStmt")
      guard isUpdate || change.isNamed("DeleteStmt"), isOld(table) else { continue }
      if relation["inh"] != nil { lockFamily(table, .rowExclusive) }
      readCondition(of: change, table, isUpdate, at: place(relation))
    }
  }

  private mutating func readCondition(
    of change: SyntaxNode,
    _ table: QualifiedName,
    _ isUpdate: Bool,
    at offset: Int?
  ) {
    let condition = change["whereClause"]?.members.first
    let isOpen = condition.map { Truth.of($0) == .always } ?? true
    if !isOpen, let condition, Truth.isNarrow(condition) { return }
    work(.rows, table, under: .rowExclusive)
    guard isOpen else { return }
    let verb = isUpdate ? "changes" : "deletes"
    let disguise = condition == nil ? "" : ": its condition holds for all of them"
    find(
      .allRows,
      "this \(verb) every row of \(table)\(disguise)",
      advice: isUpdate
        ? "say which rows, and do it in batches, outside of the migration"
        : "say which rows; to empty a table on purpose, TRUNCATE is at least quick",
      at: offset
    )
  }

  mutating func readSelect() {
    review.reversal = .nothingToUndo
    if let table = node["intoClause"]?["rel"].flatMap({ QualifiedName(relation: $0) }) {
      lockReads()
      state.created.insert(table)
      review.reversal = .statement("DROP TABLE \(table.sql);")
      return
    }
    readRowChanges()
    lockReads()
    for call in node.callsWithin { readCall(call) }
  }

  private mutating func readCall(_ call: SyntaxNode) {
    guard let name = call["funcname"].flatMap({ QualifiedName(parts: $0) }) else { return }
    switch name.name {
    case "setval":
      review.reversal = .losesData
      let value = call["args"]?.elements.dropFirst().first
      guard value?["A_Const"] != nil else { return }
      find(
        .sequenceValue,
        "the sequence goes to this number, which may be in use already",
        advice: "set it from the table: setval(…, (SELECT max(id) FROM …))",
        at: place(call)
      )
    case "pg_terminate_backend":
      guard call["args"]?.elements.first?["A_Const"] == nil else { return }
      find(
        .terminatesSessions,
        "every session that the query finds is ended, and its transaction is lost",
        advice: "end the one that blocks, by its number, and not in a migration",
        at: place(call)
      )
    case "set_config":
      let values = call["args"]?.elements.compactMap { $0["A_Const"]?["sval"]?["sval"]?.text } ?? []
      guard values.first == "lock_timeout" else { return }
      state.lockTimeout.session = values.dropFirst().first.map { $0 != "0" } ?? true
    case "lo_import", "lo_export", "pg_read_file", "pg_read_binary_file", "dblink", "dblink_exec":
      review.knowsLocks = false
      find(
        .opaqueCode,
        "\(name.name) reaches out of the database",
        advice: "take it out of the migration",
        at: place(call)
      )
    default: break
    }
  }

  mutating func readCopy() {
    review.reversal = .nothingToUndo
    if node["is_program"] != nil {
      review.knowsLocks = false
      review.reversal = .unknown
      find(
        .opaqueCode,
        "COPY … PROGRAM runs a command on the server",
        advice: "take it out of the migration"
      )
    }
    let isFrom = node["is_from"] != nil
    if isFrom { review.reversal = .unknown }
    lockRelation(node["relation"], isFrom ? .rowExclusive : .accessShare)
    if node["query"] != nil { lockReads() }
  }
}

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
