internal import Backups
internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// Restoring into a database that is there already: an empty one, or one whose content may go.
///
/// Its schemas are dropped with all that is in them. An attempt that was broken off is known by its
/// mark, and is begun again.
struct InPlaceRestore: Sendable {
  let database: PostgresDatabase
  let restore: Restore
  /// What is in it may be dropped.
  let mayEmpty: Bool

  /// The database itself stays, with its encoding, its settings and the rights in it.
  static func emptying(_ schemas: [String]) -> [String] {
    let names = schemas.map(SQLIdentifier.quoted).joined(separator: ", ")
    return (names.isEmpty ? [] : ["drop schema \(names) cascade"])
      + ["create schema public", "grant usage on schema public to public"]
  }

  static func begun(_ key: String) -> String { key + "#begun" }
  static func ended(_ key: String) -> String { key + "#ended" }

  func perform(_ context: PerformContext) throws(Failure) {
    let wasBegun = try database.isMarked(Self.begun(context.key), in: context.call)
    let hasTables = try !database.tableNames(in: context.call).isEmpty
    if hasTables {
      guard mayEmpty || wasBegun else {
        throw Failure(.refused, "\(database.label) has tables by now; nothing was restored")
      }
      if wasBegun { context.report("dropping the half of an earlier attempt") }
    }
    let connection = try database.openWriter(for: context)
    defer { connection.close() }
    if hasTables || mayEmpty { try empty(connection, context.call) }
    database.disconnect()
    try database.mark(Self.begun(context.key), on: connection, in: context.call)
    do throws(Failure) {
      try restore.fill(database, context)
      try database.mark(Self.ended(context.key), on: connection, in: context.call)
    } catch {
      var failure = error
      let left = (try? database.tableNames(in: context.call).count) ?? 0
      failure.advice.append(
        left == 0
          ? "nothing was restored: \(database.label) is empty"
          : "\(database.label) holds a part of it: it is not whole; restore again into it with in_place: true, or drop it"
      )
      throw failure
    }
  }

  private func empty(_ connection: Connection, _ context: CallContext) throws(Failure) {
    let schemas = try database.schemas(in: context)
    database.disconnect()
    let outcome: TransactionOutcome<Bool, PostgresError> = connection.transaction(
      deadline: context.duration,
      cancelOn: context.cancellation.descriptor
    ) { () throws(PostgresError) in
      for sql in Self.emptying(schemas) {
        try connection.execute(
          sql,
          deadline: context.duration,
          cancelOn: context.cancellation.descriptor
        )
      }
      return true
    }
    switch outcome {
    case .committed: break
    case .rolledBack(.body(let error)), .rolledBack(.server(let error)):
      var failure = database.failure(error, context)
      failure.advice.append("nothing was dropped, and nothing restored")
      throw failure
    case .unknown(let error): throw database.failure(error, isChange: true, context)
    }
    let left = try database.tableNames(in: context)
    guard left.isEmpty else {
      let names = left.map(\.description).sorted().prefix(5).joined(separator: ", ")
      throw Failure(
        .failed,
        "\(database.label) has new tables already: \(names)",
        advice: ["stop writes to it first; nothing was restored"]
      )
    }
  }
}

extension PostgresDatabase {
  /// Every schema that people made, and opsh's own.
  func schemas(in context: CallContext) throws(Failure) -> [String] {
    try rows(
      """
      select nspname::text from pg_namespace
      where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1
      """,
      in: context
    )
    .compactMap { $0.cells.first?.asText }
  }

  /// Says whether a mark of this key is there.
  func isMarked(_ key: String, in context: CallContext) throws(Failure) -> Bool {
    guard try value(Marker.isPresent, in: context).asBool == true else { return false }
    return try !rows(Marker.find, Marker.binds(key), in: context).isEmpty
  }

  /// Sets a mark, and makes their table where it is missing; one that is there stays.
  func mark(_ key: String, on connection: Connection, in context: CallContext) throws(Failure) {
    if try value(Marker.isPresent, in: context).asBool != true {
      try createBookkeeping(Marker.create, on: connection, in: context)
    }
    let sql = Marker.insert + " on conflict do nothing"
    _ = try texts(sql, Marker.binds(key), on: connection, isChange: true, in: context)
  }
}
