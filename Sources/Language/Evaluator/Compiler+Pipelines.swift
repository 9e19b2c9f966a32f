import Diagnostics
import Syntax
import Values

extension Compiler {
  /// `isShown` says that nobody but a person sees the value, so that a table needs no `rows`.
  mutating func pipeline(_ pipeline: Pipeline, isShown: Bool = false) -> any ExpressionNode {
    let source: any ExpressionNode
    let sourceSpan: SourceSpan
    switch pipeline.source {
    case .expression(let expression):
      source = self.expression(expression)
      sourceSpan = expression.span
    case .run(let command):
      source = run(command, givesLines: !pipeline.stages.isEmpty)
      sourceSpan = command.span
    }
    guard !pipeline.stages.isEmpty else { return source }
    var stages: [StageNode] = []
    for (index, stage) in pipeline.stages.enumerated() {
      let after = pipeline.stages[(index + 1)...]
      stages.append(
        self.stage(stage, holdsRows: Self.canSeeRows(after, isShown: isShown))
      )
    }
    return PipelineNode(source, stages, sourceSpan: sourceSpan)
  }

  private mutating func stage(_ stage: Stage, holdsRows: Bool) -> StageNode {
    switch stage.kind {
    case .where(let condition):
      let (node, slot) = rowExpression(condition)
      return .rows(WhereStage(condition: node, slot: slot, span: condition.span))
    case .each(let expression):
      let (node, slot) = rowExpression(expression)
      return .rows(EachStage(expression: node, slot: slot))
    case .first(let count): return .rows(cut(.first, count))
    case .last(let count): return .rows(cut(.last, count))
    case .skip(let count): return .rows(cut(.skip, count))
    case .save(let path): return .whole(SaveStage(path: expression(path), span: stage.span))
    case .select(let fields): return .rows(select(fields))
    case .sort(let keys): return .rows(sort(keys))
    case .group(let keys, let with): return .rows(group(keys, with, holdsRows: holdsRows))
    case .join: return later("join", stage)
    case .chart: return later("chart", stage)
    case .watch: return later("watch", stage)
    case .count: return .reducing(CountStage())
    case .only: return .reducing(OnlyStage(span: stage.span))
    case .flatten: return .rows(FlattenStage(span: stage.span))
    case .reverse: return .rows(ReverseStage())
    case .distinct(let arguments):
      let slot = newSlot()
      let keys = withRow(slot) { compiler in compiler.arguments(arguments).map(\.node) }
      return .rows(DistinctStage(keys: keys, slot: slot))
    case .aggregate(.percentile, _): return later("percentile", stage)
    case .aggregate(let kind, let arguments):
      guard arguments.count == 1 else { return wrongCount(kind.rawValue, stage) }
      let (node, slot) = rowExpression(arguments[0].value)
      return .reducing(
        AggregateStage(kind: kind, expression: node, slot: slot, span: arguments[0].value.span)
      )
    case .test(let test, let arguments):
      guard arguments.count == 1 else { return wrongCount(test.rawValue, stage) }
      let (node, slot) = rowExpression(arguments[0].value)
      return .reducing(
        TestStage(
          test: test,
          condition: node,
          slot: slot,
          span: arguments[0].value.span,
          stageSpan: stage.span
        )
      )
    case .format(let name):
      if name.text == "yaml" { return later("as yaml", stage) }
      return .whole(FormatStage(name: name.text, span: stage.span))
    case .missing: return later("a missing stage", stage)
    }
  }

  private func later(_ name: String, _ stage: Stage) -> StageNode {
    .whole(LaterStage(name: name, span: stage.span))
  }

  private func wrongCount(_ name: String, _ stage: Stage) -> StageNode {
    .reducing(
      WrongStage(
        error: .call("\(name) takes one expression, such as \(name)(.field)", advice: nil),
        span: stage.span
      )
    )
  }

  private mutating func rowExpression(_ expression: Expression) -> (any ExpressionNode, Int) {
    let slot = newSlot()
    return (withRow(slot) { $0.expression(expression) }, slot)
  }

  private mutating func cut(_ kind: CutStage.Kind, _ count: Expression) -> CutStage {
    CutStage(kind: kind, count: expression(count), span: count.span)
  }

  private mutating func select(_ fields: [NamedExpression]) -> EachStage {
    let slot = newSlot()
    let cells = withRow(slot) { compiler in
      var cells: [any ExpressionNode] = []
      for field in fields { cells.append(compiler.expression(field.value)) }
      return cells
    }
    return EachStage(
      expression: RecordNode(names: fields.map(Self.name), cells: cells),
      slot: slot
    )
  }

  private mutating func sort(_ keys: [SortKey]) -> SortStage {
    let slot = newSlot()
    let nodes = withRow(slot) { compiler in
      var nodes: [SortStage.Key] = []
      for key in keys {
        nodes.append(
          SortStage.Key(
            node: compiler.expression(key.value),
            isDescending: key.isDescending,
            span: key.value.span
          )
        )
      }
      return nodes
    }
    return SortStage(keys: nodes, slot: slot)
  }

  private mutating func group(
    _ keys: [NamedExpression],
    _ with: [NamedExpression],
    holdsRows: Bool
  ) -> GroupStage {
    let slot = newSlot()
    let keyNodes = withRow(slot) { compiler in
      var nodes: [any ExpressionNode] = []
      for key in keys { nodes.append(compiler.expression(key.value)) }
      return nodes
    }
    let outer = aggregates
    let outerSlot = groupSlot
    aggregates = []
    groupSlot = slot
    var withNodes: [any ExpressionNode] = []
    for added in with { withNodes.append(expression(added.value)) }
    let states = aggregates ?? []
    aggregates = outer
    groupSlot = outerSlot
    let names = keys.map(Self.name) + ["count"] + with.map(Self.name)
    return GroupStage(
      keys: keyNodes,
      aggregates: states,
      with: withNodes,
      shape: RecordShape(holdsRows ? names + ["rows"] : names),
      slot: slot,
      holdsRows: holdsRows
    )
  }

  /// The label, or the last name of the expression.
  static func name(of field: NamedExpression) -> String {
    if let label = field.label { return label.text }
    switch field.value {
    case .field(let name, _), .name(let name), .member(_, let name, _, _),
      .call(.field(let name, _), _, _), .call(.member(_, let name, _, _), _, _):
      return name.text
    default: return "value"
    }
  }

  /// Says whether something after a `group by` can see the `rows` of its groups.
  private static func canSeeRows(_ stages: ArraySlice<Stage>, isShown: Bool) -> Bool {
    for stage in stages {
      if stage.mentionsRows { return true }
      switch stage.kind {
      // These give something else than the groups, and said above that they do not look.
      case .select, .each, .count, .aggregate, .group, .format: return false
      case .test(let test, _): if test != .find { return false }
      default: continue
      }
    }
    return !isShown
  }
}

/// A stage that is wrong; the checker reports it before.
private struct WrongStage: ReducingStage {
  let error: EvaluationError
  let span: SourceSpan

  func reduce(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> Value {
    throw PlacedFailure(error, span: span)
  }
}
