package import Objects
internal import Postgres
internal import SQLText
package import Stack
package import Values

/// Reads: statements, who the server is, how large things are.
extension PostgresDatabase {
  package func query(
    _ statement: SQLTemplate,
    in context: CallContext
  ) throws(Failure) -> any ValueStream {
    let sql = statement.text
    let functions = try ReadGuard.functions(of: sql)
    let binds = try BindConversion.binds(of: statement)
    try check(functions, in: context)
    return try stream(sql, binds, in: context)
  }

  package func explain(
    _ statement: SQLTemplate,
    in context: CallContext
  ) throws(Failure) -> [String] {
    let sql = statement.text
    try checkExplainable(sql)
    let binds = try BindConversion.binds(of: statement)
    let explained = try value("explain (format json, verbose) " + sql, binds, in: context).json
    let tables = ExplainTree.scannedTables(explained)
    let sizes = tables.isEmpty ? [:] : try sizes(of: tables, in: context)
    guard let tree = ExplainTree(explained, sizes: sizes) else {
      throw Failure(.failed, "\(label) gave no plan that can be read")
    }
    return tree.lines
  }

  /// Bytes of the tables themselves, by `schema.name`.
  private func sizes(
    of tables: [(schema: String, name: String)],
    in context: CallContext
  ) throws(Failure) -> [String: Int64] {
    let found = try rows(
      """
      select t.schema || '.' || t.name as name,
        pg_relation_size(to_regclass(format('%I.%I', t.schema, t.name))) as size
      from unnest($1::text[], $2::text[]) as t (schema, name)
      """,
      [.textArray(tables.map(\.schema)), .textArray(tables.map(\.name))],
      in: context
    )
    return Dictionary(
      found.compactMap { row in
        guard let name = row.cells[0].asText, let size = row.cells[1].asInt else { return nil }
        return (name, size)
      },
      uniquingKeysWith: { first, _ in first }
    )
  }

  /// Without `analyze` nothing is run; the text must be one statement that has a plan.
  private func checkExplainable(_ sql: String) throws(Failure) {
    let parsed: ParsedSQL
    do throws(SQLTextError) {
      parsed = try ParsedSQL(sql)
    } catch {
      throw Failure(.refused, "this can not be explained: \(error.message)")
    }
    let kinds = ["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]
    guard parsed.statements.count == 1, let kind = parsed.statements.first?.kind,
      kinds.contains(kind)
    else {
      throw Failure(
        .refused,
        "only one select, insert, update, delete or merge can be explained",
        advice: ["nothing was sent"]
      )
    }
  }

  package func identity(in context: CallContext) throws(Failure) -> DatabaseIdentity {
    Self.identity(of: try serverIdentity(in: context))
  }

  static func identity(of found: ServerIdentity) -> DatabaseIdentity {
    DatabaseIdentity(
      fields: fields(of: found),
      fingerprint: fingerprint(of: found),
      version: found.version,
      isReplica: found.isInRecovery
    )
  }

  func serverIdentity(in context: CallContext) throws(Failure) -> ServerIdentity {
    try reading(in: context) { (connection) throws(PostgresError) in
      let found = try connection.identity(
        deadline: context.duration,
        cancelOn: context.cancellation.descriptor
      )
      pool.put(connection)
      return found
    }
  }

  private static func fields(of found: ServerIdentity) -> [(name: String, value: Value)] {
    func text(_ text: String?) -> Value { text.map { .text($0) } ?? .nothing }
    func int(_ number: Int?) -> Value { number.map { .int(Int64($0)) } ?? .nothing }
    var fields: [(name: String, value: Value)] = [
      ("database", .text(found.database)), ("user", .text(found.sessionUser)),
      ("version", .text(found.version)), ("system_identifier", text(found.systemIdentifier)),
      ("timeline", int(found.timeline)), ("address", text(found.address)),
      ("port", int(found.port)), ("data_directory", text(found.dataDirectory)),
      ("in_recovery", .bool(found.isInRecovery)), ("superuser", .bool(found.isSuperuser)),
    ]
    if found.neonProject != nil {
      fields += [
        ("project", text(found.neonProject)), ("branch", text(found.neonBranch)),
        ("endpoint", text(found.neonEndpoint)),
      ]
    }
    return fields
  }

  /// Gives what stays the same as long as it is the same database.
  ///
  /// On Neon the ids that the server itself reports. Elsewhere the system identifier with timeline,
  /// data folder or address: a copy made by point-in-time recovery shares the identifier.
  private static func fingerprint(of found: ServerIdentity) -> String {
    if let project = found.neonProject, let branch = found.neonBranch {
      let endpoint = found.neonEndpoint.map { "/\($0)" } ?? ""
      return "neon/\(project)/\(branch)\(endpoint)/\(found.database)"
    }
    let system = found.systemIdentifier ?? "unknown"
    let timeline = found.timeline.map(String.init) ?? "?"
    let place =
      found.dataDirectory
      ?? found.address.map { "\($0):\(found.port.map(String.init) ?? "?")" } ?? "local"
    let role = found.isInRecovery ? "/replica" : ""
    return "postgres/\(system)/\(timeline)/\(place)/\(found.database)\(role)"
  }

  package func size(in context: CallContext) throws(Failure) -> Int64 {
    try value("select pg_database_size(current_database())", in: context).asInt ?? 0
  }

  package func tables(in context: CallContext) throws(Failure) -> [Record] {
    let found = try rows(
      """
      select n.nspname as schema, c.relname as name, greatest(c.reltuples, 0)::bigint as rows,
        pg_total_relation_size(c.oid) as size
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and n.nspname <> 'information_schema'
        and n.nspname !~ '^pg_'
      order by 4 desc, 1, 2
      """,
      in: context
    )
    return found.map { row in
      var row = row
      row.cells[3] = .size(row.cells[3].asInt ?? 0)
      return row
    }
  }

  package func historyWindow(in context: CallContext) throws(Failure) -> TimeSpan { .seconds(0) }

  package func branches(in context: CallContext) throws(Failure) -> [DatabaseBranch] { [] }
}
