internal import Backups
private import Glibc
internal import Processes
private import Synchronization
internal import Values

/// PostgreSQL's own programs on this machine, each major version in a folder of its own.
struct ClientPrograms: Sendable {
  /// The folders to look in, the preferred ones first.
  let folders: @Sendable () -> [String]

  /// One version's folder.
  struct Found: Hashable, Sendable {
    let folder: String
    let version: ClientVersion

    func path(_ name: String) -> String { "\(folder)/\(name)" }
  }

  /// Debian's folders, the oldest version first, then those in PATH.
  static let installed = ClientPrograms {
    let root = "/usr/lib/postgresql"
    let versions = ((try? Files.names(in: root)) ?? []).compactMap { Int($0) }.sorted()
    let path = InheritedEnvironment.current()["PATH"] ?? ""
    return versions.map { "\(root)/\($0)/bin" }
      + path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
  }

  /// Finds the oldest version of a program that is not older than a major version.
  ///
  /// - Throws: `refused`, with the versions that are there and what to install.
  func find(
    _ program: String,
    atLeast major: Int,
    for what: String
  ) throws(Failure) -> Found {
    var seen: [ClientVersion] = []
    var fitting: Found?
    for folder in folders() {
      let path = "\(folder)/\(program)"
      guard unsafe access(path, X_OK) == 0, let version = Self.version(of: path) else { continue }
      if version.major == major { return Found(folder: folder, version: version) }
      if version.major < major {
        if !seen.contains(version) { seen.append(version) }
      } else if fitting.map({ version < $0.version }) ?? true {
        fitting = Found(folder: folder, version: version)
      }
    }
    if let fitting { return fitting }
    let there = seen.sorted().map(\.description).joined(separator: ", ")
    throw Failure(
      .refused,
      seen.isEmpty
        ? "this machine has no \(program), which \(what) needs"
        : "\(what) needs a \(program) of version \(major) or newer, and this machine has \(there)",
      advice: ["install it: apt-get install postgresql-client-\(major)"]
    )
  }

  /// Asked of each program once: it costs a process each time, and does not change under a run.
  private static let known = Mutex<[String: ClientVersion]>([:])

  private static func version(of path: String) -> ClientVersion? {
    if let version = known.withLock({ $0[path] }) { return version }
    let asked = Invocation(path, ["--version"], timeout: .seconds(10))
    guard let completed = try? ChildProcess.run(asked), completed.isSuccess,
      let version = ClientVersion(completed.text)
    else { return nil }
    known.withLock { $0[path] = version }
    return version
  }
}
