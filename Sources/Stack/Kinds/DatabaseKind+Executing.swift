internal import Objects
internal import Values

/// Changing rows.
extension ObjectKind {
  static let databaseExecuting: [Member] = [
    .action(
      "execute",
      gives: .fields([.init("rows", .int), .init("counts", .optional(.list(of: .int)))]),
      "changes rows in one transaction, with the count checked before it is kept",
      effect: .change,
      parameters: [
        Parameter(
          "statement",
          .any,
          "the statement as sql\"…\", or a list of them for one transaction",
          isPositional: true
        ),
        Parameter(
          "expecting",
          .any,
          "how many rows it may change: a number or a range, for a list one each;"
            + " anything else takes it back",
          isRequired: false
        ),
        Parameter(
          "all_rows",
          .bool,
          "true lets it change every row of a table, which is refused otherwise",
          isRequired: false
        ),
        Parameter(
          "batch",
          .int,
          "does it in pieces of so many rows, each committed by itself; killed, it goes on there",
          isRequired: false
        ),
        Parameter(
          "pause",
          .duration,
          "between two pieces of a batch",
          isRequired: false
        ),
      ]
    ) { (it: DatabasePayload, arguments, context) throws(Failure) in
      try it.service.execute(it.target, try arguments.writeRequest(), in: context)
    }
  ]
}

extension Arguments {
  fileprivate func writeRequest() throws(Failure) -> WriteRequest {
    let (statements, isList) = try writtenStatements()
    return WriteRequest(
      statements,
      isList: isList,
      expecting: try rowCounts(for: statements.count, isList: isList),
      changesAllRows: try bool("all_rows") ?? false,
      batch: try batch()
    )
  }

  private func writtenStatements() throws(Failure) -> ([SQLTemplate], isList: Bool) {
    switch self["statement"] {
    case .sql(let template)?: return ([template], false)
    case .list(let values)?:
      var statements: [SQLTemplate] = []
      for value in values {
        guard case .sql(let template) = value else {
          throw Failure(
            .value,
            "'execute' takes a list of sql\"…\", but one of them is \(value.type.name)"
          )
        }
        statements.append(template)
      }
      guard !statements.isEmpty else {
        throw Failure(.nothingToDo, "'execute' got an empty list: there is nothing to do")
      }
      return (statements, true)
    case let value:
      let found = value.map { ", but got \($0.type.name)" } ?? ""
      throw Failure(.value, "'execute' needs an sql\"…\" or a list of them\(found)")
    }
  }

  private func rowCounts(
    for count: Int,
    isList: Bool
  ) throws(Failure) -> [ClosedRange<Int64>] {
    guard let value = self["expecting"] else { return [] }
    guard case .list(let values) = value else {
      guard count == 1 else {
        throw Failure(
          .value,
          "'expecting' must be a list of \(count), one for each statement, but is \(value.text)"
        )
      }
      return [try Self.rowCount(value)]
    }
    guard isList, values.count == count else {
      throw Failure(
        .value,
        isList
          ? "'expecting' must have one for each of \(count) statements, but has \(values.count)"
          : "'expecting' must be a number of rows or a range, but is a list"
      )
    }
    var counts: [ClosedRange<Int64>] = []
    for value in values { counts.append(try Self.rowCount(value)) }
    return counts
  }

  /// A number of rows, or a range of them.
  private static func rowCount(_ value: Value) throws(Failure) -> ClosedRange<Int64> {
    switch value {
    case .int(let count) where count >= 0: return count...count
    case .range(let low, let high) where low >= 0 && low <= high: return low...high
    case .range(let low, let high) where low > high && high >= 0:
      throw Failure(
        .value,
        "'expecting' is \(low)..\(high), which is no number at all; the smaller one comes first",
        advice: ["write \(high)..\(low)"]
      )
    default:
      throw Failure(
        .value,
        "'expecting' must be a number of rows or a range such as 1..10, but is \(value.text)"
      )
    }
  }

  private func batch() throws(Failure) -> WriteRequest.Batch? {
    let pause = try duration("pause")
    guard let rows = try int("batch") else {
      guard pause == nil else {
        throw Failure(.value, "'pause' stands between batches: say how many rows with batch: 5000")
      }
      return nil
    }
    let sizes = WriteRequest.Batch.sizes
    guard sizes.contains(rows) else {
      throw Failure(
        .value,
        "'batch' must be \(sizes.lowerBound) to \(sizes.upperBound) rows, but is \(rows)"
      )
    }
    if let pause, pause.microseconds < 0 {
      throw Failure(.value, "'pause' must not be negative, but is \(Value.duration(pause).text)")
    }
    return WriteRequest.Batch(rows: rows, pause: pause ?? .seconds(0))
  }
}
