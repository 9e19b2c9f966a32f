extension Reviewer {
  mutating func addColumn(_ command: AlterCommand) {
    guard let definition = command.node["def"]?["ColumnDef"], let name = definition["colname"]?.text
    else { return }
    let table = command.table
    review.reversal = .statement(
      "ALTER TABLE \(table.sql) DROP COLUMN \(SQLIdentifier.quoted(name));"
    )
    let column = AddedColumn(
      definition,
      name: name,
      table: table,
      mode: command.mode,
      offset: place(definition) ?? command.offset
    )
    for key in column.foreignKeys { addColumnKey(column, key) }
    if let check = column.constraint("CONSTR_CHECK") { addColumnCheck(column, check) }
    if column.isUnique { addColumnIndex(column) }
    checkKeyType(column)
    checkJSON(column)
    guard isOld(table) else { return }
    checkRewrite(column)
    checkRequired(column)
  }

  private mutating func checkRewrite(_ column: AddedColumn) {
    if column.isSerial || column.constraint("CONSTR_IDENTITY") != nil {
      rewrite(
        column,
        .rewriteSerial,
        "the numbers of \(column.name) are different in each row",
        advice:
          "add it as a plain column, give it a sequence as its default, number the old rows in batches"
      )
    } else if column.constraint("CONSTR_GENERATED") != nil {
      rewrite(
        column,
        .rewriteGenerated,
        "\(column.name) is computed and stored in each row",
        advice: "add a plain column, keep it current by a trigger, fill the old rows in batches"
      )
    } else {
      checkDefault(column)
    }
  }

  private mutating func checkDefault(_ column: AddedColumn) {
    if let value = column.defaultValue {
      switch Volatility(of: value, facts) {
      case .volatile(let function):
        return rewrite(
          column,
          .rewriteDefault,
          "\(function)() gives each row a value of its own",
          advice: "add the column without a default, set the default, fill the old rows in batches"
        )
      case .unknown(let function):
        work(.rewrite, column.table, under: column.mode, isCertain: false)
        find(
          .rewriteDefault,
          "\(column.table) is rewritten under \(column.mode.words) if \(function)() is volatile",
          advice: "add the column without a default, set the default, fill the old rows in batches",
          safer: column.saferSQL(source),
          severity: .warning,
          at: place(value) ?? column.offset,
          asking: .function(QualifiedName(name: function))
        )
      case .stable: break
      }
    }
    guard let type = column.type, !type.isBuiltIn, !column.isSerial else { return }
    let typeName = QualifiedName(schema: type.schema, name: type.name)
    if state.createdTypes[type.name] == true || facts?.type(typeName)?.isConstrained == true {
      rewrite(
        column,
        .rewriteDomain,
        "each row is checked against the constraints of the domain \(type.name)",
        advice: "add the column with the domain's own type, and a CHECK as NOT VALID"
      )
    } else if state.createdTypes[type.name] == nil {
      ask(.type(typeName))
    }
  }

  private mutating func rewrite(
    _ column: AddedColumn,
    _ rule: LintRule,
    _ reason: String,
    advice: String
  ) {
    work(.rewrite, column.table, under: column.mode)
    find(
      rule,
      """
      \(column.table) and its indexes are rewritten while \(column.mode.words) blocks \
      \(column.mode.blocked): \(reason)
      """,
      advice: advice,
      safer: column.saferSQL(source),
      at: column.offset
    )
  }

  private mutating func checkRequired(_ column: AddedColumn) {
    guard column.isRequired, !column.isFilled else { return }
    // Under the lock that the statement has anyway, but it stops at the first row.
    let name = SQLIdentifier.quoted(column.name)
    find(
      .requiredColumn,
      """
      \(column.name) is NOT NULL without a default: this fails if \(column.table) has a row, and \
      the inserts of running code, which do not know it, fail from then on
      """,
      advice: "give it a default, or make it NOT NULL in a later migration, when all rows have it",
      safer: """
        ALTER TABLE \(column.table.sql) ADD COLUMN \(name) \(column.typeText(source));
        -- a later migration, once every row has a value:
        \(Self.notNullSteps(column.table, column.name))
        """,
      at: column.offset
    )
  }

  private mutating func addColumnKey(_ column: AddedColumn, _ key: SyntaxNode) {
    guard let parent = key["pktable"].flatMap({ QualifiedName(relation: $0) }) else { return }
    pend(column.table, parent, [column.name], at: place(key) ?? column.offset)
    lock(parent, .shareRowExclusive)
    lockFamily(parent, .shareRowExclusive)
    guard isOld(column.table), column.defaultValue != nil else {
      // Every row holds NULL, so that nothing has to be verified.
      return tellParentLock(parent, for: column.table, at: place(key) ?? column.offset)
    }
    work(.scan, column.table, under: column.mode)
    let name = SQLIdentifier.quoted(column.name)
    find(
      .foreignKeyScan,
      """
      every row of \(column.table) is looked up in \(parent) while \(column.mode.words) blocks \
      \(column.mode.blocked) of \(column.table)
      """,
      advice: "add the column first, then the foreign key as NOT VALID, then validate it",
      safer: """
        ALTER TABLE \(column.table.sql) ADD COLUMN \(name) \(column.typeText(source));
        ALTER TABLE \(column.table.sql) ADD FOREIGN KEY (\(name)) REFERENCES \(parent.sql) NOT VALID;
        -- a later migration:
        ALTER TABLE \(column.table.sql) VALIDATE CONSTRAINT …;
        """,
      at: place(key) ?? column.offset
    )
  }

  private mutating func addColumnCheck(_ column: AddedColumn, _ check: SyntaxNode) {
    guard isOld(column.table) else { return }
    work(.scan, column.table, under: column.mode)
    find(
      .checkScan,
      """
      every row of \(column.table) is checked while \(column.mode.words) blocks \
      \(column.mode.blocked)
      """,
      advice: "add the column first, then the CHECK as NOT VALID, then validate it",
      at: place(check) ?? column.offset
    )
  }

  private mutating func addColumnIndex(_ column: AddedColumn) {
    guard isOld(column.table) else { return }
    work(.indexBuild, column.table, under: column.mode)
    let name = SQLIdentifier.quoted(column.name)
    let isKey = column.constraint("CONSTR_PRIMARY") != nil
    let index = SQLIdentifier.quoted("\(column.table.name)_\(column.name)_key")
    find(
      .uniqueConstraint,
      """
      the unique index is built while \(column.mode.words) blocks \(column.mode.blocked) of \
      \(column.table)
      """,
      advice: "add the column, build the index concurrently, then make the constraint from it",
      safer: """
        ALTER TABLE \(column.table.sql) ADD COLUMN \(name) \(column.typeText(source));
        -- in a file of its own:
        CREATE UNIQUE INDEX CONCURRENTLY \(index) ON \(column.table.sql) (\(name));
        -- a later migration:
        ALTER TABLE \(column.table.sql) ADD CONSTRAINT \(index) \(isKey ? "PRIMARY KEY" : "UNIQUE") \
        USING INDEX \(index);
        """,
      at: column.offset
    )
  }

  mutating func checkJSON(_ column: AddedColumn) {
    guard column.type?.name == "json", column.type?.schema == nil else { return }
    let isNew = !isOld(column.table)
    find(
      .addColumnJSON,
      """
      \(column.name) is json, which has no equality\
      \(isNew ? "" : ": SELECT DISTINCT, UNION and GROUP BY over all columns of \(column.table) fail")
      """,
      advice: "make it jsonb",
      severity: isNew ? .note : .warning,
      at: column.offset
    )
  }

  mutating func checkKeyType(_ column: AddedColumn) {
    let small = ["int4", "int2", "serial", "serial4", "serial2", "smallserial"]
    guard column.constraint("CONSTR_PRIMARY") != nil || column.isSerial,
      let type = column.type, type.schema == nil, small.contains(type.name)
    else { return }
    find(
      .integerKey,
      "\(column.table).\(column.name) ends at \(type.name.hasSuffix("2") || type.name.hasPrefix("small") ? "32767" : "2147483647")",
      advice: "make it bigint: a change of the type later rewrites the table",
      at: column.offset
    )
  }
}
