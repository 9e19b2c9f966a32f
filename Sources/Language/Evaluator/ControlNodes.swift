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

  private var acts: Bool { body.acts || alternative?.acts == true }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let holds: Bool
    do throws(PlacedFailure) {
      holds = try self.holds(&frame)
    } catch {
      guard let walk = frame.walk, frame.notYetKnown(error) != nil else { throw error }
      return try walkBoth(walk, &frame)
    }
    if holds { return try body.execute(&frame) }
    return try alternative?.execute(&frame) ?? .next
  }

  /// A branch with a change in it is on record, so that a run that goes on takes the same one.
  private func holds(_ frame: inout Frame) throws(PlacedFailure) -> Bool {
    guard acts else { return try condition.truth(&frame, span: conditionSpan) }
    if let choice = frame.recollection?.choice(at: frame.path(of: position)) { return choice }
    let holds = try condition.truth(&frame, span: conditionSpan)
    if frame.walk == nil { frame.operations.didChoose(holds, at: frame.place(of: position)) }
    return holds
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
    if body.acts, case .known(let elements)? = try recalled(frame) {
      return try act(on: elements, from: 0, &frame)
    }
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
    if body.acts {
      let elements = try Rows.all(of: rows, &frame)
      try LoopTurns.note(elements, at: frame.place(of: position), frame)
      return try act(on: elements, from: 0, &frame)
    }
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

  private func recalled(_ frame: Frame) throws(PlacedFailure) -> Recalled<[Value]>? {
    try LoopTurns.recalled(at: frame.path(of: position), frame)
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

/// The turns of a loop that acts are on record: a run that goes on has the same ones.
enum LoopTurns {
  static func recalled(at path: String, _ frame: Frame) throws(PlacedFailure)
    -> Recalled<[Value]>?
  {
    do throws(Failure) {
      return try frame.recollection?.elements(at: path)
    } catch {
      throw PlacedFailure(error)
    }
  }

  static func note(_ elements: [Value], at place: Place, _ frame: Frame) throws(PlacedFailure) {
    guard frame.walk == nil else { return }
    guard case .readAgain? = try recalled(at: place.path, frame) else {
      return frame.operations.willLoop(over: elements, at: place)
    }
    do throws(Failure) {
      try frame.operations.didReadAgain("what is looped over", .list(elements), at: place)
    } catch {
      throw PlacedFailure(error)
    }
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
    if let caught = frame.recollection?.caught(at: frame.path(of: position)) {
      frame.slots[slot] = caught.record
      return try handler.execute(&frame)
    }
    do throws(PlacedFailure) {
      let flow = try body.execute(&frame)
      if let walk = frame.walk, body.acts, handler.acts { try walkHandler(walk, &frame) }
      return flow
    } catch {
      guard error.pending == nil, error.failure.isCatchable else { throw error }
      frame.trail = trail
      let caught = error.caught
      if body.acts || handler.acts, frame.walk == nil {
        frame.operations.didCatch(caught, at: frame.place(of: position))
      }
      frame.slots[slot] = caught.record
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
}

extension PlacedFailure {
  /// What `catch` binds of it.
  var caught: CaughtFailure {
    var words = ""
    if let place {
      let (line, column) = place.source.position(of: place.span.start)
      words = "\(place.source.name):\(line):\(column)"
    }
    return CaughtFailure(kind: failure.kind.rawValue, message: failure.message, place: words)
  }
}
