import Foundation
import Glibc
import Values

/// Starts the daemon, detached from the terminal and from everything of this process.
enum DaemonProcess {
  /// Returns when the daemon is ready.
  static func start(
    _ paths: SandboxPaths,
    _ scenario: Scenario,
    seed: UInt64,
    seconds: Int32 = 60
  ) throws(SandboxError) {
    var pipe: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&pipe) == 0 else { throw .start(reason: "no pipe") }
    Self.closeOnStart()
    defer { close(pipe[0]) }
    let arguments = [
      "opsh-sandbox", "serve", "--scenario", scenario.rawValue, "--seed", String(seed), "--name",
      paths.name,
    ]
    let pid: pid_t
    do throws(SandboxError) {
      pid = try spawn(arguments, report: pipe[1], log: paths.log)
    } catch {
      close(pipe[1])
      throw error
    }
    close(pipe[1])
    let report = read(from: pipe[0], seconds: seconds)
    guard report == SandboxDaemon.readyWord else {
      // A daemon that has said why ends by itself; one that hangs is ended.
      if report == nil { kill(pid, SIGTERM) }
      var status: Int32 = 0
      unsafe waitpid(pid, &status, 0)
      throw .start(reason: reason(report, log: paths.log))
    }
  }

  private static func reason(_ report: String?, log: String) -> String {
    guard let report else { return "it was not ready in time" }
    guard report.isEmpty else { return report }
    let bytes = FileManager.default.contents(atPath: log) ?? Data()
    let last = String(decoding: bytes.suffix(600), as: UTF8.self)
    return "its process ended without a word\(last.isEmpty ? "" : ": " + last)"
  }

  private static func spawn(
    _ arguments: [String],
    report: Int32,
    log: String
  ) throws(SandboxError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_APPEND
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, log, flags, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    if report == SandboxDaemon.reportDescriptor {
      // Copied onto itself a descriptor loses its mark to be closed.
      unsafe posix_spawn_file_actions_adddup2(&actions, report, report)
    } else {
      unsafe posix_spawn_file_actions_adddup2(&actions, report, SandboxDaemon.reportDescriptor)
    }
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let result = unsafe posix_spawn(&pid, path, &actions, nil, &words, &variables)
    guard result == 0 else {
      throw .start(reason: "its process can not be started: errno \(result)")
    }
    return pid
  }

  /// Keeps what this process has open, or was given by its parent, from the daemon.
  private static func closeOnStart() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in names.compactMap(Int32.init) where descriptor > 2 {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }

  /// All that is written until the other end closes, or nothing when that takes too long.
  private static func read(from descriptor: Int32, seconds: Int32) -> String? {
    var bytes: [UInt8] = []
    let end = Time.monotonicMicroseconds() + Int64(seconds) * 1_000_000
    while true {
      let left = Int32(clamping: (end - Time.monotonicMicroseconds()) / 1000)
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&waiting, 1, max(0, left))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { return nil }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }
}
