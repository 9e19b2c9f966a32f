/// What was asked of production during a short time, and how it went.
struct TrafficSlice: Sendable, Equatable {
  var from: Milliseconds
  var until: Milliseconds
  var requests: Int64
  var failed: [FailureCause: Int64]
  var p95: Double
  /// The deployment that answered.
  var deployment: String

  var failures: Int64 { failed.values.reduce(0, +) }
}

/// Production's traffic: the past follows the story, what comes after it is measured.
struct TrafficHistory: Sendable {
  /// How far back anybody can ask.
  static let kept: Milliseconds = 14 * 24 * 3_600_000

  private(set) var slices: [TrafficSlice]
  private let seed: UInt64

  init(world: World) {
    seed = world.seed
    slices = Self.past(of: world)
  }

  /// The slices that begin in `from ..< until`.
  func slices(from: Milliseconds, until: Milliseconds) -> ArraySlice<TrafficSlice> {
    let start = slices.partitioningIndex { $0.from >= from }
    let end = slices.partitioningIndex { $0.from >= until }
    return slices[start..<max(start, end)]
  }

  /// Adds what happened until `now` since the last slice, at most one second a slice.
  ///
  /// - Returns: what was added.
  mutating func measure(
    _ condition: Condition,
    deployment: String,
    now: Milliseconds
  ) -> ArraySlice<TrafficSlice> {
    let known = slices.count
    guard let last = slices.last, now > last.until else { return [] }
    var from = last.until
    while from < now {
      let until = min(now, from + 1000)
      slices.append(
        Self.slice(from: from, until: until, condition, deployment: deployment, seed: seed)
      )
      from = until
    }
    return slices[known...]
  }

  // MARK: - The story's part

  private static func past(of world: World) -> [TrafficSlice] {
    // Minutes lately, and ten of them further back, where nobody asks for each.
    let recent = world.epoch - 3 * 86_400_000
    var marks = Set(stride(from: world.epoch - kept, to: recent, by: 600_000))
    marks.formUnion(stride(from: recent, through: world.epoch, by: 60_000))
    marks.formUnion(world.servings.map(\.from))
    if let incident = world.incident { marks.insert(incident.startedAt) }
    let ordered = marks.filter { $0 >= world.epoch - kept && $0 <= world.epoch }.sorted()
    var serving = 0
    var known: [String: Condition] = [:]
    return zip(ordered, ordered.dropFirst()).map { from, until in
      while serving + 1 < world.servings.count, world.servings[serving + 1].from <= from {
        serving += 1
      }
      let live = world.servings.isEmpty ? "" : world.servings[serving].deployment
      let hasBegun = world.incident.map { from >= $0.startedAt } ?? false
      let name = "\(live) \(hasBegun)"
      let condition = known[name] ?? condition(of: world, live: live, hasBegun: hasBegun)
      known[name] = condition
      return slice(from: from, until: until, condition, deployment: live, seed: world.seed)
    }
  }

  private static func condition(
    of world: World,
    live: String,
    hasBegun: Bool
  ) -> Condition {
    let isIncidental = live == world.culprit || world.servings.last?.deployment == live
    // Between going live and the first failing request a deployment still looks sound.
    let deployment = world.deployment(live)
    return .of(
      defect: isIncidental && !hasBegun ? 0 : deployment?.defect ?? 0,
      cause: deployment?.defectCause ?? .code,
      damage: hasBegun && world.scenario == .badMigration ? 1 : 0,
      vendorFails: hasBegun && world.incident?.cause == .vendor,
      seed: world.seed
    )
  }

  // MARK: - One slice

  private static func slice(
    from: Milliseconds,
    until: Milliseconds,
    _ condition: Condition,
    deployment: String,
    seed: UInt64
  ) -> TrafficSlice {
    var random = SplitMix64(seed: seed &+ UInt64(bitPattern: from))
    let seconds = Double(until - from) / 1000
    let requests = rounded(seconds * rate(at: from) * random.fraction(in: 0.92...1.08), &random)
    var failed: [FailureCause: Int64] = [:]
    for cause in condition.failures.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      let part = condition.failures[cause] ?? 0
      failed[cause] = rounded(Double(requests) * part * random.fraction(in: 0.88...1.12), &random)
    }
    return TrafficSlice(
      from: from,
      until: until,
      requests: requests,
      failed: failed,
      p95: condition.p95 * random.fraction(in: 0.93...1.07),
      deployment: deployment
    )
  }

  /// Requests a second: more by day than by night.
  private static func rate(at moment: Milliseconds) -> Double {
    let hour = Double(moment / 60_000 % 1440) / 60
    let fromNoon = abs(hour - 14) / 12
    return 34 - 14 * min(1, fromNoon)
  }

  /// Rounds up as often as the fraction says, so that small numbers keep their mean.
  private static func rounded(_ number: Double, _ random: inout SplitMix64) -> Int64 {
    let whole = number.rounded(.down)
    return Int64(whole) + (random.fraction() < number - whole ? 1 : 0)
  }
}

extension Array {
  /// The first index whose element fulfils `belongsAfter`, in an array partitioned by it.
  fileprivate func partitioningIndex(where belongsAfter: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if belongsAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
