import Diagnostics
import Objects
import Values

/// What one activation of a file, runbook or function body computes with.
///
/// Names are slots, resolved ahead; copying a frame takes a snapshot of all that is bound.
struct Frame {
  var slots: [Value]
  var world: World
  var cancellation: Cancellation
  /// The statement under way.
  var position: Position
  /// Read at the first need, once a statement.
  var statementTime: Time?
  var step: String?
  /// The path of the call that this activation is.
  var base: String
  var depth: Int
  /// Set in a walk.
  var walk: Walk?
  /// Where evaluation is in blocks that act, the innermost last; a walk of the rest starts here.
  var trail: [TrailEntry] = []
  var caller: Caller?
  /// In a run that goes on: the slots that are still read; nothing where all may be.
  var needed: Set<Int>?
  /// Set while the plan of an effect is made that may have been done already.
  var isSettling = false

  init(world: World, position: Position, slotCount: Int, base: String = "") {
    slots = Array(repeating: .nothing, count: slotCount)
    self.world = world
    self.position = position
    self.base = base
    cancellation = world.operations.cancellation
    depth = 0
  }

  var operations: any Operations { world.operations }
  /// What the run did before it was interrupted; nothing in a run that begins.
  var recollection: (any Recollection)? { world.recollection }

  mutating func now() -> Time {
    if let statementTime { return statementTime }
    let time = world.operations.now()
    statementTime = time
    return time
  }

  mutating func callContext() -> CallContext {
    CallContext(
      cancellation: cancellation,
      now: now(),
      deadline: operations.requestDeadline,
      progress: operations.underWay,
      observe: operations.observe,
      isSettling: isSettling
    )
  }

  /// Gives the place of the statement under way.
  func place() -> Place { place(of: position) }

  func place(of position: Position) -> Place {
    Place(source: position.source, span: position.span, path: path(of: position))
  }

  func path(of position: Position) -> String {
    var path = base
    for segment in position.path {
      if !path.isEmpty { path += "/" }
      switch segment {
      case .fixed(let text): path += text
      case .turn(let word, let slot): path += "\(word):\(slots[slot].text)"
      }
    }
    return path
  }

  func text(of span: SourceSpan) -> String {
    position.source.text(of: span).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Gives the line of a place, for naming what is pending.
  func line(of span: SourceSpan) -> Int { position.source.position(of: span.start).line }

  /// In a walk: what is not known yet because of an error.
  ///
  /// Behind the first change that is also what
  /// fails now, because the change may be what it needs.
  func notYetKnown(_ error: PlacedFailure) -> Pending? {
    guard let walk else { return nil }
    if let pending = error.pending { return pending }
    guard walk.hasChanged, error.failure.isCatchable else { return nil }
    return Pending(place: "line \(line(of: position.span))", type: .any)
  }

  func checkCancellation() throws(PlacedFailure) {
    guard cancellation.isCancelled else { return }
    do throws(Failure) { try cancellation.check() } catch { throw PlacedFailure(error) }
  }
}

/// What all activations of one evaluation share.
final class World: Sendable {
  let operations: any Operations
  let parameters: ParameterStore?
  let isPrompt: Bool
  let recollection: (any Recollection)?

  init(operations: any Operations, parameters: ParameterStore?, isPrompt: Bool) {
    self.operations = operations
    self.parameters = parameters
    self.isPrompt = isPrompt
    recollection = operations.recollection
  }
}

/// Where a statement stands; the turns of the loops around it are in slots.
final class Position: Sendable {
  let source: SourceText
  let span: SourceSpan
  let path: [Segment]

  enum Segment: Sendable {
    case fixed(String)
    /// Such as `for:3`; the number is in a slot.
    case turn(String, slot: Int)
  }

  init(source: SourceText, span: SourceSpan, path: [Segment]) {
    self.source = source
    self.span = span
    self.path = path
  }
}

/// The activation that did a call, for walks of the rest.
final class Caller {
  let frame: Frame
  let statement: DoNode
  /// The plans of the same list that come after.
  let remaining: [Plan]
  /// The index of the first of them.
  let next: Int

  init(frame: Frame, statement: DoNode, remaining: [Plan], next: Int) {
    self.frame = frame
    self.statement = statement
    self.remaining = remaining
    self.next = next
  }
}

enum TrailEntry {
  case block(BlockNode, at: Int)
  case loop(ForNode, elements: [Value], next: Int)
}

/// Stands in slots that no `let` has reached.
enum Unbound {
  static let pending = Pending(place: "a name that was not bound", type: .any)
  static let value = Value.pending(pending)

  static func matches(_ value: Value) -> Bool {
    if case .pending(let found) = value { found === pending } else { false }
  }
}

// MARK: - Nodes

/// One expression, its names resolved.
protocol ExpressionNode: AnyObject, Sendable {
  /// Gives the value; rows may come as a stream.
  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value
  /// Gives the value with its rows read.
  func value(_ frame: inout Frame) throws(PlacedFailure) -> Value
}

extension ExpressionNode {
  func value(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let value = try evaluate(&frame)
    guard case .stream(let stream) = value else { return value }
    return .list(try Rows.all(of: StreamRows(stream, span: nil), &frame))
  }

  func truth(_ frame: inout Frame, span: SourceSpan) throws(PlacedFailure) -> Bool {
    let value = try value(&frame)
    guard case .bool(let flag) = value else { throw frame.notBool(value, span) }
    return flag
  }
}

extension Frame {
  func notBool(_ value: Value, _ span: SourceSpan) -> PlacedFailure {
    wrong(
      .wrongType(what: "'\(text(of: span))'", needed: "true or false", actual: value),
      value,
      span
    )
  }

  /// Makes the failure, or in a walk the sign that something is not known yet.
  func wrong(_ error: EvaluationError, _ values: Value..., span: SourceSpan) -> PlacedFailure {
    wrong(error, values, span)
  }

  func wrong(_ error: EvaluationError, _ value: Value, _ span: SourceSpan) -> PlacedFailure {
    wrong(error, [value], span)
  }

  private func wrong(_ error: EvaluationError, _ values: [Value], _ span: SourceSpan)
    -> PlacedFailure
  {
    for value in values {
      if let pending = value.firstPending { return PlacedFailure(pending: pending) }
    }
    if case .isNothing = error {
      return PlacedFailure(EvaluationError.isNothing(what: "'\(text(of: span))'"), span: span)
    }
    return PlacedFailure(error, span: span)
  }
}

extension Value {
  /// What of it is not known yet, in a walk.
  var firstPending: Pending? {
    switch self {
    case .pending(let pending): return pending
    case .list(let values):
      for value in values {
        if let pending = value.firstPending { return pending }
      }
      return nil
    case .record(let record):
      for value in record.cells {
        if let pending = value.firstPending { return pending }
      }
      return nil
    case .sql(let template):
      for value in template.parameters {
        if let pending = value.firstPending { return pending }
      }
      return nil
    default: return nil
    }
  }
}
