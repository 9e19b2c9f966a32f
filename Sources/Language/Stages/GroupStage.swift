import Diagnostics
import Syntax
import Values

/// `group by keys with name: sum(expression)`: a record for each value of the keys.
///
/// They come in the order of their first rows. Rows are only held where something after the stage
/// can see them.
struct GroupStage: RowStage {
  struct Added: Sendable {
    let kind: Kind
    let expression: any ExpressionNode
    /// Where the result stands while the `with` expressions are evaluated.
    let slot: Int
    let span: SourceSpan

    enum Kind: Sendable {
      case aggregate(Stage.Aggregate)
      case test(Stage.Test)
    }
  }

  let keys: [any ExpressionNode]
  let aggregates: [Added]
  let with: [any ExpressionNode]
  let shape: RecordShape
  let slot: Int
  let holdsRows: Bool

  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    GroupRows(rows, self)
  }

  fileprivate struct Group {
    var keys: [Value]
    var count: Int64 = 0
    var rows: [Value] = []
    var states: [State]
  }

  fileprivate enum State {
    case aggregate(AggregateState)
    case test(Stage.Test, Bool?)
  }

  private final class GroupRows: RowSource {
    let rows: RowSource
    let stage: GroupStage
    var groups: [Group]?
    var index = 0

    init(_ rows: RowSource, _ stage: GroupStage) {
      self.rows = rows
      self.stage = stage
    }

    override func next(_ frame: inout Frame) throws(PlacedFailure) -> Value? {
      if groups == nil { groups = try stage.gather(rows, &frame) }
      guard let groups, index < groups.count else { return nil }
      index += 1
      return try stage.record(of: groups[index - 1], &frame)
    }

    override func cancel() { rows.cancel() }
  }

  private func gather(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> [Group] {
    var groups: [Group] = []
    var places: [[Value]: Int] = [:]
    while let row = try rows.next(&frame) {
      frame.slots[slot] = row
      var values: [Value] = []
      values.reserveCapacity(keys.count)
      for key in keys { values.append(try key.value(&frame)) }
      if let pending = frame.walk == nil ? nil : Value.list(values).firstPending {
        throw PlacedFailure(pending: pending)
      }
      let place: Int
      if let known = places[values] {
        place = known
      } else {
        place = groups.count
        places[values] = place
        groups.append(Group(keys: values, states: aggregates.map { $0.freshState }))
      }
      try add(row, to: &groups[place], &frame)
    }
    return groups
  }

  private func add(_ row: Value, to group: inout Group, _ frame: inout Frame) throws(PlacedFailure)
  {
    group.count += 1
    if holdsRows { group.rows.append(row) }
    for (index, added) in aggregates.enumerated() {
      switch group.states[index] {
      case .aggregate(var state):
        let value = try added.expression.value(&frame)
        do throws(EvaluationError) { try state.add(value) } catch {
          throw frame.wrong(error, value, added.span)
        }
        group.states[index] = .aggregate(state)
      case .test(let test, let known):
        guard known != (test == .any) else { continue }
        let holds = try added.expression.truth(&frame, span: added.span)
        group.states[index] = .test(test, test == .none ? !holds : holds)
      }
    }
  }

  private func record(of group: Group, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    for (state, added) in zip(group.states, aggregates) {
      switch state {
      case .aggregate(let state):
        do throws(EvaluationError) { frame.slots[added.slot] = try state.result() } catch {
          throw PlacedFailure(error, span: added.span)
        }
      case .test(_, let known): frame.slots[added.slot] = .bool(known ?? false)
      }
    }
    var cells = group.keys
    cells.append(.int(group.count))
    for node in with { cells.append(try node.value(&frame)) }
    if holdsRows { cells.append(.list(group.rows)) }
    return .record(Record(shape: shape, cells: cells))
  }
}

extension GroupStage.Added {
  fileprivate var freshState: GroupStage.State {
    switch kind {
    case .aggregate(let kind): .aggregate(AggregateState(kind))
    case .test(let test): .test(test, nil)
    }
  }
}
