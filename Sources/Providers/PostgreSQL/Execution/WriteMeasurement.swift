internal import Objects
internal import SQLText
internal import Values

/// How large a change is, as far as it is known: by the planner, by what a person says, or measured.
struct WriteMeasurement: Sendable {
  private(set) var writes: [Write]
  private(set) var rehearsal: Rehearsal?
  /// It was measured, or it was found out why it can not be.
  private(set) var isFinal = false
  private var reason: String?

  init(_ prepared: [PreparedWrite]) {
    writes = prepared.map(\.write)
  }

  /// From now on the change must come out as it did here.
  mutating func take(_ rehearsal: Rehearsal) {
    isFinal = true
    self.rehearsal = rehearsal
    for (index, rows) in rehearsal.rows.enumerated() where writes[index].bound != .person {
      guard let rows else { continue }
      writes[index].allowed = rows...rows
      writes[index].bound = .rehearsal
    }
  }

  mutating func skip(_ reason: String) {
    isFinal = true
    self.reason = reason
  }

  /// Counts what a truncate would take away: doing it would keep everybody from the table.
  mutating func count(
    _ prepared: PreparedWrite,
    on database: PostgresDatabase,
    in context: CallContext
  ) throws(Failure) {
    guard let estimate = prepared.estimate, estimate <= Rehearsal.limit else {
      skip("it may be more than \(Rehearsal.limit) rows, which are not counted")
      return
    }
    let counts = writes[0].emptied.map { "(select count(*) from \($0))" }
    let rows = try database.value("select " + counts.joined(separator: " + "), in: context).asInt
    isFinal = true
    guard let rows, writes[0].bound != .person else { return }
    writes[0].allowed = rows...rows
    writes[0].bound = .rehearsal
  }

  // MARK: - In words

  /// What is asked for by its size; nothing where that is not known.
  func measure(_ prepared: [PreparedWrite]) -> Plan.Measure? {
    let counted = zip(prepared, writes).filter { $0.0.canBeRehearsed }
    // What is lost beside the rows has no number.
    let isWhole = prepared.allSatisfy { $0.canBeRehearsed || $0.effect != .destroy }
    guard !counted.isEmpty, isWhole else { return nil }
    var tokens: [String] = []
    var summaries: [String] = []
    var isExact = true
    for (prepared, write) in counted {
      guard let count = Self.count(prepared, write) else { return nil }
      tokens.append("\(write.verb) \(count.token)")
      summaries.append(summary(prepared, write, count))
      isExact = isExact && count.isExact
    }
    return Plan.Measure(
      token: tokens.joined(separator: ", "),
      summary: summaries.joined(separator: ", "),
      isExact: isExact
    )
  }

  private static func count(
    _ prepared: PreparedWrite,
    _ write: Write
  ) -> (token: String, isExact: Bool)? {
    switch (write.bound, write.allowed) {
    case (.person, let allowed?), (.rehearsal, let allowed?):
      (PostgresDatabase.words(allowed), true)
    default: prepared.estimate.map { ("\($0)", false) }
    }
  }

  private func summary(
    _ prepared: PreparedWrite,
    _ write: Write,
    _ count: (token: String, isExact: Bool)
  ) -> String {
    let table = prepared.statement.table ?? prepared.statement.events.first?.table.description
    let rows = table.map { "rows of \($0)" } ?? "rows"
    switch write.bound {
    case .person:
      let expected = prepared.estimate.map { " (the planner expects about \($0))" } ?? ""
      return "\(count.token) \(rows), or nothing is kept" + (rehearsal == nil ? expected : "")
    case .rehearsal: return "\(count.token) \(rows)"
    case .planner: return "\(count.token) \(rows), as the planner expects"
    }
  }

  /// What a person should know, a line each.
  func lines(_ prepared: [PreparedWrite]) -> [String] {
    var lines: [String] = []
    for (index, statement) in prepared.enumerated() {
      let prefix = prepared.count > 1 ? "\(index + 1): " : ""
      let own =
        statement.statement.losses + statement.losses
        + statement.radius.lines(isMeasured: rehearsal != nil) + [limit(statement, writes[index])]
      lines += own.map { prefix + $0 }
    }
    if prepared.count > 1 {
      lines.append("all \(prepared.count) statements are one transaction: all are kept, or none")
    }
    if let rehearsal {
      lines += rehearsal.changed.map { "rehearsed and taken back: \($0.words)" }
      if rehearsal.changed.isEmpty { lines.append("rehearsed and taken back: changes no rows") }
    } else if let reason {
      lines.append("not rehearsed: \(reason)")
    }
    return lines
  }

  private func limit(_ prepared: PreparedWrite, _ write: Write) -> String {
    guard let allowed = write.allowed, prepared.canBeRehearsed else {
      return "how many rows it changes is not known before"
    }
    return "taken back if it changes other than \(PostgresDatabase.words(allowed)) rows"
  }
}
