internal import Journals
internal import Language
internal import Runbooks
internal import Sinks
internal import Terminal
internal import Values

/// What is in doubt of a session at the prompt: its lines are not typed again, so a person decides.
struct SessionDoubts {
  let continuation: Continuation

  init(_ continuation: Continuation) {
    self.continuation = continuation
  }

  /// Asks for each effect in doubt how it ended, and ends the session's run.
  func decide() throws(Failure) {
    let script = Script(continuation.session)
    let scope = try continuation.session.scope(isPrompt: true)
    let signals = try continuation.session.watchSignals()
    defer { signals.stop() }
    let run = try script.reopen(continuation, scope)
    do throws(Failure) {
      for (path, _) in continuation.memory.inDoubt { try run.decide(at: path) }
    } catch {
      script.end(run, error)
      throw error
    }
    script.end(run, nil)
  }
}
