package import Objects
internal import Postgres
internal import SQLText
package import Values

/// Stopping writes for a while: new sessions start read only, the others are ended.
extension PostgresDatabase {
  package func writesAreStopped(in context: CallContext) throws(Failure) -> Bool {
    try value(
      """
      select exists (
        select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
        where d.datname = current_database() and s.setrole = 0
          and 'default_transaction_read_only=on' = any (s.setconfig))
      """,
      in: context
    ).asBool == true
  }

  package func stopWrites(
    _ target: Plan.Target,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let isStopped = try writesAreStopped(in: context)
    return try switchPlan(
      target,
      member: "database.stop_writes",
      summary: isStopped
        ? "stop writes to \(label); they are stopped already" : "stop writes to \(label)",
      consequences: [
        "sessions of other clients are ended, their open transactions are undone",
        "applications that connect again can only read",
        "a session that asks for writing by itself still can",
      ],
      undo: "allow_writes()",
      stops: true,
      endsSessions: true,
      in: context
    )
  }

  /// Does no harm where writes are allowed already: after a rewind the setting is gone by itself.
  package func allowWrites(
    _ target: Plan.Target,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let isStopped = try writesAreStopped(in: context)
    return try switchPlan(
      target,
      member: "database.allow_writes",
      summary: isStopped
        ? "allow writes to \(label)" : "allow writes to \(label); they are allowed already",
      consequences: isStopped
        ? ["sessions that began while writes were stopped are ended, so that they start anew"]
        : [],
      undo: "stop_writes()",
      stops: false,
      endsSessions: isStopped,
      in: context
    )
  }

  private func switchPlan(
    _ target: Plan.Target,
    member: String,
    summary: String,
    consequences: [String],
    undo: String,
    stops: Bool,
    endsSessions: Bool,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let found = try serverIdentity(in: context)
    let database = SQLIdentifier.quoted(found.database)
    let setting =
      stops
      ? "alter database \(database) set default_transaction_read_only = on"
      : "alter database \(database) reset default_transaction_read_only"
    return Plan(
      target: try attested(target, in: context),
      member: member,
      effect: .change,
      effectClass: .observable,
      summary: summary,
      consequences: consequences,
      calls: endsSessions ? [call(setting), call(Self.endSessions)] : [call(setting)],
      undo: undo,
      probe: { [self] (context) throws(Failure) in
        try writesAreStopped(in: context.call) == stops ? .done : .notDone
      },
      body: .effect { [self] (context) throws(Failure) in
        let wasStopped = try writesAreStopped(in: context.call)
        try change(setting, endsSessions: stops || wasStopped, in: context)
        return .nothing
      }
    )
  }

  /// Ends the sessions that the role may end.
  private static let endSessions = """
    select count(*) filter (where pg_terminate_backend(pid)) as ended
    from pg_stat_activity join pg_roles on pg_roles.oid = usesysid
    where datname = current_database() and pid <> pg_backend_pid()
      and backend_type = 'client backend'
      and (pg_has_role(usesysid, 'member') or pg_has_role('pg_signal_backend', 'member'))
      and (not rolsuper or (select rolsuper from pg_roles where rolname = current_user))
    """

  /// Stops them as a part of a larger change.
  func stopWritesNow(in context: PerformContext) throws(Failure) {
    let database = SQLIdentifier.quoted(databaseName)
    try change(
      "alter database \(database) set default_transaction_read_only = on",
      endsSessions: true,
      in: context
    )
  }

  /// The setting is committed first: a session that starts in between has it already.
  private func change(
    _ setting: String,
    endsSessions: Bool,
    in context: PerformContext
  ) throws(Failure) {
    let connection = try openWriter(in: context.call)
    defer { connection.close() }
    // Our own readers would only be ended as well.
    disconnect()
    try send(setting, on: connection, context.call)
    guard endsSessions else { return }
    do throws(Failure) {
      try send(Self.endSessions, on: connection, context.call)
    } catch {
      throw Failure(
        .failed,
        "the setting was changed, but sessions that were open go on as before: \(error.message)",
        advice: error.advice
      )
    }
  }

  private func send(
    _ sql: String,
    on connection: Connection,
    _ context: CallContext
  ) throws(Failure) {
    do throws(PostgresError) {
      try connection.execute(
        sql,
        deadline: context.duration,
        cancelOn: context.cancellation.descriptor
      )
    } catch {
      throw failure(error, isChange: true, context)
    }
  }
}
