import Foundation
import Glibc
import Synchronization
import Values

/// The process that a sandbox lives in, from `up` to `down`.
struct SandboxDaemon {
  /// Where the daemon tells the command that started it that it is ready, or why not.
  static let reportDescriptor: Int32 = 3
  static let readyWord = "ready"

  let paths: SandboxPaths
  let scenario: Scenario
  let seed: UInt64

  /// Serves until it is told to end; everything that it started ends with it.
  func run() async -> Int32 {
    // Children must not hold the pipe open, or the command would wait for them.
    _ = fcntl(Self.reportDescriptor, F_SETFD, FD_CLOEXEC)
    // A session of its own: closing the terminal does not reach it.
    _ = setsid()
    _ = unsafe chdir("/")
    signal(SIGPIPE, SIG_IGN)
    let ending = Self.ending()
    do {
      try paths.makeFolder(paths.backups)
      let sandbox = try await Sandbox.start(
        scenario,
        seed: seed,
        folder: paths.folder,
        backup: paths.backup,
        log: try RequestLog(path: paths.requests)
      )
      do {
        let control = try await ControlService.start(sandbox)
        try publish(sandbox, control)
        report(Self.readyWord)
        for await _ in ending { break }
        await control.stop()
        await sandbox.stop()
        return 0
      } catch {
        await sandbox.stop()
        throw error
      }
    } catch {
      report(Self.message(of: error))
      return 1
    }
  }

  private func publish(_ sandbox: Sandbox, _ control: ControlService) throws {
    let configuration = sandbox.neon.configuration
    let story = DatabaseStory(
      seed: seed,
      now: Time(milliseconds: sandbox.optiq.world.epoch),
      damagedAt: sandbox.optiq.world.migratedAt.map(Time.init(milliseconds:))
    )
    try paths.makeFolder(paths.stackFolder)
    try Migration.write(story.migrations, into: paths.migrations)
    let stack = StackFile(
      vercel: sandbox.url(.vercel),
      neon: sandbox.url(.neon),
      sentry: sandbox.url(.sentry),
      app: sandbox.url(.app),
      staging: sandbox.staging.url,
      neonProject: configuration.projectID,
      identity: identity(sandbox.neon.productionIdentity, configuration),
      stagingIdentity: identity(sandbox.neon.stagingIdentity, configuration),
      databaseName: configuration.databaseName,
      roleName: configuration.roleName,
      backup: paths.backup,
      names: sandbox.optiq.world.names
    )
    try stack.write(paths)
    try paths.linkRunbooks()
    try TrustLine(trusted: paths.trusted, stack: paths.stack).add()
    let state = SandboxState(
      process: .own,
      scenario: scenario,
      seed: seed,
      stack: paths.stack,
      app: sandbox.url(.app),
      postgres: sandbox.neon.productionURI,
      vercel: sandbox.url(.vercel),
      neon: sandbox.url(.neon),
      sentry: sandbox.url(.sentry),
      log: paths.requests,
      backup: paths.backup,
      controlPort: control.port,
      controlToken: control.token
    )
    try state.write(paths)
  }

  /// Project, branch, endpoint and database, in the words of `opsh doctor`.
  private func identity(
    _ ids: (project: String, branch: String, endpoint: String?),
    _ configuration: NeonConfiguration
  ) -> String {
    let parts = ["neon", ids.project, ids.branch, ids.endpoint, configuration.databaseName]
    return parts.compactMap(\.self).joined(separator: "/")
  }

  private func report(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes {
      unsafe write(Self.reportDescriptor, $0.baseAddress, $0.count)
    }
    close(Self.reportDescriptor)
  }

  private static func message(of error: any Error) -> String {
    switch error {
    case let error as SandboxError: error.message
    case let error as ClusterError: error.message
    default: "\(error)"
    }
  }

  /// Yields when somebody asks the daemon to end.
  private static func ending() -> AsyncStream<Void> {
    AsyncStream { continuation in
      guard let read = EndingSignal.catchThem() else {
        continuation.yield()
        return
      }
      Thread.detachNewThread {
        var byte: UInt8 = 0
        while unsafe Glibc.read(read, &byte, 1) == -1, errno == EINTR {}
        continuation.yield()
      }
    }
  }
}

/// The signals that end the daemon, as a byte in a pipe.
///
/// A handler works in whichever thread the system chooses. A mask does not: the threads that ran
/// before it was set take the signal all the same, and die of it with everything left behind.
private enum EndingSignal {
  private static let writeEnd = Atomic<Int32>(-1)

  /// - Returns: the descriptor to read from; nothing if the system has none to give.
  static func catchThem() -> Int32? {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    writeEnd.store(ends[1], ordering: .sequentiallyConsistent)
    let handler: @convention(c) (Int32) -> Void = { _ in
      var byte: UInt8 = 0
      _ = unsafe write(EndingSignal.writeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
    }
    signal(SIGTERM, handler)
    signal(SIGINT, handler)
    return ends[0]
  }
}
