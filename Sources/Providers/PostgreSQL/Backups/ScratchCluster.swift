internal import Backups
private import Glibc
internal import Objects
internal import Postgres
internal import Processes
internal import SQLText
internal import Values

/// A server of opsh's own that lives as long as a proof takes: a private folder, a socket in it, no
/// port, and nothing in it that must survive.
struct ScratchCluster: Sendable {
  private let folder: String
  private let server: ProcessIdentity
  private static let superuser = "opsh"
  private static let prefix = "opsh-scratch-"

  /// Makes a server and waits until it takes connections.
  ///
  /// - Parameter size: the bytes that are to be restored into it.
  static func start(
    _ programs: ClientPrograms,
    major: Int,
    size: Int64,
    _ context: PerformContext
  ) throws(Failure) -> ScratchCluster {
    removeLeftovers()
    let found = try programs.find(
      "initdb",
      atLeast: major,
      for: "restoring into a server of its own"
    )
    let user = try account()
    let folder = try makeFolder(for: user)
    do throws(Failure) {
      try checkSpace(in: folder, for: size)
      try Files.replace("\(folder)/owner", Array(BackupJob.owner.utf8))
      return try start(found, in: folder, as: user, context)
    } catch {
      try? Files.removeTree(folder)
      throw error
    }
  }

  /// Ends the server and takes its folder away.
  func remove() {
    try? server.terminate(signal: SIGQUIT, grace: .seconds(5))
    try? Files.removeTree(folder)
  }

  /// Makes an empty database for what is restored, and the roles that own things in it.
  func database(
    _ name: String,
    like manifest: Manifest,
    in context: CallContext
  ) throws(Failure) -> PostgresDatabase {
    let maintenance = service("postgres")
    defer { maintenance.disconnect() }
    let connection = try maintenance.openWriter(in: context)
    defer { connection.close() }
    for role in manifest.roles where role != Self.superuser {
      let sql = "create role \(SQLIdentifier.quoted(role))"
      _ = try maintenance.texts(sql, on: connection, isChange: true, in: context)
    }
    let create = NewDatabase(name: name, locale: manifest.locale, owner: nil).sql
    _ = try maintenance.texts(create, on: connection, isChange: true, in: context)
    return service(name)
  }

  private func service(_ name: String) -> PostgresDatabase {
    let parameters = ConnectionParameters(
      hosts: [.init(name: folder, port: 5432)],
      user: Self.superuser,
      database: name
    )
    return PostgresDatabase(
      label: "\(name) on a server of its own",
      name: name,
      migrationsFolder: nil
    ) { _ in parameters }
  }

  // MARK: - Making it

  /// PostgreSQL refuses to be root.
  private static func account() throws(Failure) -> UserIdentity? {
    guard UserIdentity.callerIsRoot else { return nil }
    for name in ["postgres", "nobody"] {
      if let user = try? UserIdentity(named: name) { return user }
    }
    throw Failure(
      .refused,
      "a server can not be started: this is root, and there is no user 'postgres' or 'nobody'"
    )
  }

  /// The path of the socket in it must be short, so it is not made below TMPDIR.
  private static func makeFolder(for user: UserIdentity?) throws(Failure) -> String {
    var template = Array("/tmp/\(prefix)XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      let reason = unsafe String(cString: strerror(errno))
      throw Failure(.refused, "no folder can be made in /tmp: \(reason)")
    }
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if let user, unsafe chown(folder, user.user, user.group) != 0 {
      throw Failure(.refused, "\(folder) can not be given to \(user.name)")
    }
    return folder
  }

  private static func checkSpace(in folder: String, for size: Int64) throws(Failure) {
    guard let free = Files.freeSpace(at: folder), free < size + size / 4 else { return }
    throw Failure(
      .refused,
      "a server of its own needs about \(Value.size(size + size / 4).text) in /tmp, and \(Value.size(free).text) are free"
    )
  }

  private static func start(
    _ programs: ClientPrograms.Found,
    in folder: String,
    as user: UserIdentity?,
    _ context: PerformContext
  ) throws(Failure) -> ScratchCluster {
    let data = "\(folder)/data"
    let initialize = Invocation(
      programs.path("initdb"),
      [
        "--pgdata=\(data)", "--username=\(superuser)", "--auth=trust", "--encoding=UTF8",
        "--locale=C", "--no-sync", "--no-instructions",
      ],
      directory: "/",
      timeout: .seconds(120),
      runAs: user
    )
    // It outlives no run: nothing of it is synced, and a crash of it only fails the proof.
    let serve = Invocation(
      programs.path("postgres"),
      ["-D", data, "-k", folder]
        + [
          "listen_addresses=", "port=5432", "fsync=off", "full_page_writes=off",
          "synchronous_commit=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off",
          "shared_buffers=64MB", "max_wal_size=4GB", "logging_collector=off",
        ].flatMap { ["-c", $0] },
      directory: "/",
      runAs: user
    )
    do throws(ProcessError) {
      let made = try ChildProcess.run(
        initialize,
        cancelOn: context.call.cancellation.descriptor
      )
      guard made.isSuccess else {
        throw .invalid(program: "initdb", reason: made.errorText)
      }
      let server = try ChildProcess.startDetached(serve, log: "\(folder)/log")
      context.note(server, "postgres")
      let cluster = ScratchCluster(folder: folder, server: server)
      try cluster.waitUntilReady(context.call)
      return cluster
    } catch {
      try context.call.cancellation.check()
      throw Failure(.refused, "a server of its own did not start: \(error.message)")
    }
  }

  /// The server writes `ready` into its pid file when it takes connections.
  private func waitUntilReady(_ context: CallContext) throws(ProcessError) {
    let end = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < end, server.isAlive, !context.cancellation.isCancelled {
      let bytes = (try? Files.read("\(folder)/data/postmaster.pid")) ?? []
      let lines = String(decoding: bytes, as: UTF8.self).split(
        separator: "\n",
        omittingEmptySubsequences: false
      )
      if lines.count > 7, lines[7].hasPrefix("ready") { return }
      Threads.sleep(.milliseconds(10))
    }
    let log = (try? Files.read("\(folder)/log")) ?? []
    try? server.terminate(signal: SIGQUIT, grace: .seconds(5))
    throw .invalid(
      program: "postgres",
      reason: String(decoding: log.suffix(500), as: UTF8.self)
    )
  }

  /// Ends servers whose opsh was killed.
  private static func removeLeftovers() {
    for name in (try? Files.names(in: "/tmp")) ?? [] where name.hasPrefix(prefix) {
      let folder = "/tmp/\(name)"
      guard let owner = try? Files.read("\(folder)/owner"),
        !BackupJob.isAlive(String(decoding: owner, as: UTF8.self))
      else { continue }
      let pid = (try? Files.read("\(folder)/data/postmaster.pid")) ?? []
      if let line = String(decoding: pid, as: UTF8.self).split(separator: "\n").first,
        let number = Int32(line), let server = ProcessIdentity(pid: number),
        Self.runs(server, in: folder)
      {
        try? server.terminate(signal: SIGQUIT, grace: .seconds(5))
      }
      try? Files.removeTree(folder)
    }
  }

  /// A number in a file may by now be another program's.
  private static func runs(_ server: ProcessIdentity, in folder: String) -> Bool {
    let line = (try? Files.read("/proc/\(server.pid)/cmdline")) ?? []
    return String(decoding: line, as: UTF8.self).contains(folder)
  }
}
