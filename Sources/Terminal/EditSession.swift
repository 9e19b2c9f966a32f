private import CLibEdit
private import Glibc
internal import Sinks

/// One line editor's libedit, and what our own keys do in it.
///
/// libedit draws only between two keys, so what has to be drawn below the line waits for the next
/// time that a key is asked for.
@safe final class EditSession {
  /// How the editing of a line ended, where libedit does not know.
  enum Ending {
    case line, endOfFile, interrupted
    /// The person goes back into the lines before this one.
    case reopened
  }

  private enum Waiting {
    case nothing
    case interruption
    case menu(CompletionMenu, cursorBack: Int)
    case prefilled(String)
  }

  private static let noCandidates: @Sendable (String, Int) -> [LineEditor.Candidate] = { _, _ in []
  }

  static let interruptWish: UInt8 = 1
  static let resizeWish: UInt8 = 2

  private let output: Int32
  private let keys: KeyReader
  private let rendering: Rendering
  private var editor: OpaquePointer?
  private var walk = HistoryWalk([])
  private var complete: (String, Int) -> [LineEditor.Candidate] = noCandidates
  private var waiting = Waiting.nothing
  private var ending = Ending.line
  private var isContinuation = false

  /// Nothing if libedit is not there.
  init?(input: Int32, output: Int32, wishes: Int32, rendering: Rendering) {
    self.output = output
    self.rendering = rendering
    keys = KeyReader(input: input, wishes: wishes)
    let context = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe editor = unsafe clibedit_create(
      input,
      output,
      context,
      { context, character in
        guard let context = unsafe context, let character = unsafe character else { return -1 }
        let session = unsafe Unmanaged<EditSession>.fromOpaque(context).takeUnretainedValue()
        guard let key = session.nextKey() else { return session.isAtEnd ? 0 : -1 }
        unsafe character.pointee = wchar_t(bitPattern: key)
        return 1
      },
      { context, command in
        guard let context = unsafe context else { return Int32(CLIBEDIT_KEEP) }
        let session = unsafe Unmanaged<EditSession>.fromOpaque(context).takeUnretainedValue()
        return session.perform(command)
      }
    )
    if unsafe editor == nil { return nil }
  }

  deinit {
    if let editor = unsafe editor { unsafe clibedit_destroy(editor) }
  }

  private var isAtEnd: Bool { if case .endOfFile = ending { true } else { false } }

  /// Edits one line, which may hold line ends; the text that was there counts for a reopening too.
  func edit(
    prompt: StyledText,
    prefilled: String,
    isContinuation: Bool,
    walk: HistoryWalk,
    complete: @escaping (String, Int) -> [LineEditor.Candidate]
  ) -> (text: String, ending: Ending) {
    guard let editor = unsafe editor else { return ("", .endOfFile) }
    self.walk = walk
    self.complete = complete
    // Whoever asks holds this, and would be held by it.
    defer { self.complete = Self.noCandidates }
    self.isContinuation = isContinuation
    ending = .line
    waiting = prefilled.isEmpty ? .nothing : .prefilled(prefilled)
    unsafe Self.withWide(rendering.prompt(prompt)) { unsafe clibedit_set_prompt(editor, $0) }
    // Bracketed paste: what is pasted comes between two sequences, so it is not taken for typing.
    write("\u{1B}[?2004h")
    var text: UnsafePointer<wchar_t>?
    let count = unsafe Int(clibedit_read_line(editor, &text))
    write("\u{1B}[?2004l")
    guard count > 0, let text = unsafe text else {
      if case .line = ending { ending = .endOfFile }
      return (reopenedText, ending)
    }
    var scalars = unsafe Self.scalars(text, count)
    if scalars.last == "\n" { scalars.removeLast() }
    return (LineText(scalars: scalars, cursor: 0).text, .line)
  }

  /// Makes a text findable by the incremental search.
  func remember(_ text: String) {
    guard let editor = unsafe editor else { return }
    unsafe Self.withWide(text) { unsafe clibedit_remember(editor, $0) }
  }

  private var reopenedText = ""

  // MARK: - Keys

  /// The next key for libedit; nothing if editing has to stop.
  private func nextKey() -> UInt32? {
    drawWaiting()
    switch ending {
    case .line: break
    case .interrupted, .reopened, .endOfFile: return nil
    }
    while true {
      switch keys.next() {
      case .character(let scalar): return scalar.value
      case .wish(Self.resizeWish): resize()
      case .wish: return UInt32(CLIBEDIT_INTERRUPT_KEY)
      case .endOfFile:
        ending = .endOfFile
        return nil
      }
    }
  }

  private func resize() {
    guard let editor = unsafe editor else { return }
    unsafe clibedit_resize(editor)
    guard unsafe clibedit_take_back(editor) else { return }
    write("\u{1B}[?2004h\r\n")
    unsafe clibedit_draw_again(editor)
  }

  private func drawWaiting() {
    guard let editor = unsafe editor else { return }
    let drawing = waiting
    waiting = .nothing
    switch drawing {
    case .nothing: return
    case .interruption:
      write("^C\r\n")
      ending = .interrupted
    case .prefilled(let text):
      unsafe Self.withWide(text) { unsafe clibedit_insert(editor, $0) }
      write("\r\u{1B}[K")
      unsafe clibedit_draw_again(editor)
    case .menu(let menu, let cursorBack):
      let size = Screen.size(of: output) ?? (80, 24)
      let lines = menu.lines(columns: size.columns, rows: size.rows).map(rendering.text)
      write("\r\n" + lines.joined(separator: "\r\n") + "\r\n")
      unsafe clibedit_move_cursor(editor, Int32(-cursorBack))
      unsafe clibedit_draw_again(editor)
    }
  }

  private func perform(_ command: Int32) -> Int32 {
    guard let editor = unsafe editor else { return Int32(CLIBEDIT_STOP) }
    let line = current()
    switch Int(command) {
    case CLIBEDIT_COMPLETE: completeWord(line)
    case CLIBEDIT_PREVIOUS: goUp(line)
    case CLIBEDIT_NEXT: goDown(line)
    case CLIBEDIT_LINE_START: move(to: line.line.lowerBound, from: line)
    case CLIBEDIT_LINE_END: move(to: line.line.upperBound, from: line)
    case CLIBEDIT_INTERRUPT:
      // Drawn from the end of the text, so that no row of it is overwritten.
      move(to: line.scalars.count, from: line)
      waiting = .interruption
    case CLIBEDIT_END_OF_FILE:
      guard !line.scalars.isEmpty else {
        ending = .endOfFile
        return Int32(CLIBEDIT_STOP)
      }
      if line.cursor < line.scalars.count {
        move(to: line.cursor + 1, from: line)
        unsafe clibedit_delete_before(editor, 1)
      }
    case CLIBEDIT_PASTE: unsafe Self.withWide(keys.paste()) { unsafe clibedit_insert(editor, $0) }
    default: return Int32(CLIBEDIT_KEEP)
    }
    return Int32(CLIBEDIT_REDRAW)
  }

  private func current() -> LineText {
    guard let editor = unsafe editor else { return LineText(scalars: [], cursor: 0) }
    var length = 0
    var cursor = 0
    guard let text = unsafe clibedit_text(editor, &length, &cursor) else {
      return LineText(scalars: [], cursor: 0)
    }
    let scalars = unsafe Self.scalars(text, length)
    return LineText(scalars: scalars, cursor: min(cursor, scalars.count))
  }

  private func move(to target: Int, from line: LineText) {
    guard let editor = unsafe editor else { return }
    unsafe clibedit_move_cursor(editor, Int32(target - line.cursor))
  }

  private func replace(with text: String?) {
    guard let editor = unsafe editor, let text else { return }
    unsafe Self.withWide(text) { unsafe clibedit_replace(editor, $0) }
  }

  private func goUp(_ line: LineText) {
    if let above = line.above {
      move(to: above, from: line)
    } else if isContinuation {
      reopenedText = line.text
      ending = .reopened
    } else {
      replace(with: walk.previous(from: line.text))
    }
  }

  private func goDown(_ line: LineText) {
    if let below = line.below {
      move(to: below, from: line)
    } else if !isContinuation {
      replace(with: walk.next(from: line.text))
    }
  }

  private func completeWord(_ line: LineText) {
    guard let editor = unsafe editor else { return }
    let candidates = complete(line.text, line.utf8Cursor)
    guard !candidates.isEmpty else { return }
    let word = line.word
    let menu = CompletionMenu(candidates: candidates)
    let prefix = candidates.count == 1 ? candidates[0].text : menu.commonPrefix
    if candidates.count == 1 || (prefix.hasPrefix(word) && prefix.count > word.count) {
      unsafe clibedit_delete_before(editor, Int32(word.unicodeScalars.count))
      unsafe Self.withWide(prefix) { unsafe clibedit_insert(editor, $0) }
      return
    }
    move(to: line.scalars.count, from: line)
    waiting = .menu(menu, cursorBack: line.scalars.count - line.cursor)
  }

  // MARK: - Wide texts

  private static func scalars(_ text: UnsafePointer<wchar_t>, _ count: Int) -> [Unicode.Scalar] {
    (0..<count).compactMap { unsafe Unicode.Scalar(UInt32(bitPattern: text[$0])) }
  }

  /// Lends the text as libedit takes it; a NUL in it would end it.
  private static func withWide(_ text: String, _ body: (UnsafePointer<wchar_t>) -> Void) {
    let wide = text.unicodeScalars.filter { $0.value != 0 }.map { wchar_t(bitPattern: $0.value) }
    unsafe (wide + [0]).withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      unsafe body(start)
    }
  }

  private func write(_ text: String) {
    Screen.write(Array(text.utf8), to: output)
  }
}
