internal import Synchronization
internal import Terminal
internal import Values

/// Shows what is under way once a person has seen nothing new for two seconds.
///
/// One line on standard error, only where that is a terminal; it goes away before anything else is
/// written there.
final class Patience: Sendable {
  private struct State {
    /// How many texts are being run.
    var running = 0
    /// A person is being asked.
    var isAsking = false
    var hasThread = false
    /// When something was shown last, on the monotonic clock.
    var quietSince: Int64 = 0
  }

  private static let patience = TimeSpan.seconds(2)
  private static let interval = TimeSpan.milliseconds(250)

  let progress: Progress
  private let line: ProgressLine
  private let state = Mutex(State())

  init(_ line: ProgressLine) {
    self.line = line
    progress = line.isActive ? Progress() : .unwatched
  }

  /// Watches while a text runs.
  func during<Result, Error>(_ body: () throws(Error) -> Result) throws(Error) -> Result {
    guard line.isActive else { return try body() }
    begin()
    defer { end() }
    return try body()
  }

  /// Takes the line away and begins to wait anew: something else is about to be shown.
  func rest() {
    guard line.isActive else { return }
    state.withLock { state in
      state.quietSince = Time.monotonicMicroseconds()
      line.hide()
    }
  }

  /// Shows nothing while a person is asked.
  func whileAsking<Result, Error>(_ body: () throws(Error) -> Result) throws(Error) -> Result {
    guard line.isActive else { return try body() }
    rest()
    state.withLock { $0.isAsking = true }
    defer {
      rest()
      state.withLock { $0.isAsking = false }
    }
    return try body()
  }

  private func begin() {
    let needsThread = state.withLock { state in
      state.running += 1
      state.quietSince = Time.monotonicMicroseconds()
      defer { state.hasThread = true }
      return !state.hasThread
    }
    guard needsThread else { return }
    let hasStarted = Threads.detach { [self] in
      while draw() { Threads.sleep(Self.interval) }
    }
    if !hasStarted { state.withLock { $0.hasThread = false } }
  }

  private func end() {
    state.withLock { state in
      state.running -= 1
      line.hide()
    }
  }

  /// Draws if it is time to; gives false, and lets the thread end, where nothing runs any more.
  private func draw() -> Bool {
    state.withLock { state in
      guard state.running > 0 else {
        state.hasThread = false
        return false
      }
      let now = Time.monotonicMicroseconds()
      guard !state.isAsking, now - state.quietSince >= Self.patience.microseconds else {
        return true
      }
      if let text = progress.text(at: now) { line.show(text) } else { line.hide() }
      return true
    }
  }
}
