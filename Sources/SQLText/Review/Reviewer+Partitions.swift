extension Reviewer {
  mutating func attach(_ command: AlterCommand) {
    let name = command.node["def"]?["PartitionCmd"]?["name"]
    guard let child = name.flatMap({ QualifiedName(relation: $0) }) else { return }
    review.reversal = .statement(
      "ALTER TABLE \(command.table.sql) DETACH PARTITION \(child.sql) CONCURRENTLY;"
    )
    lock(child, .accessExclusive)
    if let other = facts?[command.table]?.defaultPartition, other != resolved(child) {
      lock(other, .accessExclusive)
      work(.scan, other, under: .accessExclusive)
      find(
        .attachPartition,
        """
        every row of the default partition \(other.name) is checked while ACCESS EXCLUSIVE blocks \
        every read and write of it
        """,
        advice:
          "add a CHECK that rules the new bounds out to it, as NOT VALID, and validate that first",
        at: command.offset
      )
    }
    guard isOld(child) else { return }
    let hasCheck = facts?[child]?.constraints.contains { $0.kind == "c" && $0.isValid }
    // Whether a CHECK implies the bounds is the server's to prove: a scan is certain without one.
    work(.scan, child, under: .accessExclusive, isCertain: hasCheck == false)
    guard hasCheck != true else { return }
    find(
      .attachPartition,
      """
      every row of \(child) is checked against the bounds while ACCESS EXCLUSIVE blocks every read \
      and write of it\(facts == nil ? ", unless a valid CHECK says as much" : "")
      """,
      advice: "add a CHECK of the same bounds as NOT VALID, and validate it first",
      severity: facts == nil ? .warning : .error,
      at: command.offset,
      asking: .partition(child)
    )
  }

  mutating func detach(_ command: AlterCommand) {
    let part = command.node["def"]?["PartitionCmd"]
    guard let child = part?["name"].flatMap({ QualifiedName(relation: $0) }) else { return }
    review.reversal = .earlierDefinition
    if part?["concurrent"] != nil {
      review.isTransactional = false
      // Taken by its second transaction, on the partition alone.
      lock(child, .accessExclusive)
      return
    }
    lock(child, .accessExclusive)
    if let other = facts?[command.table]?.defaultPartition { lock(other, .accessExclusive) }
    guard isOld(command.table) else { return }
    find(
      .detachPartition,
      "ACCESS EXCLUSIVE on \(command.table) blocks every read and write of all its partitions",
      advice: "detach it concurrently, in a file of its own",
      safer: "ALTER TABLE \(command.table.sql) DETACH PARTITION \(child.sql) CONCURRENTLY;",
      at: command.offset
    )
  }
}
