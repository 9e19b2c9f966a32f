/// The reserved words of `opsh 1`; after a `.` and before a `:` each is an ordinary name.
package enum Keyword: String, CaseIterable, Sendable {
  case opsh, runbook, param, use, `let`, `do`, `func`, `return`, `if`, `else`
  case `for`, step, when, undo, probe, finally, on, expect, confirm, manual
  case note, run, retry, wait, until, parallel, `try`, `catch`, and, or
  case not, `is`, `in`, matches, ago, `true`, `false`, nothing, now, it

  /// Every reserved word, in the manual's order.
  package static let all: [String] = allCases.map(\.rawValue)

  /// Words of up to eight letters by their bytes, so that looking one up makes no string.
  private static let table: [UInt64: Keyword] = Dictionary(
    uniqueKeysWithValues: allCases.map { (pack($0.rawValue.utf8), $0) }
  )

  /// Finds the reserved word that these bytes spell.
  static func spelled(by bytes: ArraySlice<UInt8>) -> Keyword? {
    bytes.count <= 8 ? table[pack(bytes)] : nil
  }

  private static func pack(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Says that the word begins a part of a file, and never a statement.
  var beginsItem: Bool {
    switch self {
    case .opsh, .runbook, .param, .use, .func, .step, .finally, .on: true
    default: false
    }
  }

  /// Says that the word begins a statement that is not an expression.
  var beginsStatement: Bool {
    switch self {
    case .let, .do, .return, .expect, .if, .for, .parallel, .retry, .wait, .try, .confirm,
      .manual, .note:
      true
    default: false
    }
  }
}

/// The words that begin a stage of a pipeline; they mean it only after a `|`.
package enum StageName: String, CaseIterable, Sendable {
  case `where`, each, select, group, sort, first, last, skip, only, count, distinct, flatten
  case reverse, sum, min, max, average, percentile, any, everyOne = "all", none, find, join
  case `as`, save, chart, watch

  /// Every stage's word, in the manual's order.
  package static let all: [String] = allCases.map(\.rawValue)
}

/// The formats that `| as …` knows.
package enum FormatName: String, CaseIterable, Sendable {
  case json, ndjson, csv, tsv, markdown, yaml, table

  /// Every format's name, in the manual's order.
  package static let all: [String] = allCases.map(\.rawValue)
}
