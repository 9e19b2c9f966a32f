import Foundation
import Glibc
package import Values

extension Cluster {
  /// Where a recovery ends.
  package enum RecoveryTarget: Equatable, Sendable {
    /// Before the first record at this position: everything committed before it is there.
    case lsn(LSN)
    /// After the last commit at or before this time, by the server's clock.
    case time(Time)
  }

  /// The end of the write-ahead log, where the next record goes.
  package func lsn() throws(ClusterError) -> LSN {
    let session = try DatabaseSession(superuserAddress())
    return try session.position()
  }

  /// Ends the current segment of the log and waits until it lies in the archive.
  ///
  /// A commit is written first, so that there is one after every time up to now: a recovery to a
  /// time that no later commit bounds would fail.
  ///
  /// - Returns: a position that everything committed before the call comes before.
  @discardableResult
  package func archiveEverything() throws(ClusterError) -> LSN {
    let session = try DatabaseSession(superuserAddress())
    let end = try session.position()
    _ = try session.rows("select pg_current_xact_id()::text")
    let segment = try session.text("select pg_walfile_name(pg_switch_wal())")
    let seconds = 30
    let deadline = Date(timeIntervalSinceNow: Double(seconds))
    while Date() < deadline {
      // The archive command renames last, so the name is there only when the content is.
      if FileManager.default.fileExists(atPath: archiveFolder + "/" + segment) { return end }
      usleep(10_000)
    }
    throw .notArchived(segment: segment, seconds: seconds)
  }

  /// Recovers an earlier state of this cluster into another folder, and leaves it running.
  ///
  /// - Parameters:
  ///   - target: a moment of this cluster's history.
  ///   - folder: where the recovered cluster goes; it must not exist.
  ///   - port: where the recovered cluster listens.
  package func recover(
    to target: RecoveryTarget,
    into folder: String,
    port: UInt16
  ) throws(ClusterError) -> Cluster {
    let copy = try fork(into: folder, port: port).cluster
    do {
      try copy.startRecovered(at: target)
    } catch {
      copy.dispose()
      throw error
    }
    return copy
  }

  /// Makes a cluster that has this one's archived history but no data directory yet.
  ///
  /// Archived segments never change, so the two archives share them as hard links.
  ///
  /// - Returns: the cluster, and the end of what it can be recovered to where this one runs.
  func fork(
    into folder: String,
    port: UInt16
  ) throws(ClusterError) -> (cluster: Cluster, end: LSN?) {
    let end = isRunning ? try archiveEverything() : nil
    let copy = Cluster(settings: settings, folder: folder, port: port)
    try copy.makeFolders()
    try copy.write("", to: copy.logFile)
    let files = (try? FileManager.default.contentsOfDirectory(atPath: archiveFolder)) ?? []
    for name in files where !name.hasSuffix(".part") {
      let (from, to) = (archiveFolder + "/" + name, copy.archiveFolder + "/" + name)
      guard unsafe link(from, to) == 0 else { throw .file(path: from, reason: "cannot be linked") }
    }
    return (copy, end)
  }

  /// Whether the cluster has data, or only the history that they can be recovered from.
  var hasData: Bool { FileManager.default.fileExists(atPath: dataFolder + "/PG_VERSION") }

  /// Recovers a cluster made by ``fork(into:port:)`` from its archive, and leaves it running.
  func startRecovered(at target: RecoveryTarget) throws(ClusterError) {
    do {
      try copyBase()
      try write("", to: dataFolder + "/recovery.signal")
      try start(extra: recoverySettings(for: target))
    } catch {
      try? FileManager.default.removeItem(atPath: dataFolder)
      throw error
    }
  }

  private func recoverySettings(for target: RecoveryTarget) -> [(String, String)] {
    let settings = [
      ("restore_command", "cp ../archive/%f %p"),
      ("recovery_target_timeline", "latest"),
      ("recovery_target_action", "promote"),
      // Nobody reads during recovery, and so no setting of the origin's has to be matched.
      ("hot_standby", "off"),
    ]
    return switch target {
    case .lsn(let lsn):
      settings + [
        ("recovery_target_lsn", lsn.description), ("recovery_target_inclusive", "off"),
      ]
    case .time(let time):
      settings + [
        ("recovery_target_time", Self.settingText(of: time)), ("recovery_target_inclusive", "on"),
      ]
    }
  }

  /// The server reads this setting before it knows any name of a time zone, `Z` included.
  private static func settingText(of time: Time) -> String {
    time.text.replacing("T", with: " ").replacing("Z", with: "+00")
  }
}
