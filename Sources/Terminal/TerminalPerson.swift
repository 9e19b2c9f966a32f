private import CLibEdit
private import Glibc
package import Sinks
private import Synchronization
package import Values

/// The person at the controlling terminal, who is asked there whatever standard input is.
///
/// Safe from any thread: one question at a time.
package final class TerminalPerson: Sendable {
  private let path: String
  private let rendering: Rendering
  private let turn = Mutex(())

  package init(usesColor: Bool, registry: SecretRegistry, path: String = "/dev/tty") {
    self.path = path
    rendering = Rendering(usesColor: usesColor, registry: registry)
  }

  /// Says whether somebody can be asked: there is a terminal, and this job is in front of it.
  package var hasTerminal: Bool {
    guard let device = try? open() else { return false }
    close(device)
    return true
  }

  /// Shows lines and a question, and waits for a line.
  ///
  /// What was typed before is thrown away first. The descriptor in `cancelOn` becomes readable when
  /// the caller gives up.
  package func ask(
    _ prompt: StyledText,
    after lines: [StyledText] = [],
    timeout: TimeSpan? = nil,
    cancelOn: Int32? = nil
  ) throws(TerminalError) -> Answer {
    try converse(prompt, lines, echoes: true, Deadline(timeout, cancelOn))
  }

  /// Asks for a secret, which is not shown while it is typed, and may be pasted.
  package func askUnseen(
    _ prompt: StyledText,
    named name: String,
    timeout: TimeSpan? = nil,
    cancelOn: Int32? = nil
  ) throws(TerminalError) -> (secret: Secret?, answer: Answer) {
    let answer = try converse(prompt, [], echoes: false, Deadline(timeout, cancelOn))
    guard let text = answer.text else { return (nil, answer) }
    return (
      Secret(name: name, text: text), Answer(outcome: .answered(""), elapsed: answer.elapsed)
    )
  }

  private func open() throws(TerminalError) -> Int32 {
    let device = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard device >= 0 else { throw .noTerminal }
    // A job in the background that touched the terminal's modes would be stopped.
    guard isatty(device) == 1, tcgetpgrp(device) == getpgrp() else {
      close(device)
      throw .noTerminal
    }
    return device
  }

  private func converse(
    _ prompt: StyledText,
    _ lines: [StyledText],
    echoes: Bool,
    _ deadline: Deadline
  ) throws(TerminalError) -> Answer {
    let result: Result<Answer, TerminalError> = turn.withLock { _ in
      do throws(TerminalError) {
        let device = try open()
        defer { close(device) }
        return .success(try converse(on: device, prompt, lines, echoes: echoes, deadline))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func converse(
    on device: Int32,
    _ prompt: StyledText,
    _ lines: [StyledText],
    echoes: Bool,
    _ deadline: Deadline
  ) throws(TerminalError) -> Answer {
    let shown = lines.map { rendering.text($0) + "\n" }.joined()
    Screen.write(Array(shown.utf8), to: device)
    let code = cterminal_begin_line_mode(device, echoes ? 1 : 0)
    guard code == 0 else { throw .system(action: "changing the terminal's mode", code: code) }
    // A pasted secret is as good as a typed one; a pasted yes was not thought about.
    let paste = (on: echoes ? "\u{1B}[?2004h" : "", off: echoes ? "\u{1B}[?2004l" : "")
    Screen.write(Array((paste.on + rendering.text(prompt)).utf8), to: device)
    let began = Time.monotonicMicroseconds()
    let outcome = AnswerReader(device: device, deadline: deadline, isExact: !echoes).read()
    let elapsed = TimeSpan(microseconds: Time.monotonicMicroseconds() - began)
    cterminal_restore()
    let needsLineEnd: Bool =
      switch outcome {
      case .none(.timeout), .none(.interrupted), .none(.endOfFile): true
      case .answered, .none: !echoes
      }
    Screen.write(Array((paste.off + (needsLineEnd ? "\n" : "")).utf8), to: device)
    return Answer(outcome: outcome, elapsed: elapsed)
  }
}
