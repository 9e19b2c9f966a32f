internal import Objects
internal import Values

/// What is looked at when a database is slow, stuck or filling up.
extension ObjectKind {
  static let databaseLooking: [Member] = [
    .read(
      "activity",
      .list(of: .fields(activityFields)),
      "the sessions at work, longest first"
    ) { (it: DatabasePayload, _, context) throws(Failure) in
      .list(try it.service.inspection.activity(in: context).map { .record($0) })
    },
    .read(
      "locks",
      .list(of: .fields(lockFields)),
      "who blocks whom: the blockers first, what waits below each"
    ) { (it: DatabasePayload, _, context) throws(Failure) in
      .list(try it.service.inspection.locks(in: context).map { .record($0) })
    },
    .read(
      "slow_queries",
      .list(of: .fields(slowQueryFields)),
      "the statements that took the most time since its statistics began"
    ) { (it: DatabasePayload, _, context) throws(Failure) in
      .list(try it.service.inspection.slowQueries(in: context).map { .record($0) })
    },
    .read(
      "replication",
      .fields(replicationFields),
      "primary or replica, who streams from it and how far behind"
    ) { (it: DatabasePayload, _, context) throws(Failure) in
      .record(try it.service.inspection.replication(in: context))
    },
    .read(
      "sequences",
      .list(of: .fields(sequenceFields)),
      "its sequences, the one nearest to its end first"
    ) { (it: DatabasePayload, _, context) throws(Failure) in
      .list(try it.service.inspection.sequences(in: context).map { .record($0) })
    },
    .read(
      "bloat",
      .list(of: .fields(bloatFields)),
      "its tables by what is dead or likely wasted in them, an estimate"
    ) { (it: DatabasePayload, _, context) throws(Failure) in
      .list(try it.service.inspection.bloat(in: context).map { .record($0) })
    },
    .read("pools", .list(of: .record), "what PgBouncer says of its pools") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .list(try it.service.inspection.pools(in: context).map { .record($0) })
    },
    .action(
      "cancel",
      "stops the statement that a session runs; the session stays",
      effect: .change,
      parameters: [session]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      try it.service.inspection.cancel(it.target, pid: arguments.pid(), in: context)
    },
    .action(
      "terminate",
      "ends a session, and undoes the transaction that it has open",
      effect: .change,
      parameters: [session]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      try it.service.inspection.terminate(it.target, pid: arguments.pid(), in: context)
    },
  ]

  private static let session = Parameter(
    "pid",
    .int,
    "the session's process id, as in activity and locks",
    isPositional: true
  )

  private static let activityFields: [ValueType.Field] = [
    .init("pid", .int), .init("user", .optional(.text)), .init("application", .optional(.text)),
    .init(
      "state",
      .oneOf([
        "active", "idle", "idle in transaction", "idle in transaction (aborted)",
        "fastpath function call", "disabled",
      ])
    ),
    .init("age", .optional(.duration)), .init("writes", .bool),
    .init("waits_for", .optional(.text)), .init("query_start", .optional(.time)),
    .init("query", .text),
  ]

  private static let lockFields: [ValueType.Field] = [
    .init("depth", .int), .init("pid", .int), .init("user", .optional(.text)),
    .init("application", .optional(.text)),
    .init("blocked_by", .list(of: .int)), .init("blocked_count", .int),
    .init("on", .optional(.text)), .init("mode", .optional(.text)),
    .init("relation", .optional(.text)), .init("holds", .optional(.text)),
    .init("waiting", .optional(.duration)), .init("age", .optional(.duration)),
    .init("state", .optional(.text)), .init("query", .text),
  ]

  private static let slowQueryFields: [ValueType.Field] = [
    .init("query", .text), .init("calls", .int), .init("total", .duration),
    .init("share", .percent), .init("mean", .duration), .init("max", .duration),
    .init("rows", .int), .init("cache_hits", .optional(.percent)), .init("user", .optional(.text)),
  ]

  private static let replicationFields: [ValueType.Field] = [
    .init("role", .oneOf(["primary", "replica"])), .init("position", .optional(.text)),
    .init("lag", .optional(.duration)), .init("upstream", .optional(.text)),
    .init(
      "standbys",
      .list(
        of: .fields([
          .init("name", .text), .init("address", .optional(.text)),
          .init("state", .optional(.text)),
          .init("sync", .optional(.text)), .init("behind", .optional(.size)),
          .init("lag", .optional(.duration)),
        ])
      )
    ),
    .init(
      "slots",
      .list(
        of: .fields([
          .init("name", .text), .init("kind", .text), .init("active", .bool),
          .init("holds_back", .optional(.size)), .init("state", .optional(.text)),
        ])
      )
    ),
  ]

  private static let sequenceFields: [ValueType.Field] = [
    .init("sequence", .text), .init("column", .optional(.text)), .init("last", .optional(.int)),
    .init("end", .int), .init("used", .percent), .init("left", .int),
    .init("limited_by", .oneOf(["sequence", "column"])), .init("cycles", .bool),
  ]

  private static let bloatFields: [ValueType.Field] = [
    .init("table", .text), .init("size", .size), .init("wasted", .optional(.size)),
    .init("wasted_share", .optional(.percent)), .init("live_rows", .int),
    .init("dead_rows", .int), .init("last_vacuum", .optional(.time)),
    .init("last_analyze", .optional(.time)), .init("wraparound", .percent),
  ]
}

extension Arguments {
  fileprivate func pid() throws(Failure) -> Int64 {
    guard case .int(let pid)? = self["pid"], pid > 0 else {
      throw Failure(.value, "the session's process id is needed, a whole number above 0")
    }
    return pid
  }
}
