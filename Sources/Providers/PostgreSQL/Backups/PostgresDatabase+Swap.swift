package import Objects
internal import Postgres
internal import SQLText
package import Stack
package import Values

/// Two databases of one server change their names in one transaction; the one that was in place is
/// kept, and can only be read.
extension PostgresDatabase {
  package func swap(
    _ target: Plan.Target,
    with other: any DatabaseService,
    in context: CallContext,
    wrap: @escaping @Sendable (any DatabaseService) -> Value
  ) throws(Failure) -> Plan {
    guard let other = other as? PostgresDatabase else {
      throw Failure(.value, "\(label) can only be swapped with a database of the same server")
    }
    if !context.isSettling { try checkCanSwap(with: other, in: context) }
    let pair = SwappedPair(here: databaseName, other: other.databaseName)
    let newer = context.isSettling ? [] : try missingRows(in: other, than: self, context)
    return Plan(
      target: try attested(target, in: context),
      member: "database.swap",
      arguments: [("with", .text(other.databaseName))],
      effect: .change,
      effectClass: .observable,
      summary: "put \(other.databaseName) in the place of \(label)",
      consequences: [
        "writes to \(databaseName) are stopped first, and all sessions of both are ended",
        "what is in \(databaseName) now is kept under a name with today's date, to be read only",
      ]
        + (newer.isEmpty
          ? ["by their counts no rows are only in what is kept"]
          : ["only in what is kept: \(newer.joined(separator: ", "))"]),
      calls: pair.shown.map(call),
      precondition: Plan.Precondition(
        "\(databaseName) and \(other.databaseName) are the databases that they are now",
        of: "database \(databaseName)",
        seen: try oids(of: pair, in: context)
      ) { [self] (context) throws(Failure) in try oids(of: pair, in: context) },
      undo: "swap(with: ….beside(\"\(databaseName)_before_…\"))",
      resultType: .object("database"),
      probe: { [self] (context) throws(Failure) in
        try probe(pair, seen: context.seen, in: context.call)
      },
      found: { [self] (context) throws(Failure) in
        let kept = context.seen?["here"]?.stringValue ?? ""
        let name = try value(
          "select datname::text from pg_database where oid = $1::oid",
          [.text(kept)],
          in: context.call
        ).asText
        return name.map { wrap(onSameServer($0)) } ?? .nothing
      },
      body: .effect { [self] (context) throws(Failure) in
        wrap(onSameServer(try swap(pair, with: other, context)))
      }
    )
  }

  private func checkCanSwap(
    with other: PostgresDatabase,
    in context: CallContext
  ) throws(Failure) {
    guard other.databaseName != databaseName else {
      throw Failure(.refused, "\(label) can not be swapped with itself")
    }
    let (here, there) = (
      try serverIdentity(in: context), try other.serverIdentity(in: context)
    )
    guard here.systemIdentifier == there.systemIdentifier, here.timeline == there.timeline,
      here.dataDirectory == there.dataDirectory, here.address == there.address,
      here.port == there.port
    else {
      throw Failure(
        .refused,
        "\(other.label) is on another server than \(label): names can only be changed on one",
        advice: ["restore it beside \(label), or change the application's connection URL"]
      )
    }
    guard databaseName.utf8.count <= 40 else {
      throw Failure(.refused, "the name \(databaseName) leaves no room for the date behind it")
    }
  }

  private func oids(of pair: SwappedPair, in context: CallContext) throws(Failure) -> JSON {
    let found = try rows(
      "select datname::text, oid::text from pg_database where datname in ($1, $2)",
      [.text(pair.here), .text(pair.other)],
      in: context
    )
    func oid(_ name: String) -> JSON {
      found.first { $0.cells[0].asText == name }?.cells[1].asText.map { .string($0) } ?? .null
    }
    return ["here": oid(pair.here), "other": oid(pair.other)]
  }

  private func probe(
    _ pair: SwappedPair,
    seen: JSON?,
    in context: CallContext
  ) throws(Failure) -> Plan.Probe {
    let now = try maintenance.oids(of: pair, in: context)["here"]
    if now == seen?["other"] { return .done }
    return now == seen?["here"] ? .notDone : .unknown
  }

  /// By how many rows each table of one has more than the other's: what is newer, as counts tell.
  private func missingRows(
    in other: PostgresDatabase,
    than here: PostgresDatabase,
    _ context: CallContext
  ) throws(Failure) -> [String] {
    let there = Set(try other.tableNames(in: context))
    var lines: [String] = []
    for table in try here.tableNames(in: context) {
      let rows = try here.digest(of: table, hashesRows: false, in: context).rows
      let others =
        there.contains(table)
        ? try other.digest(of: table, hashesRows: false, in: context).rows : 0
      guard rows > others || !there.contains(table) else { continue }
      let name = table.schema == "public" ? table.name : table.description
      lines.append("\(rows - others) rows of \(name)")
    }
    return lines
  }

  // MARK: - Doing it

  private func freeName(for pair: SwappedPair, in context: CallContext) throws(Failure) -> String {
    let name = pair.kept(at: .now())
    var number = 1
    while try exists(number == 1 ? name : "\(name)_\(number)", in: context) { number += 1 }
    disconnect()
    return number == 1 ? name : "\(name)_\(number)"
  }

  /// - Returns: the name that the one in place has from now on.
  private func swap(
    _ pair: SwappedPair,
    with other: PostgresDatabase,
    _ context: PerformContext
  ) throws(Failure) -> String {
    try stopWritesNow(in: context)
    let newer = try missingRows(in: other, than: self, context.call)
    let words = newer.isEmpty ? "no rows by their counts" : newer.joined(separator: ", ")
    context.report("only in what is kept: \(words)")
    context.note([.init("only_in_kept", .array(newer.map { .string($0) }))])
    disconnect()
    other.disconnect()
    let kept = try freeName(for: pair, in: context.call)
    do throws(Failure) {
      try SwapJob(database: self, pair: pair, kept: kept).perform(context)
    } catch {
      var failure = error
      failure.advice.append(
        "writes to \(databaseName) are stopped; allowed again with allow_writes()"
      )
      throw failure
    }
    if let fence = context.fence {
      do throws(Failure) {
        try holdFence(fence, in: context.call)
      } catch {
        context.report("the fence of \(fence.environment) could not be raised: \(error.message)")
      }
    }
    context.report("what was in place is kept as \(kept)")
    return kept
  }
}

/// The names of two databases that change places.
struct SwappedPair: Sendable {
  let here: String
  let other: String

  func kept(at now: Time) -> String {
    let moment = now.text.prefix { $0 != "." && $0 != "Z" }.filter { $0 != "-" && $0 != ":" }
    return "\(here)_before_\(moment)Z"
  }

  /// As a plan shows it: the date is that of the moment when it is done.
  var shown: [String] {
    [
      PostgresDatabase.rename(here, to: "\(here)_before_…"),
      PostgresDatabase.rename(other, to: here),
    ]
  }
}
