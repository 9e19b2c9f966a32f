package import Objects
internal import Postgres
package import Values

/// Stopping what a session does, or the session itself.
extension PostgresDatabase {
  package func cancel(
    _ target: Plan.Target,
    pid: Int64,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let session = try session(pid, in: context)
    guard session.isActive else {
      throw Failure(
        .nothingToDo,
        "session \(pid) of \(label) runs no statement: it is \(session.state)",
        advice: [
          session.transactionAge == nil
            ? "nothing was sent; it holds nothing"
            : "nothing was sent; terminate(\(pid)) lets go of what its transaction holds"
        ]
      )
    }
    return signal(
      .cancel,
      session,
      try attested(target, in: context),
      consequences: session.isInBlock
        ? ["its transaction stays open and failed until the client ends it; then it is undone"]
        : ["what the statement has changed so far is undone"]
    )
  }

  package func terminate(
    _ target: Plan.Target,
    pid: Int64,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let session = try session(pid, in: context)
    var consequences: [String] = []
    if let age = session.transactionAge {
      let open = "its transaction, open for \(age.text)"
      consequences.append(
        session.writes
          ? "\(open), is undone with all that it changed"
          : "\(open), ends; it has changed nothing"
      )
    } else {
      consequences.append("it has no transaction open")
    }
    consequences.append("its client sees the connection closed, and may connect again")
    return signal(
      .terminate,
      session,
      try attested(target, in: context),
      consequences: consequences
    )
  }

  private enum Signal: String {
    case cancel, terminate

    var summary: String { self == .cancel ? "cancel the statement" : "end the session" }

    /// Sent only to the very session, running the very statement or transaction, that was looked at.
    ///
    /// The second form waits up to five seconds for the session to be gone (PostgreSQL 14 and later).
    var statement: String {
      let call =
        self == .cancel ? "pg_cancel_backend(pid)" : "pg_terminate_backend(pid, 5000)"
      return "select \(call) as sent from pg_stat_activity where pid = $1"
        + " and backend_start::text = $2 and coalesce(\(began)::text, '') = $3"
    }

    /// What tells that it still does the same.
    var began: String { self == .cancel ? "query_start" : "xact_start" }

    func byHand(_ pid: Int64) -> String {
      self == .cancel ? "select pg_cancel_backend(\(pid))" : "select pg_terminate_backend(\(pid))"
    }
  }

  private func signal(
    _ signal: Signal,
    _ session: SignalledSession,
    _ target: Plan.Target,
    consequences: [String]
  ) -> Plan {
    let began = signal == .cancel ? session.queryStart : session.transactionStart
    let binds: [Bind] = [
      .typed(String(session.pid), .int4), .text(session.backendStart), .text(began),
    ]
    let sql = signal.statement
    return Plan(
      target: target,
      member: "database.\(signal.rawValue)",
      arguments: [("pid", .int(session.pid))],
      effect: .change,
      effectClass: .observable,
      summary: "\(signal.summary) of \(session.words) on \(label)",
      consequences: ["\(session.state): \(session.query)"] + session.waiters + consequences,
      calls: [call(signal.byHand(session.pid))],
      precondition: Plan.Precondition(
        "session \(session.pid) since \(session.backendStart) still does the same",
        of: "session \(session.pid)",
        seen: ["backend_start": .string(session.backendStart), "began": .string(began)],
        look: { [self] (context) throws(Failure) in
          guard let now = try find(session.pid, in: context) else { return ["gone": true] }
          let began = signal == .cancel ? now.queryStart : now.transactionStart
          return ["backend_start": .string(now.backendStart), "began": .string(began)]
        }
      ),
      probe: { [self] (context) throws(Failure) in
        guard let now = try find(session.pid, in: context.call),
          now.backendStart == session.backendStart
        else { return .done }
        guard signal == .cancel else { return .notDone }
        return now.isActive && now.queryStart == began ? .notDone : .done
      },
      body: .effect { [self] (context) throws(Failure) in
        try send(sql, binds, to: session, in: context.call)
        return .nothing
      }
    )
  }

  private func send(
    _ sql: String,
    _ binds: [Bind],
    to session: SignalledSession,
    in context: CallContext
  ) throws(Failure) {
    let connection = try openWriter(in: context)
    defer { connection.close() }
    guard let sent = try answer(to: sql, binds, on: connection, in: context) else {
      throw gone(session.pid)
    }
    guard sent == "t" else {
      throw Failure(
        .unknown,
        "session \(session.pid) of \(label) was told to end, but did not within 5 s",
        advice: ["it is where it can not be interrupted; look at activity in a while"]
      )
    }
  }

  /// The one cell of the answer, nothing where no session fits; a lost answer leaves it unknown.
  private func answer(
    to sql: String,
    _ binds: [Bind],
    on connection: Connection,
    in context: CallContext
  ) throws(Failure) -> String? {
    do throws(PostgresError) {
      let cursor = try connection.query(
        sql,
        binds,
        deadline: context.duration,
        cancelOn: context.cancellation.descriptor
      )
      let answer = try cursor.next()?.text(0)
      while try cursor.next() != nil {}
      return answer
    } catch {
      throw failure(error, isChange: true, context)
    }
  }

  private func gone(_ pid: Int64) -> Failure {
    Failure(
      .stale,
      "session \(pid) of \(label) is over, or does something else by now: nothing was sent",
      advice: ["look at activity or locks again"]
    )
  }

  private func session(_ pid: Int64, in context: CallContext) throws(Failure) -> SignalledSession {
    guard let found = try find(pid, in: context) else {
      throw Failure(
        .nothingToDo,
        "\(label) has no session with the process id \(pid)",
        advice: ["nothing was sent; the sessions are in activity, who blocks whom in locks"]
      )
    }
    return found
  }

  private func find(_ pid: Int64, in context: CallContext) throws(Failure) -> SignalledSession? {
    try rows(
      """
      select pid, coalesce(usename::text, backend_type) as "user",
        nullif(application_name, '') as application,
        coalesce(state, 'of the server itself') as state, query,
        backend_start::text as backend_start, coalesce(query_start::text, '') as query_start,
        coalesce(xact_start::text, '') as xact_start,
        xact_start is not null and query_start > xact_start as in_block,
        clock_timestamp() - xact_start as age, backend_xid is not null as writes,
        (select count(*) from pg_locks l where not granted and $1 = any (pg_blocking_pids(l.pid)))
          as waiters
      from pg_stat_activity where pid = $1
      """,
      [.typed(String(pid), .int4)],
      in: context
    )
    .first.map(SignalledSession.init)
  }
}

/// A session as it was before a signal is sent to it.
private struct SignalledSession: Sendable {
  let pid: Int64
  let user: String
  let application: String?
  let state: String
  let query: String
  let backendStart: String
  let queryStart: String
  let transactionStart: String
  /// Whether the statement is not the first of its transaction.
  let isInBlock: Bool
  let transactionAge: TimeSpan?
  let writes: Bool
  let waiterCount: Int64

  init(_ row: Record) {
    pid = row["pid"]?.asInt ?? 0
    user = row["user"]?.asText ?? "?"
    application = row["application"]?.asText
    state = row["state"]?.asText ?? "?"
    query = (row["query"]?.asText ?? "").split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    backendStart = row["backend_start"]?.asText ?? ""
    queryStart = row["query_start"]?.asText ?? ""
    transactionStart = row["xact_start"]?.asText ?? ""
    isInBlock = row["in_block"] == .bool(true)
    if case .duration(let age)? = row["age"] { transactionAge = age } else { transactionAge = nil }
    writes = row["writes"] == .bool(true)
    waiterCount = row["waiters"]?.asInt ?? 0
  }

  var isActive: Bool { state == "active" || state == "fastpath function call" }

  var words: String { "session \(pid) of \(user)\(application.map { " (\($0))" } ?? "")" }

  var waiters: [String] {
    switch waiterCount {
    case 0: []
    case 1: ["1 session waits for it"]
    default: ["\(waiterCount) sessions wait for it"]
    }
  }
}
