internal import Glibc
private import Synchronization
internal import Terminal
internal import Values

extension Session {
  /// Turns Ctrl-C, and the wish that the process ends, into a cancellation while something runs.
  func watchSignals() throws(Failure) -> SignalWatch {
    let insistence = Insistence()
    do throws(TerminalError) {
      return try SignalWatch { [cancellation] event in
        insistence.note(event)
        switch event {
        case .interrupt: cancellation.cancel(.interrupted)
        case .terminate, .hangUp: cancellation.cancel(.terminated)
        case .resize: return
        }
      }
    } catch {
      throw Failure(.failed, error.message)
    }
  }
}

/// Ends the process for somebody who asks again, because what runs did not notice the first time.
///
/// What was begun is left as a crash leaves it: its intent is in the journal, its outcome unknown.
final class Insistence: Sendable {
  /// One wish may come as several signals: `timeout` and a closed terminal send more than one.
  static let patience: Int64 = 1_000_000

  private let asked = Mutex<Int64?>(nil)

  /// Ends the process at the second wish, a second or more after the first.
  func note(_ event: SignalWatch.Event) {
    guard event != .resize else { return }
    let now = Time.monotonicMicroseconds()
    let first = asked.withLock { asked in
      if asked == nil { asked = now }
      return asked ?? now
    }
    guard now - first >= Self.patience else { return }
    let text = "opsh: ended at once; what was under way is in doubt: opsh runs\n"
    _ = unsafe write(STDERR_FILENO, text, text.utf8.count)
    _exit(event == .interrupt ? 130 : 143)
  }

  /// Begins anew, for what runs next.
  func reset() {
    asked.withLock { $0 = nil }
  }
}
