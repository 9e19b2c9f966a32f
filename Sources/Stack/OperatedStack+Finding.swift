internal import Backups
package import Objects
package import Values

extension OperatedStack {
  /// Finds an object again by what a record says of it; nothing for a kind that has no lasting name,
  /// and for what is not there any more.
  package func object(
    kind: String,
    identity: String,
    environment name: String?,
    in context: CallContext
  ) throws(Failure) -> Value? {
    switch kind {
    case "stack": return .object(objectValue)
    case "environment": return environment(identity)?.value
    default: break
    }
    let owner = name.flatMap { environment($0) }
    switch kind {
    case "deployment":
      guard let host = owner ?? environments.first(where: { $0.hosting != nil }),
        let hosting = host.hosting
      else { return nil }
      return host.wrap(try hosting.deployment(identity, in: context))
    case "database": return try owner?.database(labelled: identity, in: context)
    case "backup":
      guard let owner, let database = owner.database,
        let found = try database.backupService?.backups(in: context)
          .first(where: { $0.name == identity })
      else { return nil }
      let payload = DatabasePayload(database, environment: owner.name)
      return BackupPayload(backup: found, database: payload, seen: context.now).value
    case "jobs": return owner.map { JobsPayload(environment: $0).value }
    case "job":
      guard let owner, let job = owner.jobs.first(where: { $0.name == identity }) else {
        return nil
      }
      return JobPayload(job: job, environment: owner).value
    default: return nil
    }
  }
}

extension OperatedEnvironment {
  /// The environment's own database, or the one of its branches that has this label.
  fileprivate func database(
    labelled label: String,
    in context: CallContext
  ) throws(Failure) -> Value? {
    guard let database else { return nil }
    if database.label == label { return DatabasePayload(database, environment: name).value }
    let found = try database.branches(in: context).compactMap(\.service).first { $0.label == label }
    if let found { return DatabasePayload(found, environment: name).value }
    let beside = try database.backupService?.beside(labelled: label, in: context)
    return beside.map { DatabasePayload($0, environment: name).value }
  }
}
