internal import Migrations
internal import SQLText

/// What the texts of the pending migrations show, in lines for the person who is to say yes.
struct MigrationReading {
  private let scripts: [MigrationScript]

  init(_ scripts: [MigrationScript]) {
    self.scripts = scripts
  }

  /// A text that can not be read may lose anything.
  var isDestructive: Bool { scripts.contains { $0.losses.isEmpty == false } }

  /// How many are told of by name; the others are counted.
  private static let most = 20

  func lines(table: MigrationTable, _ deployment: MigrationDecision) -> [String] {
    var lines = deployment.abandonedNames.map {
      "\($0) was cut off before and left nothing: it is applied anew"
    }
    if !table.isPresent { lines.append("makes the table \(table.label)") }
    let told = scripts.filter { !$0.isTransaction || !$0.losses.isEmpty }
    let shown = scripts.count <= Self.most ? scripts : Array(told.prefix(Self.most))
    for script in shown {
      lines.append("\(script.name): \(script.words)")
      lines += script.losses.map { "\(script.name) \($0)" }
    }
    if shown.count < scripts.count {
      lines.append(
        "\(scripts.count - shown.count) others, each in one transaction with its bookkeeping"
      )
    }
    if !deployment.edited.isEmpty {
      lines.append("\(deployment.edited.count) applied ones have another text today: accepted")
    }
    return lines
  }
}

extension MigrationScript {
  /// Why it is called a loss of data, a line each.
  var losses: [String] {
    parsed?.losses ?? ["can not be read, so it may lose data"]
  }

  /// Such as `3 statements in one transaction: all of it or nothing`.
  fileprivate var words: String {
    let count = parsed.map { $0.statements.count }
    let statements = count.map { "\($0) \($0 == 1 ? "statement" : "statements")" } ?? "its text"
    return switch way {
    case .transaction: "\(statements) in one transaction: all of it or nothing"
    case .alone: "one statement outside of a transaction, which may stop half-way"
    case .asWritten(let why): "\(statements), sent as it is written since \(why)"
    }
  }
}
