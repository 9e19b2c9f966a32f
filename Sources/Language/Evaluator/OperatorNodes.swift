import Diagnostics
import Syntax
import Values

/// `+ - * /`.
final class ArithmeticNode: ExpressionNode {
  enum Operation { case add, subtract, multiply, divide }

  let operation: Operation
  let left: any ExpressionNode
  let right: any ExpressionNode
  let span: SourceSpan
  let sides: (left: SourceSpan, right: SourceSpan)

  init(
    _ operation: Operation,
    _ left: any ExpressionNode,
    _ right: any ExpressionNode,
    span: SourceSpan,
    sides: (left: SourceSpan, right: SourceSpan)
  ) {
    self.operation = operation
    self.left = left
    self.right = right
    self.span = span
    self.sides = sides
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let a = try left.value(&frame)
    let b = try right.value(&frame)
    if case .int(let x) = a, case .int(let y) = b {
      let (sum, overflow) =
        switch operation {
        case .add: x.addingReportingOverflow(y)
        case .subtract: x.subtractingReportingOverflow(y)
        case .multiply: x.multipliedReportingOverflow(by: y)
        case .divide: (Int64(0), true)
        }
      if !overflow { return .int(sum) }
    }
    do throws(EvaluationError) {
      return switch operation {
      case .add: try Arithmetic.add(a, b)
      case .subtract: try Arithmetic.subtract(a, b)
      case .multiply: try Arithmetic.multiply(a, b)
      case .divide: try Arithmetic.divide(a, b)
      }
    } catch {
      throw frame.wrong(error, a, b, span: nothingSide(error, a) ?? span)
    }
  }

  /// Points at the side that is nothing.
  private func nothingSide(_ error: EvaluationError, _ left: Value) -> SourceSpan? {
    guard case .isNothing = error else { return nil }
    if case .nothing = left { return sides.left }
    return sides.right
  }
}

final class NegateNode: ExpressionNode {
  let operand: any ExpressionNode
  let span: SourceSpan

  init(_ operand: any ExpressionNode, span: SourceSpan) {
    self.operand = operand
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let value = try operand.value(&frame)
    do throws(EvaluationError) {
      return try Arithmetic.negate(value)
    } catch {
      throw frame.wrong(error, value, span)
    }
  }
}

/// `is`, `<`, `in`, `matches` and their like.
final class ComparisonNode: ExpressionNode {
  let operation: BinaryOperator
  let left: any ExpressionNode
  let right: any ExpressionNode
  let span: SourceSpan
  let sides: (left: SourceSpan, right: SourceSpan)

  init(
    _ operation: BinaryOperator,
    _ left: any ExpressionNode,
    _ right: any ExpressionNode,
    span: SourceSpan,
    sides: (left: SourceSpan, right: SourceSpan)
  ) {
    self.operation = operation
    self.left = left
    self.right = right
    self.span = span
    self.sides = sides
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let a = try left.value(&frame)
    let b = try right.value(&frame)
    return .bool(try compare(a, b, &frame))
  }

  func compare(_ a: Value, _ b: Value, _ frame: inout Frame) throws(PlacedFailure) -> Bool {
    if frame.walk != nil, let pending = a.firstPending ?? b.firstPending {
      throw PlacedFailure(pending: pending)
    }
    switch operation {
    case .is: return a == b
    case .isNot: return a != b
    case .in: return try isMember(a, of: b, &frame)
    case .notIn: return try !isMember(a, of: b, &frame)
    case .matches: return try matches(a, b, frame)
    default: break
    }
    do throws(EvaluationError) {
      let order = try Comparison.order(a, b)
      return switch operation {
      case .less: order == .less
      case .lessOrEqual: order != .greater
      case .greater: order == .greater
      default: order != .less
      }
    } catch {
      throw frame.wrong(error, a, b, span: nothingSide(error, a) ?? span)
    }
  }

  private func isMember(_ a: Value, of b: Value, _ frame: inout Frame) throws(PlacedFailure) -> Bool
  {
    switch b {
    case .range(let low, let high):
      switch a {
      case .int(let number): return number >= low && number <= high
      case .number(let number):
        guard let whole = Int64(exactly: number) else { return false }
        return whole >= low && whole <= high
      default: return false
      }
    case .list(let values): return values.contains(a)
    case .object:
      let rows = try Rows.open(b, span: span, &frame)
      while let row = try rows.next(&frame) {
        if row == a {
          rows.cancel()
          return true
        }
      }
      return false
    default:
      throw frame.wrong(
        .wrongType(what: "what stands after 'in'", needed: "a list", actual: b),
        b,
        span
      )
    }
  }

  private func matches(_ a: Value, _ b: Value, _ frame: Frame) throws(PlacedFailure) -> Bool {
    guard case .text(let text) = a else {
      if case .nothing = a {
        throw PlacedFailure(.isNothing(what: "the left side of 'matches'"), span: span)
      }
      throw frame.wrong(
        .wrongType(what: "the left side of 'matches'", needed: "a text", actual: a),
        a,
        span
      )
    }
    guard case .text(let pattern) = b else {
      throw frame.wrong(.wrongType(what: "the pattern", needed: "a text", actual: b), b, span)
    }
    let compiled: Pattern
    do throws(EvaluationError) {
      compiled = try Pattern.compiled(pattern)
    } catch {
      throw PlacedFailure(error, span: span)
    }
    do throws(Failure) {
      return try compiled.matches(text, cancelled: frame.cancellation)
    } catch {
      throw PlacedFailure(error, span: span)
    }
  }

  /// Points at the side that is nothing.
  private func nothingSide(_ error: EvaluationError, _ left: Value) -> SourceSpan? {
    guard case .isNothing = error else { return nil }
    if case .nothing = left { return sides.left }
    return sides.right
  }
}

/// `and`, `or`: the right side only if needed.
final class LogicNode: ExpressionNode {
  let isAnd: Bool
  let left: any ExpressionNode
  let right: any ExpressionNode
  let leftSpan: SourceSpan
  let rightSpan: SourceSpan

  init(
    isAnd: Bool,
    _ left: any ExpressionNode,
    _ right: any ExpressionNode,
    leftSpan: SourceSpan,
    rightSpan: SourceSpan
  ) {
    self.isAnd = isAnd
    self.left = left
    self.right = right
    self.leftSpan = leftSpan
    self.rightSpan = rightSpan
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let first = try left.truth(&frame, span: leftSpan)
    guard first == isAnd else { return .bool(first) }
    return .bool(try right.truth(&frame, span: rightSpan))
  }
}

final class NotNode: ExpressionNode {
  let operand: any ExpressionNode
  let span: SourceSpan

  init(_ operand: any ExpressionNode, span: SourceSpan) {
    self.operand = operand
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    .bool(try !operand.truth(&frame, span: span))
  }
}

/// `x ?? y`.
final class OtherwiseNode: ExpressionNode {
  let left: any ExpressionNode
  let right: any ExpressionNode

  init(_ left: any ExpressionNode, _ right: any ExpressionNode) {
    self.left = left
    self.right = right
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let value = try left.evaluate(&frame)
    switch value {
    case .nothing: return try right.evaluate(&frame)
    case .pending(let pending): throw PlacedFailure(pending: pending)
    default: return value
    }
  }
}

/// `low..high`.
final class RangeNode: ExpressionNode {
  let low: any ExpressionNode
  let high: any ExpressionNode
  let span: SourceSpan

  init(_ low: any ExpressionNode, _ high: any ExpressionNode, span: SourceSpan) {
    self.low = low
    self.high = high
    self.span = span
  }

  func evaluate(_ frame: inout Frame) throws(PlacedFailure) -> Value {
    let a = try low.value(&frame)
    let b = try high.value(&frame)
    guard case .int(let first) = a, case .int(let last) = b else {
      var wrong = a
      if case .int = a { wrong = b }
      throw frame.wrong(
        .wrongType(what: "an end of '..'", needed: "a whole number", actual: wrong),
        a,
        b,
        span: span
      )
    }
    return .range(first, last)
  }
}
