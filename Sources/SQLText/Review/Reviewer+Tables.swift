extension Reviewer {
  mutating func readCreateTable() {
    guard let relation = node["relation"], let table = QualifiedName(relation: relation) else {
      return
    }
    let exists = node["if_not_exists"] != nil && facts?[table] != nil
    state.created.insert(table)
    review.reversal = exists ? .nothingToUndo : .statement("DROP TABLE \(table.sql);")
    readParents(of: table)
    for element in node["tableElts"]?.elements ?? [] {
      if let definition = element["ColumnDef"] { readColumn(definition, of: table) }
      if let constraint = element["Constraint"] { readConstraint(constraint, of: table) }
      if let source = element["TableLikeClause"]?["relation"] { lockRelation(source, .accessShare) }
    }
  }

  private mutating func readParents(of table: QualifiedName) {
    let isPartition = node["partbound"] != nil
    for element in node["inhRelations"]?.elements ?? [] {
      guard let relation = element["RangeVar"], let parent = QualifiedName(relation: relation)
      else {
        continue
      }
      lock(parent, isPartition ? .accessExclusive : .shareUpdateExclusive)
      guard isPartition, isOld(parent) else { continue }
      if let other = facts?[parent]?.defaultPartition {
        lock(other, .accessExclusive)
        work(.scan, other, under: .accessExclusive)
      }
      find(
        .createPartition,
        "PARTITION OF takes ACCESS EXCLUSIVE on \(parent): every read and write of it waits",
        advice:
          "create the table by itself, then attach it, which only takes SHARE UPDATE EXCLUSIVE",
        safer: """
          CREATE TABLE \(table.sql) (LIKE \(parent.sql) INCLUDING ALL);
          ALTER TABLE \(parent.sql) ATTACH PARTITION \(table.sql) FOR VALUES …;
          """,
        at: place(relation)
      )
    }
  }

  private mutating func readColumn(_ definition: SyntaxNode, of table: QualifiedName) {
    guard let name = definition["colname"]?.text else { return }
    let column = AddedColumn(
      definition,
      name: name,
      table: table,
      mode: .accessExclusive,
      offset: place(definition) ?? review.offset
    )
    checkKeyType(column)
    checkJSON(column)
    if column.isUnique { rememberIndex(of: table, [name]) }
    for key in column.foreignKeys { readKey(key, of: table, [name]) }
  }

  private mutating func readConstraint(_ constraint: SyntaxNode, of table: QualifiedName) {
    switch constraint["contype"]?.text {
    case "CONSTR_FOREIGN":
      let columns = constraint["fk_attrs"]?.elements.compactMap { $0["String"]?["sval"]?.text }
      readKey(constraint, of: table, columns ?? [])
    case "CONSTR_PRIMARY", "CONSTR_UNIQUE":
      let columns = constraint["keys"]?.elements.compactMap { $0["String"]?["sval"]?.text } ?? []
      rememberIndex(of: table, columns)
      guard constraint["contype"]?.text == "CONSTR_PRIMARY", columns.count == 1 else { return }
      for element in node["tableElts"]?.elements ?? [] {
        guard let definition = element["ColumnDef"], definition["colname"]?.text == columns[0]
        else {
          continue
        }
        checkKeyColumn(definition, columns[0], of: table)
      }
    default: break
    }
  }

  /// A primary key that is written behind the columns, as Prisma does.
  private mutating func checkKeyColumn(
    _ definition: SyntaxNode,
    _ name: String,
    of table: QualifiedName
  ) {
    guard let type = definition["typeName"].flatMap({ ColumnType($0) }), type.schema == nil,
      ["int4", "int2"].contains(type.name)
    else { return }
    find(
      .integerKey,
      "\(table).\(name) ends at \(type.name == "int2" ? "32767" : "2147483647")",
      advice: "make it bigint: a change of the type later rewrites the table",
      at: place(definition)
    )
  }

  private mutating func readKey(
    _ key: SyntaxNode,
    of table: QualifiedName,
    _ columns: [String]
  ) {
    guard let parent = key["pktable"].flatMap({ QualifiedName(relation: $0) }) else { return }
    pend(table, parent, columns, at: place(key) ?? review.offset)
    lock(parent, .shareRowExclusive)
    lockFamily(parent, .shareRowExclusive)
    tellParentLock(parent, for: table, at: place(key) ?? review.offset)
  }

  mutating func readCreateView() {
    guard let view = node["view"].flatMap({ QualifiedName(relation: $0) }) else { return }
    lockReads()
    if node["replace"] != nil {
      // Where there is none yet, there is nothing to lock.
      if facts == nil || facts?[view] != nil { lock(view, .accessExclusive) }
      ask(.existence(view))
      review.reversal = .earlierDefinition
    } else {
      review.reversal = .statement("DROP VIEW \(view.sql);")
      state.created.insert(view)
    }
  }

  mutating func readCreateAs() {
    lockReads()
    guard let table = node["into"]?["rel"].flatMap({ QualifiedName(relation: $0) }) else { return }
    let isView = node["objtype"]?.text == "OBJECT_MATVIEW"
    review.reversal = .statement("DROP \(isView ? "MATERIALIZED VIEW" : "TABLE") \(table.sql);")
    state.created.insert(table)
  }

  mutating func readRefresh() {
    review.reversal = .nothingToUndo
    guard let view = node["relation"].flatMap({ QualifiedName(relation: $0) }) else { return }
    let isConcurrent = node["concurrent"] != nil
    lock(view, isConcurrent ? .exclusive : .accessExclusive)
    let isEmptied = node["skipData"] != nil
    if !isEmptied { for table in facts?[view]?.reads ?? [] { lock(table, .accessShare) } }
    guard !isConcurrent, isOld(view) else { return }
    work(.rewrite, view, under: .accessExclusive)
    guard !isEmptied else { return }
    find(
      .refreshView,
      "the view \(view) is computed anew while ACCESS EXCLUSIVE blocks every read of it",
      advice: "refresh it concurrently, which needs a unique index on it",
      safer: "REFRESH MATERIALIZED VIEW CONCURRENTLY \(view.sql);"
    )
  }

  mutating func readCreateType() {
    review.reversal = .earlierDefinition
    // A domain's `typeName` is the type that it is made of.
    let names = node["domainname"] ?? node["typeName"] ?? node["defnames"]
    let name =
      names.flatMap { QualifiedName(parts: $0) }
      ?? node["typevar"].flatMap { QualifiedName(relation: $0) }
    guard let name else { return }
    let isConstrained = statement.kind == "CreateDomainStmt" && node["constraints"] != nil
    state.createdTypes[name.name] = isConstrained
    let kind = statement.kind == "CreateDomainStmt" ? "DOMAIN" : "TYPE"
    if statement.kind != "DefineStmt" { review.reversal = .statement("DROP \(kind) \(name.sql);") }
  }

  // MARK: Foreign keys without an index

  mutating func rememberIndex(of table: QualifiedName, _ columns: [String]) {
    state.indexedColumns[table.name, default: []].append((table, columns))
  }

  mutating func pend(
    _ table: QualifiedName,
    _ parent: QualifiedName,
    _ columns: [String],
    at offset: Int
  ) {
    guard !columns.isEmpty else { return }
    foreignKeys.append(
      PendingForeignKey(
        table: table,
        parent: parent,
        columns: columns,
        statement: review.index,
        offset: offset,
        isNewTable: !isOld(table)
      )
    )
  }

  /// Of a table that is new, the file shows all indexes; of an old one, the database must.
  mutating func checkForeignKeyIndexes() {
    for key in foreignKeys {
      let named = state.indexedColumns[key.table.name] ?? []
      var indexes = named.filter { $0.table.mayBe(key.table) }.map(\.columns)
      if let relation = facts?[key.table] { indexes += relation.indexes.map(\.columns) }
      guard key.isNewTable || facts?[key.table] != nil,
        !indexes.contains(where: { Set($0.prefix(key.columns.count)) == Set(key.columns) })
      else { continue }
      let name = SQLIdentifier.quoted("\(key.table.name)_\(key.columns.joined(separator: "_"))_idx")
      let columns = key.columns.map { SQLIdentifier.quoted($0) }.joined(separator: ", ")
      addLate(
        .foreignKeyUnindexed,
        """
        no index on \(key.table) (\(key.columns.joined(separator: ", "))): each delete in \
        \(key.parent) will read all of \(key.table)
        """,
        advice: key.isNewTable ? "create the index with the table" : "create it concurrently",
        safer: """
          CREATE INDEX \(key.isNewTable ? "" : "CONCURRENTLY ")\(name) ON \(key.table.sql) \
          (\(columns));
          """,
        to: key.statement,
        at: key.offset
      )
    }
  }
}

/// A foreign key whose columns should have an index by the end of the file.
struct PendingForeignKey {
  let table: QualifiedName
  let parent: QualifiedName
  let columns: [String]
  let statement: Int
  let offset: Int
  let isNewTable: Bool
}
