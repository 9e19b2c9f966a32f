/// What a statement does to one table, as triggers and foreign keys see it.
package struct ChangeEvent: Hashable, Sendable {
  package enum Operation: Hashable, Sendable {
    case insert, delete
    case update(columns: Set<String>)
    case truncate(cascades: Bool)

    /// Such as `insert`.
    package var word: String {
      switch self {
      case .insert: "insert"
      case .delete: "delete"
      case .update: "update"
      case .truncate: "truncate"
      }
    }
  }

  package var table: QualifiedName
  package var operation: Operation
  /// Tables that inherit from it are left out.
  package var isOnly: Bool

  package init(table: QualifiedName, operation: Operation, isOnly: Bool = false) {
    self.table = table
    self.operation = operation
    self.isOnly = isOnly
  }
}

extension Statement {
  /// What the statement itself does to tables; nothing for one that changes no rows.
  package var changeEvents: [ChangeEvent] {
    if kind == "TruncateStmt" {
      let cascades = node["behavior"]?.text == "DROP_CASCADE"
      return (node["relations"]?.elements ?? []).compactMap { element in
        element["RangeVar"].flatMap { event(.truncate(cascades: cascades), $0) }
      }
    }
    guard let relation = node["relation"] else { return [] }
    let operations: [ChangeEvent.Operation]
    switch kind {
    case "DeleteStmt": operations = [.delete]
    case "UpdateStmt": operations = [.update(columns: Self.assigned(node))]
    case "InsertStmt":
      let conflict = node["onConflictClause"]
      let updates = conflict?["action"]?.text == "ONCONFLICT_UPDATE"
      operations =
        [.insert] + (updates ? [.update(columns: conflict.map(Self.assigned) ?? [])] : [])
    case "MergeStmt": operations = mergeOperations
    default: return []
    }
    return operations.compactMap { event($0, relation) }
  }

  private func event(
    _ operation: ChangeEvent.Operation,
    _ relation: SyntaxNode
  ) -> ChangeEvent? {
    guard let table = QualifiedName(relation: relation) else { return nil }
    return ChangeEvent(
      table: table,
      operation: operation,
      isOnly: relation["inh"]?.isTrue != true
    )
  }

  private static func assigned(_ node: SyntaxNode) -> Set<String> {
    Set((node["targetList"]?.elements ?? []).compactMap { $0["ResTarget"]?["name"]?.text })
  }

  private var mergeOperations: [ChangeEvent.Operation] {
    var operations: [ChangeEvent.Operation] = []
    for element in node["mergeWhenClauses"]?.elements ?? [] {
      guard let clause = element["MergeWhenClause"] else { continue }
      switch clause["commandType"]?.text {
      case "CMD_INSERT": operations.append(.insert)
      case "CMD_UPDATE": operations.append(.update(columns: Self.assigned(clause)))
      case "CMD_DELETE": operations.append(.delete)
      default: continue
      }
    }
    return operations
  }
}
