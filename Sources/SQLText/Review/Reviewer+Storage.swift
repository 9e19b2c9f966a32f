extension Reviewer {
  mutating func changeStorage(_ command: AlterCommand) {
    review.reversal = .earlierDefinition
    let table = command.table
    guard isOld(table) else { return }
    let relation = facts?[table]
    let target = command.node["name"]?.text ?? ""
    let already: Bool? =
      switch command.kind {
      case "AT_SetLogged": relation.map(\.isLogged)
      case "AT_SetUnLogged": relation.map { !$0.isLogged }
      case "AT_SetTableSpace":
        relation.map { $0.tablespace == target || $0.tablespace.isEmpty && target == "pg_default" }
      default: nil
      }
    if already == true { return }
    work(
      .rewrite,
      table,
      under: command.mode,
      isCertain: already == false
        || facts == nil
          && command.kind != "AT_SetTableSpace"
    )
    let isUnlogged = command.kind == "AT_SetUnLogged"
    find(
      .rewriteStorage,
      """
      \(table) is written anew while \(command.mode.words) blocks \(command.mode.blocked)\
      \(isUnlogged ? "; an unlogged table is empty after a crash, and on every replica" : "")
      """,
      advice: "make a new table, copy in batches, then change over",
      severity: command.kind == "AT_SetTableSpace" && facts == nil ? .warning : .error,
      at: command.offset,
      asking: .storage(table)
    )
  }
}
