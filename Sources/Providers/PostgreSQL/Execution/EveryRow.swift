internal import SQLText
internal import Values

/// A change of every row of a table, which a person has to ask for by name.
struct EveryRow: Sendable {
  let verb: String
  let table: String
  /// It has a condition, which lets every row through.
  let isDisguised: Bool

  var words: String {
    switch verb {
    case "truncate": "empties \(table)"
    default:
      "\(verb)s every row of \(table): "
        + (isDisguised ? "its 'where' lets every row through" : "it has no 'where'")
    }
  }

  var refusal: Failure {
    Failure(
      .refused,
      "this \(words)",
      advice: [
        "nothing was sent", "if every row is meant, say so: execute(sql\"…\", all_rows: true)",
      ]
    )
  }
}

extension PostgresDatabase {
  /// Whether a statement changes every row of a table, as far as its text and the catalogue show.
  func everyRow(
    _ statement: WriteStatement,
    _ catalog: ChangeCatalog?,
    _ binds: [SQLConstant?]
  ) -> EveryRow? {
    if let change = statement.unconditional.first {
      return EveryRow(
        verb: change.kind.rawValue,
        table: change.table.description,
        isDisguised: false
      )
    }
    guard let condition = statement.condition else { return nil }
    let table = catalog?.roots.first.flatMap { $0 }.flatMap { catalog?.tables[$0] }
    guard condition.holdsForEveryRow(notNull: table?.notNull ?? [], binds: binds) else {
      return nil
    }
    return EveryRow(
      verb: statement.verb,
      table: condition.table.description,
      isDisguised: true
    )
  }
}

extension Value {
  /// What a bound value is inside a condition; nothing for what can not be known from it.
  var sqlConstant: SQLConstant? {
    switch self {
    case .nothing: .null
    case .bool(let flag): .bool(flag)
    case .int(let number), .size(let number): .int(number)
    case .number(let number): .number(number)
    case .percent(let number): .number(number / 100)
    case .text(let text): .text(text)
    default: nil
    }
  }
}
