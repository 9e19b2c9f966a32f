/// How often one kind of error occurred in one slice of the traffic.
struct ErrorFact: Sendable {
  var template: Int
  var deployment: String
  var at: Milliseconds
  var count: Int64
}

extension TrafficSlice {
  /// The slice's failures by kind of error; the same slice gives the same ones.
  func errors(seed: UInt64) -> [ErrorFact] {
    var random = SplitMix64(seed: seed &+ UInt64(bitPattern: from), topic: "errors")
    return failed.sorted { $0.key.rawValue < $1.key.rawValue }.flatMap { cause, count in
      Self.split(count, cause, &random).map {
        ErrorFact(template: $0, deployment: deployment, at: from, count: $1)
      }
    }
  }

  private static func split(
    _ count: Int64,
    _ cause: FailureCause,
    _ random: inout SplitMix64
  ) -> [(Int, Int64)] {
    guard count > 0 else { return [] }
    var left = count
    var parts: [(Int, Int64)] = []
    let kinds = IssueTemplate.byCause[cause] ?? []
    for (kind, weight) in kinds {
      let share = Double(count) * weight
      let whole = Int64(share) + (random.fraction() < share - share.rounded(.down) ? 1 : 0)
      let part = kind == kinds.last?.index ? left : min(left, whole)
      if part > 0 { parts.append((kind, part)) }
      left -= part
    }
    return parts
  }
}

/// When each kind of error occurred first and last, and how often, since anybody remembers.
struct ErrorTally: Sendable {
  struct Entry: Sendable {
    var first: ErrorFact
    var last: ErrorFact
    var count: Int64
  }

  private(set) var entries: [Int: Entry] = [:]
  private let seed: UInt64

  init(seed: UInt64) {
    self.seed = seed
  }

  mutating func add(_ slices: ArraySlice<TrafficSlice>) {
    for slice in slices {
      for fact in slice.errors(seed: seed) {
        var entry = entries[fact.template] ?? Entry(first: fact, last: fact, count: 0)
        entry.last = fact
        entry.count += fact.count
        entries[fact.template] = entry
      }
    }
  }
}
