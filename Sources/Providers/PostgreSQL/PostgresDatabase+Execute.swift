package import Objects
internal import Postgres
internal import SQLText
internal import Stack
package import Values

/// Writes: estimated by the planner, counted in their transaction, kept only if the count fits.
extension PostgresDatabase {
  package func execute(
    _ target: Plan.Target,
    _ statement: SQLTemplate,
    expecting: ClosedRange<Int64>?,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let write = try WriteStatement.read(statement)
    let binds = try BindConversion.binds(of: statement)
    try checkIsNoRead(write, in: context)
    let estimate = write.isCountable ? try estimate(write.sql, binds, in: context) : nil
    let marker = try markerAvailability(in: context)
    let job = WriteJob(
      database: self,
      sql: write.sql,
      binds: binds,
      allowed: expecting ?? estimate.map { 0...max(10, 2 * $0) },
      isExpected: expecting != nil,
      marker: marker
    )
    let isMarked = job.isMarked
    return Plan(
      target: try attested(target, in: context),
      member: "database.execute",
      arguments: [
        ("statement", .sql(statement)),
        ("expecting", expecting.map { .range($0.lowerBound, $0.upperBound) } ?? .nothing),
      ],
      effect: write.effect,
      effectClass: isMarked ? .marked : .opaque,
      summary: "\(write.verb)\(write.table.map { " in \($0)" } ?? "") on \(label)",
      consequences: Self.consequences(write, job, estimate, marker),
      calls: [call(write.sql)],
      measure: Self.measure(write, estimate, expecting),
      resultType: .fields([.init("rows", .int)]),
      probe: isMarked ? markerProbe : nil,
      body: .effect { (context) throws(Failure) in try job.perform(context) }
    )
  }

  private var markerProbe: @Sendable (PerformContext) throws(Failure) -> Plan.Probe {
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

  /// How many rows the planner expects to be changed.
  private func estimate(
    _ sql: String,
    _ binds: [Bind],
    in context: CallContext
  ) throws(Failure) -> Int64? {
    let value = try value("explain (format json) " + sql, binds, in: context)
    return WriteEstimate.rows(value.json)
  }

  private static func measure(
    _ write: WriteStatement,
    _ estimate: Int64?,
    _ expecting: ClosedRange<Int64>?
  ) -> Plan.Measure? {
    let rows = write.table.map { "rows of \($0)" } ?? "rows"
    if let expecting {
      let count = words(expecting)
      return Plan.Measure(
        token: "\(write.verb) \(count)",
        summary: "\(count) \(rows), or nothing is kept"
          + (estimate.map { " (the planner expects about \($0))" } ?? ""),
        isExact: true
      )
    }
    guard let estimate else { return nil }
    return Plan.Measure(
      token: "\(write.verb) \(estimate)",
      summary: "\(estimate) \(rows), as the planner expects",
      isExact: false
    )
  }

  static func words(_ range: ClosedRange<Int64>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)..\(range.upperBound)"
  }

  private static func consequences(
    _ write: WriteStatement,
    _ job: WriteJob,
    _ estimate: Int64?,
    _ marker: Marker.Availability
  ) -> [String] {
    var lines = write.losses
    if let allowed = job.allowed, write.isCountable {
      lines.append("taken back if it changes other than \(words(allowed)) rows")
    } else {
      lines.append("how many rows it changes is not known before")
    }
    switch marker {
    case .present: break
    case .creatable:
      lines.append("makes the table opsh.marker, which tells after a crash whether it was done")
    case .missing:
      lines.append(
        "the role may not keep the table opsh.marker: after a lost answer nobody can tell by it"
      )
      lines.append("nor opsh.fence: a run that was taken over would not be turned away there")
    }
    return lines
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
