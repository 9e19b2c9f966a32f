import Diagnostics
import Objects
import Values

/// One stage, its names resolved.
enum StageNode: Sendable {
  /// Gives rows for rows.
  case rows(any RowStage)
  /// Gives one value for all rows.
  case reducing(any ReducingStage)
  /// Takes whatever stands before it.
  case whole(any WholeStage)
}

protocol RowStage: Sendable {
  func attach(to rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> RowSource
}

protocol ReducingStage: Sendable {
  /// Reads the rows, or as many as it needs; the caller cancels what is left.
  func reduce(_ rows: RowSource, _ frame: inout Frame) throws(PlacedFailure) -> Value
}

protocol WholeStage: Sendable {
  func apply(_ value: Value, _ frame: inout Frame) throws(PlacedFailure) -> Value
}

/// `source | stage | …`.
final class PipelineNode: ExpressionNode {
  let source: any ExpressionNode
  let stages: [StageNode]
  let sourceSpan: SourceSpan

  init(_ source: any ExpressionNode, _ stages: [StageNode], sourceSpan: SourceSpan) {
    self.source = source
    self.stages = stages
    self.sourceSpan = sourceSpan
  }

  private enum State {
    case value(Value)
    case rows(RowSource)
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    switch try run(&frame) {
    case .value(let value): value
    case .rows(let rows): .stream(PipelineStream(rows, frame: frame))
    }
  }

  func value(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    switch try run(&frame) {
    case .value(.stream(let stream)):
      .list(try Rows.all(of: StreamRows(stream, span: sourceSpan), &frame))
    case .value(let value): value
    case .rows(let rows): .list(try Rows.all(of: rows, &frame))
    }
  }

  private func run(_ frame: inout Frame) throws(PlacedFailure) -> State {
    var state = State.value(try source.evaluate(&frame))
    for stage in stages {
      switch stage {
      case .rows(let stage):
        state = .rows(try stage.attach(to: try open(state, &frame), &frame))
      case .reducing(let stage):
        let rows = try open(state, &frame)
        // Also after an error: what feeds the rows must not go on.
        defer { rows.cancel() }
        state = .value(try stage.reduce(rows, &frame))
      case .whole(let stage):
        state = .value(try stage.apply(whole(state, frame), &frame))
      }
    }
    return state
  }

  private func open(_ state: State, _ frame: inout Frame) throws(PlacedFailure) -> RowSource {
    switch state {
    case .rows(let rows): rows
    case .value(let value): try Rows.open(value, span: sourceSpan, &frame)
    }
  }

  private func whole(_ state: State, _ frame: Frame) -> Value {
    switch state {
    case .rows(let rows): .stream(PipelineStream(rows, frame: frame))
    case .value(let value): value
    }
  }
}
