import Diagnostics
import Objects
import Values

/// How a statement ended.
enum Flow {
  case next
  case returned(Value)
}

/// One statement, its names resolved.
protocol StatementNode: AnyObject, Sendable {
  var position: Position { get }
  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow
  /// Binds what it bound before the run was interrupted; nothing else of it is done again.
  func recall(_ recollection: any Recollection, _ frame: inout Frame) throws(PlacedFailure)
}

extension StatementNode {
  func recall(_ recollection: any Recollection, _ frame: inout Frame) throws(PlacedFailure) {}
}

/// Statements in order.
final class BlockNode: Sendable {
  let statements: [any StatementNode]
  /// Says that a `do` is somewhere inside, so that a walk of the rest may start here.
  let acts: Bool
  /// Says that what it does is on record by its places.
  let isRecorded: Bool

  init(_ statements: [any StatementNode], acts: Bool, isRecorded: Bool) {
    self.statements = statements
    self.acts = acts
    self.isRecorded = isRecorded
  }

  /// Binds what its statements bound before the run was interrupted.
  func recall(_ recollection: any Recollection, _ frame: inout Frame) throws(PlacedFailure) {
    for statement in statements {
      frame.position = statement.position
      frame.statementTime = nil
      do throws(PlacedFailure) {
        try statement.recall(recollection, &frame)
      } catch {
        throw error.placed(at: frame.place(of: statement.position))
      }
    }
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    try execute(from: 0, &frame)
  }

  func execute(from start: Int, _ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let leavesTrail = acts && frame.walk == nil
    if leavesTrail { frame.trail.append(.block(self, at: start)) }
    // Not deferred when a statement throws: whoever takes the error puts the trail back.
    for index in statements.indices.dropFirst(start) {
      if leavesTrail { frame.trail[frame.trail.count - 1] = .block(self, at: index) }
      if isRecorded, let recollection = frame.recollection,
        recollection.isOver(frame.path(of: statements[index].position))
      {
        try statements[index].recall(recollection, &frame)
        continue
      }
      let flow = try Self.run(statements[index], &frame)
      if case .returned = flow {
        if leavesTrail { frame.trail.removeLast() }
        return flow
      }
    }
    if leavesTrail { frame.trail.removeLast() }
    return .next
  }

  static func run(_ statement: any StatementNode, _ frame: inout Frame) throws(PlacedFailure)
    -> Flow
  {
    let position = statement.position
    frame.position = position
    frame.statementTime = nil
    do throws(PlacedFailure) {
      return try statement.execute(&frame)
    } catch {
      throw error.placed(at: frame.place(of: position))
    }
  }
}

// MARK: - Plain statements

/// `let name = expression`.
final class LetNode: StatementNode {
  let position: Position
  let name: String
  let slot: Int
  let expression: any ExpressionNode
  /// Says that a resumed run needs the value from the journal.
  let isRecorded: Bool

  init(
    _ position: Position,
    name: String,
    slot: Int,
    _ expression: any ExpressionNode,
    isRecorded: Bool
  ) {
    self.position = position
    self.name = name
    self.slot = slot
    self.expression = expression
    self.isRecorded = isRecorded
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    if isRecorded, let recollection = frame.recollection,
      let recalled = try self.recalled(recollection, frame)
    {
      try bind(recalled, &frame)
      return .next
    }
    do throws(PlacedFailure) {
      frame.slots[slot] = try expression.value(&frame)
    } catch {
      guard let pending = frame.notYetKnown(error) else { throw error }
      let place = "\(name), line \(frame.line(of: position.span))"
      frame.slots[slot] = .pending(Pending(place: place, type: pending.type))
    }
    if isRecorded, frame.walk == nil {
      do throws(Failure) {
        try frame.operations.didBind(name, frame.slots[slot], at: frame.place(of: position))
      } catch {
        throw PlacedFailure(error)
      }
    }
    return .next
  }
}

extension LetNode {
  func recall(_ recollection: any Recollection, _ frame: inout Frame) throws(PlacedFailure) {
    guard let recalled = try recalled(recollection, frame) else { return }
    try bind(recalled, &frame)
  }

  private func recalled(
    _ recollection: any Recollection,
    _ frame: Frame
  ) throws(PlacedFailure) -> Recalled<Value>? {
    do throws(Failure) {
      return try recollection.value(at: frame.path(of: position))
    } catch {
      throw PlacedFailure(error)
    }
  }

  private func bind(_ recalled: Recalled<Value>, _ frame: inout Frame) throws(PlacedFailure) {
    if case .known(let value) = recalled {
      frame.slots[slot] = value
      return
    }
    guard frame.needed?.contains(slot) != false else { return }
    let value = try expression.value(&frame)
    do throws(Failure) {
      try frame.operations.didReadAgain("'\(name)'", value, at: frame.place(of: position))
    } catch {
      throw PlacedFailure(error)
    }
    frame.slots[slot] = value
  }
}

/// An expression on its own line: shows its value.
final class ShowNode: StatementNode {
  let position: Position
  let expression: any ExpressionNode
  /// Says that nothing is no answer here: after `save`, and of a function without a result.
  let isSilent: Bool
  /// Says that it calls a function, whose checks a walk has to meet.
  let isCall: Bool

  init(_ position: Position, _ expression: any ExpressionNode, isSilent: Bool, isCall: Bool) {
    self.position = position
    self.expression = expression
    self.isSilent = isSilent
    self.isCall = isCall
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    if let walk = frame.walk {
      try self.walk(walk, &frame)
      return .next
    }
    let value = try expression.evaluate(&frame)
    if case .nothing = value, isSilent { return .next }
    if case .plan = value, !frame.world.isPrompt {
      throw PlacedFailure(
        .call("this plan is not done", advice: "did you mean 'do'?"),
        span: position.span
      )
    }
    do throws(Failure) {
      try frame.operations.show(value, at: frame.place(of: position))
    } catch {
      throw Outward.failure(error, of: value, span: position.span)
    }
    return .next
  }

  /// What is only looked at is read before the first change; afterwards it would show the past.
  private func walk(_ walk: Walk, _ frame: inout Frame) throws(PlacedFailure) {
    guard isCall || !walk.hasChanged else { return }
    do throws(PlacedFailure) {
      let value = try expression.evaluate(&frame)
      if case .stream(let stream) = value { stream.cancel() }
      guard !isSilent else { return }
      walk.add(.held(text: frame.text(of: position.span), frame.place(of: position)))
    } catch {
      guard frame.notYetKnown(error) != nil else { throw error }
    }
  }
}

final class ReturnNode: StatementNode {
  let position: Position
  let expression: (any ExpressionNode)?

  init(_ position: Position, _ expression: (any ExpressionNode)?) {
    self.position = position
    self.expression = expression
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    guard let expression else { return .returned(.nothing) }
    do throws(PlacedFailure) {
      return .returned(try expression.value(&frame))
    } catch {
      guard let pending = frame.notYetKnown(error) else { throw error }
      return .returned(.pending(pending))
    }
  }
}

/// `note "…"`.
final class NoteNode: StatementNode {
  let position: Position
  let text: any ExpressionNode
  let span: SourceSpan

  init(_ position: Position, _ text: any ExpressionNode, span: SourceSpan) {
    self.position = position
    self.text = text
    self.span = span
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    guard frame.walk == nil,
      frame.recollection?.isNoted(frame.path(of: position)) != true
    else { return .next }
    let text = try Questions.text(text, span: span, &frame)
    do throws(Failure) {
      try frame.operations.note(text, at: frame.place(of: position))
    } catch {
      throw PlacedFailure(error)
    }
    return .next
  }
}

/// `confirm "question"` and `manual "what to do"`.
final class QuestionNode: StatementNode {
  let position: Position
  let isConfirm: Bool
  let text: any ExpressionNode
  let span: SourceSpan

  init(_ position: Position, isConfirm: Bool, _ text: any ExpressionNode, span: SourceSpan) {
    self.position = position
    self.isConfirm = isConfirm
    self.text = text
    self.span = span
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let text = try Questions.text(text, span: span, &frame)
    let question = Question(text, isConfirm ? .confirm : .manual)
    let place = frame.place(of: position)
    if let walk = frame.walk {
      walk.add(.question(question, place))
      return .next
    }
    do throws(Failure) {
      _ = try frame.operations.ask(question, at: place)
    } catch {
      throw PlacedFailure(error)
    }
    return .next
  }
}

/// A statement that only the session understands, or that the parser reported.
final class UnsupportedNode: StatementNode {
  let position: Position
  let failure: Failure

  init(_ position: Position, _ failure: Failure) {
    self.position = position
    self.failure = failure
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow { throw PlacedFailure(failure) }
}
