import Foundation
import Glibc

/// Where PostgreSQL's server programs are and as whom they run.
package struct ServerPrograms: Sendable {
  /// The folder of `initdb` and `postgres`.
  package let folder: String
  /// The major version.
  package let version: Int
  /// Whom the programs run as when the sandbox is root, which PostgreSQL refuses to be.
  let account: Account?

  /// A system account.
  struct Account: Equatable, Sendable {
    let name: String
    let user: uid_t
    let group: gid_t
  }

  /// Finds the newest installed PostgreSQL of at least version 15.
  ///
  /// It looks in `PATH`, in Debian's versioned folders and where `pg_config` points.
  package static func find() throws(ClusterError) -> ServerPrograms {
    let found = candidates().compactMap { folder in
      version(in: folder).map { (folder: folder, version: $0) }
    }
    guard let newest = found.max(by: { $0.version < $1.version }), newest.version >= 15 else {
      throw .noServer(searched: ["PATH", "\(debianFolder)/*/bin", "pg_config --bindir"])
    }
    return ServerPrograms(folder: newest.folder, version: newest.version, account: stepDown())
  }

  /// A command line that runs `program` as the account, replacing itself: the pid stays.
  func command(_ program: String, _ arguments: [String]) -> [String] {
    let command = [program.hasPrefix("/") ? program : "\(folder)/\(program)"] + arguments
    guard let account else { return command }
    let switching = [
      "/usr/bin/setpriv", "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups",
      "--no-new-privs", "--",
    ]
    return switching + command
  }

  /// Gives a file or folder to the account that the servers run as.
  func own(_ path: String) throws(ClusterError) {
    guard let account else { return }
    guard unsafe chown(path, account.user, account.group) == 0 else {
      throw .file(path: path, reason: "cannot be given to '\(account.name)'")
    }
  }

  private static let debianFolder = "/usr/lib/postgresql"

  private static func candidates() -> [String] {
    let files = FileManager.default
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    var folders = path.split(separator: ":").map(String.init)
    let versions = (try? files.contentsOfDirectory(atPath: debianFolder)) ?? []
    folders += versions.map { "\(debianFolder)/\($0)/bin" }
    if let configured = firstLine(of: "pg_config", in: folders, argument: "--bindir") {
      folders.append(configured)
    }
    return folders.filter { files.isExecutableFile(atPath: "\($0)/initdb") }
  }

  private static func version(in folder: String) -> Int? {
    guard let line = firstLine(of: "postgres", in: [folder], argument: "--version") else {
      return nil
    }
    let number = line.split(separator: " ").first { $0.first?.isNumber == true }
    return number.flatMap { Int($0.prefix { $0.isNumber }) }
  }

  private static func firstLine(
    of program: String,
    in folders: [String],
    argument: String
  ) -> String? {
    let files = FileManager.default
    let paths = folders.map { "\($0)/\(program)" }
    guard let path = paths.first(where: { files.isExecutableFile(atPath: $0) }) else { return nil }
    let output = files.temporaryDirectory.path + "/opsh-sandbox-\(UUID().uuidString)"
    defer { try? files.removeItem(atPath: output) }
    guard (try? ServerProcess.run([path, argument], log: output)) != nil,
      let bytes = files.contents(atPath: output)
    else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init)
  }

  private static func stepDown() -> Account? {
    guard geteuid() == 0 else { return nil }
    for name in ["postgres", "nobody"] {
      guard let entry = unsafe getpwnam(name) else { continue }
      return unsafe Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
    }
    return nil
  }
}
