extension Reviewer {
  /// The locks on the partitions and heirs of a table.
  mutating func lockFamily(_ table: QualifiedName, _ mode: LockMode) {
    for child in facts?[table]?.children ?? [] { lock(child, mode) }
  }

  mutating func dropColumn(_ command: AlterCommand) {
    let table = command.table
    guard let column = command.column, isOld(table) else {
      review.reversal = .earlierDefinition
      return
    }
    review.reversal = .losesData
    for key in facts?[table]?.constraints ?? []
    where key.kind == "f" && key.columns.contains(column) {
      if let parent = key.referenced { lock(parent, .accessExclusive) }
    }
    let isMissing = facts?[table].map { $0.column(column) == nil && !$0.columns.isEmpty } ?? false
    if isMissing, command.node["missing_ok"] != nil {
      review.reversal = .nothingToUndo
      return tellNothing("column \(column) of \(table)", at: command.offset)
    }
    find(
      .dropColumn,
      """
      \(table).\(column) and what it holds are gone, and code that still selects or writes it fails
      """,
      advice: "take it out of the code first, deploy that, drop the column in a later migration",
      at: command.offset
    )
    if command.node["behavior"]?.text == "DROP_CASCADE" {
      let views = facts?[table]?.views.filter { $0.columns.contains(column) }.map(\.name)
      for view in views ?? [] { lock(view, .accessExclusive) }
      tellCascade("\(table).\(column)", taking: views, of: table, at: command.offset)
    }
  }

  mutating func setNotNull(_ command: AlterCommand) {
    let table = command.table
    guard let column = command.column else { return }
    review.reversal = .statement(
      "ALTER TABLE \(table.sql) ALTER COLUMN \(SQLIdentifier.quoted(column)) DROP NOT NULL;"
    )
    guard isOld(table), !isProvenNotNull(table, column) else { return }
    work(.scan, table, under: command.mode)
    find(
      .setNotNull,
      """
      every row of \(table) is looked at while \(command.mode.words) blocks \
      \(command.mode.blocked); it fails if one holds NULL\
      \(facts == nil ? "; unless a valid CHECK says already that none does" : "")
      """,
      advice: "a CHECK that was validated before makes it instant",
      safer: Self.notNullSteps(table, column),
      at: command.offset,
      asking: .notNull(table, column: column)
    )
  }

  static func notNullSteps(_ table: QualifiedName, _ column: String) -> String {
    let name = SQLIdentifier.quoted(column)
    let check = SQLIdentifier.quoted("\(column)_not_null")
    return """
      ALTER TABLE \(table.sql) ADD CONSTRAINT \(check) CHECK (\(name) IS NOT NULL) NOT VALID;
      -- a later migration:
      ALTER TABLE \(table.sql) VALIDATE CONSTRAINT \(check);
      -- a later migration:
      ALTER TABLE \(table.sql) ALTER COLUMN \(name) SET NOT NULL;
      ALTER TABLE \(table.sql) DROP CONSTRAINT \(check);
      """
  }

  /// Whether a valid CHECK, of this file or of the database, says that there is no NULL.
  private func isProvenNotNull(_ table: QualifiedName, _ column: String) -> Bool {
    let inFile = state.constraints.contains {
      $0.table.mayBe(table) && $0.isValid && $0.notNullColumns.contains(column)
    }
    if inFile { return true }
    guard let relation = facts?[table] else { return false }
    return relation.column(column)?.isNotNull ?? false
      || relation.constraints.contains {
        $0.kind == "c" && isValid($0, of: table)
          && Self.notNullColumns(definition: $0.definition).contains(column)
      }
  }

  private func isValid(_ constraint: ConstraintFacts, of table: QualifiedName) -> Bool {
    constraint.isValid
      || state.constraints.contains {
        $0.table.mayBe(table) && $0.name == constraint.name && $0.isValid
      }
  }

  mutating func dropNotNull(_ command: AlterCommand) {
    let table = command.table
    guard let column = command.column else { return }
    review.reversal = .earlierDefinition
    guard isOld(table) else { return }
    if let known = facts?[table]?.column(column), !known.isNotNull { return }
    find(
      .dropNotNull,
      "\(table).\(column) may hold NULL from now on, which running code may not expect",
      advice: "deploy code that can read NULL first",
      at: command.offset
    )
  }

  mutating func changeType(_ command: AlterCommand) {
    let table = command.table
    guard let column = command.column, let definition = command.node["def"]?["ColumnDef"],
      let type = definition["typeName"].flatMap({ ColumnType($0) })
    else { return }
    review.reversal = .earlierDefinition
    guard isOld(table) else { return }
    let old = facts?[table]?.column(column).map { base(of: ColumnType(catalogue: $0.type)) }
    checkViews(of: table, column, at: command.offset)
    guard let old else { return tellPossibleRewrite(command, column, type) }
    let isUTC = state.hasUTC ?? facts?.hasUTC ?? false
    let isPlain = definition["raw_default"].map { $0.isPlainCast(of: column) } ?? true
    let isChecked = facts?.type(type.qualifiedName)?.isConstrained ?? false
    guard !isPlain || isChecked || old.needsRewrite(to: base(of: type), isUTC: isUTC) else {
      if definition["collClause"] != nil { reorder(table, column, command) }
      return recheck(table, column, command)
    }
    work(.rewrite, table, under: command.mode)
    find(
      .changeType,
      """
      \(table) and its indexes are rewritten while \(command.mode.words) blocks \
      \(command.mode.blocked): \(column) goes from \(old.words) to \(type.words)
      """,
      advice: "add a second column, write both, fill it in batches, then change over",
      safer: Self.secondColumn(table, column, type),
      at: command.offset
    )
  }

  /// What a domain is made of: only its constraints cost anything.
  private func base(of type: ColumnType) -> ColumnType {
    guard !type.isBuiltIn, let base = facts?.type(type.qualifiedName)?.base else { return type }
    return ColumnType(catalogue: base)
  }

  private mutating func tellPossibleRewrite(
    _ command: AlterCommand,
    _ column: String,
    _ type: ColumnType
  ) {
    work(.rewrite, command.table, under: command.mode, isCertain: false)
    find(
      .changeType,
      """
      \(command.table) is rewritten under \(command.mode.words), unless the type that \(column) has \
      now becomes \(type.words) without a change\(type.cheapSources)
      """,
      advice:
        "look at the type it has; where it is rewritten, add a second column and fill it in batches",
      safer: Self.secondColumn(command.table, column, type),
      severity: .warning,
      at: command.offset,
      asking: .columnType(command.table, column: column)
    )
  }

  /// Another collation is another order, so that the indexes over the column are built anew.
  private mutating func reorder(_ table: QualifiedName, _ column: String, _ command: AlterCommand) {
    let indexes = facts?[table]?.indexes.filter { $0.columns.contains(column) } ?? []
    guard !indexes.isEmpty else { return }
    work(.indexBuild, table, under: command.mode)
    find(
      .changeType,
      """
      \(Self.list(indexes.map(\.name))) \(indexes.count == 1 ? "is" : "are") built anew while \
      \(command.mode.words) blocks \(command.mode.blocked) of \(table)
      """,
      advice: "build an index of the new collation concurrently, and leave the column as it is",
      at: command.offset
    )
  }

  /// Without a rewrite, the CHECKs on the column are still verified again.
  private mutating func recheck(_ table: QualifiedName, _ column: String, _ command: AlterCommand) {
    let checks = facts?[table]?.constraints.filter { $0.kind == "c" && $0.columns.contains(column) }
    guard let check = checks?.first else { return }
    work(.scan, table, under: command.mode)
    find(
      .checkScan,
      """
      every row of \(table) is checked against \(check.name) again while \(command.mode.words) \
      blocks \(command.mode.blocked)
      """,
      advice: "drop the CHECK before, add it as NOT VALID behind, validate it in a later migration",
      at: command.offset
    )
  }

  private mutating func checkViews(of table: QualifiedName, _ column: String, at offset: Int) {
    let views = facts?[table]?.views.filter { $0.columns.contains(column) } ?? []
    let dropped = views.filter { view in
      !state.dropped.contains { $0.mayBe(view.name) }
    }
    guard let view = dropped.first else { return }
    find(
      .viewBlocksType,
      "this fails: the view \(view.name.name) uses \(table).\(column)",
      advice: "drop the view before, and create it again behind",
      at: offset
    )
  }

  private static func secondColumn(
    _ table: QualifiedName,
    _ column: String,
    _ type: ColumnType
  ) -> String {
    let (old, new) = (SQLIdentifier.quoted(column), SQLIdentifier.quoted(column + "_new"))
    return """
      ALTER TABLE \(table.sql) ADD COLUMN \(new) \(type.words);
      -- write both from the code, then in batches:
      UPDATE \(table.sql) SET \(new) = \(old) WHERE \(new) IS NULL AND …;
      -- a later migration, when no code uses the old one:
      ALTER TABLE \(table.sql) RENAME COLUMN \(old) TO \(SQLIdentifier.quoted(column + "_old"));
      ALTER TABLE \(table.sql) RENAME COLUMN \(new) TO \(old);
      """
  }
}

extension SyntaxNode {
  /// Whether it is the column itself, cast or not: then only the types decide.
  fileprivate func isPlainCast(of column: String) -> Bool {
    var node = self
    if node.name == "raw_default", let inner = node.members.first { node = inner }
    while node.isNamed("TypeCast") {
      guard let inner = node["arg"]?.members.first else { return false }
      node = inner
    }
    guard node.isNamed("ColumnRef") else { return false }
    return node["fields"]?.elements.last?["String"]?["sval"]?.text == column
  }
}

extension ColumnType {
  /// As people write it.
  var words: String {
    let names = [
      "int2": "smallint", "int4": "integer", "int8": "bigint", "bool": "boolean",
      "float4": "real", "float8": "double precision", "bpchar": "char",
    ]
    let arguments =
      modifiers.isEmpty ? "" : "(\(modifiers.map(String.init).joined(separator: ",")))"
    let own = isBuiltIn ? names[name] ?? name : QualifiedName(schema: schema, name: name).sql
    return own + arguments + (isArray ? "[]" : "")
  }

  /// The types from which a change to this one costs nothing, in brackets.
  fileprivate var cheapSources: String {
    guard !isArray else { return "" }
    return switch (name, modifiers.first) {
    case ("text", _), ("varchar", nil): " (as text and varchar do)"
    case ("varchar", .some): " (as a shorter varchar does)"
    case ("numeric", _): " (as a numeric of the same scale and no higher precision does)"
    case ("inet", _): " (as cidr does)"
    case ("timestamptz", _): " (as timestamp does where the session's time zone is UTC)"
    default: ""
    }
  }
}
