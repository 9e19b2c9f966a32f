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
