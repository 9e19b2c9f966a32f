import Diagnostics
import Objects
import Values

final class ConstantNode: ExpressionNode {
  let constant: Value

  init(_ constant: Value) {
    self.constant = constant
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value { constant }
  func value(_ frame: inout Frame) throws(PlacedFailure) -> Value { constant }
}

/// A name or the current row.
final class SlotNode: ExpressionNode {
  let slot: Int

  init(_ slot: Int) {
    self.slot = slot
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value { frame.slots[slot] }
  func value(_ frame: inout Frame) throws(PlacedFailure) -> Value { frame.slots[slot] }
}

/// Throws what is wrong when evaluation comes there; the checker reports it before.
final class FailingNode: ExpressionNode {
  let error: EvaluationError
  let span: SourceSpan

  init(_ error: EvaluationError, at span: SourceSpan) {
    self.error = error
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    throw PlacedFailure(error, span: span)
  }
}

/// `now`, or with a distance `1h ago`.
final class NowNode: ExpressionNode {
  let before: Int64
  let span: SourceSpan

  init(before: Int64, span: SourceSpan) {
    self.before = before
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let (micros, overflow) = frame.now().microseconds.subtractingReportingOverflow(before)
    guard !overflow else { throw PlacedFailure(.overflow(operation: "the time"), span: span) }
    return .time(Time(microseconds: micros))
  }
}

/// `stack`, `production` and what else stands for an object from the start.
final class RootNode: ExpressionNode {
  let name: String
  let span: SourceSpan

  init(_ name: String, span: SourceSpan) {
    self.name = name
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    do throws(Failure) {
      return try frame.operations.root(name)
    } catch {
      throw PlacedFailure(error, span: span)
    }
  }
}

/// `this_run`.
final class ThisRunNode: ExpressionNode {
  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    guard frame.walk == nil else { return .pending(Pending(place: "this_run", type: .record)) }
    return .record(frame.operations.thisRun)
  }
}

/// A parameter of the runbook, whose default is evaluated when it is first needed.
final class ParameterNode: ExpressionNode {
  let index: Int

  init(_ index: Int) {
    self.index = index
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    guard let store = frame.world.parameters else { return .nothing }
    return try store.value(index, &frame)
  }
}

// MARK: - Texts

enum TextPiece: Sendable {
  case literal(String)
  case value(any ExpressionNode, SourceSpan)
  /// `${identifier(name)}` in an SQL text.
  case identifier(any ExpressionNode, SourceSpan)
}

final class TextNode: ExpressionNode {
  let pieces: [TextPiece]

  init(_ pieces: [TextPiece]) {
    self.pieces = pieces
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    .text(try text(&frame))
  }

  func text(_ frame: inout Frame) throws(PlacedFailure) -> String {
    var text = ""
    for piece in pieces {
      switch piece {
      case .literal(let literal): text += literal
      case .value(let node, let span), .identifier(let node, let span):
        let value = try node.value(&frame)
        do throws(EvaluationError) {
          text += try Interpolation.text(of: value)
        } catch {
          throw frame.wrong(error, value, span)
        }
      }
    }
    return text
  }
}

final class SQLNode: ExpressionNode {
  let pieces: [TextPiece]

  init(_ pieces: [TextPiece]) {
    self.pieces = pieces
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    var fragments = [""]
    var parameters: [Value] = []
    for piece in pieces {
      switch piece {
      case .literal(let literal): fragments[fragments.count - 1] += literal
      case .value(let node, let span):
        let value = try node.value(&frame)
        do throws(EvaluationError) {
          parameters.append(try Interpolation.parameter(value))
        } catch {
          guard case .pending = value else { throw frame.wrong(error, value, span) }
          parameters.append(value)
        }
        fragments.append("")
      case .identifier(let node, let span):
        let value = try node.value(&frame)
        do throws(EvaluationError) {
          let name = try Interpolation.text(of: value)
          fragments[fragments.count - 1] += try Interpolation.quoted(identifier: name)
        } catch {
          throw frame.wrong(error, value, span)
        }
      }
    }
    return .sql(SQLTemplate(fragments: fragments, parameters: parameters))
  }
}

// MARK: - Lists and records

final class ListNode: ExpressionNode {
  let elements: [any ExpressionNode]

  init(_ elements: [any ExpressionNode]) {
    self.elements = elements
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements { values.append(try element.value(&frame)) }
    return .list(values)
  }
}

final class RecordNode: ExpressionNode {
  let shape: RecordShape
  let cells: [any ExpressionNode]

  init(names: [String], cells: [any ExpressionNode]) {
    shape = RecordShape(names)
    self.cells = cells
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    var values: [Value] = []
    values.reserveCapacity(cells.count)
    for cell in cells { values.append(try cell.value(&frame)) }
    return .record(Record(shape: shape, cells: values))
  }
}
