import Foundation

/// Why a test cluster could not be made.
package struct ClusterProblem: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// The programs of one installed PostgreSQL.
package struct Installation: Sendable {
  package let folder: String
  package let version: Int

  package func program(_ name: String) -> String { "\(folder)/\(name)" }

  /// The newest installation with a server, from version 15 on.
  package static func find() -> Installation? { found }

  private static let found: Installation? = candidates()
    .compactMap(Installation.init(folder:))
    .filter { $0.version >= 15 }
    .max { $0.version < $1.version }

  private init?(folder: String) {
    let needed = ["initdb", "pg_ctl", "postgres", "psql"]
    let manager = FileManager.default
    guard needed.allSatisfy({ manager.isExecutableFile(atPath: "\(folder)/\($0)") }),
      let output = try? run("\(folder)/postgres", ["--version"]),
      let number = String(decoding: output, as: UTF8.self).split(separator: " ").dropFirst(2).first,
      let version = Int(number.prefix { $0.isNumber })
    else { return nil }
    self.folder = folder
    self.version = version
  }

  private static func candidates() -> [String] {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return versions.map { "\(root)/\($0)/bin" } + path.split(separator: ":").map(String.init)
  }
}

/// Runs a program to its end and gives its standard output; its errors are the problem's text.
///
/// Not by Foundation's `Process`: that one waits until every descendant is gone, so `pg_ctl start`
/// would never come back. Output goes into files for the same reason.
package func run(_ program: String, _ arguments: [String]) throws(ClusterProblem) -> [UInt8] {
  let base = NSTemporaryDirectory() + "/opsh-run-" + UUID().uuidString
  defer {
    unsafe unlink(base + ".out")
    unsafe unlink(base + ".err")
  }
  let pid = try spawn(
    [program] + arguments,
    input: nil,
    output: base + ".out",
    errors: base + ".err"
  )
  var status: Int32 = 0
  while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
  guard status == 0 else {
    let errors = (try? String(contentsOfFile: base + ".err", encoding: .utf8)) ?? ""
    throw ClusterProblem("\(program) \(arguments) gave \(status): \(errors)")
  }
  return FileManager.default.contents(atPath: base + ".out").map { Array($0) } ?? []
}

/// Starts a program with a clean environment, in a process group of its own.
func spawn(
  _ command: [String],
  input: Int32?,
  output: String,
  errors: String
) throws(ClusterProblem) -> pid_t {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  if let input {
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
  } else {
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  }
  let flags = O_WRONLY | O_CREAT | O_TRUNC
  unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
  unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
  // A server that kept other tests' pipes open would keep them from ever ending.
  let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
  for descriptor in open.compactMap(Int32.init) where descriptor > 2 && descriptor != input {
    unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
  }
  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
  let environment = ProcessInfo.processInfo.environment
    .filter { !$0.key.hasPrefix("PG") }
    .map { "\($0.key)=\($0.value)" }
  var argv = unsafe command.map { unsafe strdup($0) } + [nil]
  var envp = unsafe environment.map { unsafe strdup($0) } + [nil]
  defer {
    unsafe argv.forEach { unsafe free($0) }
    unsafe envp.forEach { unsafe free($0) }
  }
  var pid: pid_t = 0
  let status = unsafe posix_spawn(&pid, command[0], &actions, &attributes, &argv, &envp)
  guard status == 0 else { throw ClusterProblem("\(command[0]) can not be started: \(status)") }
  return pid
}

/// PostgreSQL refuses to run as root, so its programs then run as the user who owns the folder.
package struct SteppingDown: Sendable {
  private let prefix: [String]

  /// Gives the folder to an unprivileged user when this process is root's.
  package init(owning folder: String) throws(ClusterProblem) {
    guard geteuid() == 0 else {
      prefix = []
      return
    }
    guard let (uid, gid) = Self.ids(of: "postgres") ?? Self.ids(of: "nobody") else {
      throw ClusterProblem("this is root, and there is neither a user 'postgres' nor 'nobody'")
    }
    guard unsafe chown(folder, uid, gid) == 0 else {
      throw ClusterProblem("can not give \(folder) away")
    }
    prefix = [
      "/usr/bin/env", "-C", "/", "/usr/bin/setpriv", "--reuid", String(uid), "--regid", String(gid),
      "--clear-groups", "--",
    ]
  }

  private static func ids(of name: String) -> (uid_t, gid_t)? {
    guard let user = unsafe getpwnam(name) else { return nil }
    return unsafe (user.pointee.pw_uid, user.pointee.pw_gid)
  }

  /// The whole command line for a program of PostgreSQL.
  package func command(_ program: String, _ arguments: [String]) -> [String] {
    prefix + [program] + arguments
  }

  package func run(_ program: String, _ arguments: [String]) throws(ClusterProblem) {
    let command = command(program, arguments)
    _ = try PostgresTestSupport.run(command[0], Array(command.dropFirst()))
  }
}

/// Ports of loopback on which nothing listens.
package enum FreePort {
  /// A port that was free a moment ago; the system does not hand it out again soon.
  package static func find() throws(ClusterProblem) -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(descriptor, pointer, length) == 0
          && getsockname(descriptor, pointer, &length) == 0
      }
    }
    guard status else { throw ClusterProblem("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

/// Stops the server and removes its folder when this process ends, in whatever way.
enum GuardProcess {
  static func start(stopping command: [String], removing folder: String) throws(ClusterProblem) {
    // A fixed script whose arguments are data: nothing of them is read as shell text.
    let script = """
      read -r _; folder=$1; shift; "$@" > /dev/null 2>&1; rm -rf -- "$folder"
      """
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw ClusterProblem("no pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // The writing end stays open until this process is gone; the guard is never waited for.
    _ = try spawn(
      ["/bin/sh", "-c", script, "sh", folder] + command,
      input: ends[0],
      output: "/dev/null",
      errors: "/dev/null"
    )
    close(ends[0])
  }
}
