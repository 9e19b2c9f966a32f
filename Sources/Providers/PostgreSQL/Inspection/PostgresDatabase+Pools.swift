package import Objects
internal import Postgres
package import Values

/// PgBouncer's own view of its pools (its manual, "Admin console").
extension PostgresDatabase {
  package func pools(in context: CallContext) throws(Failure) -> [Record] {
    guard let pooler else {
      throw Failure(
        .refused,
        "\(label) is not reached through a pooler: its URL names none",
        advice: ["a PgBouncer is told by pgbouncer=true in the URL; sessions are in activity"]
      )
    }
    var console = pooler
    console.database = "pgbouncer"
    do throws(PostgresError) {
      let connection = try Connection.open(
        console,
        settings: SessionSettings(isReadOnly: true),
        deadline: min(context.duration, .seconds(10)),
        cancelOn: context.cancellation.descriptor
      )
      defer { connection.close() }
      return try Self.answer(of: connection, in: context).filter { $0["database"] != Self.itself }
    } catch {
      throw consoleFailure(error, console, context)
    }
  }

  /// The console is among its own pools.
  private static let itself = Value.text("pgbouncer")

  private static func answer(
    of connection: Connection,
    in context: CallContext
  ) throws(PostgresError) -> [Record] {
    let cursor = try connection.askConsole(
      "show pools",
      deadline: context.duration,
      cancelOn: context.cancellation.descriptor
    )
    let shape = RecordShape(cursor.columns.map(\.name))
    let decoders = cursor.columns.map { CellDecoder($0.type) }
    var records: [Record] = []
    while let row = try cursor.next() {
      let cells = decoders.indices.map { decoders[$0].value(row, $0) }
      records.append(Record(shape: shape, cells: cells))
    }
    return records
  }

  private func consoleFailure(
    _ error: PostgresError,
    _ console: ConnectionParameters,
    _ context: CallContext
  ) -> Failure {
    var failure = failure(error, context)
    guard failure.kind == .unreachable || failure.kind == .refused else { return failure }
    failure.advice += [
      "asked was PgBouncer's console, \(console.description), which only admin_users and stats_users may use",
      "a vendor's pooler (Neon, Supabase) opens it to nobody",
    ]
    return failure
  }
}
