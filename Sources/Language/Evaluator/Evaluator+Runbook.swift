import Diagnostics
package import Objects
import Syntax
package import Values

extension Evaluator {
  /// Runs a runbook's steps in order, then what is owed: `on failure` after a failure, `finally`.
  ///
  /// Parameters without a default that are not among the arguments are asked for. A run that goes on
  /// from a later step gets the names of the earlier ones in `bindings`.
  ///
  /// - Returns: what the steps bound.
  @discardableResult
  package func runRunbook(
    arguments: [String: Value],
    from first: Int = 1,
    bindings: Bindings = Bindings()
  ) throws(PlacedFailure) -> Bindings {
    let runbook = try compiled()
    var frame = try runbook.frame(arguments, bindings)
    try runbook.askMissing(&frame)
    do throws(PlacedFailure) {
      for step in runbook.steps where step.heading.number >= first {
        try runbook.run(step, &frame)
      }
    } catch {
      throw runbook.end(after: error, frame)
    }
    try runbook.runFinally(frame)
    return runbook.bindings(frame)
  }

  /// Runs the `undo` of a step; a statement that reads a name which was not bound is skipped.
  package func runUndo(
    step title: String,
    arguments: [String: Value],
    bindings: Bindings
  ) throws(PlacedFailure) {
    let runbook = try compiled()
    let step = try runbook.step(titled: title)
    var frame = try runbook.frame(arguments, bindings)
    frame.step = title
    for (name, slot) in step.names {
      if let value = bindings[name] { frame.slots[slot] = value }
    }
    for undo in step.undo { try runbook.run(undo, of: step, &frame) }
  }

  /// Looks whether a step was done, by its `probe`; nothing if it has none.
  package func probe(
    step title: String,
    arguments: [String: Value],
    bindings: Bindings
  ) throws(PlacedFailure) -> Plan.Probe? {
    let runbook = try compiled()
    let step = try runbook.step(titled: title)
    guard let probe = step.probe else { return nil }
    var frame = try runbook.frame(arguments, bindings)
    for (name, slot) in step.names {
      if let value = bindings[name] { frame.slots[slot] = value }
    }
    do throws(PlacedFailure) {
      return switch try probe.value(&frame) {
      case .bool(true): .done
      case .bool(false): .notDone
      default: .unknown
      }
    } catch {
      guard error.failure.isCatchable || error.pending != nil else { throw error }
      return .unknown
    }
  }

  private func compiled() throws(PlacedFailure) -> CompiledRunbook {
    guard let runbook = program.runbook else {
      throw PlacedFailure(Failure(.usage, "\(program.main.source.name) is not a runbook"))
    }
    return CompiledRunbook(runbook, self)
  }
}

extension CompiledRunbook {
  func step(titled title: String) throws(PlacedFailure) -> Step {
    guard let step = steps.first(where: { $0.heading.title == title }) else {
      let nearest = Spelling.nearest(to: title, in: steps.map(\.heading.title))
      throw PlacedFailure(
        Failure(
          .usage,
          "there is no step \"\(title)\"",
          advice: nearest.map { ["did you mean \"\($0)\"?"] } ?? []
        )
      )
    }
    return step
  }

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
    }
  }

  func run(_ step: Step, _ frame: inout Frame) throws(PlacedFailure) {
    frame.step = step.heading.title
    frame.position = step.position
    frame.statementTime = nil
    do throws(PlacedFailure) {
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

  private func runBody(_ step: Step, _ frame: inout Frame) throws(PlacedFailure) {
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

  func run(_ undo: Undo, of step: Step, _ frame: inout Frame) throws(PlacedFailure) {
    let unbound = undo.reads.filter { Unbound.matches(frame.slots[$0]) }
    guard unbound.isEmpty else {
      let missing = (names.merging(step.names) { $1 })
        .filter { unbound.contains($0.value) }.keys.sorted().joined(separator: ", ")
      let place = frame.place(of: undo.statement.position)
      let text =
        "skipped, because \(missing) was not bound: "
        + frame.text(of: undo.statement.position.span)
      try tell { (operations) throws(Failure) in try operations.note(text, at: place) }
      return
    }
    _ = try BlockNode([undo.statement], acts: true).execute(&frame)
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

  private func tell(_ body: (any Operations) throws(Failure) -> Void) throws(PlacedFailure) {
    do throws(Failure) {
      try body(evaluator.operations)
    } catch {
      throw PlacedFailure(error)
    }
  }
}

extension Failure.Kind {
  /// Says that the run is over: the others leave it to be resumed, with its `finally` still owed.
  fileprivate var endsTheRun: Bool {
    switch self {
    case .interrupted, .terminated, .journal, .unknown, .locked: false
    default: true
    }
  }
}
