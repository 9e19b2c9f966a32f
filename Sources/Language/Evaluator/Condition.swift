import Diagnostics
import Syntax
import Values

/// A condition that can say why it does not hold: `expect`, `wait until`.
indirect enum Condition: Sendable {
  case leaf(any ExpressionNode, SourceSpan)
  case comparison(ComparisonNode, left: SourceSpan, right: SourceSpan, isLiteral: Bool)
  case both(Condition, Condition)
  case either(Condition, Condition)
  case not(Condition, SourceSpan)

  /// Gives nothing if it holds, or else what does not, such as `x is 1, but it is 2`.
  func objection(_ frame: inout Frame) throws(PlacedFailure) -> String? {
    switch self {
    case .leaf(let node, let span):
      return try node.truth(&frame, span: span) ? nil : "\(frame.text(of: span)), but it is false"
    case .comparison(let node, let left, let right, let isLiteral):
      return try objection(node, left, right, isLiteral, &frame)
    case .both(let left, let right):
      if let objection = try left.objection(&frame) { return objection }
      return try right.objection(&frame)
    case .either(let left, let right):
      guard let first = try left.objection(&frame) else { return nil }
      guard let second = try right.objection(&frame) else { return nil }
      return first + "; or " + second
    case .not(let condition, let span):
      guard try condition.objection(&frame) == nil else { return nil }
      return "not \(frame.text(of: span)), but it is true"
    }
  }

  private func objection(
    _ node: ComparisonNode,
    _ left: SourceSpan,
    _ right: SourceSpan,
    _ isLiteral: Bool,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> String? {
    let a = try node.left.value(&frame)
    let b = try node.right.value(&frame)
    guard try !node.compare(a, b, &frame) else { return nil }
    let text = frame.text(of: node.span)
    guard !isLiteral else { return "\(text), but it is \(a.described)" }
    return "\(text), but \(frame.text(of: left)) is \(a.described) and "
      + "\(frame.text(of: right)) is \(b.described)"
  }
}

extension Compiler {
  mutating func condition(_ pipeline: Pipeline) -> Condition {
    guard pipeline.stages.isEmpty, case .expression(let expression) = pipeline.source else {
      return .leaf(self.pipeline(pipeline), pipeline.span)
    }
    return condition(expression)
  }

  private mutating func condition(_ expression: Expression) -> Condition {
    switch expression {
    case .binary(let left, .and, let right, _): .both(condition(left), condition(right))
    case .binary(let left, .or, let right, _): .either(condition(left), condition(right))
    case .not(let operand, _): .not(condition(operand), operand.span)
    case .parenthesized(let pipeline, _): condition(pipeline)
    case .binary(let left, _, let right, _):
      comparison(expression, left, right)
    default: .leaf(self.expression(expression), expression.span)
    }
  }

  private mutating func comparison(_ whole: Expression, _ left: Expression, _ right: Expression)
    -> Condition
  {
    let node = expression(whole)
    guard let node = node as? ComparisonNode else { return .leaf(node, whole.span) }
    return .comparison(
      node,
      left: left.span,
      right: right.span,
      isLiteral: right.isLiteral
    )
  }
}

extension Expression {
  /// Says that the text of it is its value, so that a message need not repeat it.
  fileprivate var isLiteral: Bool {
    switch self {
    case .nothing, .bool, .int, .number, .percent, .duration, .size, .time: true
    case .text(let parts, _):
      parts.allSatisfy { if case .literal = $0 { true } else { false } }
    case .list(let elements, _): elements.allSatisfy(\.isLiteral)
    case .negate(let operand, _): operand.isLiteral
    default: false
    }
  }
}

/// `expect condition else "why"`.
final class ExpectNode: StatementNode {
  let position: Position
  let condition: Condition
  let conditionSpan: SourceSpan
  let reason: (any ExpressionNode)?
  let reasonSpan: SourceSpan

  init(
    _ position: Position,
    _ condition: Condition,
    span: SourceSpan,
    reason: (any ExpressionNode)?,
    reasonSpan: SourceSpan
  ) {
    self.position = position
    self.condition = condition
    conditionSpan = span
    self.reason = reason
    self.reasonSpan = reasonSpan
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let text = frame.text(of: conditionSpan)
    let place = frame.place(of: position)
    if let walk = frame.walk, walk.hasChanged {
      walk.add(.check(text: text, place))
      return .next
    }
    let objection: String?
    do throws(PlacedFailure) {
      objection = try condition.objection(&frame)
    } catch {
      guard let walk = frame.walk, error.pending != nil else { throw error }
      walk.add(.check(text: text, place))
      return .next
    }
    try report(text, holds: objection == nil, place, frame)
    guard let objection else { return .next }
    throw try failure(objection, &frame)
  }

  private func report(_ text: String, holds: Bool, _ place: Place, _ frame: Frame)
    throws(PlacedFailure)
  {
    if let walk = frame.walk {
      if holds { walk.add(.held(text: text, place)) }
      return
    }
    do throws(Failure) {
      try frame.operations.didCheck(text, holds: holds, at: place)
    } catch {
      throw PlacedFailure(error)
    }
  }

  private func failure(_ objection: String, _ frame: inout Frame) throws(PlacedFailure)
    -> PlacedFailure
  {
    guard let reason else {
      return PlacedFailure(Failure(.expectation, "expected \(objection)"), span: conditionSpan)
    }
    let why = try Questions.text(reason, span: reasonSpan, &frame)
    return PlacedFailure(
      Failure(.expectation, why, advice: ["expected \(objection)"]),
      span: conditionSpan
    )
  }
}
