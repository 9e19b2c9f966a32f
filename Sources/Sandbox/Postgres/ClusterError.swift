/// Why a sandbox's PostgreSQL cluster could not do what was asked.
package enum ClusterError: Error, Equatable, Sendable {
  /// No PostgreSQL of at least version 15 is installed in any of the places.
  case noServer(searched: [String])
  /// A server program ended badly; `log` is the tail of what it said.
  case programFailed(program: String, status: Int32, log: String)
  /// A program could not be started at all.
  case notStarted(program: String, errno: Int32)
  /// The server did not become ready.
  case notReady(folder: String, seconds: Int, log: String)
  /// The server did not end.
  case notStopped(folder: String, pid: Int32)
  /// Write-ahead log was not archived in time.
  case notArchived(segment: String, seconds: Int)
  /// A file operation failed.
  case file(path: String, reason: String)
  /// A statement failed.
  case statement(sql: String, reason: String)
  /// No time or position of the branch's history matches.
  case outsideHistory(String)

  /// Says what happened and what it means, for a person.
  package var message: String {
    switch self {
    case .noServer(let searched):
      "no PostgreSQL 15 or newer found in \(searched.joined(separator: ", ")); "
        + "install the package 'postgresql' or put initdb into PATH"
    case .programFailed(let program, let status, let log):
      "'\(program)' ended with status \(status): \(log)"
    case .notStarted(let program, let errno):
      "'\(program)' could not be started, error \(errno)"
    case .notReady(let folder, let seconds, let log):
      "the server in '\(folder)' was not ready within \(seconds) s: \(log)"
    case .notStopped(let folder, let pid):
      "the server in '\(folder)' (process \(pid)) does not end"
    case .notArchived(let segment, let seconds):
      "write-ahead log '\(segment)' was not archived within \(seconds) s"
    case .file(let path, let reason):
      "'\(path)': \(reason)"
    case .statement(let sql, let reason):
      "statement failed: \(reason), in: \(sql.prefix(200))"
    case .outsideHistory(let what):
      "\(what) is outside the history"
    }
  }
}
