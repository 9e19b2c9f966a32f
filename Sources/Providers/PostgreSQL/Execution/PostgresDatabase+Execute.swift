package import Objects
internal import Postgres
internal import SQLText
package import Stack
package import Values

/// Writes: estimated by the planner, counted in their transaction, kept only if the count fits.
extension PostgresDatabase {
  package func execute(
    _ target: Plan.Target,
    _ request: WriteRequest,
    in context: CallContext
  ) throws(Failure) -> Plan {
    if let batch = request.batch {
      return try executeInBatches(target, request, batch, in: context)
    }
    let prepared = try prepare(request, in: context)
    let frame = WriteFrame(
      target: try attested(target, in: context),
      request: request,
      marker: try markerAvailability(in: context)
    )
    return plan(frame, prepared, WriteMeasurement(prepared))
  }

  /// What plans for the same request share.
  private struct WriteFrame: Sendable {
    let target: Plan.Target
    let request: WriteRequest
    let marker: Marker.Availability
  }

  private func plan(
    _ frame: WriteFrame,
    _ prepared: [PreparedWrite],
    _ measurement: WriteMeasurement
  ) -> Plan {
    let job = WriteJob(
      database: self,
      writes: measurement.writes,
      marker: frame.marker,
      rehearsal: measurement.rehearsal
    )
    let isMarked = job.isMarked
    let canBeRehearsed =
      !measurement.isFinal && prepared.contains(where: \.canBeRehearsed)
    let rehearse: Plan.Rehearse = { [self] (context) throws(Failure) in
      plan(frame, prepared, try measured(prepared, in: context))
    }
    return Plan(
      target: frame.target,
      member: "database.execute",
      arguments: Self.arguments(frame.request),
      effect: prepared.map(\.effect).max() ?? .change,
      effectClass: isMarked ? .marked : .opaque,
      summary: "\(Self.summary(prepared)) on \(label)",
      consequences: measurement.lines(prepared) + Self.markerLines(frame.marker),
      calls: prepared.map { call($0.statement.sql) },
      measure: measurement.measure(prepared),
      resultType: .fields([.init("rows", .int), .init("counts", .optional(.list(of: .int)))]),
      probe: isMarked ? markerProbe : nil,
      rehearse: canBeRehearsed ? rehearse : nil,
      body: .effect { (context) throws(Failure) in try job.perform(context) }
    )
  }

  /// Rehearses what may be, and says why the rest is not.
  private func measured(
    _ prepared: [PreparedWrite],
    in context: CallContext
  ) throws(Failure) -> WriteMeasurement {
    var measurement = WriteMeasurement(prepared)
    if prepared.count == 1, let only = prepared.first, only.statement.isTruncate {
      try measurement.count(only, on: self, in: context)
      return measurement
    }
    if let reason = try reasonNotToRehearse(prepared, in: context) {
      measurement.skip(reason)
      return measurement
    }
    switch try rehearse(measurement.writes, in: context) {
    case .measured(let rehearsal): measurement.take(rehearsal)
    case .impossible(let reason): measurement.skip(reason)
    }
    return measurement
  }

  private func reasonNotToRehearse(
    _ prepared: [PreparedWrite],
    in context: CallContext
  ) throws(Failure) -> String? {
    if let other = prepared.first(where: { !$0.statement.isCountable }) {
      return "a '\(other.statement.verb)' would hold up others even where it is taken back"
    }
    let estimates = prepared.compactMap(\.estimate)
    guard estimates.count == prepared.count else {
      return "how many rows it changes is not known before"
    }
    let sum = estimates.reduce(0, +)
    guard sum <= Rehearsal.limit else {
      return "the planner expects \(sum) rows, and more than \(Rehearsal.limit) hold up others"
    }
    if let table = prepared.lazy.flatMap(\.radius.foreignTables).first {
      return "another server keeps the rows of \(table)"
    }
    return try outsideEffects(in: context).reason(
      triggerFunctions: prepared.reduce(into: []) {
        $0.formUnion($1.radius.triggerFunctions)
      },
      called: prepared.flatMap(\.statement.functions)
    )
  }

  // MARK: - In words

  static func arguments(_ request: WriteRequest) -> [(name: String, value: Value)] {
    let statements = request.statements.map { Value.sql($0) }
    let expecting = request.expecting.map { Value.range($0.lowerBound, $0.upperBound) }
    var arguments: [(name: String, value: Value)] = [
      ("statement", request.isList ? .list(statements) : statements.first ?? .nothing),
      (
        "expecting",
        expecting.count > 1 ? .list(expecting) : expecting.first ?? .nothing
      ),
    ]
    if request.changesAllRows { arguments.append(("all_rows", .bool(true))) }
    if let batch = request.batch {
      arguments.append(("batch", .int(batch.rows)))
      arguments.append(("pause", .duration(batch.pause)))
    }
    return arguments
  }

  private static func summary(_ prepared: [PreparedWrite]) -> String {
    prepared.map { prepared in
      let statement = prepared.statement
      return statement.verb + (statement.table.map { " in \($0)" } ?? "")
    }.joined(separator: ", then ")
  }

  var markerProbe: @Sendable (PerformContext) throws(Failure) -> Plan.Probe {
    { [self] (context) throws(Failure) in try probeMarker(context.key, in: context.call) }
  }

  /// The target together with who the server says it is.
  func attested(
    _ target: Plan.Target,
    in context: CallContext
  ) throws(Failure) -> Plan.Target {
    var target = target
    target.attested = try identity(in: context).fingerprint
    return target
  }

  /// A statement as a plan names it; by hand it goes through psql, whose URL is in the environment.
  func call(_ sql: String) -> Plan.Call {
    Plan.Call("\(name): \(sql)", byHand: "psql \"$DATABASE_URL\" -X -c \(ByHand.quoted(sql))")
  }

  static func words(_ range: ClosedRange<Int64>) -> String {
    range.lowerBound == range.upperBound
      ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
  }

  static func markerLines(_ marker: Marker.Availability) -> [String] {
    switch marker {
    case .present: []
    case .creatable:
      ["makes the table opsh.marker, which tells after a crash whether it was done"]
    case .missing:
      [
        "the role may not keep the table opsh.marker: after a lost answer nobody can tell by it",
        "nor opsh.fence: a run that was taken over would not be turned away there",
      ]
    }
  }
}
