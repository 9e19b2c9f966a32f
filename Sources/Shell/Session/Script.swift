internal import Diagnostics
internal import Glibc
internal import Journals
internal import Language
internal import Objects
internal import Runbooks
internal import Sinks
private import Synchronization
internal import Syntax
internal import Terminal
internal import Values

/// Checks, plans and runs one text: a file, standard input, or what `-c` gives.
struct Script {
  let session: Session

  init(_ session: Session) {
    self.session = session
  }

  /// A program that may run: checked, trusted, its secrets there.
  struct Ready {
    var program: Program
    var scope: CheckScope
    /// What `--env` gave.
    var bindings: Bindings
  }

  // MARK: - Running

  /// Runs a text; nothing of it runs if anything is wrong with it.
  func run(_ source: SourceText, parameters: [String]) throws(Failure) {
    try session.checkLockOptions()
    let ready = try check(source, parameters)
    let signals = try session.watchSignals()
    defer { signals.stop() }
    try session.output.patience.during { () throws(Failure) in
      try run(ready, given: try arguments(parameters, for: ready.program))
    }
  }

  private func run(_ ready: Ready, given: [String: Value]) throws(Failure) {
    let run = run(of: ready, arguments: given)
    try run.requireDirectory(for: Self.stepsOfSeveral(ready.program))
    let evaluator = Evaluator(program: ready.program, operations: run)
    var arguments = given
    if needsWalk(ready.program) {
      let resolved = try resolved(given, ready.program, evaluator)
      arguments = resolved.arguments
      let walk = try fitting { () throws(Failure) in
        try walked(ready, resolved, evaluator)
      }
      let hash = try hash(of: ready.program, arguments, walk)
      try run.prepare(walk: walk, hash: hash, approved: session.options.approve)
    }
    try perform(ready, evaluator, run, arguments)
  }

  /// The steps that need more than the one who starts them, as far as the text says.
  private static func stepsOfSeveral(_ program: Program) -> [String] {
    (program.runbook?.steps ?? []).filter { step in
      guard let approvals = step.approvals else { return false }
      return program.main.source.text(of: approvals.span) != "1"
    }.map(\.title.text)
  }

  /// A plan that was approved and that is none by now no longer fits.
  private func fitting<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    do throws(Failure) {
      return try body()
    } catch {
      guard session.options.approve != nil, error.exitCode == 3 else { throw error }
      throw Failure(
        .approval,
        "the plan is not the one that was approved: \(error.message)",
        advice: error.advice + ["nothing was run"]
      )
    }
  }

  func perform(
    _ ready: Ready,
    _ evaluator: Evaluator,
    _ run: Run,
    _ arguments: [String: Value]
  ) throws(Failure) {
    let program = ready.program
    do throws(Failure) {
      if program.runbook?.finally != nil { run.owesFinally() }
      try placed { () throws(PlacedFailure) in
        if program.runbook != nil {
          try evaluator.runRunbook(arguments: arguments)
        } else {
          var bindings = ready.bindings
          try evaluator.runStatements(bindings: &bindings)
        }
      }
    } catch {
      try session.output.flush()
      end(run, error)
      throw error
    }
    end(run, nil)
    try run.requireWholeRecord()
  }

  /// Says where the record is, and its head hash.
  func end(_ run: Run, _ failure: Failure?, isPutDown: Bool = false) {
    guard let head = run.finish(failure, isPutDown: isPutDown) else { return }
    session.output.say(
      StyledText("run ", .faint) + StyledText(run.id) + StyledText("  head \(head)", .faint)
    )
    guard failure != nil else { return }
    let line = Self.resumeLine(run.id, session.options, hash: nil)
    session.output.say(StyledText("go on with it by: ", .faint) + StyledText(line))
  }

  /// Without a terminal, and with an approval, all of it is looked at before its first step.
  func needsWalk(_ program: Program) -> Bool {
    guard session.options.approve != nil || !session.person.isPresent else { return false }
    return program.sources.contains { source in
      Lexer.lex(source).tokens.contains {
        Self.actingWords.contains(source.text(of: $0.span))
      }
    }
  }

  private static let actingWords: Set<String> = ["do", "ask", "confirm", "manual"]

  // MARK: - Planning

  /// Walks a text and shows every change; changes nothing.
  func plan(_ source: SourceText, parameters: [String], isByHand: Bool) throws(Failure) {
    let ready = try check(source, parameters)
    let signals = try session.watchSignals()
    defer { signals.stop() }
    try session.output.patience.during { () throws(Failure) in
      try plan(ready, try arguments(parameters, for: ready.program), isByHand: isByHand)
    }
  }

  private func plan(_ ready: Ready, _ given: [String: Value], isByHand: Bool) throws(Failure) {
    let run = run(of: ready, arguments: given)
    let evaluator = Evaluator(program: ready.program, operations: run)
    let resolved = try resolved(given, ready.program, evaluator)
    let arguments = resolved.arguments
    let walk = try walked(ready, resolved, evaluator)
    let hash = try hash(of: ready.program, arguments, walk)
    run.offer(hash)
    let line = commandLine(ready.program, arguments, hash: hash)
    for text in PlanPrinter(isByHand: isByHand).lines(of: walk, hash: hash, commandLine: line) {
      session.output.line(text)
    }
  }

  private func walked(
    _ ready: Ready,
    _ resolved: Resolved,
    _ evaluator: Evaluator
  ) throws(Failure) -> [WalkItem] {
    try placed { () throws(PlacedFailure) in
      try evaluator.walk(
        arguments: resolved.arguments,
        bindings: ready.bindings,
        failed: resolved.failed
      )
    }
  }

  // MARK: - Before anything runs

  private func check(_ source: SourceText, _ parameters: [String]) throws(Failure) -> Ready {
    let option = try EnvironmentOption(session)
    let scope = if let option { try option.scope(for: source) } else { try session.scope() }
    let result = try load(source, scope)
    try option?.check(
      result.program,
      given: Set(parameters.map { String($0.prefix { $0 != "=" }) })
    )
    if option != nil || session.needsStack(result.program, scope: scope) {
      try session.requireStack(session.reach(of: result.program, parameters))
    }
    var bindings = Bindings()
    if let option, result.program.runbook == nil {
      bindings[EnvironmentOption.name] = try option.value()
    }
    return Ready(program: result.program, scope: scope, bindings: bindings)
  }

  /// Parses and checks a text.
  ///
  /// - Throws: `usage` where anything is wrong with it; what it is was shown then.
  func load(
    _ source: SourceText,
    _ scope: CheckScope,
    stored: [SourceText]? = nil
  ) throws(Failure) -> LoadResult {
    let (result, report) = session.load(source, mode: .file, scope: scope, stored: stored)
    if report.problems.hasErrors, let stack = try session.stack(), stack.definition == nil {
      // Names that such a file would bind are unknown because of it.
      session.output.problems([SourceProblems(source: stack.source, diagnostics: stack.problems)])
    }
    session.output.problems(report.problems)
    guard !report.problems.hasErrors else {
      throw result.failures.first
        ?? Failure(.usage, "\(source.name) has errors; nothing was run")
    }
    guard !report.notInThisVersion.hasErrors else {
      session.output.problems(report.notInThisVersion)
      throw Failure(.usage, "\(source.name) needs a later version; nothing was run")
    }
    return result
  }

  func hash(
    of program: Program,
    _ arguments: [String: Value],
    _ walk: [WalkItem]
  ) throws(Failure) -> String {
    try PlanHash.hash(
      texts: program.sources.map(\.bytes),
      parameters: arguments.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
      walk: walk
    )
  }

  // MARK: - Wiring

  private func run(of ready: Ready, arguments: [String: Value]) -> Run {
    let program = ready.program
    let session = session
    let sorted = arguments.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    return session.makeRun(
      texts: program.sources,
      parameters: sorted,
      scope: ready.scope,
      isPrompt: false,
      commandLine: { hash in
        Script(session).commandLine(program, arguments, hash: hash)
      }
    )
  }

  /// The full command line that approves a plan, every parameter spelled out.
  func commandLine(_ program: Program, _ arguments: [String: Value], hash: String) -> String {
    var words = ["opsh"]
    for (name, value) in [
      ("--stack", session.options.stack), ("--journal", session.options.journal),
    ] {
      if let value { words += [name, value] }
    }
    if program.runbook == nil, let environment = session.options.env {
      words += ["--env", environment]
    }
    if program.main.source.name == "-c" {
      words += ["-c", String(decoding: program.main.source.bytes, as: UTF8.self)]
    } else {
      words.append(program.main.source.name)
    }
    for parameter in program.runbook?.parameters ?? [] {
      guard let value = arguments[parameter.name.text] else { continue }
      words.append("\(parameter.name.text)=\(Self.text(of: value))")
    }
    words += ["--approve", hash]
    return words.map(ProgramRunner.quoted).joined(separator: " ")
  }

  /// A value as `name=value` takes it.
  static func text(of value: Value) -> String {
    switch value {
    case .duration(let span): span.text
    case .size(let bytes): bytes % 1000 == 0 ? "\(bytes / 1000)KB" : "\(bytes / 1024)KiB"
    case .object(let object): object.identity
    case .list(let values): values.map(text).joined(separator: ",")
    default: value.text
    }
  }

  /// Shows where a failure was, and gives it without its place.
  func placed<Result>(_ body: () throws(PlacedFailure) -> Result) throws(Failure) -> Result {
    do throws(PlacedFailure) {
      return try body()
    } catch {
      session.output.place(of: error)
      throw error.failure
    }
  }
}

extension Output {
  /// Shows the place of a failure as diagnostics are shown.
  func place(of error: PlacedFailure) {
    guard !isOfGoneReader(error.failure), let (diagnostic, source) = error.diagnostic else {
      return
    }
    problems([SourceProblems(source: source, diagnostics: [diagnostic])])
    placed.withLock { $0 = error.failure.message }
  }
}
