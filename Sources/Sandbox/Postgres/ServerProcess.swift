import Foundation
import Glibc

/// A child that inherits nothing but `/dev/null` and a log file, in a session of its own.
///
/// `Processes` waits for what it starts; a server outlives the call that starts it, and must not
/// hold the sandbox's listening sockets open when the sandbox itself has crashed.
@safe struct ServerProcess: Equatable, Sendable {
  let pid: pid_t

  /// Starts a program with its output appended to `log`; no shell is involved.
  static func start(_ command: [String], log: String) throws(ClusterError) -> ServerProcess {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(
      &actions,
      1,
      log,
      O_WRONLY | O_CREAT | O_APPEND,
      0o600
    )
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    for descriptor in openDescriptors where descriptor > 2 {
      unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    let flags = Int32(POSIX_SPAWN_SETSIGMASK) | ownSession
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)

    // Server programs want to return to the folder they were started in, which the account that
    // they run as may not be allowed to enter.
    let command = ["/usr/bin/env", "--chdir=/", "--"] + command
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      unsafe environment.map { unsafe strdup($0) } + [nil]
    defer { unsafe (arguments + variables).forEach { unsafe free($0) } }
    var pid: pid_t = 0
    let failure = unsafe posix_spawn(
      &pid,
      command[0],
      &actions,
      &attributes,
      &arguments,
      &variables
    )
    guard failure == 0 else { throw .notStarted(program: command[0], errno: failure) }
    return ServerProcess(pid: pid)
  }

  /// Runs a program to its end.
  ///
  /// - Throws: `programFailed` with the end of `log` unless its status is 0.
  static func run(_ command: [String], log: String) throws(ClusterError) {
    let child = try start(command, log: log)
    var status: Int32 = 0
    while unsafe waitpid(child.pid, &status, 0) < 0, errno == EINTR {}
    guard status != 0 else { return }
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    let program = command.first { !$0.hasPrefix("-") && !$0.hasSuffix("setpriv") } ?? command[0]
    throw .programFailed(program: program, status: code, log: tail(of: log))
  }

  /// Whether the process is there; a child that has ended is reaped by asking.
  var isRunning: Bool {
    var status: Int32 = 0
    let reaped = unsafe waitpid(pid, &status, WNOHANG)
    if reaped == pid { return false }
    return (kill(pid, 0) == 0 || errno == EPERM) && !hasOnlyRemains
  }

  /// Whether it has ended and only waits for whoever adopted it to notice, which may take for ever.
  private var hasOnlyRemains: Bool {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/stat"),
      let bracket = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return false }
    return bytes.dropFirst(bracket - bytes.startIndex + 2).first == UInt8(ascii: "Z")
  }

  /// Sends a signal and waits for the end.
  ///
  /// - Returns: whether the process ended within `seconds`.
  func end(with signal: Int32, seconds: Double) -> Bool {
    guard isRunning else { return true }
    kill(pid, signal)
    let deadline = Date(timeIntervalSinceNow: seconds)
    while isRunning {
      guard Date() < deadline else { return false }
      usleep(5_000)
    }
    return true
  }

  /// The arguments the process was started with, nothing when it is gone.
  var commandLine: [String] {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
      return []
    }
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// `POSIX_SPAWN_SETSID`, which Swift's view of glibc leaves out.
  private static let ownSession: Int32 = 0x80

  /// Everything open in this process; closing one that has gone meanwhile is no error.
  private static var openDescriptors: [Int32] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return (names ?? []).compactMap { Int32($0) }
  }

  /// The last lines of a log file, for an error message.
  static func tail(of log: String) -> String {
    guard let bytes = FileManager.default.contents(atPath: log) else { return "(no log)" }
    let lines = String(decoding: bytes.suffix(4096), as: UTF8.self).split(separator: "\n")
    return lines.suffix(6).joined(separator: " | ")
  }

  /// What server programs see of the environment: nothing of the caller's but the search path.
  private static var environment: [String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    return ["PATH=\(path)", "LC_ALL=C.UTF-8", "TZ=UTC"]
  }
}
