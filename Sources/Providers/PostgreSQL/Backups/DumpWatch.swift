internal import Backups
internal import Values
private import Synchronization

/// What the threads of a dump or a restore have come to, for whoever shows it.
final class DumpWatch: Sendable {
  private struct State {
    var progress: DumpProgress
    var counted: [Manifest.Table] = []
    var rolesMissing: Failure?
  }

  private let state: Mutex<State>

  init(isParallel: Bool) {
    state = Mutex(State(progress: DumpProgress(isParallel: isParallel)))
  }

  func take(_ line: String) { state.withLock { $0.progress.take(line) } }

  func add(_ table: Manifest.Table) { state.withLock { $0.counted.append(table) } }

  /// Why the definitions of the roles could not be saved; nothing while they could.
  var rolesMissing: Failure? {
    get { state.withLock { $0.rolesMissing } }
    set { state.withLock { $0.rolesMissing = newValue } }
  }

  var progress: DumpProgress { state.withLock { $0.progress } }

  var counted: [Manifest.Table] { state.withLock { $0.counted } }
}
