import Foundation
import Synchronization
import Values

@testable import Sandbox

/// The sandbox's vendors and application on loopback, with rows in memory instead of a cluster.
///
/// The only file here that sees the sandbox's own types: they have the names of `Stack`'s.
final class LoopbackOptiq: Sendable {
  private let optiq: LiveOptiq
  private let rows: MemoryRows
  private let servers: [Vendor: VendorServer]
  private let logPath: String

  /// - Parameter scenario: such as `bad-deploy`.
  static func start(_ scenario: String, seed: UInt64 = 1) async throws -> LoopbackOptiq {
    guard let scenario = Scenario(rawValue: scenario) else { throw Unknown(name: scenario) }
    let now: @Sendable () -> Milliseconds = { Time.now().milliseconds }
    let world = WorldBuilder.build(scenario, seed: seed, epoch: now())
    let rows = MemoryRows(damage: scenario == .badMigration ? 1 : 0)
    let optiq = LiveOptiq(
      world: world,
      hosting: Hosting(world: world, migration: nil, now: now),
      database: rows,
      now: now
    )
    let path = NSTemporaryDirectory() + "opsh-providers-\(UUID().uuidString).log"
    let log = try RequestLog(path: path)
    let faults = FaultSwitch()
    let vercel = VercelService(optiq: optiq) { faults.isFailing(.vercel) }
    let sentry = SentryService(optiq: optiq)
    let app = AppService(optiq: optiq)
    let servers: [Vendor: VendorServer] = [
      .vercel: try await .start(.vercel, log: log, faults: faults) {
        await vercel.respond(to: $0)
      },
      .sentry: try await .start(.sentry, log: log, faults: faults) { await sentry.respond(to: $0) },
      .app: try await .start(.app, log: log, faults: faults) { await app.respond(to: $0) },
    ]
    return LoopbackOptiq(optiq: optiq, rows: rows, servers: servers, logPath: path)
  }

  private init(
    optiq: LiveOptiq,
    rows: MemoryRows,
    servers: [Vendor: VendorServer],
    logPath: String
  ) {
    self.optiq = optiq
    self.rows = rows
    self.servers = servers
    self.logPath = logPath
  }

  deinit { unsafe unlink(logPath) }

  struct Unknown: Error {
    let name: String
  }

  func stop() async {
    for server in servers.values { await server.stop() }
  }

  func url(_ vendor: String) -> String {
    Vendor(rawValue: vendor).flatMap { servers[$0]?.url } ?? ""
  }

  /// - Parameter fault: such as `401`, `lost-answer`.
  func set(_ fault: String, of vendor: String, on: Bool = true) async throws {
    guard let vendor = Vendor(rawValue: vendor), let fault = Fault(rawValue: fault) else {
      throw Unknown(name: fault)
    }
    try await servers[vendor]?.set(fault, on: on)
  }

  func cutDatabase() { rows.cut() }

  var jobsRun: [String] { rows.jobs }
  var vercelToken: String { optiq.world.names.vercelToken }
  var sentryToken: String { optiq.world.names.sentryToken }
  /// What the world's story says, which no vendor tells.
  var culprit: String? { optiq.world.culprit }
  var lastGood: String { optiq.world.lastGood }
  var live: String { optiq.hosting.liveDeployment.id }
  var incidentBegan: Time? {
    optiq.world.incident.map { Time(milliseconds: $0.startedAt) }
  }
  var productionIDs: [String] {
    optiq.world.deployments.filter(\.isProduction).map(\.id)
  }
  var allIDs: [String] { optiq.world.deployments.map(\.id) }

  struct LoggedRequest: Sendable {
    var vendor: String
    var method: String
    /// Path and query as they were sent.
    var target: String
    var body: String

    var path: String { String(target.prefix { $0 != "?" }) }
    var isChange: Bool { method != "GET" }
  }

  /// Every request so far, in order.
  func requests() throws -> [LoggedRequest] {
    try String(contentsOfFile: logPath, encoding: .utf8).split(separator: "\n").map { line in
      let json = try JSON.parse(String(line))
      return LoggedRequest(
        vendor: json["vendor"]?.stringValue ?? "",
        method: json["method"]?.stringValue ?? "",
        target: json["path"]?.stringValue ?? "",
        body: json["body"]?.stringValue ?? ""
      )
    }
  }

  func changes() throws -> [LoggedRequest] {
    try requests().filter { $0.vendor == "vercel" && $0.isChange }
  }
}

private final class MemoryRows: ProductionDatabase {
  private let known: Mutex<(state: DatabaseState, jobs: [String])>

  init(damage: Double) {
    var state = DatabaseState.sound
    state.damage = damage
    if damage > 0 { state.detail = "orders are inconsistent" }
    known = Mutex((state, []))
  }

  var jobs: [String] { known.withLock { $0.jobs } }

  func cut() { known.withLock { $0.state = .unreachable } }

  func state() async -> DatabaseState { known.withLock { $0.state } }

  func run(job: String) async throws -> Int64 {
    known.withLock { $0.jobs.append(job) }
    return 1
  }
}
