internal import Backups
private import Synchronization

/// What the threads of a dump or a restore have come to, for whoever shows it.
final class DumpWatch: Sendable {
  private struct State {
    var progress: DumpProgress
    var counted: [Manifest.Table] = []
  }

  private let state: Mutex<State>

  init(isParallel: Bool) {
    state = Mutex(State(progress: DumpProgress(isParallel: isParallel)))
  }

  func take(_ line: String) { state.withLock { $0.progress.take(line) } }

  func add(_ table: Manifest.Table) { state.withLock { $0.counted.append(table) } }

  var progress: DumpProgress { state.withLock { $0.progress } }

  var counted: [Manifest.Table] { state.withLock { $0.counted } }
}
