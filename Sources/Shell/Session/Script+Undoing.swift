internal import Diagnostics
internal import Journals
internal import Language
internal import Runbooks
internal import Sinks
internal import Syntax
internal import Terminal
internal import Values

/// Taking a run back: a run of its own, which can be gone on with like any other.
extension Script {
  /// Performs the `undo` blocks of what a run really did.
  func undo(_ continuation: Continuation) throws(Failure) {
    let ready = try ready(of: continuation)
    try refuse(continuation, ready.program)
    let signals = try session.watchSignals()
    defer { signals.stop() }
    try session.output.patience.during { () throws(Failure) in
      let run = session.makeRun(
        texts: continuation.texts,
        parameters: [],
        scope: ready.scope,
        isPrompt: false,
        commandLine: { [session] hash in
          Self.undoLine(continuation.id, session.options, hash: hash)
        },
        undoes: continuation.id,
        memory: continuation.memory
      )
      try undo(continuation, continuation.memory, ready, run)
    }
  }

  /// Goes on with a run that takes another back.
  func goOnUndoing(_ continuation: Continuation) throws(Failure) {
    let ready = try ready(of: continuation)
    try continuation.refuseLivingProgram()
    let signals = try session.watchSignals()
    defer { signals.stop() }
    try session.output.patience.during { () throws(Failure) in
      let run = try reopen(continuation, ready.scope)
      try undo(continuation, continuation.undone ?? continuation.memory, ready, run)
    }
  }

  private func undo(
    _ continuation: Continuation,
    _ done: RunMemory,
    _ ready: Ready,
    _ run: Run
  ) throws(Failure) {
    let evaluator = Evaluator(program: ready.program, operations: run)
    let arguments = try arguments(of: continuation, ready.program)
    let titles = Set(
      (ready.program.runbook?.steps ?? []).map(\.title.text).filter { done.hasDone(in: $0) }
    )
    do throws(Failure) {
      if needsWalk(ready.program) {
        let walk = try placed { () throws(PlacedFailure) in
          try evaluator.walkUndo(of: titles, arguments: arguments)
        }
        let hash = try PlanHash.hash(
          texts: ready.program.sources.map(\.bytes),
          parameters: [("undo", .text(continuation.id))],
          walk: walk
        )
        try run.prepare(walk: walk, hash: hash, approved: session.options.approve)
      }
      try placed { () throws(PlacedFailure) in
        try evaluator.runUndo(of: titles, arguments: arguments)
      }
    } catch {
      try session.output.flush()
      end(run, error)
      throw error
    }
    end(run, nil)
    try run.requireWholeRecord()
    mark(undone: continuation.created?["undoes"]?.stringValue ?? continuation.id, by: run)
  }

  /// Tells the run that was taken back, so that it is not taken back twice.
  private func mark(undone id: String, by run: Run) {
    do throws(JournalError) {
      let (journal, _) = try session.runStore.reopen(id: id, registry: session.registry)
      try journal.append(.undone, [.init("run", .string(run.id))], durable: true)
    } catch {
      session.output.say(StyledText("warning: \(error.message)", .yellow))
    }
  }

  private func refuse(_ continuation: Continuation, _ program: Program) throws(Failure) {
    try continuation.refuseLivingProgram()
    if let other = continuation.memory.undoneBy {
      throw Failure(
        .nothingToDo,
        "run \(continuation.id) was taken back by run \(other)",
        advice: ["see: opsh transcript \(other)"]
      )
    }
    if let doubt = continuation.memory.inDoubt.first {
      throw Failure(
        .unknown,
        "whether '\(doubt.summary)' was done is not known, so it can not be taken back",
        advice: ["find out first: opsh resume \(continuation.id)"]
      )
    }
    let steps = program.runbook?.steps ?? []
    guard steps.contains(where: { continuation.memory.hasDone(in: $0.title.text) }) else {
      throw Failure(.nothingToDo, "run \(continuation.id) changed nothing that could be undone")
    }
    guard
      steps.contains(where: { $0.undo != nil && continuation.memory.hasDone(in: $0.title.text) })
    else {
      throw Failure(
        .nothingToDo,
        "no step of run \(continuation.id) that changed something has an 'undo'",
        advice: ["what each change says of its own undo: opsh transcript \(continuation.id)"]
      )
    }
  }

  private static func undoLine(_ id: String, _ options: SessionOptions, hash: String) -> String {
    var words = ["opsh", "undo", id]
    if let stack = options.stack, options.words.contains("--stack") { words += ["--stack", stack] }
    if let journal = options.journal { words += ["--journal", journal] }
    words += ["--approve", hash]
    return words.map(ProgramRunner.quoted).joined(separator: " ")
  }
}
