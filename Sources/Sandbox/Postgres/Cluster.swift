import Foundation
import Glibc
import Synchronization

/// A PostgreSQL server of the sandbox's own, on a loopback port, with its write-ahead log archived.
///
/// Its folder holds `data`, `archive` and `log`. All clusters of a sandbox descend from one base
/// backup: the data directory as `initdb` left it, cleanly shut down and never started. An archive
/// therefore holds the whole history of its cluster, and any moment of it can be recovered.
package final class Cluster: Sendable {
  /// What stays the same over a cluster's life and for all that are recovered from it.
  package struct Settings: Sendable {
    package var programs: ServerPrograms
    /// The folder of the base backup that every recovery starts from.
    package var base: String
    /// The password of ``Cluster/superuser``.
    package var password: String
  }

  /// How a server is asked to end.
  package enum StopMode: Sendable {
    /// Disconnects everybody and writes a checkpoint.
    case fast
    /// Ends at once; the next start recovers from the log.
    case immediate
  }

  /// The role that owns the server; Neon's own is called so too.
  package static let superuser = "cloud_admin"

  package let settings: Settings
  private let state: Mutex<State>

  private struct State {
    var folder: String
    var port: UInt16
    var custom: [String: String] = [:]
    var server: ServerProcess?
  }

  init(settings: Settings, folder: String, port: UInt16) {
    self.settings = settings
    state = Mutex(State(folder: folder, port: port))
  }

  /// Where the cluster lies.
  package var folder: String { state.withLock { $0.folder } }

  /// The loopback port it listens at when it runs.
  package var port: UInt16 {
    get { state.withLock { $0.port } }
    set { state.withLock { $0.port = newValue } }
  }

  /// Settings such as `neon.branch_id` that SQL can read; they take effect with the next start.
  package var customSettings: [String: String] {
    get { state.withLock { $0.custom } }
    set { state.withLock { $0.custom = newValue } }
  }

  /// Whether the server runs.
  package var isRunning: Bool { state.withLock { $0.server?.isRunning ?? false } }

  /// Lays out a new cluster and takes the base backup; it is not started.
  ///
  /// - Parameter base: where the base backup goes, a folder that does not exist.
  package static func create(
    folder: String,
    base: String,
    port: UInt16,
    password: String,
    programs: ServerPrograms
  ) throws(ClusterError) -> Cluster {
    let settings = Settings(programs: programs, base: base, password: password)
    let cluster = Cluster(settings: settings, folder: folder, port: port)
    try cluster.makeFolders()
    let secret = "\(folder)/password"
    try cluster.write(password + "\n", to: secret)
    defer { unsafe unlink(secret) }
    try cluster.run(
      "initdb",
      [
        "-D", base, "--no-sync", "--wal-segsize=1", "--data-checksums", "--encoding=UTF8",
        "--locale=C.UTF-8", "-A", "scram-sha-256", "--pwfile=\(secret)", "-U", superuser,
      ]
    )
    try cluster.copyBase()
    return cluster
  }

  /// Starts the server and waits until it takes connections.
  package func start() throws(ClusterError) {
    try start(extra: [])
  }

  /// Ends the server; it is no error when it does not run.
  package func stop(_ mode: StopMode = .fast) throws(ClusterError) {
    guard let server = state.withLock({ $0.server }) else { return }
    let asked = server.end(with: mode == .fast ? SIGINT : SIGQUIT, seconds: 20)
    guard asked || server.end(with: SIGKILL, seconds: 5) else {
      throw .notStopped(folder: folder, pid: server.pid)
    }
    state.withLock { $0.server = nil }
  }

  /// Moves the cluster's folder; the server must not run.
  func move(to folder: String) throws(ClusterError) {
    try stop()
    let old = self.folder
    do {
      try FileManager.default.moveItem(atPath: old, toPath: folder)
    } catch {
      throw .file(path: old, reason: "cannot be moved: \(error)")
    }
    state.withLock { $0.folder = folder }
  }

  /// Ends the server and removes everything it had.
  package func dispose() {
    try? stop(.immediate)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// How a superuser reaches a database of this server.
  func superuserAddress(database: String = "postgres") -> DatabaseAddress {
    DatabaseAddress(
      port: port,
      user: Self.superuser,
      password: settings.password,
      database: database
    )
  }

  var dataFolder: String { folder + "/data" }
  var archiveFolder: String { folder + "/archive" }
  var logFile: String { folder + "/log" }
}

extension Cluster {
  func makeFolders() throws(ClusterError) {
    for path in [folder, archiveFolder] {
      do {
        try FileManager.default.createDirectory(
          atPath: path,
          withIntermediateDirectories: false,
          attributes: [.posixPermissions: 0o700]
        )
      } catch {
        throw .file(path: path, reason: "cannot be created: \(error)")
      }
      try settings.programs.own(path)
    }
  }

  func copyBase() throws(ClusterError) {
    try run("/bin/cp", ["-a", "--reflink=auto", "--", settings.base, dataFolder])
  }

  func run(_ program: String, _ arguments: [String]) throws(ClusterError) {
    try ServerProcess.run(settings.programs.command(program, arguments), log: logFile)
  }

  func write(_ text: String, to path: String) throws(ClusterError) {
    guard
      FileManager.default.createFile(
        atPath: path,
        contents: Data(text.utf8),
        attributes: [.posixPermissions: 0o600]
      )
    else { throw .file(path: path, reason: "cannot be written") }
    try settings.programs.own(path)
  }

  /// Starts the server with further settings that hold for this start only.
  func start(extra: [(String, String)]) throws(ClusterError) {
    guard !isRunning else { return }
    try write(configuration, to: dataFolder + "/postgresql.conf")
    var arguments = ["-D", dataFolder]
    for (name, value) in extra { arguments += ["-c", "\(name)=\(value)"] }
    let server = try ServerProcess.start(
      settings.programs.command("postgres", arguments),
      log: logFile
    )
    state.withLock { $0.server = server }
    try waitUntilReady(server)
  }

  /// The postmaster writes `ready` into its pid file when connections are taken and no recovery
  /// is under way any more; before that it says `starting` or `standby`.
  private func waitUntilReady(_ server: ServerProcess) throws(ClusterError) {
    let seconds = 60
    let deadline = Date(timeIntervalSinceNow: Double(seconds))
    let pidFile = dataFolder + "/postmaster.pid"
    while Date() < deadline {
      guard server.isRunning else { break }
      let lines = (FileManager.default.contents(atPath: pidFile) ?? Data())
        .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self).filter { $0 != " " } }
      if lines.count > 7, lines[0] == String(server.pid), lines[7] == "ready" { return }
      usleep(10_000)
    }
    let log = ServerProcess.tail(of: logFile)
    try? stop(.immediate)
    throw .notReady(folder: folder, seconds: seconds, log: log)
  }

  /// The whole configuration: what `initdb` wrote is replaced, so nothing else can matter.
  ///
  /// The archive command is run by the server through `sh`, in the data directory: relative paths
  /// keep every name that we did not choose out of it.
  private var configuration: String {
    var lines = [
      "listen_addresses = '127.0.0.1'",
      "port = \(port)",
      "unix_socket_directories = ''",
      "shared_buffers = '16MB'",
      "dynamic_shared_memory_type = posix",
      "fsync = off",
      "full_page_writes = on",
      "wal_level = replica",
      "min_wal_size = '2MB'",
      "max_wal_size = '64MB'",
      "archive_mode = on",
      "archive_command = 'cp %p ../archive/%f.part && mv ../archive/%f.part ../archive/%f'",
      "track_commit_timestamp = off",
      "autovacuum_naptime = '60s'",
      "log_line_prefix = '%m [%p] '",
      "log_timezone = 'UTC'",
      "timezone = 'UTC'",
      "datestyle = 'iso, mdy'",
      "password_encryption = 'scram-sha-256'",
    ]
    for (name, value) in customSettings.sorted(by: { $0.key < $1.key }) {
      lines.append("\(name) = '\(value.replacingOccurrences(of: "'", with: "''"))'")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
