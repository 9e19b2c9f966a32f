private import Glibc

/// Why a run can not be recorded, or a record not be trusted.
package enum JournalError: Error, Hashable, Sendable {
  /// The system's reason for what could not be done to a path.
  case system(action: String, path: String, code: Int32)
  /// Fewer bytes were written than given: the disk is full.
  case shortWrite(path: String)
  /// Something failed before: nothing is written any more.
  case broken(path: String)
  /// Another process writes this journal.
  case inUse(path: String)
  /// A record in the middle is not what was written.
  case doesNotVerify(path: String, record: Int)
  case noHash(String)
  case noSuchRun(String)
  case noSuchIncident(String)
  case ambiguousRun(String, [String])

  package var message: String {
    switch self {
    case .system(let action, let path, let code):
      "\(path) could not be \(action): \(unsafe String(cString: strerror(code)))"
    case .shortWrite(let path): "\(path) could not be written whole: the disk is full"
    case .broken(let path): "\(path) is closed for changes, because writing to it failed before"
    case .inUse(let path): "\(path) is being written by another process"
    case .doesNotVerify(let path, let record):
      "\(path) does not verify: record \(record) is not what was written"
    case .noHash(let reason): reason
    case .noSuchRun(let id): "there is no run '\(id)'"
    case .noSuchIncident(let id): "there is no incident '\(id)'"
    case .ambiguousRun(let id, let runs):
      "'\(id)' begins the ids of \(runs.count) runs: \(runs.joined(separator: ", "))"
    }
  }
}
