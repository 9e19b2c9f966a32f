package import Objects
package import Values

/// A database together with the environment it belongs to.
package struct DatabasePayload: Sendable {
  package var service: any DatabaseService
  package var environment: String

  package init(_ service: any DatabaseService, environment: String) {
    self.service = service
    self.environment = environment
  }

  package var value: Value {
    .object(
      ObjectValue(.database, identity: service.label, environment: environment, payload: self)
    )
  }

  var target: Plan.Target {
    Plan.Target(environment: environment, kind: "database", identity: service.name)
  }
}

extension ObjectKind {
  package static let database = ObjectKind(
    "database",
    summary: "one PostgreSQL database, or a branch of it",
    members: databaseReads + databaseLooking + databaseAccess + databaseExecuting
      + databaseActions + databaseMigrating + databaseBackups,
    later: ["url", "delete"]
  )

  private static let statement = Parameter(
    "statement",
    .sql,
    "the statement, as sql\"…\"",
    isPositional: true
  )

  private static let databaseReads: [Member] = [
    .field("label", .text, "which database this is", column: true) { (it: DatabasePayload) in
      .text(it.service.label)
    },
    .field("name", .text, "the name that its server knows it by", column: true) {
      (it: DatabasePayload) in .text(it.service.databaseName)
    },
    .read("identity", .record, "who the server itself says it is") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .record(Record(fields: try it.service.identity(in: context).fields))
    },
    .read("version", .text, "the server's version") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .text(try it.service.identity(in: context).version)
    },
    .read("size", .size, "bytes on the server's disk") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .size(try it.service.size(in: context))
    },
    .read(
      "tables",
      .list(
        of: .fields([
          .init("schema", .text), .init("name", .text), .init("rows", .int),
          .init("size", .size),
        ])
      ),
      "its tables with the server's estimate of their rows, largest first"
    ) { (it: DatabasePayload, _, context) throws(Failure) in
      .list(try it.service.tables(in: context).map { .record($0) })
    },
    .read(
      "query",
      .list(of: .record),
      "the rows of one statement that only reads",
      parameters: [statement],
      cost: .slow
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let statement = try arguments.sql("statement") else {
        throw Failure(.value, "'query' needs an sql\"…\"")
      }
      return .stream(try it.service.query(statement, in: context))
    },
    .read(
      "explain",
      .list(of: .text),
      "how the server would run a statement, without running it",
      parameters: [statement]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let statement = try arguments.sql("statement") else {
        throw Failure(.value, "'explain' needs an sql\"…\"")
      }
      return .list(try it.service.explain(statement, in: context).map { .text($0) })
    },
    .field(
      "migrations",
      .object("migrations"),
      "its schema migrations: applied, pending, failed, edited, missing"
    ) { (it: DatabasePayload) in MigrationsPayload(database: it).value },
    .read("history_window", .duration, "how far back it can go") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .duration(try it.service.historyWindow(in: context))
    },
    .field("branches", .object("branches"), "the copies beside it") { (it: DatabasePayload) in
      BranchesPayload(database: it).value
    },
    .read("writes_stopped", .bool, "says whether new sessions may only read") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .bool(try it.service.writesAreStopped(in: context))
    },
    .read(
      "compare",
      .list(
        of: .fields([
          .init("table", .text), .init("rows", .optional(.int)),
          .init("other_rows", .optional(.int)), .init("same", .bool), .init("inserted", .int),
          .init("updated", .optional(.int)), .init("deleted", .int), .init("exact", .bool),
        ])
      ),
      "what happened to each table on the way from this one to another: by primary key where exact",
      parameters: [
        Parameter("other", .object("database"), "the other database", isPositional: true)
      ],
      cost: .slow
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let other = try arguments.object("other", kind: "database") else {
        throw Failure(.value, "'compare' needs the other database")
      }
      let payload: DatabasePayload = try other.payload(for: "compare")
      let rows = try it.service.compare(with: payload.service, in: context)
      return .list(rows.map { .record($0) })
    },
  ]

  /// What a program that is run needs to connect.
  private static let databaseAccess: [Member] = [
    .read("host", .text, "the server's host, for programs such as pg_restore") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .text(try it.service.access(in: context).host)
    },
    .read("port", .int, "the server's port") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .int(Int64(try it.service.access(in: context).port))
    },
    .read("user", .text, "the role to connect as") {
      (it: DatabasePayload, _, context) throws(Failure) in
      .text(try it.service.access(in: context).user)
    },
    .read("password", .secret, "the role's password: run(with: {PGPASSWORD: ….password})") {
      (it: DatabasePayload, _, context) throws(Failure) in
      guard let password = try it.service.access(in: context).password else {
        throw Failure(
          .refused,
          "\(it.service.label) has no password: its connection URL holds none",
          advice: ["the server may take none, or another way of logging in; then leave it out"]
        )
      }
      return .secret(password)
    },
  ]

  private static let databaseActions: [Member] = [
    .action("stop_writes", "lets new sessions only read, and ends the others", effect: .change) {
      (it: DatabasePayload, _, context) throws(Failure) in
      try it.service.stopWrites(it.target, in: context)
    },
    .action("allow_writes", "lets sessions write again", effect: .change) {
      (it: DatabasePayload, _, context) throws(Failure) in
      try it.service.allowWrites(it.target, in: context)
    },
    .action(
      "branch",
      gives: .object("database"),
      "makes a copy beside it: as it is, as it was at a moment, or without its tables",
      effect: .change,
      parameters: [
        Parameter("name", .text, "the copy's name", isPositional: true),
        Parameter("at", .time, "the moment; now if left out", isRequired: false),
        Parameter(
          "empty",
          .bool,
          "true leaves all tables out, so that a backup can be restored into it",
          isRequired: false
        ),
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      guard let name = try arguments.text("name") else {
        throw Failure(.value, "'branch' needs a name")
      }
      let environment = it.environment
      return try it.service.branch(
        it.target,
        name: name,
        with: try arguments.branchContent(),
        in: context
      ) { DatabasePayload($0, environment: environment).value }
    },
    .action(
      "rewind",
      "takes all of it back to a moment, in place; what is newer is kept beside it",
      effect: .destroy,
      parameters: [
        Parameter("to", .any, "a time, or the name of a kept branch"),
        Parameter("keep", .text, "the name to keep today's state under", isRequired: false),
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      let point: RewindPoint
      switch arguments["to"] {
      case .time(let time): point = .moment(time)
      case .text(let name): point = .branch(name)
      default: throw Failure(.value, "'rewind' needs a time or the name of a kept branch")
      }
      return try it.service.rewind(
        it.target,
        to: point,
        keep: try arguments.text("keep"),
        in: context
      )
    },
  ]
}

extension Arguments {
  fileprivate func branchContent() throws(Failure) -> BranchContent {
    let moment = try time("at")
    let isEmpty = try bool("empty") ?? false
    switch (moment, isEmpty) {
    case (nil, false): return .current
    case (let moment?, false): return .moment(moment)
    case (nil, true): return .nothing
    case (_?, true):
      throw Failure(
        .value,
        "'branch' takes 'at:' or 'empty:', not both: an empty copy has no moment"
      )
    }
  }
}
