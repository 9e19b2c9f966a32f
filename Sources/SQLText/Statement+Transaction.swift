/// What a statement has to do with the transaction around it.
extension Statement {
  /// Says that the server refuses it inside of a transaction (25001).
  package var refusesTransaction: Bool {
    switch kind {
    case "IndexStmt", "DropStmt": node["concurrent"] != nil
    case "ReindexStmt": isConcurrentReindex || isWholeReindex
    case "VacuumStmt": node["is_vacuumcmd"] != nil
    case "ClusterStmt": node["relation"] == nil
    case "AlterTableStmt": detachesConcurrently
    case "DiscardStmt": node["target"]?.text == "DISCARD_ALL" || node["target"] == nil
    case "CreatedbStmt", "DropdbStmt", "AlterSystemStmt", "CreateTableSpaceStmt",
      "DropTableSpaceStmt", "CreateSubscriptionStmt", "DropSubscriptionStmt":
      true
    default: false
    }
  }

  /// Says that it may end the transaction that it is in, if it is sent alone.
  package var mayCommit: Bool {
    guard kind == "CallStmt" || kind == "DoStmt" else { return false }
    guard kind == "DoStmt" else { return true }
    return node.descendants.contains { part in
      guard let text = part.text?.lowercased() else { return false }
      return text.contains("commit") || text.contains("rollback")
    }
  }

  /// Says that it makes what came before it permanent.
  package var isCommit: Bool {
    kind == "TransactionStmt" && node["kind"]?.text == "TRANS_STMT_COMMIT"
  }

  /// Says that it undoes what came before it, wholly or back to a savepoint.
  package var isRollback: Bool {
    kind == "TransactionStmt" && node["kind"]?.text?.hasPrefix("TRANS_STMT_ROLLBACK") == true
  }

  /// Says that the client would have to send data behind it.
  package var copiesFromClient: Bool {
    kind == "CopyStmt" && node["is_from"] != nil && node["filename"] == nil
  }

  /// The index that it builds without keeping others from writing.
  ///
  /// Where it fails, an invalid one stays. Nothing for other statements, and where the server chooses
  /// the name.
  package var concurrentIndex: ConcurrentIndex? {
    guard kind == "IndexStmt", node["concurrent"] != nil, let name = node["idxname"]?.text,
      let relation = node["relation"], let table = QualifiedName(relation: relation)
    else { return nil }
    return ConcurrentIndex(
      name: name,
      table: table,
      isConditional: node["if_not_exists"] != nil,
      statement: index
    )
  }

  private var isConcurrentReindex: Bool {
    (node["params"]?.elements ?? []).contains {
      $0["DefElem"]?["defname"]?.text == "concurrently"
    }
  }

  private var isWholeReindex: Bool {
    ["REINDEX_OBJECT_SCHEMA", "REINDEX_OBJECT_SYSTEM", "REINDEX_OBJECT_DATABASE"]
      .contains(node["kind"]?.text ?? "")
  }

  private var detachesConcurrently: Bool {
    (node["cmds"]?.elements ?? []).contains { element in
      let command = element["AlterTableCmd"]
      return command?["subtype"]?.text == "AT_DetachPartition"
        && command?["def"]?["PartitionCmd"]?["concurrent"] != nil
    }
  }
}

/// What `create index concurrently` names.
package struct ConcurrentIndex: Hashable, Sendable {
  package var name: String
  package var table: QualifiedName
  /// `if not exists`: nothing is done where there is one, be it invalid.
  package var isConditional: Bool
  /// The statement, counted from 0.
  package var statement: Int
}
