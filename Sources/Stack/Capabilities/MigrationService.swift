package import Objects
package import Values

/// Applying a folder of migrations, and saying what became of one that stopped.
package protocol MigrationService: Sendable {
  /// Whose way of keeping migrations the folder follows, such as `Prisma`; nothing without any.
  func migrationConvention(in context: CallContext) throws(Failure) -> String?
  /// Applies what is pending, each with its bookkeeping in one transaction where its text allows it.
  func migrate(
    _ target: Plan.Target,
    _ request: MigrationRequest,
    in context: CallContext
  ) throws(Failure) -> Plan
  /// Declares what became of a migration, without running anything of it.
  func resolve(
    _ target: Plan.Target,
    _ name: String,
    as resolution: MigrationResolution,
    in context: CallContext
  ) throws(Failure) -> Plan
  /// Declares that everything up to a name is applied; makes the table where there is none.
  func baseline(
    _ target: Plan.Target,
    until name: String,
    in context: CallContext
  ) throws(Failure) -> Plan
}

/// What of the pending migrations is to be applied, and how patiently.
package struct MigrationRequest: Hashable, Sendable {
  /// The last one to apply; all of them if left out.
  package var until: String?
  /// How long a statement may wait for a lock before it gives up and is tried again.
  package var lockTimeout: TimeSpan?
  /// How often a migration is tried that got no lock.
  package var tries: Int64?
  /// Go on although an applied migration has another text today.
  package var acceptsEdited = false

  package init() {}
}

/// What a person says of a migration that stopped.
package enum MigrationResolution: String, Sendable, CaseIterable {
  case applied
  case rolledBack = "rolled back"
}
