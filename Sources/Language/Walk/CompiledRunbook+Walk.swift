import Diagnostics
import Objects
import Values

extension CompiledRunbook {
  /// Walks all steps, then `on failure` and `finally`.
  func walk(
    _ arguments: [String: Value],
    failed: [String: PlacedFailure]
  ) throws(PlacedFailure) -> [WalkItem] {
    var frame = try frame(arguments, Bindings(), failed: failed)
    for parameter in parameters
    where parameter.defaultValue == nil && arguments[parameter.name] == nil {
      throw PlacedFailure(
        Failure(
          .usage,
          "'\(parameter.name)' was not given",
          advice: ["add \(parameter.name)=…, \(parameter.type.needed)"]
        ),
        at: frame.place(of: parameter.position)
      )
    }
    let walk = Walk()
    frame.walk = walk
    for step in steps { try self.walk(step, walk, &frame) }
    try self.walk(onFailure, "on failure", walk, frame)
    try self.walk(finally, "finally", walk, frame)
    return walk.items
  }

  private func walk(_ step: Step, _ walk: Walk, _ frame: inout Frame) throws(PlacedFailure) {
    frame.step = step.heading.title
    frame.position = step.position
    frame.statementTime = nil
    do throws(PlacedFailure) {
      if let recollection = frame.recollection,
        let state = recollection.step(step.heading.title)
      {
        switch state {
        case .skipped: return
        case .done: return try step.body.recall(recollection, &frame)
        case .begun: return try walkBody(step, walk, &frame)
        }
      }
      if let condition = step.condition {
        guard try condition.truth(&frame, span: step.conditionSpan) else {
          walk.add(.skipped(step.heading, reason: skipReason(step, frame)))
          return
        }
      }
    } catch {
      guard frame.notYetKnown(error) != nil else {
        throw error.placed(at: frame.place(of: step.position))
      }
      try walk.branch("when \(frame.text(of: step.conditionSpan))") { () throws(PlacedFailure) in
        try walkBody(step, walk, &frame)
      }
      return
    }
    try walkBody(step, walk, &frame)
  }

  /// Walks one step from where a run stands: what another person has to say yes to.
  func walked(_ step: Step, _ frame: Frame) throws(Failure) -> [WalkItem] {
    var inner = frame
    let walk = Walk()
    inner.walk = walk
    do throws(PlacedFailure) {
      try walkBody(step, walk, &inner)
    } catch {
      throw error.failure
    }
    return walk.items
  }

  private func walkBody(_ step: Step, _ walk: Walk, _ frame: inout Frame) throws(PlacedFailure) {
    let (_, items) = try walk.collect { () throws(PlacedFailure) in
      try step.body.execute(&frame)
    }
    walk.add(.step(step.heading, items))
  }

  private func walk(_ block: BlockNode?, _ word: String, _ walk: Walk, _ frame: Frame)
    throws(PlacedFailure)
  {
    guard let block else { return }
    var frame = frame
    frame.step = word
    if let ends = frame.recollection?.ends, ends > 0 { frame.base = "again:\(ends)" }
    _ = try walk.branch(word) { () throws(PlacedFailure) in try block.execute(&frame) }
  }
}
