/// Goes through the statements of a migration, in their order.
struct Reviewer {
  let source: MigrationSource
  let facts: DatabaseFacts?
  let runner: MigrationRunner
  /// How many statements there are in all.
  let count: Int
  /// The names of tables and views that the file gives, by the statement that does.
  let laterNames: [(name: QualifiedName, statement: Int)]
  /// The tables for which the file makes policies.
  let policies: [QualifiedName]
  var state = FileState()
  /// What is known of the statement at hand.
  var review = StatementReview(index: 0, offset: 0, length: 0, kind: "")
  var statement = Statement(SyntaxJSON([]).root, index: 0, offset: 0, length: 0)
  /// Where the parser's own offsets begin in the whole text.
  var base = 0
  var reviews: [StatementReview] = []
  var hasToldTimeout = false
  var foreignKeys: [PendingForeignKey] = []

  /// The statement's own part of the tree.
  var node: SyntaxNode { statement.node }

  // MARK: What a statement does

  /// Whether the relation exists before the file runs, so that others use it.
  func isOld(_ table: QualifiedName) -> Bool { !state.created.contains(table) }

  /// The name under which the database knows it, where that can be asked.
  func resolved(_ table: QualifiedName) -> QualifiedName { facts?[table]?.name ?? table }

  mutating func lock(_ table: QualifiedName, _ mode: LockMode) {
    guard isOld(table) else { return }
    review.locks.add(resolved(table), mode)
  }

  mutating func work(
    _ kind: TableWork.Kind,
    _ table: QualifiedName,
    under mode: LockMode,
    isCertain: Bool = true
  ) {
    guard isOld(table) else { return }
    let relation = facts?[table]
    var tables = relation?.children ?? []
    // A partitioned table has no rows of its own.
    if relation?.kind != .partitionedTable { tables.insert(resolved(table), at: 0) }
    for name in tables where name == resolved(table) || facts?[name]?.kind != .partitionedTable {
      let work = TableWork(kind: kind, table: name, under: mode, isCertain: isCertain)
      if !review.work.contains(work) { review.work.append(work) }
    }
  }

  mutating func ask(_ question: DatabaseQuestion) {
    if facts == nil, !review.questions.contains(question) { review.questions.append(question) }
  }

  mutating func find(
    _ rule: LintRule,
    _ message: String,
    advice: String? = nil,
    safer: String? = nil,
    severity: LintSeverity? = nil,
    at place: Int? = nil,
    asking question: DatabaseQuestion? = nil,
    holdsSecret: Bool = false
  ) {
    let offset = place ?? review.offset
    let (line, column) = source.position(of: offset)
    if let question { ask(question) }
    review.findings.append(
      LintFinding(
        rule: rule,
        severity: severity ?? rule.severity,
        message: message,
        advice: advice,
        saferSQL: safer,
        statement: review.index,
        offset: offset,
        length: source.wordLength(at: offset),
        line: line,
        column: column,
        questions: question.map { facts == nil ? [$0] : [] } ?? [],
        holdsSecret: holdsSecret
      )
    )
  }

  /// Where a node of the parser's tree stands in the whole text.
  func place(_ node: SyntaxNode?) -> Int? {
    guard let location = node?["location"]?.int, location >= 0 else { return nil }
    return base + location
  }

  /// The statement's place without what stands before its first word.
  var range: Range<Int> { review.offset..<review.offset + review.length }

  var text: String { source.text(range) }

  // MARK: The walk

  mutating func run(_ fragments: [SourceFragment]) -> [StatementReview] {
    var index = 0
    for fragment in fragments {
      base = fragment.range.lowerBound
      for statement in fragment.parsed?.statements ?? [] {
        begin(statement, index)
        readStatement()
        finishStatement()
        index += 1
      }
      if let problem = fragment.problem {
        beginUnreadable(fragment, problem, index)
        index += 1
      }
    }
    endFile()
    return reviews
  }

  private mutating func begin(_ statement: Statement, _ index: Int) {
    self.statement = statement
    let start = base + statement.offset
    let end = start + statement.length
    let offset = source.firstWord(from: start, to: end)
    review = StatementReview(
      index: index,
      offset: offset,
      length: end - offset,
      kind: statement.kind
    )
  }

  private mutating func beginUnreadable(
    _ fragment: SourceFragment,
    _ problem: (message: String, offset: Int),
    _ index: Int
  ) {
    let offset = source.firstWord(from: fragment.range.lowerBound, to: fragment.range.upperBound)
    review = StatementReview(
      index: index,
      offset: offset,
      length: fragment.range.upperBound - offset,
      kind: ""
    )
    review.knowsLocks = false
    find(
      .notReadable,
      "the grammar of version 15 does not read this: \(problem.message); what it locks is unknown",
      advice: "rehearse it on a branch or a copy; a newer server may well know the statement",
      at: problem.offset
    )
    reviews.append(review)
  }

  /// What belongs to every statement, once its own part is known.
  private mutating func finishStatement() {
    if losesData { review.reversal = .losesData }
    checkTransaction()
    checkLongNames()
    checkHeldLocks()
    checkTimeout()
    for lock in review.locks { state.hold(lock, by: review.index) }
    endOfGroup()
    review.findings.sort { $0.offset < $1.offset }
    reviews.append(review)
  }

  /// Takes out what comments silence; one that silences nothing is a finding.
  mutating func silence(_ reviews: inout [StatementReview]) -> [IgnoredFinding] {
    var ignores = LintIgnores(source)
    var silenced: [IgnoredFinding] = []
    for index in reviews.indices {
      let line = source.position(of: reviews[index].offset).line
      silenced += ignores.silence(&reviews[index].findings, line: line)
    }
    guard !reviews.isEmpty else { return silenced }
    for (message, advice, offset) in ignores.unused {
      let behind = reviews.firstIndex { $0.offset > offset } ?? reviews.count - 1
      review = reviews[behind]
      find(.unusedIgnore, message, advice: advice, at: offset)
      reviews[behind] = review
    }
    return silenced
  }

  private var losesData: Bool {
    review.reversal != .nothingToUndo
      && statement.destructiveFindings.contains { $0.table.map { isOld($0) } ?? true }
  }
}

extension MigrationReview {
  /// Reads a migration's text.
  ///
  /// What its grammar does not read is a finding; only a text that is no SQL text at all (not
  /// UTF-8, a NUL in it, too long), or a parser that is not installed, is an error. `history` is
  /// that of the migration before, where there is one; `lockTimeoutIsSet` says that whoever runs
  /// the text has set one.
  package init(
    _ bytes: [UInt8],
    knowing facts: DatabaseFacts? = nil,
    running runner: MigrationRunner = .oneMessage,
    after history: MigrationHistory = MigrationHistory(),
    lockTimeoutIsSet: Bool = false
  ) throws(SQLTextError) {
    let source = MigrationSource(bytes)
    let fragments: [SourceFragment]
    do throws(SQLTextError) {
      fragments = [SourceFragment(range: 0..<bytes.count, parsed: try ParsedSQL(bytes: bytes))]
    } catch {
      guard case .syntax = error else { throw error }
      fragments = source.fragments()
    }
    let count = fragments.reduce(0) {
      $0 + ($1.parsed?.statements.count ?? 0) + ($1.problem == nil ? 0 : 1)
    }
    var reviewer = Reviewer(
      source: source,
      facts: facts,
      runner: runner,
      count: count,
      laterNames: Reviewer.madeNames(fragments),
      policies: Reviewer.policies(fragments)
    )
    reviewer.state.lockTimeout.session = lockTimeoutIsSet
    reviewer.state.constraints = history.constraints
    var reviews = reviewer.run(fragments)
    ignored = reviewer.silence(&reviews)
    statements = reviews
    findings = reviews.flatMap(\.findings).sorted { $0.offset < $1.offset }
    self.history = MigrationHistory(reviewer.state.constraints)
  }

  /// The names that a text mentions, in the order of the text, for ``DatabaseFacts/query``.
  package static func names(in bytes: [UInt8]) -> [String] {
    var seen: Set<String> = []
    var names: [String] = []
    let fragments: [SourceFragment]
    if let parsed = try? ParsedSQL(bytes: bytes) {
      fragments = [SourceFragment(range: 0..<bytes.count, parsed: parsed)]
    } else {
      fragments = MigrationSource(bytes).fragments()
    }
    for statement in fragments.flatMap({ $0.parsed?.statements ?? [] }) {
      for node in statement.node.descendants {
        let text = node.isNamed("relname") || node.isNamed("sval") ? node.text : nil
        if let text, seen.insert(text).inserted { names.append(text) }
      }
    }
    return names
  }
}
