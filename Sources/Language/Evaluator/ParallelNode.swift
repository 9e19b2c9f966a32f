import Diagnostics
import Objects
private import Synchronization
import Values

/// `parallel { a; b }` and `parallel(at_most: n) for x in xs { }`.
final class ParallelNode: StatementNode {
  enum Turns: Sendable {
    case statements([BlockNode])
    case loop(slot: Int, source: any ExpressionNode, span: SourceSpan, body: BlockNode)
  }

  let position: Position
  let turns: Turns
  let turnSlot: Int
  let limit: (any ExpressionNode)?
  let acts: Bool

  init(
    _ position: Position,
    _ turns: Turns,
    turnSlot: Int,
    limit: (any ExpressionNode)?,
    acts: Bool
  ) {
    self.position = position
    self.turns = turns
    self.turnSlot = turnSlot
    self.limit = limit
    self.acts = acts
  }

  func execute(_ frame: inout Frame) throws(PlacedFailure) -> Flow {
    let limit = try limit(&frame)
    let turns: [Turn]
    do throws(PlacedFailure) {
      turns = try self.turns(&frame)
    } catch {
      guard let walk = frame.walk, let pending = frame.notYetKnown(error) else { throw error }
      try walkOnce(pending, walk, &frame)
      return .next
    }
    guard frame.walk == nil else {
      for turn in turns { _ = try run(turn, &frame) }
      return .next
    }
    if acts { try announce(turns, frame) }
    try run(turns, limit, frame)
    return .next
  }

  // MARK: - Turns

  private struct Turn: Sendable {
    let index: Int
    let element: Value
    let body: BlockNode
  }

  private func turns(_ frame: inout Frame) throws(PlacedFailure) -> [Turn] {
    switch turns {
    case .statements(let blocks):
      return blocks.enumerated().map { Turn(index: $0, element: .nothing, body: $1) }
    case .loop(_, let source, let span, let body):
      let elements = try elements(source, span, &frame)
      return elements.enumerated().map { Turn(index: $0, element: $1, body: body) }
    }
  }

  private func elements(
    _ source: any ExpressionNode,
    _ span: SourceSpan,
    _ frame: inout Frame
  ) throws(PlacedFailure) -> [Value] {
    let place = frame.place(of: position)
    if acts, case .known(let elements)? = try LoopTurns.recalled(at: place.path, frame) {
      return elements
    }
    let elements = try Rows.list(of: source.value(&frame), span: span, &frame)
    if acts { try LoopTurns.note(elements, at: place, frame) }
    return elements
  }

  private func run(_ turn: Turn, _ frame: inout Frame) throws(PlacedFailure) -> Flow {
    if case .loop(let slot, _, _, _) = turns { frame.slots[slot] = turn.element }
    frame.slots[turnSlot] = .int(Int64(turn.index))
    return try turn.body.execute(&frame)
  }

  private func limit(_ frame: inout Frame) throws(PlacedFailure) -> Int {
    guard let value = try limit?.value(&frame) else { return 8 }
    guard case .int(let number) = value else {
      throw frame.wrong(
        .wrongType(what: "'at_most'", needed: "a whole number", actual: value),
        value,
        position.span
      )
    }
    guard (1...1000).contains(number) else {
      throw PlacedFailure(
        .outOfRange(what: "'at_most'", valid: 1...1000, actual: number),
        span: position.span
      )
    }
    return Int(number)
  }

  private func walkOnce(_ pending: Pending, _ walk: Walk, _ frame: inout Frame)
    throws(PlacedFailure)
  {
    guard case .loop(let slot, _, let span, let body) = turns else { return }
    frame.slots[slot] = .pending(Pending(place: pending.place, type: .any))
    frame.slots[turnSlot] = .text("each")
    _ = try walk.branch("for each in \(frame.text(of: span))") { () throws(PlacedFailure) in
      try body.execute(&frame)
    }
  }

  /// Turns ask nothing, so what they will do is asked about before the first starts.
  private func announce(_ turns: [Turn], _ frame: Frame) throws(PlacedFailure) {
    let snapshot = frame
    do throws(Failure) {
      try frame.operations.willStartTurns(at: frame.place(of: position), step: frame.step) {
        () throws(Failure) in
        do throws(PlacedFailure) {
          let walk = Walk()
          var copy = snapshot
          copy.walk = walk
          for turn in turns { _ = try run(turn, &copy) }
          try RestOfStep.finish(&copy)
          return walk.items
        } catch {
          throw error.failure
        }
      }
    } catch {
      throw PlacedFailure(error)
    }
  }

  // MARK: - Side by side

  private struct Progress {
    var next = 0
    var failures: [(index: Int, failure: PlacedFailure)] = []
  }

  /// `@unchecked Sendable`: a frame is copied for each turn and shared by none.
  private struct Start: @unchecked Sendable {
    let frame: Frame
  }

  private func run(_ turns: [Turn], _ limit: Int, _ frame: Frame) throws(PlacedFailure) {
    let shared = SharedProgress()
    let start = Start(frame: frame)
    let output = OutputLock()
    Threads.run(min(limit, turns.count)) {
      while let index = shared.take(turns.count) {
        if let failure = self.turn(turns[index], start.frame, output) {
          shared.fail(index, failure)
        }
      }
    }
    let failures = shared.failures
    guard let first = failures.first else { return }
    guard failures.count > 1 else { throw first }
    throw Self.joined(failures, of: turns.count)
  }

  private final class SharedProgress: Sendable {
    private let state = Mutex(Progress())

    func take(_ count: Int) -> Int? {
      state.withLock { state in
        guard state.failures.isEmpty, state.next < count else { return nil }
        state.next += 1
        return state.next - 1
      }
    }

    func fail(_ index: Int, _ failure: PlacedFailure) {
      state.withLock { $0.failures.append((index, failure)) }
    }

    var failures: [PlacedFailure] {
      state.withLock { state in
        state.failures.sorted { $0.index < $1.index }.map(\.failure)
      }
    }
  }

  private final class OutputLock: Sendable {
    private let lock = Mutex(())

    func flush(_ operations: BranchOperations) -> Failure? {
      lock.withLock { _ in
        do throws(Failure) {
          try operations.flush()
          return nil
        } catch {
          return error
        }
      }
    }
  }

  private func turn(_ turn: Turn, _ frame: Frame, _ output: OutputLock) -> PlacedFailure? {
    let operations = BranchOperations(frame.operations)
    var copy = frame
    copy.world = World(
      operations: operations,
      parameters: frame.world.parameters,
      isPrompt: frame.world.isPrompt
    )
    var failure: PlacedFailure?
    do throws(PlacedFailure) {
      try copy.checkCancellation()
      _ = try run(turn, &copy)
    } catch {
      failure = error
    }
    let lost = output.flush(operations)
    return failure ?? lost.map { PlacedFailure($0) }
  }

  /// The failure that stops a run counts more than one that may be caught.
  private static func joined(_ failures: [PlacedFailure], of count: Int) -> PlacedFailure {
    var joined = failures.first { !$0.failure.isCatchable } ?? failures[0]
    let words = failures.map { failure in
      guard let place = failure.place else { return failure.failure.message }
      let (line, column) = place.source.position(of: place.span.start)
      return "\(place.source.name):\(line):\(column): \(failure.failure.message)"
    }
    joined.failure = Failure(
      joined.failure.kind,
      "\(failures.count) of \(count) turns failed",
      advice: words
    )
    return joined
  }
}
