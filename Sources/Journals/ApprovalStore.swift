private import Glibc
package import Values

/// Which approvals were offered and used: each serves one run and thirty minutes.
package struct ApprovalStore: Sendable {
  package static let lifetime = TimeSpan.minutes(30)

  package enum Answer: Hashable, Sendable {
    case accepted
    case used(at: Time?)
    case expired(offered: Time)
  }

  /// Such as `$XDG_STATE_HOME/opsh/approvals`.
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Remembers when a hash was first shown, so that it can grow old.
  package func offer(_ hash: String, at time: Time) throws(JournalError) {
    try Folder.create(path)
    let file = path + "/" + hash + ".offered"
    // The same plan may be right again another day: then it is a new one.
    let usedFile = path + "/" + hash + ".used"
    if let used = try Self.time(in: usedFile), !Self.isFresh(used, at: time) {
      _ = unsafe unlink(usedFile)
      _ = unsafe unlink(file)
    }
    if let offered = try Self.time(in: file), Self.isFresh(offered, at: time) { return }
    _ = unsafe unlink(file)
    try Folder.writeNew(file, Array(time.text.utf8))
  }

  /// Uses a hash up: of any number of processes that try, one gets it.
  package func redeem(_ hash: String, at time: Time) throws(JournalError) -> Answer {
    try Folder.create(path)
    let file = path + "/" + hash + ".used"
    if let offered = try Self.time(in: path + "/" + hash + ".offered"),
      !Self.isFresh(offered, at: time)
    {
      return .expired(offered: offered)
    }
    do throws(JournalError) {
      try Folder.writeNew(file, Array(time.text.utf8))
      return .accepted
    } catch .system(_, _, EEXIST) {
      return .used(at: try Self.time(in: file))
    }
  }

  package static func isFresh(_ moment: Time, at time: Time) -> Bool {
    time.microseconds - moment.microseconds <= lifetime.microseconds
  }

  private static func time(in file: String) throws(JournalError) -> Time? {
    try Folder.read(file).flatMap { Time(String(decoding: $0, as: UTF8.self)) }
  }
}
