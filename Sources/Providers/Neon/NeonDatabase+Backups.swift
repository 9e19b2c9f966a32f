internal import HTTP
package import Backups
package import Objects
package import Stack
package import Values

/// Backups are PostgreSQL's business; beside a database is a branch here, and in its place a branch
/// is put by a rewind, which keeps what was there.
extension NeonDatabase: BackupService {
  package var backupService: (any BackupService)? { self }

  package func backups(in context: CallContext) throws(Failure) -> [StoredBackup] {
    try postgres.backups(in: context)
  }

  package func backUp(
    _ target: Plan.Target,
    as wish: BackupWish,
    in context: CallContext,
    wrap: @escaping @Sendable (StoredBackup) -> Value
  ) throws(Failure) -> Plan {
    try postgres.backUp(target, as: wish, in: context, wrap: wrap)
  }

  package func verify(
    _ target: Plan.Target,
    _ backup: StoredBackup,
    to level: TrustLevel,
    head: String?,
    in context: CallContext,
    wrap: @escaping @Sendable (StoredBackup) -> Value
  ) throws(Failure) -> Plan {
    try postgres.verify(target, backup, to: level, head: head, in: context, wrap: wrap)
  }

  package func deleteBackup(
    _ target: Plan.Target,
    _ backup: StoredBackup,
    in context: CallContext
  ) throws(Failure) -> Plan {
    try postgres.deleteBackup(target, backup, in: context)
  }

  package func beside(
    _ name: String,
    in context: CallContext
  ) throws(Failure) -> any DatabaseService {
    on(try project.branch(name, in: context).name)
  }

  package func beside(
    labelled label: String,
    in context: CallContext
  ) throws(Failure) -> (any DatabaseService)? {
    try branches(in: context).compactMap(\.service).first { $0.label == label }
  }

  package func restore(
    _ target: Plan.Target,
    _ source: RestoreSource,
    as wish: RestoreWish,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan {
    guard case .new(let name) = wish.place else {
      return try postgres.restore(target, source, as: wish, in: context) { [self] _ in wrap(self) }
    }
    let reader = try postgres.reader(of: source)
    try postgres.checkTrust(source)
    try checkIsFree(name, in: context)
    if !context.isSettling {
      try RestorePreflight(reader: reader, server: postgres, keepsOwners: wish.keepsOwners)
        .check(in: context)
    }
    let restore = Restore(
      target: try attested(target, in: context),
      source: source,
      reader: reader,
      wish: wish,
      warnings: try reader.programs("pg_restore").version.warnings,
      wrap: wrap
    )
    return try plan(restore, into: name, in: context)
  }

  private func plan(
    _ restore: Restore,
    into name: String,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let copy = on(name)
    let parent = try branch(in: context)
    let body = Self.creation(name, parent: parent.id, at: nil)
    let path = project.path("branches")
    return Plan(
      target: restore.target,
      member: "database.restore",
      arguments: restore.arguments(into: name),
      effect: .change,
      effectClass: .observable,
      summary: "restore \(restore.sourceName) into a new branch \(name) beside \(label)",
      consequences: [
        "\(label) itself is not touched",
        "a server of its own is started for it, which costs until it is deleted",
      ] + restore.consequences,
      calls: [
        try project.api.call(
          .post,
          path,
          body: body,
          byHand: createByHand(name, parent: parent, at: nil)
        )
      ] + copy.emptyingCalls + [restore.call("--dbname=\(database)")],
      precondition: Plan.Precondition(
        "no branch is named \(name)",
        of: "branch \(name)",
        seen: "free"
      ) { [project] (context) throws(Failure) in
        try project.find(name, in: context) == nil ? "free" : "taken"
      },
      undo: "delete the branch \(name)",
      resultType: .object("database"),
      probe: { [project] (context) throws(Failure) in
        guard try project.find(name, in: context.call) != nil else { return .notDone }
        guard try project.waitUntilIdle(in: context.call) else { return .unknown }
        return try copy.postgres.probeMarker(InPlaceRestore.ended(context.key), in: context.call)
      },
      found: { _ throws(Failure) in restore.wrap(copy) },
      body: .effect { [project] (context) throws(Failure) in
        // One that is there by now was made by an earlier attempt: the name was free before.
        if try project.find(name, in: context.call) == nil {
          let answer = try project.api.change(.post, path, body: Body(body.text), in: context.call)
          try project.finish(answer.json, of: "making branch \(name)", in: context)
        }
        try copy.waitUntilItAnswers(in: context)
        try copy.empty(in: context)
        try InPlaceRestore(database: copy.postgres, restore: restore, mayEmpty: false)
          .perform(context)
        return restore.wrap(copy)
      }
    )
  }

  package func swap(
    _ target: Plan.Target,
    with other: any DatabaseService,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan {
    guard let other = other as? NeonDatabase, other.project.id == project.id else {
      throw Failure(
        .value,
        "\(label) can only be swapped with a branch of project \(project.id)"
      )
    }
    let plan = try rewind(target, to: .branch(other.branchName), keep: nil, in: context)
    guard case .effect(let body) = plan.body,
      case .text(let kept)? = plan.arguments.first(where: { $0.name == "keep" })?.value
    else { throw Failure(.failed, "a rewind keeps nothing; this is a fault of opsh") }
    let result = wrap(on(kept))
    return Plan(
      target: plan.target,
      member: "database.swap",
      arguments: [("with", .text(other.branchName)), ("keep", .text(kept))],
      effect: plan.effect,
      effectClass: plan.effectClass,
      summary: "put branch \(other.branchName) in the place of \(label)",
      consequences: plan.consequences,
      calls: plan.calls,
      precondition: plan.precondition,
      measure: plan.measure,
      undo: "swap(with: ….beside(\"\(kept)\"))",
      resultType: .object("database"),
      probe: plan.probe,
      found: { _ throws(Failure) in result },
      body: .effect { (context) throws(Failure) in
        _ = try body(context)
        return result
      }
    )
  }
}
