import Foundation
import Processes
import Values

/// The dump that a careful team takes every night, in PostgreSQL's custom format.
struct NightlyDump {
  let programs: ServerPrograms
  let address: DatabaseAddress

  /// Dumps the database as it is now into a file that only its owner can read.
  ///
  /// - Parameter moment: when the story says that it was taken; the file bears that time.
  func write(_ path: String, at moment: Time) throws(ClusterError) {
    let files = FileManager.default
    // It keeps the mode of a file that is there already.
    guard
      files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw .file(path: path, reason: "cannot be written") }
    try dump(to: path)
    let date = Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000)
    try? files.setAttributes([.modificationDate: date], ofItemAtPath: path)
  }

  /// The server's own, which is never too old for it; where only the server's programs were linked
  /// into a folder, it lies beside the linked ones or in PATH.
  private var program: String {
    let server = programs.folder + "/postgres"
    let linked = (server as NSString).resolvingSymlinksInPath
    let folders = [programs.folder, (linked as NSString).deletingLastPathComponent]
    return folders.map { $0 + "/pg_dump" }
      .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "pg_dump"
  }

  private func dump(to path: String) throws(ClusterError) {
    let invocation = Invocation(
      program,
      [
        "--format=custom", "--no-password", "--host=127.0.0.1", "--port=\(address.port)",
        "--username=\(address.user)", "--dbname=\(address.database)", "--file=\(path)",
      ],
      environment: ["PGPASSWORD": address.password, "PGSSLMODE": "disable"],
      timeout: .seconds(30)
    )
    let completed: Completed
    do throws(ProcessError) {
      completed = try ChildProcess.run(invocation)
    } catch {
      throw .file(path: path, reason: "cannot be dumped: \(error.message)")
    }
    guard completed.exit == .code(0) else {
      let status =
        switch completed.exit {
        case .code(let code): Int(code)
        case .signal(let signal): 128 + Int(signal)
        }
      throw .programFailed(
        program: "pg_dump",
        status: Int32(clamping: status),
        log: completed.errorText
      )
    }
  }
}
