internal import Runbooks
internal import Sinks
internal import Terminal
internal import Values

/// Whoever sits at the terminal, as runs ask them.
final class TerminalAdapter: Person {
  private let terminal: TerminalPerson
  private let output: Output
  private let cancellation: @Sendable () -> Cancellation

  init(output: Output, cancellation: @escaping @Sendable () -> Cancellation) {
    terminal = TerminalPerson(
      usesColor: output.messages.usesColor,
      registry: output.messages.registry
    )
    self.output = output
    self.cancellation = cancellation
  }

  var isPresent: Bool { terminal.hasTerminal }

  func answer(to prompt: StyledText, after lines: [StyledText]) throws(Failure) -> String? {
    // What was shown before the question stands before it.
    try output.flush()
    let cancellation = cancellation()
    let answer: Answer
    do throws(TerminalError) {
      answer = try output.patience.whileAsking { () throws(TerminalError) in
        try terminal.ask(prompt, after: lines, cancelOn: cancellation.descriptor)
      }
    } catch {
      throw Failure(.approval, error.message)
    }
    try explain(answer, cancellation)
    return answer.text
  }

  func secretAnswer(to prompt: StyledText, named name: String) throws(Failure) -> Secret? {
    try output.flush()
    let cancellation = cancellation()
    let asked: (secret: Secret?, answer: Answer)
    do throws(TerminalError) {
      asked = try output.patience.whileAsking { () throws(TerminalError) in
        try terminal.askUnseen(prompt, named: name, cancelOn: cancellation.descriptor)
      }
    } catch {
      throw Failure(.approval, error.message)
    }
    try explain(asked.answer, cancellation)
    return asked.secret
  }

  /// Says why no answer came, where the person may wonder; an interruption ends what runs.
  private func explain(_ answer: Answer, _ cancellation: Cancellation) throws(Failure) {
    switch answer.reason {
    case .pasted: output.say("a paste is no answer: type it")
    case .interrupted where cancellation.reason == .deadline:
      throw Failure(.approval, "a question was not answered in the time given to this step")
    case .interrupted: try cancellation.check()
    default: return
    }
  }
}
