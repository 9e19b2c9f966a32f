extension Reviewer {
  mutating func addConstraint(_ command: AlterCommand) {
    guard let constraint = command.node["def"]?["Constraint"] else { return }
    let name = constraint["conname"]?.text
    review.reversal =
      name.map {
        .statement("ALTER TABLE \(command.table.sql) DROP CONSTRAINT \(SQLIdentifier.quoted($0));")
      } ?? .earlierDefinition
    let isValid = constraint["skip_validation"] == nil
    switch constraint["contype"]?.text {
    case "CONSTR_CHECK": addCheck(command, constraint, isValid: isValid)
    case "CONSTR_FOREIGN": addForeignKey(command, constraint, isValid: isValid)
    case "CONSTR_UNIQUE", "CONSTR_PRIMARY": addKey(command, constraint)
    case "CONSTR_EXCLUSION": addExclusion(command)
    default: break
    }
  }

  private mutating func addCheck(
    _ command: AlterCommand,
    _ constraint: SyntaxNode,
    isValid: Bool
  ) {
    remember(command.table, constraint, kind: "c", isValid: isValid)
    guard isValid, isOld(command.table) else { return }
    work(.scan, command.table, under: command.mode)
    find(
      .checkScan,
      """
      every row of \(command.table) is checked while \(command.mode.words) blocks \
      \(command.mode.blocked)
      """,
      advice: "add it as NOT VALID, validate it in a later migration",
      safer: notValid(command, constraint),
      at: command.offset
    )
  }

  private mutating func remember(
    _ table: QualifiedName,
    _ constraint: SyntaxNode,
    kind: String,
    isValid: Bool,
    referenced: QualifiedName? = nil
  ) {
    state.constraints.append(
      FileState.ConstraintState(
        table: table,
        name: constraint["conname"]?.text,
        kind: kind,
        isValid: isValid,
        notNullColumns: kind == "c" ? Self.notNullColumns(constraint["raw_expr"]) : [],
        referenced: referenced,
        group: state.group
      )
    )
  }

  /// The statement with NOT VALID, and its VALIDATE.
  private func notValid(_ command: AlterCommand, _ constraint: SyntaxNode) -> String {
    let (table, text) = (command.table.sql, source.text(command.range))
    let name = constraint["conname"]?.text.map { SQLIdentifier.quoted($0) } ?? "…"
    return """
      ALTER TABLE \(table) \(text) NOT VALID;
      -- a later migration:
      ALTER TABLE \(table) VALIDATE CONSTRAINT \(name);
      """
  }

  private mutating func addForeignKey(
    _ command: AlterCommand,
    _ constraint: SyntaxNode,
    isValid: Bool
  ) {
    let table = command.table
    guard let parent = constraint["pktable"].flatMap({ QualifiedName(relation: $0) }) else {
      return
    }
    remember(table, constraint, kind: "f", isValid: isValid, referenced: parent)
    let columns = constraint["fk_attrs"]?.elements.compactMap { $0["String"]?["sval"]?.text } ?? []
    pend(table, parent, columns, at: command.offset)
    lock(parent, .shareRowExclusive)
    lockFamily(parent, .shareRowExclusive)
    guard isOld(table) else { return tellParentLock(parent, for: table, at: command.offset) }
    guard isValid else { return }
    work(.scan, table, under: command.mode)
    find(
      .foreignKeyScan,
      """
      every row of \(table) is looked up in \(parent) while \(command.mode.words) blocks \
      \(command.mode.blocked) of both
      """,
      advice: "add it as NOT VALID, validate it in a later migration",
      safer: notValid(command, constraint),
      at: command.offset
    )
  }

  /// A new table is nobody's yet, but the one that it points to is everybody's.
  mutating func tellParentLock(_ parent: QualifiedName, for table: QualifiedName, at offset: Int) {
    guard isOld(parent) else { return }
    find(
      .foreignKeyLock,
      """
      the foreign key of \(table) takes SHARE ROW EXCLUSIVE on \(parent), which blocks every write \
      of it until the end of the transaction
      """,
      advice: "keep the transaction short, and set a lock_timeout",
      at: offset
    )
  }

  private mutating func addKey(_ command: AlterCommand, _ constraint: SyntaxNode) {
    let table = command.table
    guard isOld(table) else { return }
    let isPrimary = constraint["contype"]?.text == "CONSTR_PRIMARY"
    if let index = constraint["indexname"]?.text {
      lockIndexOfConstraint(index, of: table)
      if isPrimary { checkPrimaryColumns(command, index) }
      return
    }
    work(.indexBuild, table, under: command.mode)
    let columns = constraint["keys"]?.elements.compactMap { $0["String"]?["sval"]?.text } ?? []
    let list = columns.map { SQLIdentifier.quoted($0) }.joined(separator: ", ")
    let name = SQLIdentifier.quoted(
      constraint["conname"]?.text
        ?? "\(table.name)_\(isPrimary ? "pkey" : columns.joined(separator: "_") + "_key")"
    )
    find(
      .uniqueConstraint,
      """
      its index is built while \(command.mode.words) blocks \(command.mode.blocked) of \(table)
      """,
      advice: "build the index concurrently, then make the constraint from it",
      safer: """
        -- in a file of its own:
        CREATE UNIQUE INDEX CONCURRENTLY \(name) ON \(table.sql) (\(list));
        -- a later migration:
        ALTER TABLE \(table.sql) ADD CONSTRAINT \(name) \(isPrimary ? "PRIMARY KEY" : "UNIQUE") \
        USING INDEX \(name);
        """,
      at: command.offset
    )
  }

  private mutating func lockIndexOfConstraint(_ index: String, of table: QualifiedName) {
    let name = QualifiedName(schema: table.schema, name: index)
    guard !state.createdIndexes.contains(name) else { return }
    review.locks.add(resolved(name), .shareUpdateExclusive)
  }

  /// A primary key makes its columns NOT NULL, which has to be verified where they are not.
  private mutating func checkPrimaryColumns(_ command: AlterCommand, _ index: String) {
    let table = command.table
    guard let relation = facts?[table] else {
      return ask(.notNull(table, column: index))
    }
    let columns = relation.indexes.first { $0.name.name == index }?.columns ?? []
    guard let column = columns.first(where: { relation.column($0)?.isNotNull == false }) else {
      return
    }
    work(.scan, table, under: command.mode)
    find(
      .setNotNull,
      """
      \(column) becomes NOT NULL with the key: every row of \(table) is looked at while \
      \(command.mode.words) blocks \(command.mode.blocked)
      """,
      advice: "make the column NOT NULL before, by a CHECK that is validated",
      safer: Self.notNullSteps(table, column),
      at: command.offset
    )
  }

  private mutating func addExclusion(_ command: AlterCommand) {
    guard isOld(command.table) else { return }
    work(.indexBuild, command.table, under: command.mode)
    find(
      .exclusionConstraint,
      """
      its index is built while \(command.mode.words) blocks \(command.mode.blocked) of \
      \(command.table), and there is no concurrent form
      """,
      advice:
        "make a new table with it and move the rows, or take a quiet hour with a lock_timeout",
      at: command.offset
    )
  }

  mutating func validate(_ command: AlterCommand) {
    let table = command.table
    review.reversal = .nothingToUndo
    guard isOld(table), let name = command.column else { return }
    work(.scan, table, under: command.mode)
    let index = state.constraints.lastIndex { $0.table.mayBe(table) && $0.name == name }
    if let index, state.constraints[index].group == state.group, isInTransaction,
      !state.constraints[index].isValid
    {
      find(
        .validateTogether,
        """
        the lock that added \(name) is still held, so this scan of \(table) blocks as much as one \
        without NOT VALID
        """,
        advice: "validate it in a migration of its own",
        at: command.offset
      )
    }
    let known = facts?[table]?.constraints.first { $0.name == name }
    if let parent = index.flatMap({ state.constraints[$0].referenced }) ?? known?.referenced {
      lock(parent, .rowShare)
    } else if index == nil {
      ask(.constraint(table, name: name))
    }
    if let index {
      state.constraints[index].isValid = true
    } else {
      let definition = known.map { Self.notNullColumns(definition: $0.definition) } ?? []
      state.constraints.append(
        FileState.ConstraintState(
          table: table,
          name: name,
          kind: known?.kind ?? "",
          isValid: true,
          notNullColumns: definition,
          referenced: known?.referenced,
          group: -1
        )
      )
    }
  }

  mutating func dropConstraint(_ command: AlterCommand) {
    let table = command.table
    review.reversal = .earlierDefinition
    guard isOld(table), let name = command.column else { return }
    let inFile = state.constraints.last { $0.table.mayBe(table) && $0.name == name }
    let known = facts?[table]?.constraints.first { $0.name == name }
    if let parent = inFile?.referenced ?? known?.referenced {
      lock(parent, .accessExclusive)
      find(
        .dropForeignKey,
        """
        ACCESS EXCLUSIVE is taken on \(parent) too: every read and write of both tables waits for \
        this, and this for every query that runs on them
        """,
        advice: "set a lock_timeout and try again, in a file of its own",
        at: command.offset
      )
    } else if facts == nil, inFile == nil {
      tellPossibleKey(name, command)
    } else if facts?[table] != nil, known == nil, inFile == nil, command.node["missing_ok"] != nil {
      tellNothing("constraint \(name) of \(table)", at: command.offset)
    }
    state.constraints.removeAll { $0.table.mayBe(table) && $0.name == name }
  }

  /// Names of keys tell what they are: Prisma's and the server's own end in `_fkey`.
  private mutating func tellPossibleKey(_ name: String, _ command: AlterCommand) {
    let lowered = name.lowercased()
    let looksLikeKey =
      lowered.hasSuffix("_fkey") || lowered.hasPrefix("fk_") || lowered.hasSuffix("_fk")
      || lowered.contains("_fk_")
    guard looksLikeKey else { return ask(.constraint(command.table, name: name)) }
    find(
      .dropForeignKey,
      """
      if \(name) is a foreign key, ACCESS EXCLUSIVE is taken on the table that it points to as well \
      as on \(command.table)
      """,
      advice: "set a lock_timeout and try again, in a file of its own",
      at: command.offset,
      asking: .constraint(command.table, name: name)
    )
  }

  // MARK: What a CHECK says

  /// The columns that an expression of `… IS NOT NULL and …` says are not null.
  static func notNullColumns(_ expression: SyntaxNode?) -> [String] {
    guard var node = expression else { return [] }
    if node.isNamed("raw_expr"), let inner = node.members.first { node = inner }
    if node.isNamed("NullTest"), node["nulltesttype"]?.text == "IS_NOT_NULL" {
      let fields = node["arg"]?["ColumnRef"]?["fields"]?.elements
      return fields?.last?["String"]?["sval"]?.text.map { [$0] } ?? []
    }
    guard node.isNamed("BoolExpr"), node["boolop"]?.text == "AND_EXPR" else { return [] }
    return node["args"]?.elements.flatMap { notNullColumns($0.members.first) } ?? []
  }

  /// The same of a definition as the catalogue gives it.
  static func notNullColumns(definition: String) -> [String] {
    guard definition.contains("NOT NULL"),
      let parsed = try? ParsedSQL("alter table t add \(definition)"),
      let command = parsed.statements.first?.node["cmds"]?.elements.first?["AlterTableCmd"]
    else { return [] }
    return notNullColumns(command["def"]?["Constraint"]?["raw_expr"])
  }
}
