internal import Objects
internal import Postgres
internal import SQLText
internal import Stack
internal import Values

/// Large changes in pieces.
extension PostgresDatabase {
  func executeInBatches(
    _ target: Plan.Target,
    _ request: WriteRequest,
    _ batch: WriteRequest.Batch,
    in context: CallContext
  ) throws(Failure) -> Plan {
    guard let template = request.statements.first, request.statements.count == 1 else {
      throw refusal("several statements are one transaction, which has no batches")
    }
    let change = try narrowedChange(template)
    guard let prepared = try prepare(request, in: context).first else {
      throw refusal("there is no statement")
    }
    let key = try primaryKey(of: change.table, in: context)
    try checkIsSound(change, prepared, key, in: context)
    let marker = try batchMarkerAvailability(in: context)
    let frame = BatchFrame(
      target: try attested(target, in: context),
      request: request,
      batch: batch,
      statement: BatchStatement(change: change, key: key, binds: prepared.write.binds),
      prepared: prepared,
      makesMarker: marker == .creatable
    )
    return batchPlan(frame, prepared.write, counted: nil)
  }

  private struct BatchFrame: Sendable {
    let target: Plan.Target
    let request: WriteRequest
    let batch: WriteRequest.Batch
    let statement: BatchStatement
    let prepared: PreparedWrite
    let makesMarker: Bool
  }

  private func batchPlan(_ frame: BatchFrame, _ write: Write, counted: Int64?) -> Plan {
    let job = BatchJob(
      database: self,
      statement: frame.statement,
      batch: frame.batch,
      write: write,
      makesMarker: frame.makesMarker
    )
    let verb = frame.prepared.statement.verb
    let table = frame.statement.change.table.description
    let count: Plan.Rehearse = { [self] (context) throws(Failure) in
      try counting(frame, in: context)
    }
    return Plan(
      target: frame.target,
      member: "database.execute",
      arguments: Self.arguments(frame.request),
      effect: frame.prepared.effect,
      effectClass: .marked,
      summary: "\(verb) in \(table) on \(label), \(frame.batch.rows) rows at a time",
      consequences: lines(frame, write)
        + Self.markerLines(frame.makesMarker ? .creatable : .present),
      calls: [call(frame.prepared.statement.sql)],
      measure: Self.measure(frame.prepared, write, table, counted: counted),
      resultType: .fields([.init("rows", .int), .init("counts", .optional(.list(of: .int)))]),
      probe: { [self] (context) throws(Failure) in
        try probeBatches(context.key, in: context.call)
      },
      rehearse: counted == nil ? count : nil,
      body: .effect { (context) throws(Failure) in try job.perform(context) }
    )
  }

  /// Counts what matches; that much, or a little more, is what the first batch may find.
  private func counting(_ frame: BatchFrame, in context: CallContext) throws(Failure) -> Plan {
    let statement = frame.statement
    let found = try rows(
      statement.count,
      statement.binds,
      deadline: max(context.duration, BatchJob.countDeadline),
      in: context
    )
    let rows = found.first?.cells.first?.asInt ?? 0
    var write = frame.prepared.write
    if write.bound != .person {
      write.allowed = 0...(rows + rows / 10)
      write.bound = .rehearsal
    }
    return batchPlan(frame, write, counted: rows)
  }

  // MARK: - In words

  private func lines(_ frame: BatchFrame, _ write: Write) -> [String] {
    let prepared = frame.prepared
    let key = frame.statement.key.map(\.name).joined(separator: ", ")
    var lines =
      prepared.statement.losses + prepared.losses
      + prepared.radius.lines(isMeasured: false)
    lines += [
      "each batch is committed by itself: what is done is not taken back, and killed it goes on there",
      "rows that come in meanwhile behind the highest \(key) of now are left out",
    ]
    if !prepared.radius.triggers.isEmpty {
      lines.append("triggers for each statement fire once for each batch")
    }
    if let allowed = write.allowed {
      lines.append(
        "refused before the first batch if other than \(Self.words(allowed)) rows match"
      )
    }
    return lines
  }

  private static func measure(
    _ prepared: PreparedWrite,
    _ write: Write,
    _ table: String,
    counted: Int64?
  ) -> Plan.Measure? {
    let verb = prepared.statement.verb
    if write.bound == .person, let allowed = write.allowed {
      return Plan.Measure(
        token: "\(verb) \(words(allowed))",
        summary: "\(words(allowed)) rows of \(table), or the first batch is not begun",
        isExact: true
      )
    }
    guard let rows = counted ?? prepared.estimate else { return nil }
    return Plan.Measure(
      token: "\(verb) \(rows)",
      summary: "\(rows) rows of \(table)\(counted == nil ? ", as the planner expects" : "")",
      isExact: counted != nil
    )
  }

  // MARK: - What can be done in batches

  private func refusal(_ reason: String, advice: [String] = []) -> Failure {
    Failure(.refused, reason, advice: ["nothing was sent"] + advice)
  }

  private func narrowedChange(_ template: SQLTemplate) throws(Failure) -> NarrowedChange {
    do throws(NarrowedChange.Refusal) {
      return try NarrowedChange(template.text)
    } catch {
      throw refusal(
        error.message,
        advice: ["leave 'batch' out, or write it as an update or delete of one table"]
      )
    }
  }

  private func primaryKey(
    of table: QualifiedName,
    in context: CallContext
  ) throws(Failure) -> [BatchStatement.KeyColumn] {
    let found = try rows(
      """
      select a.attname::text, format_type(a.atttypid, a.atttypmod)
      from pg_index i, unnest(i.indkey::int2[]) with ordinality as k(number, place)
        join pg_attribute a on a.attnum = k.number
      where i.indrelid = to_regclass($1) and i.indisprimary and a.attrelid = i.indrelid
      order by k.place
      """,
      [.text(table.sql)],
      in: context
    )
    let key = found.compactMap { row -> BatchStatement.KeyColumn? in
      guard let name = row.cells[0].asText, let type = row.cells[1].asText else { return nil }
      return BatchStatement.KeyColumn(name: name, type: type)
    }
    guard !key.isEmpty else {
      throw refusal(
        "\(table) has no primary key, so nothing tells which of its rows are done",
        advice: [
          "give it one, leave 'batch' out, or do it in ranges of your own, each with 'expecting'"
        ]
      )
    }
    return key
  }

  private func checkIsSound(
    _ change: NarrowedChange,
    _ prepared: PreparedWrite,
    _ key: [BatchStatement.KeyColumn],
    in context: CallContext
  ) throws(Failure) {
    if let column = key.first(where: { change.assignedColumns.contains($0.name) }) {
      throw refusal(
        "it changes \(column.name), by which the batches are told apart",
        advice: ["leave 'batch' out"]
      )
    }
    if let spread = prepared.radius.spreads.first(where: \.returns) {
      throw refusal(
        "the foreign key \(spread.key) takes further rows of \(spread.table.name) along,"
          + " so its batches would get into each other's way",
        advice: ["leave 'batch' out"]
      )
    }
    if let rule = prepared.radius.rules.first {
      throw refusal(
        "the rule \(rule.name) on \(rule.table) puts something else in its place",
        advice: ["leave 'batch' out"]
      )
    }
    guard !change.conditionFunctions.isEmpty else { return }
    let volatile = try rows(
      FunctionPolicy.volatilityQuery,
      [
        .textArray(change.conditionFunctions.map { $0.schema ?? "" }),
        .textArray(change.conditionFunctions.map(\.name)),
      ],
      in: context
    )
    if let name = volatile.first?.cells[1].asText {
      throw refusal(
        "its 'where' calls \(name), which gives another answer each time it is asked",
        advice: ["leave 'batch' out"]
      )
    }
  }

  /// Batches move a row of the marker's table on, so that more rights are needed than for one mark.
  private func batchMarkerAvailability(
    in context: CallContext
  ) throws(Failure) -> Marker.Availability {
    let marker = try markerAvailability(in: context)
    var mayMove = marker == .creatable
    if marker == .present {
      let sql = "select has_table_privilege('opsh.marker', 'update')"
      mayMove = try value(sql, in: context).asBool == true
    }
    guard mayMove else {
      throw refusal(
        "the role may not keep the table opsh.marker, so nobody could tell which batches are done",
        advice: ["let the role insert, select and update there, or leave 'batch' out"]
      )
    }
    return marker
  }
}
