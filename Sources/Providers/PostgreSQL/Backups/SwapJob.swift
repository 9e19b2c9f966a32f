internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// The one transaction in which two databases change places.
///
/// Renaming a database keeps new sessions out of it from its first statement on, and waits five
/// seconds for the sessions that are in it; another session of ours ends those meanwhile.
struct SwapJob: Sendable {
  let database: PostgresDatabase
  let pair: SwappedPair
  let kept: String
  private static let tries = 5

  private enum Cause: Error {
    case server(PostgresError)
    case failure(Failure)
  }

  func perform(_ context: PerformContext) throws(Failure) {
    let server = database.maintenance
    defer { server.disconnect() }
    let connection = try server.openWriter(for: context)
    defer { connection.close() }
    let ender = try server.openWriter(in: context.call)
    defer { ender.close() }
    let isOver = Cancellation()
    let rename: Crew.Part = { (_: Cancellation) throws(Failure) in
      defer { isOver.cancel() }
      try self.rename(on: connection, server, context)
    }
    let end: Crew.Part = { (_: Cancellation) throws(Failure) in
      self.endSessions(on: ender, server, until: isOver, context.call)
    }
    // Between BEGIN and COMMIT nobody's wish to stop leaves it half done: it is undone or done.
    try Crew.run([rename, end], watching: Cancellation())
  }

  private func endSessions(
    on connection: Connection,
    _ server: PostgresDatabase,
    until isOver: Cancellation,
    _ context: CallContext
  ) {
    let binds: [Bind] = [.text(pair.here), .text(pair.other)]
    while !isOver.isCancelled {
      _ = try? server.texts(Self.endSessions, binds, on: connection, in: context)
      Threads.sleep(.milliseconds(20))
    }
  }

  private static let endSessions = """
    select count(*) filter (where pg_terminate_backend(pid))
    from pg_stat_activity join pg_roles on pg_roles.oid = usesysid
    where datname in ($1, $2) and backend_type = 'client backend'
      and (pg_has_role(usesysid, 'member') or pg_has_role('pg_signal_backend', 'member'))
      and (not rolsuper or (select rolsuper from pg_roles where rolname = current_user))
    """

  private func rename(
    on connection: Connection,
    _ server: PostgresDatabase,
    _ context: PerformContext
  ) throws(Failure) {
    for attempt in 1...Self.tries {
      let outcome: TransactionOutcome<Bool, Cause> = connection.transaction(
        deadline: context.call.duration
      ) { () throws(Cause) in
        for sql in try wanted(on: connection, server, context.call) { try send(sql, connection) }
        return true
      }
      switch outcome {
      case .committed: return
      case .unknown(let error):
        throw Failure(
          .unknown,
          "\(server.label): \(error.message)",
          advice: ["COMMIT was sent and its answer was lost: see which database is \(pair.here)"]
        )
      case .rolledBack(.body(.server(let error))) where error.sqlState == "55006":
        guard attempt < Self.tries else { throw inUse(error) }
        context.report("sessions of \(pair.here) or \(pair.other) do not end; trying again")
      case .rolledBack(.body(.server(let error))), .rolledBack(.server(let error)):
        throw undone(server.failure(error, context.call))
      case .rolledBack(.body(.failure(let failure))): throw undone(failure)
      }
    }
  }

  private func wanted(
    on connection: Connection,
    _ server: PostgresDatabase,
    _ context: CallContext
  ) throws(Cause) -> [String] {
    do throws(Failure) {
      return try statements(on: connection, server, context)
    } catch {
      throw .failure(error)
    }
  }

  private func inUse(_ error: PostgresError) -> Failure {
    Failure(
      .refused,
      "sessions in \(pair.here) or \(pair.other) can not be ended: \(error.message)",
      advice: ["see activity; the role may not end those of superusers", "no name was changed"]
    )
  }

  private func undone(_ failure: Failure) -> Failure {
    var failure = failure
    failure.advice.append("no name was changed")
    return failure
  }

  private func send(_ sql: String, _ connection: Connection) throws(Cause) {
    do throws(PostgresError) {
      try connection.execute(sql, deadline: .seconds(20))
    } catch {
      throw .server(error)
    }
  }

  /// The renaming, and what belongs to the place and not to the content: owner, rights, settings.
  private func statements(
    on connection: Connection,
    _ server: PostgresDatabase,
    _ context: CallContext
  ) throws(Failure) -> [String] {
    let here = SQLIdentifier.quoted(pair.here)
    var all = [
      PostgresDatabase.rename(pair.here, to: kept),
      PostgresDatabase.rename(pair.other, to: pair.here),
    ]
    let facts = try server.texts(Self.facts, [.text(pair.here)], on: connection, in: context).first
    if let owner = facts?[0] {
      all.append("alter database \(here) owner to \(SQLIdentifier.quoted(owner))")
    }
    if facts?[1] == "t" {
      all.append("revoke all on database \(here) from public")
      let rights = try server.texts(Self.rights, [.text(pair.here)], on: connection, in: context)
      for right in rights {
        let grantee = right[0].map(SQLIdentifier.quoted) ?? "public"
        let option = right[2] == "t" ? " with grant option" : ""
        all.append("grant \(right[1] ?? "connect") on database \(here) to \(grantee)\(option)")
      }
    }
    // Its own from the time when it was kept, if it was; what is kept now has it.
    all.append("alter database \(here) reset default_transaction_read_only")
    let settings = try server.texts(Self.settings, [.text(pair.here)], on: connection, in: context)
    for row in settings {
      guard let setting = row[1].flatMap(Self.assignment) else { continue }
      let whom = row[0].map { "role \(SQLIdentifier.quoted($0)) in database" } ?? "database"
      all.append("alter \(whom) \(here) set \(setting)")
    }
    return all
  }

  private static let facts = """
    select pg_get_userbyid(datdba)::text, datacl is not null from pg_database where datname = $1
    """
  private static let rights = """
    select case when a.grantee <> 0 then pg_get_userbyid(a.grantee)::text end, a.privilege_type,
      a.is_grantable
    from pg_database d, aclexplode(d.datacl) a where d.datname = $1
    """
  private static let settings = """
    select r.rolname::text, unnest(s.setconfig)
    from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
      left join pg_roles r on r.oid = s.setrole
    where d.datname = $1
    """

  /// These hold lists whose elements are quoted already.
  private static let lists = [
    "search_path", "local_preload_libraries", "session_preload_libraries", "temp_tablespaces",
  ]

  /// `name to value` of a setting as the server keeps it, `name=value`.
  static func assignment(_ setting: String) -> String? {
    guard let end = setting.firstIndex(of: "=") else { return nil }
    let name = String(setting[..<end])
    let value = String(setting[setting.index(after: end)...])
    guard name != "default_transaction_read_only" else { return nil }
    let isList = lists.contains(name.lowercased())
    let quoted = name.split(separator: ".").map { SQLIdentifier.quoted(String($0)) }
      .joined(separator: ".")
    if isList, value.isEmpty { return "\(quoted) to ''" }
    return "\(quoted) to \(isList ? value : NewDatabase.literal(value))"
  }
}
