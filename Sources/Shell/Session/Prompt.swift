internal import Diagnostics
internal import Glibc
internal import Journals
internal import Language
internal import Runbooks
internal import Sinks
internal import Stack
private import Synchronization
internal import Syntax
internal import Terminal
internal import Values

/// The prompt: one run whose steps are its lines.
final class Prompt {
  private let session: Session
  private let run: Run
  private let editor: LineEditor
  private let signals: PromptSignals
  private var bindings = Bindings()
  private var functions: [String: Program.Function] = [:]
  private var lineNumber = 0

  /// - Throws: `usage` where there is no terminal to speak of, or a wrong stack file.
  init(_ session: Session) throws(Failure) {
    self.session = session
    try session.checkLockOptions()
    let scope = try session.scope(isPrompt: true)
    run = session.makeRun(
      texts: [SourceText(name: "[tty]", text: "")],
      parameters: [],
      scope: scope,
      isPrompt: true,
      commandLine: { hash in "opsh … --approve \(hash)" }
    )
    do throws(TerminalError) {
      editor = try LineEditor(
        input: STDIN_FILENO,
        output: STDOUT_FILENO,
        history: HistoryStore(path: session.paths.history, registry: session.registry),
        environment: session.environment,
        usesColor: session.output.data.usesColor,
        registry: session.registry
      )
      signals = try PromptSignals(editor.remote)
    } catch {
      throw Failure(.usage, error.message)
    }
  }

  /// Reads and runs lines until the end of input; a failure ends its line and keeps the shell.
  func loop() throws(Failure) {
    defer { signals.stop() }
    remindOfRuns()
    while !signals.isOver {
      let input = editor.readLine(
        prompt: prompt(),
        isIncomplete: {
          Parser.parse(SourceText(name: "[tty]", text: $0), mode: .prompt).isIncomplete
        },
        complete: { [self] text, cursor in candidates(text, cursor) }
      )
      switch input {
      case .interrupted: continue
      case .endOfFile: return end()
      case .line(let text):
        guard text.contains(where: { !$0.isWhitespace }) else { continue }
        if ["exit", "quit"].contains(text.filter { !$0.isWhitespace }) { return end() }
        line(text)
      }
    }
    end()
  }

  /// How many of the newest runs are looked at when the prompt begins.
  private static let mostRuns = 100

  /// Says what somebody still has to go on with.
  private func remindOfRuns() {
    guard let entries = try? session.runStore.unfinished(among: Self.mostRuns) else { return }
    for entry in entries.prefix(5) {
      var words = "run \(entry.id) is \(entry.state.name)"
      if let doubt = entry.inDoubt.first?["summary"]?.stringValue { words += ": \(doubt)" }
      if entry.owesFinally { words += ", its 'finally' is owed" }
      session.output.say(
        StyledText(words, .yellow) + StyledText("  opsh resume \(entry.id)", .faint)
      )
    }
    if entries.count > 5 {
      session.output.say(StyledText("\(entries.count - 5) more: opsh runs", .faint))
    }
  }

  private func end() {
    guard let head = run.finish(nil) else { return }
    session.output.say(
      StyledText("run ", .faint) + StyledText(run.id) + StyledText("  head \(head)", .faint)
    )
  }

  /// Shows what is unlocked, and for how long still.
  private func prompt() -> StyledText {
    var text = StyledText()
    let environments = (try? session.stack())?.definition?.environments ?? []
    for environment in environments {
      guard let left = run.unlockedSpan(of: environment.name) else { continue }
      text.append("\(environment.name) unlocked \(left.roundedText) ", .yellow)
    }
    return text + StyledText("opsh>", .bold)
  }

  private func candidates(_ text: String, _ cursor: Int) -> [LineEditor.Candidate] {
    guard let scope = try? scope() else { return [] }
    return Completion.candidates(
      in: SourceText(name: "[tty]", text: text),
      at: cursor,
      scope: scope
    )
    .map { LineEditor.Candidate($0.text, $0.summary) }
  }

  private func scope() throws(Failure) -> CheckScope {
    var scope = try session.scope(isPrompt: true, bound: bindings.types)
    scope.functions = functions
    return scope
  }

  // MARK: - One line

  private func line(_ text: String) {
    lineNumber += 1
    do throws(Failure) {
      try execute(SourceText(name: "[tty]", text: text))
      try session.output.flush()
    } catch {
      try? session.output.flush()
      session.output.failure(error)
    }
  }

  private func execute(_ source: SourceText) throws(Failure) {
    let (result, report) = session.load(source, mode: .prompt, scope: try scope())
    session.output.problems(report.problems)
    guard !report.problems.hasErrors else { return }
    guard !report.notInThisVersion.hasErrors else {
      return session.output.problems(report.notInThisVersion)
    }
    var program = result.program
    functions.merge(program.functions) { _, new in new }
    program.functions = functions
    if case .help(let topic, _)? = program.statements.first {
      return try help(topic.map { source.text(of: $0.span) })
    }
    let cancellation = Cancellation()
    signals.begin(cancellation)
    defer { signals.end() }
    run.beginLine(cancellation, typed: String(decoding: source.bytes, as: UTF8.self))
    let evaluator = Evaluator(program: program, operations: run, isPrompt: true)
    do throws(PlacedFailure) {
      try session.output.patience.during { () throws(PlacedFailure) in
        try evaluator.runStatements(at: "line:\(lineNumber)", bindings: &bindings)
      }
    } catch {
      session.output.place(of: error)
      throw error.failure
    }
  }

  private func help(_ topic: String?) throws(Failure) {
    let help = session.help()
    let lines = try topic.map { (topic) throws(Failure) in try help.lines(about: topic) }
    for line in lines ?? help.overview() { session.output.line(line) }
  }
}

/// What the prompt does about signals: Ctrl-C stops what runs and keeps the shell.
private final class PromptSignals: Sendable {
  private struct State {
    var line: Cancellation?
    var isOver = false
  }

  private let shared: Shared
  private let watch: SignalWatch

  init(_ remote: LineEditor.Remote) throws(TerminalError) {
    let shared = Shared()
    self.shared = shared
    watch = try SignalWatch { event in shared.handle(event, remote) }
  }

  var isOver: Bool { shared.state.withLock { $0.isOver } }

  func begin(_ cancellation: Cancellation) {
    shared.insistence.reset()
    shared.state.withLock { $0.line = cancellation }
  }

  func end() {
    shared.state.withLock { $0.line = nil }
  }

  func stop() {
    watch.stop()
  }

  private final class Shared: Sendable {
    let state = Mutex(State())
    let insistence = Insistence()

    func handle(_ event: SignalWatch.Event, _ remote: LineEditor.Remote) {
      let line = state.withLock { state in
        if event == .terminate || event == .hangUp { state.isOver = true }
        return state.line
      }
      if line != nil { insistence.note(event) }
      switch event {
      case .resize: remote.resize()
      case .interrupt: if let line { line.cancel() } else { remote.interrupt() }
      case .terminate, .hangUp:
        line?.cancel(.terminated)
        remote.interrupt()
      }
    }
  }
}
