import Values

/// Production's rows in the database that the stand-in for Neon keeps.
struct NeonProduction: ProductionDatabase {
  let neon: NeonService

  func state() async -> DatabaseState {
    let begin = Time.monotonicMicroseconds()
    guard let health = try? await Sandbox.onThread({ try neon.production.health() }) else {
      return .unreachable
    }
    let elapsed = (Time.monotonicMicroseconds() - begin) / 1000
    return DatabaseState(
      isReachable: true,
      damage: health.damagedShare,
      detail: Self.detail(health),
      milliseconds: elapsed
    )
  }

  private static func detail(_ health: DataHealth) -> String {
    var parts: [String] = []
    if health.damagedOrders > 0 {
      parts.append("\(health.damagedOrders) of \(health.orders) orders are inconsistent")
    }
    if health.customersWithoutSubscription > 0 {
      parts.append("\(health.customersWithoutSubscription) customers lost their subscription")
    }
    return parts.joined(separator: ", ")
  }

  func run(job: String) async throws -> Int64 {
    let result = try await Sandbox.onThread { try neon.production.runCron(path: job) }
    return Int64(result?.rows ?? 0)
  }
}
