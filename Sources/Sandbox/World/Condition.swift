/// How the application fares at one moment.
struct Condition: Sendable, Equatable {
  /// The part of the requests that fails, from 0 to 1, by why they do.
  var failures: [FailureCause: Double]
  /// The duration that 95 of 100 requests stay under, in milliseconds.
  var p95: Double

  var failureRate: Double { min(1, failures.values.reduce(0, +)) }

  static let sound = Condition(failures: [.background: 0.003], p95: 260)

  mutating func add(_ cause: FailureCause, rate: Double, p95 slow: Double) {
    failures[cause, default: 0] += rate
    p95 = max(p95, slow)
  }

  /// - Parameter defect: that of the live deployment, from 0 to 1.
  static func of(
    defect: Double,
    cause: FailureCause,
    damage: Double,
    vendorFails: Bool,
    seed: UInt64
  ) -> Condition {
    var random = SplitMix64(seed: seed, topic: "condition")
    let code = random.fraction(in: 0.17...0.31)
    let slow = random.fraction(in: 2600...4100)
    let vendor = random.fraction(in: 0.12...0.2)
    var condition = Condition.sound
    if defect > 0 { condition.add(cause, rate: code * defect, p95: 600 + (slow - 600) * defect) }
    if damage > 0 { condition.add(.data, rate: 0.04 + 0.12 * min(1, damage), p95: 2300) }
    if vendorFails { condition.add(.vendor, rate: vendor, p95: 10_050) }
    return condition
  }

  static let unreachableDatabase = Condition(
    failures: [.background: 0.003, .database: 0.94],
    p95: 5200
  )
  /// Vercel answers for a paused project; the application sees nothing.
  static let paused = Condition(failures: [:], p95: 0)
}
