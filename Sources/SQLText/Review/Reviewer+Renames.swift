extension Reviewer {
  mutating func readRename() {
    review.reversal = .earlierDefinition
    let old = node["relation"].flatMap { QualifiedName(relation: $0) }
    let (part, new) = (node["subname"]?.text, node["newname"]?.text ?? "")
    switch node["renameType"]?.text {
    case "OBJECT_COLUMN":
      guard let old else { return }
      lock(old, .accessExclusive)
      lockFamily(old, .accessExclusive)
      if let part, isOld(old) { tellRenamedColumn(part, of: old, to: new) }
    case "OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW", "OBJECT_FOREIGN_TABLE":
      guard let old else { return }
      renameRelation(old, to: new)
    case "OBJECT_INDEX":
      guard let old, !state.createdIndexes.contains(old) else { return }
      review.locks.add(resolved(old), .shareUpdateExclusive)
      review.reversal = .statement(
        "ALTER INDEX \(QualifiedName(schema: old.schema, name: new).sql) RENAME TO "
          + "\(SQLIdentifier.quoted(old.name));"
      )
    case "OBJECT_TABCONSTRAINT", "OBJECT_TRIGGER", "OBJECT_POLICY", "OBJECT_RULE",
      "OBJECT_SEQUENCE":
      if let old { lock(old, .accessExclusive) }
    case "OBJECT_SCHEMA":
      review.reversal = .statement(
        "ALTER SCHEMA \(SQLIdentifier.quoted(new)) RENAME TO \(SQLIdentifier.quoted(part ?? ""));"
      )
      find(
        .renameSchema,
        "code that names the schema \(part ?? "") fails from the commit on",
        advice: "make the new schema, and views in the old one, until no code uses it"
      )
    default: break
    }
  }

  private mutating func tellRenamedColumn(_ column: String, of table: QualifiedName, to new: String)
  {
    let (old, next) = (SQLIdentifier.quoted(column), SQLIdentifier.quoted(new))
    review.reversal = .statement("ALTER TABLE \(table.sql) RENAME COLUMN \(next) TO \(old);")
    find(
      .renameColumn,
      "code that still uses \(table).\(column) fails from the commit on",
      advice: """
        add the new column, write both, fill the old rows, change the readers, then drop the old one
        """,
      safer: """
        ALTER TABLE \(table.sql) ADD COLUMN \(next) …;
        -- a later migration, when no code uses the old one:
        ALTER TABLE \(table.sql) DROP COLUMN \(old);
        """
    )
  }

  private mutating func renameRelation(_ old: QualifiedName, to name: String) {
    let new = QualifiedName(schema: old.schema, name: name)
    lock(old, .accessExclusive)
    guard isOld(old) else {
      state.created.remove(old)
      state.created.insert(new)
      return
    }
    let isView = node["renameType"]?.text == "OBJECT_VIEW"
    let kind = isView ? "VIEW" : "TABLE"
    review.reversal = .statement(
      "ALTER \(kind) \(new.sql) RENAME TO \(SQLIdentifier.quoted(old.name));"
    )
    guard !isMadeLater(old) else { return }
    find(
      .renameTable,
      "code that still uses \(old) fails from the commit on",
      advice: "in the same transaction, make a view of the old name, until no code uses it",
      safer: """
        BEGIN;
        ALTER \(kind) \(old.sql) RENAME TO \(SQLIdentifier.quoted(name));
        CREATE VIEW \(old.sql) AS SELECT * FROM \(new.sql);
        COMMIT;
        """
    )
  }

  mutating func readSetSchema() {
    review.reversal = .earlierDefinition
    guard let old = node["relation"].flatMap({ QualifiedName(relation: $0) }),
      let schema = node["newschema"]?.text
    else { return }
    lock(old, .accessExclusive)
    let new = QualifiedName(schema: schema, name: old.name)
    guard isOld(old) else { return state.created.insert(new) }
    let isThere = (facts?[old]?.name.schema ?? old.schema) == schema
    guard !isThere, !isMadeLater(old) else { return }
    review.reversal = .statement(
      "ALTER TABLE \(new.sql) SET SCHEMA \(SQLIdentifier.quoted(old.schema ?? "public"));"
    )
    find(
      .renameTable,
      "code that still uses \(old) fails from the commit on, unless \(schema) is on its search path",
      advice: "in the same transaction, make a view of the old name, until no code uses it"
    )
  }
}
