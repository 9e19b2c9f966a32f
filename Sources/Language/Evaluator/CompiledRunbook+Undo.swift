import Objects
import Values

/// Taking back what steps did, by their `undo` blocks.
extension CompiledRunbook {
  /// The steps with an `undo` among these, the last one first.
  func undoable(_ titles: Set<String>) -> [Step] {
    steps.reversed().filter { titles.contains($0.heading.title) && !$0.undo.isEmpty }
  }

  /// A frame with all that the steps bound.
  func frameForUndo(_ arguments: [String: Value]) throws(PlacedFailure) -> Frame {
    var frame = try frame(arguments, Bindings())
    guard let recollection = frame.recollection else { return frame }
    for step in steps {
      guard let state = recollection.step(step.heading.title), state != .skipped else { continue }
      try step.body.recall(recollection, &frame)
    }
    return frame
  }

  func runUndo(
    of step: Step,
    number: Int,
    count: Int,
    _ frame: inout Frame
  ) throws(PlacedFailure) {
    let heading = heading(step, number, count)
    guard frame.recollection?.step(heading.title) != .done else { return }
    frame.step = heading.title
    frame.needed = nil
    try tell { (operations) throws(Failure) in try operations.willBegin(heading) }
    do throws(PlacedFailure) {
      for undo in step.undo { try run(undo, of: step, &frame) }
    } catch {
      frame.trail = []
      try tell { (operations) throws(Failure) in
        try operations.didEnd(heading, failure: error.failure)
      }
      throw error
    }
    try tell { (operations) throws(Failure) in try operations.didEnd(heading, failure: nil) }
  }

  func walkUndo(
    of step: Step,
    number: Int,
    count: Int,
    _ walk: Walk,
    _ frame: inout Frame
  ) throws(PlacedFailure) {
    let heading = heading(step, number, count)
    guard frame.recollection?.step(heading.title) != .done else { return }
    var inner = frame
    inner.step = heading.title
    inner.walk = walk
    let (_, items) = try walk.collect { () throws(PlacedFailure) in
      for undo in step.undo where missing(undo, of: step, inner).isEmpty {
        _ = try block(undo).execute(&inner)
      }
    }
    walk.add(.step(heading, items))
  }

  private func heading(_ step: Step, _ number: Int, _ count: Int) -> StepHeading {
    StepHeading(
      title: "Undo: \(step.heading.title)",
      number: number,
      count: count,
      documentation: []
    )
  }

  private func block(_ undo: Undo) -> BlockNode {
    BlockNode([undo.statement], acts: true, isRecorded: true)
  }

  private func run(_ undo: Undo, of step: Step, _ frame: inout Frame) throws(PlacedFailure) {
    let missing = missing(undo, of: step, frame)
    guard missing.isEmpty else {
      let place = frame.place(of: undo.statement.position)
      let text =
        "skipped, because \(missing.joined(separator: ", ")) was not bound: "
        + frame.text(of: undo.statement.position.span)
      try tell { (operations) throws(Failure) in try operations.note(text, at: place) }
      return
    }
    _ = try block(undo).execute(&frame)
  }

  /// The names that a statement reads and that nothing bound.
  private func missing(_ undo: Undo, of step: Step, _ frame: Frame) -> [String] {
    let unbound = undo.reads.filter { Unbound.matches(frame.slots[$0]) }
    return names.merging(step.names) { $1 }.filter { unbound.contains($0.value) }.keys.sorted()
  }
}
