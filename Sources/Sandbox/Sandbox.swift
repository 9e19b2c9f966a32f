import Foundation
import Values

/// A whole small Optiq on loopback: its database, its vendors and itself.
final class Sandbox: Sendable {
  let scenario: Scenario
  let seed: UInt64
  let optiq: LiveOptiq
  let neon: NeonService
  let servers: [Vendor: VendorServer]
  let staging: VendorServer
  private let sampler: Task<Void, Never>

  /// Brings everything up; what was started is ended again when something fails.
  ///
  /// - Parameters:
  ///   - folder: an empty folder of its own.
  ///   - backup: where last night's dump of the database goes.
  static func start(
    _ scenario: Scenario,
    seed: UInt64,
    folder: String,
    backup: String? = nil,
    log: RequestLog
  ) async throws -> Sandbox {
    let now = Time.now()
    let world = WorldBuilder.build(scenario, seed: seed, epoch: now.milliseconds)
    let damagedAt = world.migratedAt.map(Time.init(milliseconds:))
    let neon = try await onThread {
      try NeonService.create(
        stateFolder: folder,
        configuration: neonConfiguration(of: world),
        story: DatabaseStory(seed: seed, now: now, damagedAt: damagedAt, backup: backup)
      )
    }
    do {
      return try await compose(world, neon: neon, log: log)
    } catch {
      neon.dispose()
      throw error
    }
  }

  static func neonConfiguration(of world: World) -> NeonConfiguration {
    var random = SplitMix64(seed: world.seed, topic: "neon")
    let words = ["small-sky", "cold-river", "late-frost", "plain-leaf", "soft-dew"]
    return NeonConfiguration(
      apiKey: world.names.neonKey,
      projectID: random.one(of: words) + "-\(random.number(in: 10_000_000...99_999_999))",
      startsStaging: true,
      seed: world.seed
    )
  }

  private static func compose(
    _ world: World,
    neon: NeonService,
    log: RequestLog
  ) async throws -> Sandbox {
    let now: @Sendable () -> Milliseconds = { Time.now().milliseconds }
    let damaged = world.migratedAt.map {
      Migration.normaliseCurrency(appliedAt: Time(milliseconds: $0))
    }
    let optiq = LiveOptiq(
      world: world,
      hosting: Hosting(world: world, migration: damaged?.name, now: now),
      database: NeonProduction(neon: neon),
      now: now
    )
    var servers: [Vendor: VendorServer] = [:]
    let faults = FaultSwitch()
    let handlers = handlers(optiq, neon, faults)
    for vendor in Vendor.allCases {
      guard let handler = handlers[vendor] else { continue }
      servers[vendor] = try await .start(vendor, log: log, faults: faults, handler: handler)
    }
    let app = AppService(optiq: optiq, isStaging: true)
    let staging = try await VendorServer.start(.app, log: log) { await app.respond(to: $0) }
    return Sandbox(optiq: optiq, neon: neon, servers: servers, staging: staging)
  }

  private static func handlers(
    _ optiq: LiveOptiq,
    _ neon: NeonService,
    _ faults: FaultSwitch
  ) -> [Vendor: VendorServer.Handler] {
    let vercel = VercelService(optiq: optiq) { faults.isFailing(.vercel) }
    let sentry = SentryService(optiq: optiq)
    let app = AppService(optiq: optiq)
    return [
      .vercel: { await vercel.respond(to: $0) }, .sentry: { await sentry.respond(to: $0) },
      .app: { await app.respond(to: $0) },
      .neon: { request in
        if request.method == "POST", request.path.hasSuffix("/restore"), faults.isFailing(.neon) {
          neon.failNextRestore()
        }
        return .whole(await neon.respond(to: request))
      },
    ]
  }

  private init(
    optiq: LiveOptiq,
    neon: NeonService,
    servers: [Vendor: VendorServer],
    staging: VendorServer
  ) {
    scenario = optiq.world.scenario
    seed = optiq.world.seed
    self.optiq = optiq
    self.neon = neon
    self.servers = servers
    self.staging = staging
    // Rows change behind everybody's back, so production is measured all the time.
    sampler = Task {
      while !Task.isCancelled {
        await optiq.measure()
        try? await Task.sleep(for: .seconds(1))
      }
    }
  }

  func url(_ vendor: Vendor) -> String { servers[vendor]?.url ?? "" }

  /// Sets or clears faults of a vendor: one, or all of them.
  func set(_ fault: Fault?, of vendor: Vendor, on: Bool) async throws {
    for fault in fault.map({ [$0] }) ?? Fault.allCases {
      try await servers[vendor]?.set(fault, on: on)
    }
  }

  /// Ends everything that was started and removes the database.
  func stop() async {
    sampler.cancel()
    for server in servers.values { await server.stop() }
    await staging.stop()
    let neon = neon
    _ = try? await Self.onThread { neon.dispose() }
  }

  /// Runs what blocks on a thread of its own.
  static func onThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
  }
}
