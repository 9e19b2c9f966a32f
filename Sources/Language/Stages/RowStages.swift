import Diagnostics
import Values

/// `where condition`.
struct WhereStage: RowStage {
  let condition: any ExpressionNode
  let slot: Int
  let span: SourceSpan

  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    WhereRows(rows, self)
  }

  private final class WhereRows: RowSource {
    let rows: RowSource
    let stage: WhereStage

    init(_ rows: RowSource, _ stage: WhereStage) {
      self.rows = rows
      self.stage = stage
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      while let row = try rows.next(&frame) {
        frame.slots[stage.slot] = row
        if try stage.condition.truth(&frame, span: stage.span) { return row }
      }
      return nil
    }

    override func cancel() { rows.cancel() }
  }
}

/// `each expression`, and `select` as an `each` that makes records.
struct EachStage: RowStage {
  let expression: any ExpressionNode
  let slot: Int

  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    EachRows(rows, self)
  }

  private final class EachRows: RowSource {
    let rows: RowSource
    let expression: any ExpressionNode
    let slot: Int

    init(_ rows: RowSource, _ stage: EachStage) {
      self.rows = rows
      expression = stage.expression
      slot = stage.slot
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      guard let row = try rows.next(&frame) else { return nil }
      frame.slots[slot] = row
      return try expression.value(&frame)
    }

    override func cancel() { rows.cancel() }
  }
}

/// `first n`, `skip n`, `last n`.
struct CutStage: RowStage {
  enum Kind: String { case first, skip, last }

  let kind: Kind
  let count: any ExpressionNode
  let span: SourceSpan

  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    let value = try count.value(&frame)
    guard case .int(let number) = value else {
      throw frame.wrong(
        .wrongType(what: "what '\(kind.rawValue)' takes", needed: "a whole number", actual: value),
        value,
        span
      )
    }
    guard number >= 0 else {
      throw PlacedFailure(
        .outOfRange(what: "what '\(kind.rawValue)' takes", valid: 0...Int64.max, actual: number),
        span: span
      )
    }
    return switch kind {
    case .first: FirstRows(rows, number)
    case .skip: SkipRows(rows, number)
    case .last: LastRows(rows, Int(number))
    }
  }

  private final class FirstRows: RowSource {
    let rows: RowSource
    var left: Int64

    init(_ rows: RowSource, _ count: Int64) {
      self.rows = rows
      left = count
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      guard left > 0 else {
        rows.cancel()
        return nil
      }
      left -= 1
      let row = try rows.next(&frame)
      if left == 0 { rows.cancel() }
      return row
    }

    override func cancel() { rows.cancel() }
  }

  private final class SkipRows: RowSource {
    let rows: RowSource
    var left: Int64

    init(_ rows: RowSource, _ count: Int64) {
      self.rows = rows
      left = count
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      while left > 0 {
        left -= 1
        guard try rows.next(&frame) != nil else {
          left = 0
          return nil
        }
      }
      return try rows.next(&frame)
    }

    override func cancel() { rows.cancel() }
  }

  /// Holds n rows in a ring, never more.
  private final class LastRows: RowSource {
    let rows: RowSource
    let count: Int
    var ring: [Value] = []
    var start = 0
    var given: Int?

    init(_ rows: RowSource, _ count: Int) {
      self.rows = rows
      self.count = count
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      if given == nil {
        try fill(&frame)
        given = 0
      }
      guard let index = given, index < ring.count else { return nil }
      given = index + 1
      return ring[(start + index) % ring.count]
    }

    private func fill(_ frame: inout Frame) throws(PlacedFailure) {
      guard count > 0 else {
        rows.cancel()
        return
      }
      while let row = try rows.next(&frame) {
        if ring.count < count {
          ring.append(row)
        } else {
          ring[start] = row
          start = (start + 1) % count
        }
      }
    }

    override func cancel() { rows.cancel() }
  }
}

/// `flatten`.
struct FlattenStage: RowStage {
  let span: SourceSpan

  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    FlattenRows(rows, span)
  }

  private final class FlattenRows: RowSource {
    let rows: RowSource
    let span: SourceSpan
    var inner: RowSource?

    init(_ rows: RowSource, _ span: SourceSpan) {
      self.rows = rows
      self.span = span
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      while true {
        if let row = try inner?.next(&frame) { return row }
        guard let row = try rows.next(&frame) else { return nil }
        switch row {
        case .list, .range, .object: inner = try Rows.open(row, span: span, &frame)
        default:
          throw frame.wrong(
            .wrongType(what: "a row before 'flatten'", needed: "a list", actual: row),
            row,
            span
          )
        }
      }
    }

    override func cancel() {
      inner?.cancel()
      rows.cancel()
    }
  }
}

/// `distinct`, or by what expressions give.
struct DistinctStage: RowStage {
  let keys: [any ExpressionNode]
  let slot: Int

  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    DistinctRows(rows, self)
  }

  private final class DistinctRows: RowSource {
    let rows: RowSource
    let stage: DistinctStage
    var seen: Set<Value> = []

    init(_ rows: RowSource, _ stage: DistinctStage) {
      self.rows = rows
      self.stage = stage
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      while let row = try rows.next(&frame) {
        if seen.insert(try key(of: row, &frame)).inserted { return row }
      }
      return nil
    }

    private func key(of row: Value, _ frame: inout Frame) throws(PlacedFailure) -> Value {
      guard !stage.keys.isEmpty else { return row }
      frame.slots[stage.slot] = row
      if stage.keys.count == 1 { return try stage.keys[0].value(&frame) }
      var parts: [Value] = []
      for key in stage.keys { parts.append(try key.value(&frame)) }
      return .list(parts)
    }

    override func cancel() { rows.cancel() }
  }
}

/// `reverse`: holds all rows.
struct ReverseStage: RowStage {
  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    ReverseRows(rows)
  }

  private final class ReverseRows: RowSource {
    let rows: RowSource
    var held: [Value]?

    init(_ rows: RowSource) {
      self.rows = rows
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      if held == nil { held = try Rows.all(of: rows, &frame) }
      return held?.popLast()
    }

    override func cancel() { rows.cancel() }
  }
}
