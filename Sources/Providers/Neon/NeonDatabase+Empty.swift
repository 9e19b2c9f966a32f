internal import Objects
internal import Postgres
internal import SQLText
internal import Stack
internal import Values

/// Emptying a copy, so that a backup can be restored into it.
extension NeonDatabase {
  /// What is sent to the copy's own server, for the plan to show.
  var emptyingCalls: [Plan.Call] {
    let uri =
      "neonctl connection-string \(ByHand.word(branchName)) --project-id \(ByHand.word(project.id))"
      + " --database-name \(ByHand.word(database))"
    // Never by a variable that may hold production's own address.
    let byHand = "psql \"$(\(uri))\" -X -c \(ByHand.quoted(Self.dropAll))"
    return [Plan.Call("\(name): \(Self.dropAll)", byHand: byHand)]
  }

  /// The database itself stays, with its encoding, its settings and the rights in it.
  private static let dropAll = "drop owned by current_user cascade"

  /// Drops all that the role owns in it; refuses where the server is not this branch's own.
  func empty(in context: PerformContext) throws(Failure) {
    let connection = try postgres.openWriter(in: context.call)
    defer { connection.close() }
    try checkIsCopy(connection, in: context.call)
    // Writes may have been stopped when it was made, and that setting came along.
    if try postgres.writesAreStopped(in: context.call) {
      let name = SQLIdentifier.quoted(database)
      let setting = "alter database \(name) reset default_transaction_read_only"
      try send(setting, on: connection, context.call)
    }
    try send(Self.dropAll, on: connection, context.call)
    if try postgres.value(Self.lacksPublic, in: context.call).asBool == true {
      try send("create schema public", on: connection, context.call)
    }
    let left = try postgres.tableNames(in: context.call)
    // What was read so far was read by sessions of ours, which would stand in a restore's way.
    postgres.disconnect()
    guard left.isEmpty else {
      let names = left.map(\.description).sorted().prefix(5).joined(separator: ", ")
      throw Failure(
        .failed,
        "\(label) still has tables that belong to other roles: \(names)",
        advice: ["the copy is of no use for a restore; delete it"]
      )
    }
  }

  private static let lacksPublic =
    "select not exists (select from pg_namespace where nspname = 'public')"

  /// Nothing is dropped anywhere but where the server itself says that it is the copy.
  private func checkIsCopy(
    _ connection: Connection,
    in context: CallContext
  ) throws(Failure) {
    let branch = try branch(in: context)
    guard !branch.isDefault else {
      throw Failure(.refused, "branch \(branch.name) is no copy, so it is not emptied")
    }
    let found: ServerIdentity
    do throws(PostgresError) {
      found = try connection.identity(cancelOn: context.cancellation.descriptor)
    } catch {
      throw postgres.failure(error, context)
    }
    guard found.neonProject == project.id, found.neonBranch == branch.id else {
      throw Failure(
        .refused,
        "\(label) was to be emptied, but its server says that it is branch \(found.neonBranch ?? "none") of project \(found.neonProject ?? "none")",
        advice: ["nothing was dropped; the new branch is a full copy"]
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
      throw postgres.failure(error, isChange: true, context)
    }
  }
}

extension BranchContent {
  var time: Time? {
    if case .moment(let time) = self { time } else { nil }
  }

  var argument: (name: String, value: Value) {
    switch self {
    case .current: ("at", .nothing)
    case .moment(let time): ("at", .time(time))
    case .nothing: ("empty", .bool(true))
    }
  }

  var words: String {
    switch self {
    case .current: ""
    case .moment(let time): " as it was at \(time.text)"
    case .nothing: ", without its tables"
    }
  }

  /// What a person should know beside what every branch means.
  var consequences: [String] {
    guard self == .nothing else { return [] }
    return ["everything is dropped in the copy, and nothing in the database that it is made of"]
  }
}
