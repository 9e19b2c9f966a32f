private import Glibc
package import Sinks
internal import Values

/// Reads what a person types at the prompt, or what comes through a pipe instead.
///
/// Used by one thread; only ``interrupt`` and ``resize`` may be called from others.
package final class LineEditor {
  /// What came.
  package enum Input: Hashable, Sendable {
    /// A whole text, perhaps of several lines, without its last line end.
    case line(String)
    /// Ctrl-D on an empty line, or the end of the input.
    case endOfFile
    /// Ctrl-C: what was typed is thrown away.
    case interrupted
  }

  /// Something that could stand instead of the word before the cursor.
  package struct Candidate: Hashable, Sendable {
    package let text: String
    package let summary: String

    package init(_ text: String, _ summary: String = "") {
      self.text = text
      self.summary = summary
    }
  }

  private static let continuation = StyledText("… ")

  private let input: Int32
  private let output: Int32
  private let history: HistoryStore
  private let isInteractive: Bool
  private let rendering: Rendering
  private let wishes: WishPipe
  private let plain: PlainLines
  private lazy var session = EditSession(
    input: input,
    output: output,
    wishes: wishes.readEnd,
    rendering: rendering
  )
  private var remembered = 0

  /// Lends itself the descriptors; libedit is used only if both are a terminal that can do it.
  package init(
    input: Int32,
    output: Int32,
    history: HistoryStore,
    environment: [String: String],
    usesColor: Bool,
    registry: SecretRegistry
  ) throws(TerminalError) {
    self.input = input
    self.output = output
    self.history = history
    rendering = Rendering(usesColor: usesColor, registry: registry)
    isInteractive = Screen.isTerminal(input) && Screen.isTerminal(output)
    canEdit = isInteractive && Screen.canMoveCursor(environment: environment)
    wishes = try WishPipe()
    plain = PlainLines(input: input, wishes: wishes.readEnd)
  }

  private let canEdit: Bool

  /// What other threads (the one that hears signals) may ask of an editor.
  package var remote: Remote { Remote(wishes: wishes) }

  package struct Remote: Sendable {
    fileprivate let wishes: WishPipe

    /// Ends the reading of the line at hand as Ctrl-C does; call it only while one is read.
    package func interrupt() { wishes.send(EditSession.interruptWish) }
    /// Says that the terminal's size is another.
    package func resize() { wishes.send(EditSession.resizeWish) }
  }

  /// Reads a text: further lines are asked for while `isIncomplete` says so.
  ///
  /// `complete` gets the text and the cursor as an offset into its UTF-8. What was read goes into
  /// the history.
  package func readLine(
    prompt: StyledText,
    isIncomplete: (String) -> Bool,
    complete: @escaping (String, Int) -> [Candidate]
  ) -> Input {
    // An interruption that came too late for the line before is not meant for this one.
    wishes.drain()
    let input =
      if canEdit, let session {
        edit(session, prompt, isIncomplete, complete)
      } else {
        readPlainly(prompt, isIncomplete)
      }
    // Without a history the prompt still works.
    if isInteractive, case .line(let text) = input { _ = try? history.add(text) }
    return input
  }

  private func edit(
    _ session: EditSession,
    _ prompt: StyledText,
    _ isIncomplete: (String) -> Bool,
    _ complete: @escaping (String, Int) -> [Candidate]
  ) -> Input {
    let entries = history.entries()
    for entry in entries.dropFirst(remembered) { session.remember(entry) }
    remembered = entries.count
    var before = ""
    var prefilled = ""
    while true {
      let head = before
      let (text, ending) = session.edit(
        prompt: head.isEmpty ? prompt : Self.continuation,
        prefilled: prefilled,
        isContinuation: !head.isEmpty,
        walk: HistoryWalk(entries),
        complete: { text, cursor in complete(head + text, head.utf8.count + cursor) }
      )
      prefilled = ""
      switch ending {
      case .line:
        let whole = before + text
        guard isIncomplete(whole) else { return .line(whole) }
        before = whole + "\n"
      case .reopened:
        Screen.write(Array("\r\n".utf8), to: output)
        prefilled = before + text
        before = ""
      case .interrupted: return .interrupted
      case .endOfFile:
        Screen.write(Array("\r\n".utf8), to: output)
        return .endOfFile
      }
    }
  }

  private func readPlainly(_ prompt: StyledText, _ isIncomplete: (String) -> Bool) -> Input {
    var whole = ""
    while true {
      if isInteractive {
        let text = rendering.text(whole.isEmpty ? prompt : Self.continuation)
        Screen.write(Array(text.utf8), to: output)
      }
      switch plain.next() {
      case .line(let line):
        whole += line
        guard isIncomplete(whole) else { return .line(whole) }
        whole += "\n"
      case .endOfFile: return whole.isEmpty ? .endOfFile : .line(String(whole.dropLast()))
      case .interrupted:
        if isInteractive { Screen.write([0x0A], to: output) }
        return .interrupted
      }
    }
  }
}
