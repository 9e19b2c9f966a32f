import Diagnostics
import Objects
import Syntax
package import Values

extension Evaluator {
  /// Runs a runbook's steps in order, then what is owed: `on failure` after a failure, `finally`.
  ///
  /// Parameters without a default that are not among the arguments are asked for. A run that goes on
  /// does what is left of it, by what the operations recollect.
  ///
  /// - Returns: what the steps bound.
  @discardableResult
  package func runRunbook(arguments: [String: Value]) throws(PlacedFailure) -> Bindings {
    let runbook = try compiled()
    var frame = try runbook.frame(arguments, Bindings())
    try runbook.record(arguments, &frame)
    try runbook.askMissing(&frame)
    do throws(PlacedFailure) {
      try runbook.lookAgain(&frame)
      for step in runbook.steps { try runbook.run(step, &frame) }
    } catch {
      throw runbook.end(after: error, frame)
    }
    try runbook.runFinally(frame)
    return runbook.bindings(frame)
  }

  /// Runs the `undo` blocks of these steps, the last step first; a statement that reads a name which
  /// was not bound is skipped.
  ///
  /// What the steps bound comes from what the operations recollect.
  package func runUndo(of titles: Set<String>, arguments: [String: Value]) throws(PlacedFailure) {
    let runbook = try compiled()
    var frame = try runbook.frameForUndo(arguments)
    let steps = runbook.undoable(titles)
    for (index, step) in steps.enumerated() {
      try runbook.runUndo(of: step, number: index + 1, count: steps.count, &frame)
    }
  }

  /// Walks what ``runUndo(of:arguments:)`` would do.
  package func walkUndo(of titles: Set<String>, arguments: [String: Value]) throws(PlacedFailure)
    -> [WalkItem]
  {
    let runbook = try compiled()
    var frame = try runbook.frameForUndo(arguments)
    let walk = Walk()
    let steps = runbook.undoable(titles)
    for (index, step) in steps.enumerated() {
      try runbook.walkUndo(of: step, number: index + 1, count: steps.count, walk, &frame)
    }
    return walk.items
  }

  private func compiled() throws(PlacedFailure) -> CompiledRunbook {
    guard let runbook = program.runbook else {
      throw PlacedFailure(Failure(.usage, "\(program.main.source.name) is not a runbook"))
    }
    return CompiledRunbook(runbook, self)
  }
}

extension CompiledRunbook {
  /// Asks for every parameter that has neither an argument nor a default.
  func askMissing(_ frame: inout Frame) throws(PlacedFailure) {
    guard let store = frame.world.parameters else { return }
    let known = store.known
    for (index, parameter) in parameters.enumerated()
    where parameter.defaultValue == nil && known[parameter.name] == nil {
      let words = ([parameter.name] + documentation[index]).joined(separator: ": ")
      let place = frame.place(of: parameter.position)
      do throws(Failure) {
        let question = Question(words, .value(parameter.type))
        store.set(index, try frame.operations.ask(question, at: place))
      } catch {
        throw PlacedFailure(error, at: place)
      }
      if let value = store.known[parameter.name] {
        try ParameterStore.record(value, of: parameter, frame)
      }
    }
  }

  func run(_ step: Step, _ frame: inout Frame) throws(PlacedFailure) {
    frame.step = step.heading.title
    frame.position = step.position
    frame.statementTime = nil
    do throws(PlacedFailure) {
      if let recollection = frame.recollection,
        let state = recollection.step(step.heading.title)
      {
        return try goOn(step, from: state, recollection, &frame)
      }
      if let condition = step.condition,
        try !condition.truth(&frame, span: step.conditionSpan)
      {
        try tell { (operations) throws(Failure) in
          try operations.didSkip(step.heading, reason: skipReason(step, frame))
        }
        return
      }
      try runBody(step, &frame)
    } catch {
      throw error.placed(at: frame.place(of: step.position))
    }
  }

  func runBody(_ step: Step, _ frame: inout Frame) throws(PlacedFailure) {
    let timeout = try Durations.value(of: step.timeout, &frame)
    var heading = step.heading
    if let value = try step.approvals?.value(&frame) {
      guard case .int(let count) = value, count >= 1 else {
        throw PlacedFailure(
          .wrongType(what: "what 'approved by' takes", needed: "a whole number", actual: value),
          span: step.position.span
        )
      }
      heading.approvals = Int(count)
    }
    if heading.approvals > 1 {
      try tell { (operations) throws(Failure) in
        try operations.mayBegin(heading) { () throws(Failure) in try walked(step, frame) }
      }
    }
    try tell { (operations) throws(Failure) in try operations.willBegin(heading) }
    do throws(PlacedFailure) {
      if let timeout {
        try runLimited(step, timeout, &frame)
      } else {
        _ = try step.body.execute(&frame)
      }
    } catch {
      frame.trail = []
      try tell { (operations) throws(Failure) in
        try operations.didEnd(heading, failure: error.failure)
      }
      throw error
    }
    try tell { (operations) throws(Failure) in try operations.didEnd(heading, failure: nil) }
  }

  private func runLimited(_ step: Step, _ timeout: TimeSpan, _ frame: inout Frame)
    throws(PlacedFailure)
  {
    let outer = frame.cancellation
    var inner = frame
    defer {
      frame.slots = inner.slots
      frame.operations.didLimit(to: nil)
    }
    try Deadline.run(timeout, within: outer) { (cancellation) throws(PlacedFailure) in
      inner.cancellation = cancellation
      inner.operations.didLimit(to: cancellation)
      _ = try step.body.execute(&inner)
    }
  }

  func skipReason(_ step: Step, _ frame: Frame) -> String {
    "\(frame.text(of: step.conditionSpan)) does not hold"
  }

  // MARK: - The end

  /// Runs `on failure` and `finally`, and gives the failure that the run ends with.
  func end(after error: PlacedFailure, _ frame: Frame) -> PlacedFailure {
    guard error.failure.kind.endsTheRun else { return error }
    var error = error
    do throws(PlacedFailure) {
      try run(onFailure, "on failure", frame)
    } catch let second {
      error.failure.advice.append("'on failure' failed as well: \(second.failure.message)")
    }
    do throws(PlacedFailure) {
      try runFinally(frame)
    } catch let second {
      error.failure.advice.append("'finally' failed as well: \(second.failure.message)")
    }
    return error
  }

  func runFinally(_ frame: Frame) throws(PlacedFailure) {
    try run(finally, "finally", frame)
  }

  private func run(_ block: BlockNode?, _ word: String, _ frame: Frame) throws(PlacedFailure) {
    guard let block else { return }
    var frame = frame
    frame.trail = []
    frame.step = word
    frame.needed = nil
    // What an earlier end of the run did is its own.
    if let ends = frame.recollection?.ends, ends > 0 { frame.base = "again:\(ends)" }
    frame.cancellation = evaluator.operations.cancellation
    _ = try block.execute(&frame)
  }

  func bindings(_ frame: Frame) -> Bindings {
    var bindings = Bindings()
    for (name, slot) in names.sorted(by: { $0.value < $1.value })
    where !Unbound.matches(frame.slots[slot]) {
      bindings[name] = frame.slots[slot]
    }
    return bindings
  }

  func tell(_ body: (any Operations) throws(Failure) -> Void) throws(PlacedFailure) {
    do throws(Failure) {
      try body(evaluator.operations)
    } catch {
      throw PlacedFailure(error)
    }
  }
}

extension Failure.Kind {
  /// Says that the run is over: the others leave it to be resumed, with its `finally` still owed.
  package var endsTheRun: Bool {
    switch self {
    case .interrupted, .terminated, .journal, .unknown, .locked, .waiting: false
    default: true
    }
  }
}
