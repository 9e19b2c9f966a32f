package import Values

/// What `execute` is asked for.
package struct WriteRequest: Sendable {
  /// Done one after the other in one transaction.
  package var statements: [SQLTemplate]
  /// They were given as a list, be it of one.
  package var isList: Bool
  /// How many rows each may change; as many as there are statements, or none.
  package var expecting: [ClosedRange<Int64>]
  /// A person said that every row of a table may be changed.
  package var changesAllRows: Bool
  package var batch: Batch?

  /// A change in pieces, each committed by itself.
  package struct Batch: Hashable, Sendable {
    package static let sizes: ClosedRange<Int64> = 1...1_000_000

    /// The most rows of a piece.
    package var rows: Int64
    /// Between two pieces.
    package var pause: TimeSpan

    package init(rows: Int64, pause: TimeSpan) {
      self.rows = rows
      self.pause = pause
    }
  }

  package init(
    _ statements: [SQLTemplate],
    isList: Bool = false,
    expecting: [ClosedRange<Int64>] = [],
    changesAllRows: Bool = false,
    batch: Batch? = nil
  ) {
    self.statements = statements
    self.isList = isList
    self.expecting = expecting
    self.changesAllRows = changesAllRows
    self.batch = batch
  }
}
