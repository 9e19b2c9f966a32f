package import Values

/// Optiq's production database: its seed, its accident, its daily work and how well it is.
///
/// Every call opens a connection of its own: restores and restarts come and go in between.
package struct SandboxDatabase: Sendable {
  package let address: DatabaseAddress

  package init(address: DatabaseAddress) {
    self.address = address
  }

  /// Makes role and database; `address` names both.
  ///
  /// The role may do what the owner of a Neon database may: everything but be a superuser.
  func create(on superuser: DatabaseAddress) throws(ClusterError) {
    let session = try DatabaseSession(superuser)
    let (role, name) = (quoted(address.user), quoted(address.database))
    let password = address.password.filter(\.isHexDigit)
    try session.script(
      """
      CREATE ROLE \(role) LOGIN CREATEDB CREATEROLE BYPASSRLS REPLICATION PASSWORD '\(password)';
      GRANT pg_monitor, pg_read_all_data, pg_write_all_data, pg_signal_backend TO \(role);
      """
    )
    try session.run("CREATE DATABASE \(name) OWNER \(role)")
  }

  /// Applies the migrations and fills the tables as they are at `start`.
  func seed(
    _ seed: UInt64,
    start: Time,
    migrations: [Migration]
  ) throws(ClusterError) {
    let session = try DatabaseSession(address)
    try session.script(Schema.bookkeeping)
    for migration in migrations { try apply(migration, in: session) }
    try session.script(Schema.dice(seed: seed))
    try session.transaction { () throws(ClusterError) in
      for statement in Schema.seed { try session.run(statement, [start.text]) }
    }
    try session.run("ANALYZE")
  }

  /// Writes a step of ordinary business, in one transaction.
  ///
  /// - Parameters:
  ///   - step: its number, which the new rows' ids are made of.
  ///   - period: when its rows say that they were made.
  package func doBusiness(
    step: Int,
    during period: ClosedRange<Time>,
    seed: UInt64
  ) throws(ClusterError) {
    let session = try DatabaseSession(address)
    try session.script(Schema.dice(seed: seed))
    let binds = [String(step), period.lowerBound.text, period.upperBound.text]
    try session.transaction { () throws(ClusterError) in
      for statement in Schema.business { try session.run(statement, binds) }
    }
  }

  /// Applies the bad migration: its SQL runs, and Prisma's table says when.
  package func damage(_ migration: Migration) throws(ClusterError) {
    try apply(migration, in: try DatabaseSession(address))
  }

  /// Runs a migration and records it as `prisma migrate deploy` does.
  private func apply(
    _ migration: Migration,
    in session: DatabaseSession
  ) throws(ClusterError) {
    let started = migration.appliedAt ?? .now()
    try session.script(migration.sql)
    try session.run(
      """
      INSERT INTO "_prisma_migrations"
        ("id", "checksum", "finished_at", "migration_name", "started_at", "applied_steps_count")
      SELECT overlay(overlay(h placing '4' from 15) placing 'a' from 20),
        encode(sha256(convert_to($1, 'UTF8')), 'hex'),
        $3::timestamptz + interval '340 milliseconds', $2, $3::timestamptz, 1
      FROM (SELECT md5($2)::uuid::text AS h) AS hash
      """,
      [migration.sql, migration.name, started.text]
    )
  }

  private func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
  }
}
