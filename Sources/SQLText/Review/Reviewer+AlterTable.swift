/// `ALTER TABLE` and its relatives: one lock for the strongest of its commands, work for each.
extension Reviewer {
  mutating func readAlterTable() {
    guard let relation = node["relation"], let table = QualifiedName(relation: relation) else {
      return
    }
    guard node["objtype"]?.text != "OBJECT_TYPE" else { return readAlterType(table) }
    let commands = node["cmds"]?.elements.compactMap { $0["AlterTableCmd"] } ?? []
    guard node["objtype"]?.text != "OBJECT_INDEX" else { return readAlterIndex(table, commands) }
    let mode = commands.map(Self.lockMode).max() ?? .accessExclusive
    lock(table, mode)
    let recurses = relation["inh"] != nil && commands.contains(where: Self.reachesChildren)
    if recurses { for child in facts?[table]?.children ?? [] { lock(child, mode) } }
    let places = commandRanges(of: commands.count)
    for (index, command) in commands.enumerated() {
      read(AlterCommand(command, of: table, mode: mode, range: places[index]))
    }
    if commands.count > 1, review.reversal != .losesData { review.reversal = .earlierDefinition }
  }

  private mutating func readAlterType(_ type: QualifiedName) {
    review.reversal = .earlierDefinition
    lock(type, .accessExclusive)
  }

  private mutating func readAlterIndex(_ index: QualifiedName, _ commands: [SyntaxNode]) {
    review.reversal = .earlierDefinition
    guard !state.createdIndexes.contains(index) else { return }
    review.locks.add(resolved(index), commands.map(Self.lockMode).max() ?? .accessExclusive)
    for command in commands where command["subtype"]?.text == "AT_AttachPartition" {
      lockRelation(command["def"]?["PartitionCmd"]?["name"], .accessExclusive)
    }
  }

  /// What `AlterTableGetLockLevel` of version 15 says.
  private static func lockMode(_ command: SyntaxNode) -> LockMode {
    switch command["subtype"]?.text {
    case "AT_SetStatistics", "AT_ClusterOn", "AT_DropCluster", "AT_SetOptions",
      "AT_ResetOptions", "AT_ValidateConstraint", "AT_AttachPartition",
      "AT_DetachPartitionFinalize", "AT_CheckNotNull":
      return .shareUpdateExclusive
    case "AT_SetRelOptions", "AT_ResetRelOptions", "AT_ReplaceRelOptions":
      return optionsMode(command)
    case "AT_DetachPartition":
      let isConcurrent = command["def"]?["PartitionCmd"]?["concurrent"] != nil
      return isConcurrent ? .shareUpdateExclusive : .accessExclusive
    case "AT_EnableTrig", "AT_EnableAlwaysTrig", "AT_EnableReplicaTrig", "AT_EnableTrigAll",
      "AT_EnableTrigUser", "AT_DisableTrig", "AT_DisableTrigAll", "AT_DisableTrigUser":
      return .shareRowExclusive
    case "AT_AddConstraint":
      let isForeignKey = command["def"]?["Constraint"]?["contype"]?.text == "CONSTR_FOREIGN"
      return isForeignKey ? .shareRowExclusive : .accessExclusive
    default: return .accessExclusive
    }
  }

  private static func optionsMode(_ command: SyntaxNode) -> LockMode {
    let strong: Set<String> = [
      "user_catalog_table", "buffering", "security_barrier", "security_invoker", "check_option",
    ]
    let names = command["def"]?["List"]?["items"]?.elements
      .compactMap { $0["DefElem"]?["defname"]?.text }
    return names?.contains(where: strong.contains) ?? true
      ? .accessExclusive : .shareUpdateExclusive
  }

  private static func reachesChildren(_ command: SyntaxNode) -> Bool {
    switch command["subtype"]?.text {
    case "AT_AddColumn", "AT_DropColumn", "AT_AlterColumnType", "AT_ColumnDefault",
      "AT_SetNotNull", "AT_DropNotNull", "AT_AddConstraint", "AT_DropConstraint",
      "AT_SetCompression", "AT_SetStorage", "AT_DropExpression", "AT_AlterConstraint",
      "AT_ValidateConstraint", "AT_SetStatistics":
      true
    default: false
    }
  }

  /// Where each command stands, as far as the commas of the text tell.
  private func commandRanges(of count: Int) -> [Range<Int>] {
    guard count > 1 else { return [commandRange] }
    let parts = source.parts(of: source.tokens(in: commandRange))
    return parts.count == count ? parts : Array(repeating: range, count: count)
  }

  /// The text behind `ALTER TABLE name`.
  private var commandRange: Range<Int> {
    let all = range
    guard let name = place(node["relation"]), all.contains(name) else { return all }
    let tokens = source.tokens(in: name..<all.upperBound)
    var index = 1
    while index + 1 < tokens.count, source.isSign(tokens[index], UInt8(ascii: ".")) { index += 2 }
    while index < tokens.count,
      source.isSign(tokens[index], UInt8(ascii: "*"))
        || source.isSign(tokens[index], UInt8(ascii: ")"))
    { index += 1 }
    return index < tokens.count ? tokens[index].range.lowerBound..<all.upperBound : all
  }

  private mutating func read(_ command: AlterCommand) {
    switch command.kind {
    case "AT_AddColumn": addColumn(command)
    case "AT_DropColumn": dropColumn(command)
    case "AT_AlterColumnType": changeType(command)
    case "AT_SetNotNull": setNotNull(command)
    case "AT_DropNotNull": dropNotNull(command)
    case "AT_AddConstraint": addConstraint(command)
    case "AT_DropConstraint": dropConstraint(command)
    case "AT_ValidateConstraint": validate(command)
    case "AT_AttachPartition": attach(command)
    case "AT_DetachPartition": detach(command)
    case "AT_SetLogged", "AT_SetUnLogged", "AT_SetTableSpace", "AT_SetAccessMethod":
      changeStorage(command)
    case "AT_DisableTrig", "AT_DisableTrigAll", "AT_DisableTrigUser": disableTrigger(command)
    case "AT_EnableRowSecurity", "AT_DisableRowSecurity", "AT_NoForceRowSecurity":
      changeRowSecurity(command)
    case "AT_AddInherit", "AT_DropInherit":
      lockRelation(command.node["def"]?["RangeVar"], .shareUpdateExclusive)
      review.reversal = .earlierDefinition
    default: review.reversal = .earlierDefinition
    }
  }

  private mutating func disableTrigger(_ command: AlterCommand) {
    review.reversal = .statement("ALTER TABLE \(command.table.sql) ENABLE TRIGGER ALL;")
    guard isOld(command.table) else { return }
    let what =
      command.column ?? (command.kind == "AT_DisableTrigAll" ? "all triggers" : "user triggers")
    find(
      .disableTrigger,
      """
      \(what) of \(command.table) no longer run\
      \(command.kind == "AT_DisableTrigAll" ? ", foreign keys are not checked" : "")
      """,
      advice: "enable them again in the same transaction, and validate what was written meanwhile",
      at: command.offset
    )
  }

  private mutating func changeRowSecurity(_ command: AlterCommand) {
    review.reversal = .earlierDefinition
    guard isOld(command.table) else { return }
    if command.kind == "AT_EnableRowSecurity" {
      let hasPolicy = policies.contains { $0.mayBe(command.table) }
      guard !hasPolicy else { return }
      find(
        .enableRowSecurity,
        "without a policy, everyone but the owner of \(command.table) sees no row of it",
        advice: "create the policies in the same transaction",
        at: command.offset
      )
    } else {
      find(
        .disableRowSecurity,
        "the policies of \(command.table) no longer hide rows: whoever may select sees all of them",
        advice: "be sure that this is meant",
        at: command.offset
      )
    }
  }
}

/// One command of an ALTER TABLE.
struct AlterCommand {
  let node: SyntaxNode
  let kind: String
  let table: QualifiedName
  /// The lock that the whole statement takes.
  let mode: LockMode
  /// Its place in the text.
  let range: Range<Int>

  init(_ node: SyntaxNode, of table: QualifiedName, mode: LockMode, range: Range<Int>) {
    self.node = node
    kind = node["subtype"]?.text ?? ""
    self.table = table
    self.mode = mode
    self.range = range
  }

  /// The column or constraint that it names.
  var column: String? { node["name"]?.text }
  var offset: Int { range.lowerBound }
}
