/// Why a program did not run; one that did run is ``Completed``, however it ended.
package enum ProcessError: Error, Equatable, Sendable {
  case cancelledBeforeStart(program: String)
  case invalid(program: String, reason: String)
  case logNotOpened(path: String, reason: String)
  case noSuchUser(String)
  case notExecutable(path: String)
  /// The system refused: `step` says at what.
  case notStarted(program: String, step: String, reason: String)
  case programNotFound(String, path: String)
  /// A signal was meant for a process that has ended, or whose number belongs to another by now.
  case processIsGone(pid: Int32)
  case signalRefused(pid: Int32, reason: String)

  package var message: String {
    switch self {
    case .cancelledBeforeStart(let program): "cancelled before '\(program)' was started"
    case .invalid(let program, let reason): "'\(program)' can not be run: \(reason)"
    case .logNotOpened(let path, let reason): "the log '\(path)' can not be opened: \(reason)"
    case .noSuchUser(let name): "this machine has no user '\(name)'"
    case .notExecutable(let path): "'\(path)' is not a program that this user may run"
    case .notStarted(let program, let step, let reason):
      "'\(program)' did not start: \(step) failed: \(reason)"
    case .programNotFound(let name, let path):
      "no program '\(name)' in PATH (\(path.isEmpty ? "which is empty" : path))"
    case .processIsGone(let pid): "process \(pid) has ended"
    case .signalRefused(let pid, let reason): "process \(pid) can not be signalled: \(reason)"
    }
  }
}

extension ProcessError: CustomStringConvertible {
  package var description: String { message }
}
