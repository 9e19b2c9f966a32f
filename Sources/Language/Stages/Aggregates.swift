import Diagnostics
import Syntax
import Values

/// `sum`, `min`, `max`, `average`, over rows as they come.
struct AggregateState {
  let kind: Stage.Aggregate
  private var total: Value?
  private var count: Int64 = 0

  init(_ kind: Stage.Aggregate) {
    self.kind = kind
  }

  mutating func add(_ value: Value) throws(EvaluationError) {
    count += 1
    switch kind {
    case .sum, .average: try addToSum(value)
    case .min, .max: try choose(value)
    case .percentile: throw .notInThisVersion("percentile")
    }
  }

  private mutating func addToSum(_ value: Value) throws(EvaluationError) {
    switch value {
    case .int, .number, .percent, .duration, .size: break
    case .nothing: throw .isNothing(what: "a value of '\(kind.rawValue)'")
    default:
      throw .wrongType(
        what: "what '\(kind.rawValue)' adds up",
        needed: "a number, percent, duration or size",
        actual: value
      )
    }
    if let total { self.total = try Arithmetic.add(total, value) } else { total = value }
  }

  private mutating func choose(_ value: Value) throws(EvaluationError) {
    guard let total else {
      _ = try Comparison.order(value, value)
      self.total = value
      return
    }
    let order = try Comparison.order(value, total)
    if order == (kind == .min ? .less : .greater) { self.total = value }
  }

  func result() throws(EvaluationError) -> Value {
    guard let total else { return kind == .sum ? .int(0) : .nothing }
    return kind == .average ? try Arithmetic.divide(total, .int(count)) : total
  }
}

/// `| sum(expression)` and its like.
struct AggregateStage: ReducingStage {
  let kind: Stage.Aggregate
  let expression: any ExpressionNode
  let slot: Int
  let span: SourceSpan

  func reduce(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    var state = AggregateState(kind)
    while let row = try rows.next(&frame) {
      frame.slots[slot] = row
      let value = try expression.value(&frame)
      do throws(EvaluationError) { try state.add(value) } catch {
        throw frame.wrong(error, value, span)
      }
    }
    do throws(EvaluationError) { return try state.result() } catch {
      throw PlacedFailure(error, span: span)
    }
  }
}

/// `| any(condition)`, `all`, `none`, `find`: read no further than they must.
struct TestStage: ReducingStage {
  let test: Stage.Test
  let condition: any ExpressionNode
  let slot: Int
  let span: SourceSpan
  let stageSpan: SourceSpan

  func reduce(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    var isEmpty = true
    while let row = try rows.next(&frame) {
      isEmpty = false
      frame.slots[slot] = row
      let holds = try condition.truth(&frame, span: span)
      switch test {
      case .any where holds: return .bool(true)
      case .none where holds: return .bool(false)
      case .find where holds: return row
      case .all where !holds: return .bool(false)
      default: continue
      }
    }
    switch test {
    case .any: return .bool(false)
    case .none: return .bool(true)
    case .find: return .nothing
    case .all:
      guard !isEmpty else { throw PlacedFailure(.nothingChecked, span: stageSpan) }
      return .bool(true)
    }
  }
}

struct CountStage: ReducingStage {
  func reduce(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    var count: Int64 = 0
    while try rows.next(&frame) != nil { count += 1 }
    return .int(count)
  }
}

/// `only`: exactly one row.
struct OnlyStage: ReducingStage {
  let span: SourceSpan

  func reduce(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    guard let row = try rows.next(&frame) else {
      throw PlacedFailure(.notOne(count: "are none"), span: span)
    }
    guard try rows.next(&frame) == nil else {
      throw PlacedFailure(.notOne(count: "are several"), span: span)
    }
    return row
  }
}
