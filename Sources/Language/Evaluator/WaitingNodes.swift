import Diagnostics
import Values

/// `retry count every pause backoff factor { }`.
final class RetryNode: StatementNode {
  let position: Position
  let count: any ExpressionNode
  let pause: (any ExpressionNode)?
  let backoff: (any ExpressionNode)?
  let turnSlot: Int
  let body: BlockNode

  init(
    _ position: Position,
    count: any ExpressionNode,
    pause: (any ExpressionNode)?,
    backoff: (any ExpressionNode)?,
    turnSlot: Int,
    body: BlockNode
  ) {
    self.position = position
    self.count = count
    self.pause = pause
    self.backoff = backoff
    self.turnSlot = turnSlot
    self.body = body
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    // A run that goes on has its turns behind those that failed before.
    let before = Int64(frame.recollection?.failedAttempts(at: frame.path(of: position)) ?? 0)
    frame.slots[turnSlot] = .int(before)
    guard frame.walk == nil else { return try body.execute(&frame) }
    let attempts = try turns(&frame)
    var pause = try Durations.value(of: pause, &frame) ?? TimeSpan(microseconds: 0)
    let factor = try factor(&frame)
    let trail = frame.trail
    for attempt in 1...attempts {
      try frame.checkCancellation()
      frame.slots[turnSlot] = .int(before + attempt - 1)
      frame.trail = trail
      do throws(PlacedFailure) {
        return try body.execute(&frame)
      } catch {
        guard error.failure.isCatchable, attempt < attempts else { throw error }
        // A step whose time ran out is over; what timed out by itself may be tried again.
        try frame.checkCancellation()
        if body.acts { frame.operations.didCatch(error.caught, at: frame.place(of: position)) }
        frame.operations.progress(
          "attempt \(attempt) of \(attempts): \(error.failure.message)"
        )
        try Durations.wait(pause, frame)
      }
      pause = Durations.scaled(pause, by: factor)
    }
    return .next
  }

  private func turns(_ frame: inout Frame) throws(PlacedFailure) -> Int64 {
    let value = try count.value(&frame)
    guard case .int(let turns) = value else {
      throw PlacedFailure(
        .wrongType(what: "what 'retry' takes", needed: "a whole number", actual: value),
        span: position.span
      )
    }
    guard turns >= 1 else {
      throw PlacedFailure(
        .outOfRange(what: "what 'retry' takes", valid: 1...1_000_000, actual: turns),
        span: position.span
      )
    }
    return turns
  }

  private func factor(_ frame: inout Frame) throws(PlacedFailure) -> Double {
    guard let value = try backoff?.value(&frame) else { return 1 }
    guard let factor = Arithmetic.number(value), factor >= 1, factor <= 100 else {
      throw PlacedFailure(
        .wrongType(what: "what 'backoff' takes", needed: "a number from 1 to 100", actual: value),
        span: position.span
      )
    }
    return factor
  }
}

/// `wait until condition every pause for limit`.
final class WaitNode: StatementNode {
  let position: Position
  let condition: Condition
  let conditionSpan: SourceSpan
  let pause: (any ExpressionNode)?
  let limit: any ExpressionNode

  init(
    _ position: Position,
    _ condition: Condition,
    span: SourceSpan,
    pause: (any ExpressionNode)?,
    limit: any ExpressionNode
  ) {
    self.position = position
    self.condition = condition
    conditionSpan = span
    self.pause = pause
    self.limit = limit
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    guard frame.walk == nil else { return .next }
    let pause = try Durations.value(of: pause, &frame) ?? .seconds(5)
    guard pause.microseconds > 0 else {
      throw PlacedFailure(
        .call("the pause must be longer than nothing", advice: nil),
        span: position.span
      )
    }
    let limit = try Durations.value(of: limit, &frame) ?? .seconds(0)
    let text = frame.text(of: conditionSpan)
    let start = frame.operations.now()
    let handle = frame.operations.underWay.begin("waiting for \(text)", limit: limit)
    defer { handle.end() }
    while true {
      try frame.checkCancellation()
      // A condition on the time has to see it pass.
      frame.statementTime = nil
      guard let objection = try condition.objection(&frame) else {
        try check(text, holds: true, frame)
        return .next
      }
      let waited = frame.operations.now().microseconds - start.microseconds
      let left = limit.microseconds - waited
      guard left > 0 else {
        try check(text, holds: false, frame)
        throw PlacedFailure(
          Failure(.timeout, "waited \(limit.text) for \(objection)"),
          span: conditionSpan
        )
      }
      frame.operations.progress("waiting for \(objection)")
      try Durations.wait(TimeSpan(microseconds: min(pause.microseconds, left)), frame)
    }
  }

  private func check(_ text: String, holds: Bool, _ frame: Frame) throws(PlacedFailure) {
    do throws(Failure) {
      try frame.operations.didCheck(text, holds: holds, at: frame.place(of: position))
    } catch {
      throw PlacedFailure(error)
    }
  }
}

enum Durations {
  static func value(of node: (any ExpressionNode)?, _ frame: inout Frame) throws(PlacedFailure)
    -> TimeSpan?
  {
    guard let node else { return nil }
    let value = try node.value(&frame)
    guard case .duration(let span) = value, span.microseconds >= 0 else {
      throw frame.wrong(
        .wrongType(what: "the time", needed: "a duration", actual: value),
        value,
        frame.position.span
      )
    }
    return span
  }

  static func wait(_ span: TimeSpan, _ frame: Frame) throws(PlacedFailure) {
    guard span.microseconds > 0 else { return }
    do throws(Failure) {
      try frame.operations.wait(span)
    } catch {
      throw PlacedFailure(error)
    }
    try frame.checkCancellation()
  }

  static func scaled(_ span: TimeSpan, by factor: Double) -> TimeSpan {
    let scaled = Double(span.microseconds) * factor
    // A day between two attempts is as long as anybody means.
    return TimeSpan(microseconds: Int64(min(scaled, 86_400_000_000)))
  }
}
