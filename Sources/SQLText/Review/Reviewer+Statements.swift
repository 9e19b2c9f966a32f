/// One function for each family of statements; what is not listed takes no lock on a table.
extension Reviewer {
  mutating func readStatement() {
    switch statement.kind {
    case "AlterTableStmt": readAlterTable()
    case "CreateStmt", "CreateForeignTableStmt": readCreateTable()
    case "IndexStmt": readCreateIndex()
    case "ReindexStmt": readReindex()
    case "DropStmt": readDrop()
    case "DropdbStmt", "CreatedbStmt", "AlterDatabaseStmt", "AlterSystemStmt", "DropOwnedStmt",
      "CreateTableSpaceStmt", "DropTableSpaceStmt":
      readServerWide()
    case "RenameStmt": readRename()
    case "AlterObjectSchemaStmt": readSetSchema()
    case "TruncateStmt": readTruncate()
    case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt": readRows()
    case "SelectStmt": readSelect()
    case "CopyStmt": readCopy()
    case "ViewStmt": readCreateView()
    case "CreateTableAsStmt": readCreateAs()
    case "RefreshMatViewStmt": readRefresh()
    case "VacuumStmt": readVacuum()
    case "ClusterStmt": readCluster()
    case "LockStmt": readLockTable()
    case "AlterEnumStmt": readEnum()
    case "AlterDomainStmt": readDomain()
    case "CreateEnumStmt", "CompositeTypeStmt", "CreateDomainStmt", "CreateRangeStmt",
      "DefineStmt":
      readCreateType()
    case "DoStmt", "CallStmt", "ExecuteStmt": readOpaque()
    case "CreateRoleStmt", "AlterRoleStmt": readRole()
    case "GrantStmt": readGrant()
    case "VariableSetStmt": readSetting()
    case "TransactionStmt", "VariableShowStmt", "ExplainStmt", "CheckPointStmt", "NotifyStmt":
      review.reversal = .nothingToUndo
    default: readAccessory()
    }
    checkEnumUse()
  }

  /// What belongs to a table without being one: triggers, policies and comments.
  private mutating func readAccessory() {
    review.reversal = .earlierDefinition
    switch statement.kind {
    case "CreateTrigStmt":
      lockRelation(node["relation"], .shareRowExclusive)
      lockRelation(node["constrrel"], .accessShare)
    case "CreatePolicyStmt", "AlterPolicyStmt": lockRelation(node["table"], .accessExclusive)
    case "RuleStmt": lockRelation(node["relation"], .accessExclusive)
    case "AlterSeqStmt":
      lockRelation(node["sequence"], .shareRowExclusive)
      lockOwner()
    case "CreateSeqStmt":
      lockOwner()
      if let name = node["sequence"].flatMap({ QualifiedName(relation: $0) }) {
        state.created.insert(name)
      }
    case "CreateStatsStmt":
      for relation in node["relations"]?.elements ?? [] {
        lockRelation(relation["RangeVar"], .shareUpdateExclusive)
      }
    case "CreatePublicationStmt", "AlterPublicationStmt":
      for object in node["pubobjects"]?.elements ?? [] {
        let table = object["PublicationObjSpec"]?["pubtable"]
        lockRelation(table?["relation"], .shareUpdateExclusive)
      }
    case "CreateSubscriptionStmt", "DropSubscriptionStmt": review.isTransactional = false
    case "CommentStmt": readComment()
    case "CreateFunctionStmt", "CreateExtensionStmt", "CreateSchemaStmt", "AlterFunctionStmt",
      "AlterExtensionStmt", "AlterOwnerStmt", "AlterDefaultPrivilegesStmt", "GrantRoleStmt",
      "AlterRoleSetStmt", "DropRoleStmt", "CreateCastStmt", "CreateOpClassStmt",
      "AlterTypeStmt", "AlterStatsStmt", "CreateEventTrigStmt", "AlterDatabaseSetStmt",
      "CreateForeignServerStmt", "CreateFdwStmt", "CreateUserMappingStmt", "SecLabelStmt",
      "CreateConversionStmt", "CreateTransformStmt", "CreateAmStmt", "CreatePLangStmt",
      "AlterObjectDependsStmt", "ConstraintsSetStmt", "AlterDatabaseRefreshCollStmt":
      break
    case "DiscardStmt": review.isTransactional = node["target"]?.text != "DISCARD_ALL"
    default:
      review.knowsLocks = false
      review.reversal = .unknown
    }
  }

  /// The table of the column that a sequence belongs to.
  private mutating func lockOwner() {
    for option in node["options"]?.elements ?? [] {
      guard let option = option["DefElem"], option["defname"]?.text == "owned_by",
        let items = option["arg"]?["List"]?["items"],
        let table = QualifiedName(parts: items, without: 1)
      else { continue }
      lock(table, .accessShare)
    }
  }

  private mutating func readComment() {
    guard let items = node["object"]?["List"]?["items"] else { return }
    switch node["objtype"]?.text {
    case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_INDEX", "OBJECT_SEQUENCE",
      "OBJECT_FOREIGN_TABLE":
      if let name = QualifiedName(parts: items) { lock(name, .shareUpdateExclusive) }
    case "OBJECT_COLUMN":
      if let name = QualifiedName(parts: items, without: 1) { lock(name, .shareUpdateExclusive) }
    case "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE":
      if let name = QualifiedName(parts: items, without: 1) { lock(name, .accessShare) }
    default: break
    }
  }

  mutating func lockRelation(_ relation: SyntaxNode?, _ mode: LockMode) {
    guard let name = relation.flatMap({ QualifiedName(relation: $0) }) else { return }
    lock(name, mode)
  }

  /// Every table that a query inside of the statement reads, through views where they are known.
  mutating func lockReads() {
    var common: Set<String> = []
    for node in node.descendants where node.isNamed("ctename") {
      if let name = node.text { common.insert(name) }
    }
    var locked: Set<String>?
    var mentions: Set<Int> = []
    for clause in node.descendants where clause.isNamed("LockingClause") {
      locked = locked ?? []
      for relation in clause["lockedRels"]?.elements ?? [] {
        guard let relation = relation["RangeVar"], let name = relation["relname"]?.text else {
          continue
        }
        locked?.insert(name)
        mentions.insert(relation.index)
      }
    }
    for relation in node.descendants where relation.isNamed("RangeVar") {
      guard !mentions.contains(relation.index), let name = QualifiedName(relation: relation) else {
        continue
      }
      if name.schema == nil, common.contains(name.name) { continue }
      let alias = relation["alias"]?["aliasname"]?.text
      let isLocked = locked.map {
        $0.isEmpty || $0.contains(name.name) || alias.map($0.contains) ?? false
      }
      if name.schema != "pg_catalog", name.schema != "information_schema" {
        lockRead(name, isLocked == true ? .rowShare : .accessShare)
      }
    }
  }

  private mutating func lockRead(_ name: QualifiedName, _ mode: LockMode) {
    lock(name, mode)
    guard let relation = facts?[name], relation.kind == .view else { return }
    for table in relation.reads { lock(table, mode) }
  }

  /// The names that the file's statements give to tables and views.
  static func madeNames(_ fragments: [SourceFragment]) -> [(name: QualifiedName, statement: Int)] {
    var names: [(name: QualifiedName, statement: Int)] = []
    var index = 0
    for fragment in fragments {
      for statement in fragment.parsed?.statements ?? [] {
        let node = statement.node
        switch statement.kind {
        case "ViewStmt":
          if let name = node["view"].flatMap({ QualifiedName(relation: $0) }) {
            names.append((name, index))
          }
        case "CreateStmt":
          if let name = node["relation"].flatMap({ QualifiedName(relation: $0) }) {
            names.append((name, index))
          }
        case "CreateTableAsStmt":
          if let name = node["into"]?["rel"].flatMap({ QualifiedName(relation: $0) }) {
            names.append((name, index))
          }
        case "RenameStmt":
          if let schema = node["relation"].flatMap({ QualifiedName(relation: $0) })?.schema,
            let name = node["newname"]?.text, node["subname"] == nil
          {
            names.append((QualifiedName(schema: schema, name: name), index))
          } else if let name = node["newname"]?.text, node["subname"] == nil {
            names.append((QualifiedName(name: name), index))
          }
        default: break
        }
        index += 1
      }
      if fragment.problem != nil { index += 1 }
    }
    return names
  }

  /// Whether a later statement gives the name again, as a view or a table.
  func isMadeLater(_ name: QualifiedName) -> Bool {
    laterNames.contains { $0.statement > review.index && $0.name.mayBe(name) }
  }
}

extension QualifiedName {
  /// Reads a list of `String` nodes whose last ones name a part of the relation, such as a column.
  init?(parts list: SyntaxNode, without count: Int) {
    let parts = list.elements.compactMap { $0["String"]?["sval"]?.text }.dropLast(count)
    guard let name = parts.last else { return nil }
    self.init(schema: parts.count > 1 ? parts[parts.count - 2] : nil, name: name)
  }
}
