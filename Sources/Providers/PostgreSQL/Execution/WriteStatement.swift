internal import Objects
internal import SQLText
internal import Values

/// What a statement that shall change something is, as far as its text shows.
struct WriteStatement {
  let sql: String
  /// `delete`, `update`, …, or the first word of what it is otherwise.
  let verb: String
  let effect: Effect
  /// Why it is called a loss of data, a line each.
  let losses: [String]
  /// It changes rows, so that they can be estimated and counted.
  let isCountable: Bool
  /// The table in whose words the rows are counted.
  let table: String?
  /// The functions of a plain query, which is a change only if one of them is.
  let queryFunctions: [QualifiedName]?
  /// What it does to tables, as their triggers and foreign keys see it.
  let events: [ChangeEvent]
  /// What narrows it, where that is an update or delete with a condition.
  let condition: RowCondition?
  /// The changes that nothing narrows, as their text shows: `delete from t`, `truncate t`.
  let unconditional: [TableChange]
  /// Every function that it calls by name.
  let functions: [QualifiedName]

  var isTruncate: Bool { events.contains { $0.operation.word == "truncate" } }

  /// Reads a statement; refuses what can not be one statement in a transaction.
  static func read(_ template: SQLTemplate) throws(Failure) -> WriteStatement {
    let sql = template.text
    let parsed: ParsedSQL
    do throws(SQLTextError) {
      parsed = try ParsedSQL(sql)
    } catch {
      guard case .syntax = error else {
        throw Failure(.refused, "the statement can not be read: \(error.message)")
      }
      return WriteStatement(unreadable: sql)
    }
    guard let statement = parsed.statements.first, parsed.statements.count == 1 else {
      throw Failure(
        .refused,
        "'execute' takes one statement, but these are \(parsed.statements.count)",
        advice: [
          "nothing was sent",
          "several in one transaction are a list: execute([sql\"…\", sql\"…\"])",
        ]
      )
    }
    guard !statement.isTransactionControl else {
      throw Failure(
        .refused,
        "'execute' runs in a transaction of its own, which the statement must not end",
        advice: ["nothing was sent"]
      )
    }
    if statement.refusesTransaction {
      throw Failure(
        .refused,
        "the server does not do this '\(firstWord(of: sql))' inside of a transaction,"
          + " and 'execute' always is in one",
        advice: ["nothing was sent; do it with psql, and then look how it ended"]
      )
    }
    try checkCanBeCounted(statement)
    return WriteStatement(statement, of: parsed, sql: sql)
  }

  /// The server counts the rows of the statement itself, not those of a change inside of it.
  private static func checkCanBeCounted(_ statement: Statement) throws(Failure) {
    let changes = statement.tableChanges.count { verbs[$0.kind] != nil }
    guard changes > 1 || changes == 1 && statement.kind == "SelectStmt" else { return }
    throw Failure(
      .refused,
      "a change inside a 'with' can not be counted, so it can not be checked",
      advice: ["nothing was sent; write each change as a statement of its own"]
    )
  }

  private init(_ statement: Statement, of parsed: ParsedSQL, sql: String) {
    self.sql = sql
    let isChange = ["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]
      .contains(statement.kind)
    let counted = isChange ? statement.tableChanges.first { Self.verbs[$0.kind] != nil } : nil
    verb = counted.flatMap { Self.verbs[$0.kind] } ?? Self.firstWord(of: sql)
    table = counted?.table.description
    isCountable = counted != nil
    losses =
      Self.isOpen(statement.kind)
      ? ["what it changes can not be seen in its text"] : parsed.destructiveFindings.map(\.words)
    effect = losses.isEmpty ? .change : .destroy
    if case .read(let functions) = statement.classification {
      queryFunctions = functions
    } else {
      queryFunctions = nil
    }
    events = statement.changeEvents
    condition = RowCondition(of: statement, in: sql)
    let changesRows =
      isChange || ["TruncateStmt", "ExplainStmt", "SelectStmt"].contains(statement.kind)
    unconditional =
      changesRows
      ? statement.tableChanges.filter { !$0.hasCondition || $0.kind == .truncate } : []
    functions = statement.functions
  }

  /// A text that the parser's grammar does not know may be anything.
  private init(unreadable sql: String) {
    self.sql = sql
    verb = Self.firstWord(of: sql)
    effect = .destroy
    losses = ["the statement can not be read, so it may lose data"]
    isCountable = false
    table = nil
    queryFunctions = nil
    events = []
    condition = nil
    unconditional = []
    functions = []
  }

  private static let verbs: [TableChange.Kind: String] = [
    .insert: "insert", .update: "update", .delete: "delete", .merge: "merge",
  ]

  /// Statements that run code, or read and write files.
  private static func isOpen(_ kind: String) -> Bool {
    ["DoStmt", "CallStmt", "CopyStmt", "ExecuteStmt"].contains(kind)
  }

  private static func firstWord(of sql: String) -> String {
    let word = sql.drop { !$0.isLetter }.prefix { $0.isLetter }
    return word.isEmpty ? "execute" : word.lowercased()
  }
}
