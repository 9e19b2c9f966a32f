internal import Diagnostics
internal import Journals
internal import Language
internal import Objects
internal import Runbooks
internal import Sinks
internal import Syntax
internal import Terminal
internal import Values

/// Going on with a run after an interruption, a failure or a handover.
extension Script {
  /// Does what is left of a run, from its stored texts.
  func goOn(with continuation: Continuation) throws(Failure) {
    let ready = try ready(of: continuation)
    try continuation.refuseLivingProgram()
    let arguments = try arguments(of: continuation, ready.program)
    let signals = try session.watchSignals()
    defer { signals.stop() }
    try session.output.patience.during { () throws(Failure) in
      let run = try reopen(continuation, ready.scope)
      let evaluator = Evaluator(program: ready.program, operations: run)
      try approveRest(continuation, ready, evaluator, run, arguments)
      try perform(ready, evaluator, run, arguments)
    }
  }

  /// The program of a run as it was when it began, checked against the stack as it is now.
  func ready(of continuation: Continuation) throws(Failure) -> Ready {
    guard let main = continuation.texts.first else {
      throw Failure(.journal, "the record of \(continuation.id) has no text")
    }
    let scope = try session.scope()
    let result = try load(main, scope, stored: continuation.texts)
    // Which environments its parameters name is on record; what cannot be had shows where it is used.
    if session.needsStack(result.program, scope: scope) {
      try session.requireStack(continuation.environments)
    }
    return Ready(program: result.program, scope: scope, bindings: Bindings())
  }

  /// The parameters as the run had them; what was a secret is read or asked for again.
  func arguments(of continuation: Continuation, _ program: Program) throws(Failure)
    -> [String: Value]
  {
    var arguments: [String: Value] = [:]
    for parameter in program.runbook?.parameters ?? [] {
      let name = parameter.name.text
      if case .known(let value)? = try continuation.memory.value(at: Place.path(ofParameter: name))
      {
        arguments[name] = value
      }
    }
    return arguments
  }

  /// Takes the journal of a run for going on; says so in it.
  func reopen(_ continuation: Continuation, _ scope: CheckScope) throws(Failure) -> Run {
    let store = session.runStore
    let journal: Journal
    do throws(JournalError) {
      (journal, _) = try store.reopen(id: continuation.id, registry: session.registry)
    } catch {
      throw Continuation.failure(error)
    }
    let recorder = Recorder(journal: journal, store: store, registry: session.registry)
    try recorder.require(
      .runResumed,
      [
        .init("host", .string(Session.hostName())),
        .init("operator", .string(session.operatorName)),
        .init("reason", session.options.reason.map { .string($0) } ?? .null),
        .init("version", .string(Session.version)),
      ]
    )
    let id = continuation.id
    return session.makeRun(
      recorder,
      scope: scope,
      isPrompt: false,
      commandLine: { [session] hash in
        Self.resumeLine(id, session.options, hash: hash)
      },
      memory: continuation.memory,
      started: continuation.created?.at
    )
  }

  /// Where nobody can be asked, what is left is approved as a whole, as a plan is.
  private func approveRest(
    _ continuation: Continuation,
    _ ready: Ready,
    _ evaluator: Evaluator,
    _ run: Run,
    _ arguments: [String: Value]
  ) throws(Failure) {
    guard needsWalk(ready.program) else { return }
    do throws(Failure) {
      let walk = try placed { () throws(PlacedFailure) in
        try evaluator.walk(arguments: arguments, bindings: ready.bindings)
      }
      let hash = try PlanHash.hash(
        texts: ready.program.sources.map(\.bytes),
        parameters: arguments.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
          + [("run", .text(continuation.id))],
        walk: walk
      )
      try run.prepare(walk: walk, hash: hash, approved: session.options.approve)
    } catch {
      end(run, error, isPutDown: true)
      throw error
    }
  }

  static func resumeLine(_ id: String, _ options: SessionOptions, hash: String?) -> String {
    var words = ["opsh", "resume", id]
    if let stack = options.stack, options.words.contains("--stack") { words += ["--stack", stack] }
    if let journal = options.journal { words += ["--journal", journal] }
    if let hash { words += ["--approve", hash] }
    return words.map(ProgramRunner.quoted).joined(separator: " ")
  }
}
