private import Dispatch
internal import Stack
private import Synchronization
internal import Values

/// Lines that one thread puts and another takes.
final class LineQueue: Sendable {
  private struct State {
    var lines: [LogLine] = []
    var isOver = false
    var failure: Failure?
  }

  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)

  func put(_ line: LogLine) {
    state.withLock { $0.lines.append(line) }
    arrived.signal()
  }

  func finish(_ failure: Failure?) {
    state.withLock { state in
      guard !state.isOver else { return }
      state.isOver = true
      state.failure = failure
    }
    arrived.signal()
  }

  /// Waits for the next line; nothing at the end.
  func next(cancellation: Cancellation) throws(Failure) -> LogLine? {
    while true {
      let found = try state.withLock { (state) throws(Failure) -> (LogLine?, Bool) in
        if !state.lines.isEmpty { return (state.lines.removeFirst(), false) }
        if let failure = state.failure { throw failure }
        return (nil, state.isOver)
      }
      if found.0 != nil || found.1 { return found.0 }
      try cancellation.check()
      // A cancellation does not signal; looking again five times a second is soon enough for a person.
      _ = arrived.wait(timeout: .now() + .milliseconds(200))
    }
  }
}
