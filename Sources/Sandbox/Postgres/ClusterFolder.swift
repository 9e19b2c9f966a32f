import Foundation
import Glibc

/// The folder that a sandbox's clusters lie in, and how what a crash left there is cleared.
///
/// It lies in the sandbox's state folder where the servers' account can get at that, and else in
/// the system's folder for temporary files; the state folder records which.
package struct ClusterFolder: Sendable {
  package let path: String
  private let record: String

  /// Clears what an earlier sandbox left in `state` and makes a fresh folder.
  package static func make(
    state: String,
    programs: ServerPrograms
  ) throws(ClusterError) -> ClusterFolder {
    try clear(state: state)
    let own = state + "/clusters"
    let path = programs.account == nil || isTraversable(state) ? own : try temporary()
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      // Written first: from here on a crash leaves nothing that cannot be found.
      try Data(path.utf8).write(to: URL(fileURLWithPath: recordFile(state)))
      try Data(state.utf8).write(to: URL(fileURLWithPath: path + "/" + markerName))
    } catch {
      throw .file(path: path, reason: "\(error)")
    }
    unsafe chmod(path, 0o711)
    try programs.own(path)
    return ClusterFolder(path: path, record: recordFile(state))
  }

  /// Ends every server of an earlier sandbox in `state` and removes its folder.
  ///
  /// Only servers whose command line names a data directory in that folder are ended.
  package static func clear(state: String) throws(ClusterError) {
    let record = recordFile(state)
    guard let bytes = FileManager.default.contents(atPath: record) else { return }
    let folder = ClusterFolder(path: String(decoding: bytes, as: UTF8.self), record: record)
    guard folder.belongs(to: state) else {
      unsafe unlink(record)
      return
    }
    try folder.remove()
  }

  /// Ends the servers that still run in the folder and removes it.
  package func remove() throws(ClusterError) {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: path)) ?? [] {
      let data = "\(path)/\(name)/data"
      guard let server = Self.server(in: data) else { continue }
      guard server.end(with: SIGQUIT, seconds: 10) || server.end(with: SIGKILL, seconds: 5) else {
        throw .notStopped(folder: data, pid: server.pid)
      }
    }
    do {
      if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
    } catch {
      throw .file(path: path, reason: "cannot be removed: \(error)")
    }
    unsafe unlink(record)
  }

  /// The server whose pid file lies in a data directory, if it is the one it says: a number may
  /// since belong to another program.
  static func server(in data: String) -> ServerProcess? {
    guard let bytes = FileManager.default.contents(atPath: data + "/postmaster.pid"),
      let line = bytes.split(separator: UInt8(ascii: "\n")).first,
      let pid = pid_t(String(decoding: line, as: UTF8.self)), pid > 1
    else { return nil }
    let server = ServerProcess(pid: pid)
    let arguments = server.commandLine
    guard arguments.first?.hasSuffix("postgres") == true, arguments.contains(data) else {
      return nil
    }
    return server
  }

  private static let markerName = "sandbox"

  private static func recordFile(_ state: String) -> String { state + "/clusters.path" }

  private func belongs(to state: String) -> Bool {
    let marker = FileManager.default.contents(atPath: path + "/" + Self.markerName)
    return marker == Data(state.utf8)
  }

  private static func isTraversable(_ path: String) -> Bool {
    var path = path
    while path.count > 1 {
      var info = stat()
      guard unsafe stat(path, &info) == 0, info.st_mode & 0o001 != 0 else { return false }
      path = (path as NSString).deletingLastPathComponent
    }
    return true
  }

  private static func temporary() throws(ClusterError) -> String {
    let preferred = NSTemporaryDirectory()
    let parent = isTraversable((preferred as NSString).standardizingPath) ? preferred : "/tmp/"
    let path = parent + (parent.hasSuffix("/") ? "" : "/") + "opsh-sandbox-" + UUID().uuidString
    guard unsafe mkdir(path, 0o711) == 0 else {
      throw .file(path: path, reason: "cannot be made")
    }
    return path
  }
}
