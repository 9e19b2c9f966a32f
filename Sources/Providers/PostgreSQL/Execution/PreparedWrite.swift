internal import Objects
internal import Postgres
internal import SQLText
internal import Stack
internal import Values

/// A statement together with what the catalogue and the planner say of it.
struct PreparedWrite: Sendable {
  let statement: WriteStatement
  var write: Write
  /// How many rows the planner expects; of a truncate, how many the server believes are there.
  let estimate: Int64?
  let radius: BlastRadius
  /// Why it is a loss of data although its text does not look like one.
  let losses: [String]

  var effect: Effect {
    statement.effect == .destroy || !losses.isEmpty || radius.deletesElsewhere ? .destroy : .change
  }

  /// A rollback takes it back, and it tells how many rows it changed.
  var canBeRehearsed: Bool { statement.isCountable || statement.isTruncate }
}

extension PostgresDatabase {
  /// Reads the statements, refuses what is no change or changes too much, and asks about the rest.
  func prepare(
    _ request: WriteRequest,
    in context: CallContext
  ) throws(Failure) -> [PreparedWrite] {
    var prepared: [PreparedWrite] = []
    for (index, template) in request.statements.enumerated() {
      do throws(Failure) {
        let expecting = request.expecting.isEmpty ? nil : request.expecting[index]
        prepared.append(
          try prepare(
            template,
            expecting,
            changesAllRows: request.changesAllRows,
            isFirst: index == 0,
            in: context
          )
        )
      } catch {
        guard request.statements.count > 1 else { throw error }
        var failure = error
        failure.message = "statement \(index + 1): \(error.message)"
        throw failure
      }
    }
    return prepared
  }

  private func prepare(
    _ template: SQLTemplate,
    _ expecting: ClosedRange<Int64>?,
    changesAllRows: Bool,
    isFirst: Bool,
    in context: CallContext
  ) throws(Failure) -> PreparedWrite {
    let statement = try WriteStatement.read(template)
    let binds = try BindConversion.binds(of: template)
    try checkIsNoRead(statement, in: context)
    let catalog = try changeCatalog(of: statement, in: context)
    let constants = template.parameters.map(\.sqlConstant)
    let every = everyRow(statement, catalog, constants)
    if let every, !changesAllRows { throw every.refusal }
    try Self.checkCount(expecting, of: statement)
    let estimate = try estimate(statement, binds, catalog, isFirst: isFirst, in: context)
    let radius = Self.radius(statement, catalog, estimate)
    var write = Write(
      sql: statement.sql,
      binds: binds,
      verb: statement.verb,
      allowed: expecting,
      bound: expecting == nil ? .planner : .person
    )
    if expecting == nil, statement.isCountable {
      write.allowed = estimate.map { 0...max(10, 2 * $0) }
    }
    if !changesAllRows { write.guarded = Self.guarded(statement, catalog) }
    if statement.isTruncate { write.emptied = statement.events.map(\.table.sql) }
    return PreparedWrite(
      statement: statement,
      write: write,
      estimate: estimate,
      radius: radius,
      losses: every.map { statement.losses.isEmpty ? [$0.words] : [] } ?? []
    )
  }

  private func checkIsNoRead(
    _ write: WriteStatement,
    in context: CallContext
  ) throws(Failure) {
    guard let functions = write.queryFunctions,
      try changingFunction(among: functions, in: context) == nil
    else { return }
    throw Failure(
      .refused,
      "this statement only reads: nothing would be changed by it",
      advice: ["use query for it: ….query(sql\"…\")"]
    )
  }

  private static func checkCount(
    _ expecting: ClosedRange<Int64>?,
    of statement: WriteStatement
  ) throws(Failure) {
    guard expecting != nil, !statement.isCountable, !statement.isTruncate else { return }
    throw Failure(
      .refused,
      "the server counts no rows for a '\(statement.verb)', so 'expecting' can not be checked",
      advice: ["nothing was sent; leave 'expecting' out"]
    )
  }

  // MARK: - The catalogue

  private func changeCatalog(
    of statement: WriteStatement,
    in context: CallContext
  ) throws(Failure) -> ChangeCatalog? {
    guard !statement.events.isEmpty else { return nil }
    let names = statement.events.map(\.table.sql)
    return ChangeCatalog(try value(ChangeCatalog.query, [.textArray(names)], in: context).json)
  }

  private static func radius(
    _ statement: WriteStatement,
    _ catalog: ChangeCatalog?,
    _ estimate: Int64?
  ) -> BlastRadius {
    guard let catalog else { return BlastRadius([], in: ChangeCatalog([:])) }
    let events = zip(statement.events, catalog.roots).compactMap { event, table in
      table.map { (event: event, table: $0, rows: estimate.map(Double.init)) }
    }
    return BlastRadius(events, in: catalog)
  }

  /// The table of which an update or delete must leave a row, where the server can tell.
  private static func guarded(
    _ statement: WriteStatement,
    _ catalog: ChangeCatalog?
  ) -> Write.GuardedTable? {
    guard statement.isCountable, statement.events.count == 1, let event = statement.events.first,
      ["update", "delete"].contains(event.operation.word),
      let table = catalog?.roots.first.flatMap({ $0 }).flatMap({ catalog?.tables[$0] }),
      // A foreign table has no system columns, and a view is none of its rows.
      ["r", "p"].contains(table.kind), !table.name.isEmpty
    else { return nil }
    return Write.GuardedTable(
      name: event.table.description,
      sql: (event.isOnly ? "only " : "") + event.table.sql,
      isDelete: event.operation == .delete
    )
  }

  // MARK: - How many

  private func estimate(
    _ statement: WriteStatement,
    _ binds: [Bind],
    _ catalog: ChangeCatalog?,
    isFirst: Bool,
    in context: CallContext
  ) throws(Failure) -> Int64? {
    if statement.isTruncate, let catalog {
      let counts = catalog.roots.compactMap { $0.flatMap(catalog.rows) }
      return counts.count == catalog.roots.count ? counts.reduce(0, +) : nil
    }
    guard statement.isCountable else { return nil }
    let plan: Value
    do throws(Failure) {
      plan = try value("explain (format json) " + statement.sql, binds, in: context)
    } catch {
      // A later statement may need what an earlier one makes.
      guard !isFirst, error.kind == .refused else { throw error }
      return nil
    }
    return WriteEstimate.rows(plan.json)
  }
}

/// What the planner says of a write.
enum WriteEstimate {
  /// Sums the rows that reach each `ModifyTable` node; that node itself gives none.
  static func rows(_ explained: JSON) -> Int64? {
    guard let plan = explained[0]?["Plan"] else { return nil }
    var total: Double?
    var open = [plan]
    while let node = open.popLast() {
      let inner = node["Plans"]?.arrayValue ?? []
      if node["Node Type"]?.stringValue == "ModifyTable" {
        let sources = inner.filter { $0["Parent Relationship"]?.stringValue != "InitPlan" }
        total = (total ?? 0) + sources.reduce(0) { $0 + ($1["Plan Rows"]?.numberValue ?? 0) }
      }
      open += inner
    }
    return total.flatMap { Int64(exactly: $0.rounded()) }
  }
}
