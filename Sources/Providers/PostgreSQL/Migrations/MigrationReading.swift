internal import Migrations
internal import Objects
internal import Postgres
internal import SQLText
internal import Values

/// What the texts of the pending migrations show, in lines for the person who is to say yes.
struct MigrationReading {
  private let files: [FileReading]
  private let isByTextAlone: Bool

  init(_ scripts: [MigrationScript], knowing facts: DatabaseFacts?) {
    isByTextAlone = facts == nil && !scripts.isEmpty
    var history = MigrationHistory()
    files = scripts.map { script in
      let review = try? MigrationReview(
        Array(script.text.utf8),
        knowing: facts,
        running: script.isTransaction ? .oneTransaction : .oneMessage,
        after: history,
        lockTimeoutIsSet: true
      )
      if let review { history = review.history }
      return FileReading(script: script, review: review, facts: facts)
    }
  }

  /// A text that can not be read may lose anything.
  var isDestructive: Bool { files.contains { !$0.losses.isEmpty } }

  /// How many are told of by name; the others are counted.
  private static let most = 20

  func lines(table: MigrationTable, _ decision: MigrationDecision) -> [String] {
    var lines = decision.abandonedNames.map {
      "\($0) was cut off before and left nothing: it is applied anew"
    }
    lines.append("kept as \(table.convention.rawValue) keeps them, in the table \(table.label)")
    if !table.isPresent { lines.append("makes the table \(table.label)") }
    if isByTextAlone {
      lines.append(
        "tables could not be looked at, as where one is locked now: all of this is by the texts alone"
      )
    }
    let told = files.filter { !$0.script.isTransaction || !$0.details.isEmpty }
    let shown = files.count <= Self.most ? files : Array(told.prefix(Self.most))
    for file in shown { lines += ["\(file.script.name): \(file.way)"] + file.details }
    if shown.count < files.count {
      let rest = files.count - shown.count
      let silent = told.count > shown.count ? "" : ", with nothing to say of"
      lines.append("\(rest) others\(silent); opsh lint shows all that is found in them")
    }
    if !decision.edited.isEmpty {
      lines.append("\(decision.edited.count) applied ones have another text today: accepted")
    }
    return lines
  }
}

/// What one text shows.
private struct FileReading {
  let script: MigrationScript
  let review: MigrationReview?
  let facts: DatabaseFacts?

  /// Such as `3 statements in one transaction: all of it or nothing`.
  var way: String {
    let count = script.parsed.map { $0.statements.count }
    let statements = count.map { "\($0) \($0 == 1 ? "statement" : "statements")" } ?? "its text"
    return switch script.way {
    case .transaction: "\(statements) in one transaction: all of it or nothing"
    case .alone: "one statement outside of a transaction, which may stop half-way"
    case .asWritten(let why): "\(statements), sent as it is written since \(why)"
    }
  }

  /// Why it is called a loss of data, a line each; what is known to be reversible is none.
  var losses: [String] {
    guard let parsed = script.parsed else { return ["can not be read, so it may lose data"] }
    let kept = Set(
      (review?.statements ?? []).filter { $0.isReversible == true }.map(\.index)
    )
    return parsed.losses { !kept.contains($0) }
  }

  var details: [String] { workLines + lockLines + undoLines + findingLines }

  // MARK: - Locks and work

  private var workLines: [String] {
    (review?.statements ?? []).flatMap(\.work).compactMap { work in
      guard work.kind != .rows || work.under.blocksWrites else { return nil }
      let may = work.isCertain ? "" : "may, which the database decides: "
      return "  \(may)\(words(of: work)), while \(work.under.blocked) waits: \(time(of: work))"
    }
  }

  private func words(of work: TableWork) -> String {
    switch work.kind {
    case .rewrite: "writes all of \(work.table) anew\(size(of: work.table))"
    case .scan: "reads all of \(work.table)\(size(of: work.table))"
    case .indexBuild: "builds an index over \(work.table)\(size(of: work.table))"
    case .rows: "changes rows of \(work.table)"
    }
  }

  /// Such as ` (26.2 MB, about 600000 rows)`.
  private func size(of table: QualifiedName) -> String {
    guard let found = facts?[table] else { return "" }
    let rows = found.rows.map { ", about \($0) rows" } ?? ""
    return " (\(Value.size(Int64(found.bytes)).text)\(rows))"
  }

  private func time(of work: TableWork) -> String {
    guard let facts, let table = facts[work.table] else { return "how long is not known" }
    // A rewrite builds the table's indexes anew as well.
    let indexes = work.kind == .rewrite ? table.indexes.compactMap { facts[$0.name]?.bytes } : []
    return WorkEstimate.words(work.kind, bytes: table.bytes + indexes.reduce(0, +))
  }

  private var lockLines: [String] {
    (review?.locks ?? []).filter(\.mode.blocksWrites).map { lock in
      "  locks \(lock.table) with \(lock.mode.words): \(lock.mode.blocked) waits"
    }
  }

  // MARK: - Back, and what else

  private var undoLines: [String] {
    let losses = losses.map { "  \($0)" }
    guard let review, !review.statements.isEmpty else { return losses }
    if !losses.isEmpty { return losses + ["  can not be taken back by itself"] }
    switch review.isReversible {
    case true?:
      guard review.statements.count == 1, case .statement(let sql) = review.statements[0].reversal
      else { return [] }
      return ["  taken back by: \(sql)"]
    case false?: return ["  can not be taken back: it loses data"]
    case nil: return ["  whether it can be taken back is not known"]
    }
  }

  private var findingLines: [String] {
    (review?.findings ?? []).filter { $0.severity > .note }.flatMap { finding -> [String] in
      let line = finding.line + script.linesBefore
      var lines = ["  line \(line): \(finding.message)"]
      if let advice = finding.advice { lines.append("    safer: \(advice)") }
      guard !finding.holdsSecret, let sql = finding.saferSQL else { return lines }
      return lines + sql.split(whereSeparator: \.isNewline).map { "      \($0)" }
    }
  }
}

extension PostgresDatabase {
  /// What the database says of the relations that the texts name; nothing where it can not be asked.
  ///
  /// In a session as the migrations will have it: its search path and its time zone count.
  ///
  /// It does not wait for a table that is locked: a size needs a lock of its own.
  func facts(
    for scripts: [MigrationScript],
    _ table: MigrationTable,
    in context: CallContext
  ) throws(Failure) -> DatabaseFacts? {
    let names = Set(scripts.flatMap { MigrationReview.names(in: Array($0.text.utf8)) })
    let settings = SessionSettings(
      isReadOnly: true,
      lockTimeout: .milliseconds(300),
      keepsServerDefaults: true
    )
    let schema = table.convention == .prisma ? table.schema : nil
    let connection = try open(settings, schema: schema, in: context)
    defer { connection.close() }
    do throws(PostgresError) {
      let cursor = try connection.read(
        DatabaseFacts.query,
        [.textArray(names.sorted())],
        deadline: context.duration,
        cancelOn: context.cancellation.descriptor
      )
      var rows: [[String?]] = []
      while let row = try cursor.next() { rows.append((0..<row.count).map { row.text($0) }) }
      return DatabaseFacts(rows: rows)
    } catch {
      if case .refused(let fault) = error, !fault.endsSession { return nil }
      throw failure(error, context)
    }
  }
}
