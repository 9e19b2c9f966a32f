import Diagnostics
import Values

/// `if condition { } else …`.
final class IfNode: StatementNode {
  let position: Position
  let condition: any ExpressionNode
  let conditionSpan: SourceSpan
  let body: BlockNode
  let alternative: BlockNode?

  init(
    _ position: Position,
    _ condition: any ExpressionNode,
    span: SourceSpan,
    body: BlockNode,
    alternative: BlockNode?
  ) {
    self.position = position
    self.condition = condition
    conditionSpan = span
    self.body = body
    self.alternative = alternative
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let holds: Bool
    do throws(PlacedFailure) {
      holds = try condition.truth(&frame, span: conditionSpan)
    } catch {
      guard let walk = frame.walk, frame.notYetKnown(error) != nil else { throw error }
      return try walkBoth(walk, &frame)
    }
    if holds { return try body.execute(&frame) }
    return try alternative?.execute(&frame) ?? .next
  }

  /// Nobody knows yet which branch it will be, so both are shown.
  private func walkBoth(_ walk: Walk, _ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let heading = "if \(frame.text(of: conditionSpan))"
    let before = walk.hasChanged
    let first = try walk.branch(heading) { () throws(PlacedFailure) in try body.execute(&frame) }
    let hasChanged = walk.hasChanged
    var second = Flow.next
    if let alternative {
      walk.hasChanged = before
      second = try walk.branch("else") { () throws(PlacedFailure) in
        try alternative.execute(&frame)
      }
      walk.hasChanged = walk.hasChanged || hasChanged
    }
    switch (first, second) {
    case (.next, .next): return .next
    case (.returned, .returned):
      return .returned(.pending(Pending(place: heading, type: .any)))
    default:
      walk.hasMaybeReturned = true
      return .next
    }
  }
}

/// `for name in source { }`.
final class ForNode: StatementNode {
  let position: Position
  let name: String
  let slot: Int
  let turnSlot: Int
  let source: any ExpressionNode
  let sourceSpan: SourceSpan
  let body: BlockNode

  init(
    _ position: Position,
    name: String,
    slot: Int,
    turnSlot: Int,
    _ source: any ExpressionNode,
    sourceSpan: SourceSpan,
    body: BlockNode
  ) {
    self.position = position
    self.name = name
    self.slot = slot
    self.turnSlot = turnSlot
    self.source = source
    self.sourceSpan = sourceSpan
    self.body = body
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let rows: RowSource
    do throws(PlacedFailure) {
      // A body that acts is looped over what was there when it began.
      let value = body.acts ? try source.value(&frame) : try source.evaluate(&frame)
      if let pending = value.pendingRows { throw PlacedFailure(pending: pending) }
      rows = try Rows.open(value, span: sourceSpan, &frame)
    } catch {
      guard let walk = frame.walk, let pending = frame.notYetKnown(error) else { throw error }
      return try walkOnce(pending, walk, &frame)
    }
    if body.acts { return try act(on: Rows.all(of: rows, &frame), from: 0, &frame) }
    var turn: Int64 = 0
    defer { rows.cancel() }
    while let row = try rows.next(&frame) {
      try frame.checkCancellation()
      frame.slots[slot] = row
      frame.slots[turnSlot] = .int(turn)
      turn += 1
      let flow = try body.execute(&frame)
      if case .returned = flow { return flow }
    }
    return .next
  }

  /// Loops with a trail, so that a question can be asked for all the turns to come.
  func act(on elements: [Value], from start: Int, _ frame: inout Frame) throws(PlacedFailure)
    -> Flow
  {
    let leavesTrail = frame.walk == nil
    for index in elements.indices.dropFirst(start) {
      try frame.checkCancellation()
      if leavesTrail { frame.trail.append(.loop(self, elements: elements, next: index + 1)) }
      frame.slots[slot] = elements[index]
      frame.slots[turnSlot] = .int(Int64(index))
      let flow = try body.execute(&frame)
      if leavesTrail { frame.trail.removeLast() }
      if case .returned = flow { return flow }
    }
    return .next
  }

  private func walkOnce(_ pending: Pending, _ walk: Walk, _ frame: inout Frame)
    throws(PlacedFailure) -> Flow
  {
    var type = ValueType.any
    if case .list(let element) = pending.type { type = element }
    frame.slots[slot] = .pending(
      Pending(place: "\(name), line \(frame.line(of: position.span))", type: type)
    )
    frame.slots[turnSlot] = .text("each")
    let heading = "for each \(name) in \(frame.text(of: sourceSpan))"
    let flow = try walk.branch(heading) { () throws(PlacedFailure) in try body.execute(&frame) }
    if case .returned = flow { walk.hasMaybeReturned = true }
    return .next
  }
}

extension Value {
  /// The pending value that this is as a whole; a list that only holds some is looped over.
  fileprivate var pendingRows: Pending? {
    if case .pending(let pending) = self { pending } else { nil }
  }
}

/// `try { } catch e { }`.
final class TryNode: StatementNode {
  let position: Position
  let body: BlockNode
  let slot: Int
  let handler: BlockNode

  init(_ position: Position, body: BlockNode, slot: Int, handler: BlockNode) {
    self.position = position
    self.body = body
    self.slot = slot
    self.handler = handler
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let trail = frame.trail
    do throws(PlacedFailure) {
      let flow = try body.execute(&frame)
      if let walk = frame.walk, body.acts, handler.acts { try walkHandler(walk, &frame) }
      return flow
    } catch {
      guard error.pending == nil, error.failure.isCatchable else { throw error }
      frame.trail = trail
      frame.slots[slot] = Self.record(of: error)
      return try handler.execute(&frame)
    }
  }

  /// What can fail may come to act in the handler: that is shown too.
  private func walkHandler(_ walk: Walk, _ frame: inout Frame) throws(PlacedFailure) {
    let error = Value.pending(
      Pending(place: "the error, line \(frame.line(of: position.span))", type: .record)
    )
    frame.slots[slot] = error
    _ = try walk.branch("if it fails") { () throws(PlacedFailure) in try handler.execute(&frame) }
  }

  private static func record(of error: PlacedFailure) -> Value {
    var place = ""
    if let found = error.place {
      let (line, column) = found.source.position(of: found.span.start)
      place = "\(found.source.name):\(line):\(column)"
    }
    return .record(
      Record([
        "kind": .text(error.failure.kind.rawValue), "message": .text(error.failure.message),
        "where": .text(place),
      ])
    )
  }
}
