import Diagnostics
import Values

/// `sort by key, key desc`: stable; nothing comes last, also when descending.
struct SortStage: RowStage {
  struct Key: Sendable {
    let node: any ExpressionNode
    let isDescending: Bool
    let span: SourceSpan
  }

  let keys: [Key]
  let slot: Int

  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    SortRows(rows, self)
  }

  private struct Entry {
    var row: Value
    var keys: [Value]
    var index: Int
  }

  private final class SortRows: RowSource {
    let rows: RowSource
    let stage: SortStage
    /// The rows from the last to the first, so that taking one away is quick.
    var sorted: [Value]?

    init(_ rows: RowSource, _ stage: SortStage) {
      self.rows = rows
      self.stage = stage
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      if sorted == nil { sorted = try stage.sorted(rows, &frame) }
      return sorted?.popLast()
    }

    override func cancel() { rows.cancel() }
  }

  private func sorted(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> [Value] {
    var entries: [Entry] = []
    var models: [Value?] = Array(repeating: nil, count: keys.count)
    while let row = try rows.next(&frame) {
      frame.slots[slot] = row
      var values: [Value] = []
      values.reserveCapacity(keys.count)
      for (index, key) in keys.enumerated() {
        let value = try key.node.value(&frame)
        try check(value, against: &models[index], key, frame)
        values.append(value)
      }
      entries.append(Entry(row: row, keys: values, index: entries.count))
    }
    entries.sort { precedes($1, $0) }
    return entries.map(\.row)
  }

  /// Every key is compared with the first of its column, so that the order itself can not fail.
  private func check(
    _ value: Value,
    against model: inout Value?,
    _ key: Key,
    _ frame: Frame
  ) throws(PlacedFailure) {
    if case .nothing = value { return }
    guard Comparison.sortOrder(value, model ?? value) == nil else {
      if model == nil { model = value }
      return
    }
    let error: EvaluationError =
      if let model {
        .mismatch(operation: "sort together", left: model, right: value, advice: nil)
      } else {
        .wrongType(
          what: "what rows are sorted by",
          needed: "something with an order",
          actual: value
        )
      }
    throw frame.wrong(error, value, key.span)
  }

  private func precedes(_ left: Entry, _ right: Entry) -> Bool {
    for (index, key) in keys.enumerated() {
      switch (left.keys[index], right.keys[index]) {
      case (.nothing, .nothing): continue
      case (.nothing, _): return false
      case (_, .nothing): return true
      case (let a, let b):
        switch Comparison.sortOrder(a, b) {
        case .less: return !key.isDescending
        case .greater: return key.isDescending
        case .same, nil: continue
        }
      }
    }
    return left.index < right.index
  }
}
