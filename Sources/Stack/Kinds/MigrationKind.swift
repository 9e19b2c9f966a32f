package import Objects
package import Values

struct MigrationsPayload: Sendable {
  var database: DatabasePayload

  var value: Value {
    .object(
      ObjectValue(
        .migrations,
        identity: "migrations of \(database.service.label)",
        environment: database.environment,
        payload: self
      )
    )
  }

  func all(in context: CallContext) throws(Failure) -> [Migration] {
    try database.service.migrations(in: context)
  }
}

extension Migration {
  /// Says that `migrate` would apply it.
  var isPending: Bool { state.isPending && isInFolder }

  package func value(in environment: String) -> Value {
    .object(ObjectValue(.migration, identity: name, environment: environment, payload: self))
  }
}

extension ObjectKind {
  package static let migrations = ObjectKind(
    "migrations",
    summary: "the schema migrations of a database",
    members: [
      .read("all", .list(of: .object("migration")), "each of them, oldest first") {
        (it: MigrationsPayload, _, context) throws(Failure) in
        .list(try it.all(in: context).map { $0.value(in: it.database.environment) })
      },
      .read("pending_count", .int, "how many have not run yet") {
        (it: MigrationsPayload, _, context) throws(Failure) in
        .int(Int64(try it.all(in: context).count(where: \.isPending)))
      },
      .read(
        "convention",
        .optional(.text),
        "whose way of keeping them it is: Prisma, dbmate or golang-migrate"
      ) { (it: MigrationsPayload, _, context) throws(Failure) in
        .orNothing(try it.database.service.migrator?.migrationConvention(in: context)) {
          .text($0)
        }
      },
    ]
  )

  package static let migration = ObjectKind(
    "migration",
    summary: "one schema migration, by the bookkeeping table and the folder together",
    members: [
      .field("name", .text, "its folder's name", column: true) { (it: Migration) in
        .text(it.name)
      },
      .field(
        "state",
        .oneOf(Migration.State.allCases.map(\.rawValue)),
        "how far it is",
        column: true
      ) { (it: Migration) in .text(it.state.rawValue) },
      .field("failed", .bool, "says whether it stopped in the middle") { (it: Migration) in
        .bool(it.state.isStopped)
      },
      .field("pending", .bool, "says whether migrate would apply it") { (it: Migration) in
        .bool(it.isPending)
      },
      .field("started", .optional(.time), "when it began", column: true) { (it: Migration) in
        .orNothing(it.started) { .time($0) }
      },
      .field("finished", .optional(.time), "when it was done") { (it: Migration) in
        .orNothing(it.finished) { .time($0) }
      },
      .field("rolled_back", .optional(.time), "when it was given up") { (it: Migration) in
        .orNothing(it.rolledBack) { .time($0) }
      },
      .field("error", .optional(.text), "what the server said when it failed") {
        (it: Migration) in .orNothing(it.error) { .text($0) }
      },
      .field("destructive", .bool, "says whether it may lose data", column: true) {
        (it: Migration) in .bool(it.isDestructive ?? true)
      },
      .field("findings", .list(of: .text), "why it may lose data") { (it: Migration) in
        .list(
          it.isDestructive == nil
            ? [.text("its text can not be read, so it may lose data")]
            : it.findings.map { .text($0) }
        )
      },
      .field("statements", .optional(.int), "how many statements it has") { (it: Migration) in
        .orNothing(it.statements) { .int(Int64($0)) }
      },
    ]
  )
}
