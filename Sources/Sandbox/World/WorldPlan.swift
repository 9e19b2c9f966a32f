/// Which of the 250 deployments is what, and when each was created.
struct WorldPlan {
  /// What a slot in the list is for; each kind but one fails exactly one test of a good deployment.
  enum Role: Equatable {
    case preview, culprit, harmlessFollower, lastGood
    /// Live since long, and nothing wrong with it.
    case soundLive
    /// Production, older than the last good one.
    case older
    case errored, canceled
    /// Built while production's domains did not move by themselves; never served.
    case staged
    /// Served two hours without trouble, but can not be rolled back to.
    case unfit
    /// Served for less than ten minutes, until the next one came.
    case shortLived
    case rolledBack
    /// Served for hours with more errors than usual.
    case erroneous
  }

  static let count = 250

  let roles: [Role]
  let createdAt: [Milliseconds]

  init(scenario: Scenario, seed: UInt64, epoch: Milliseconds) {
    var random = SplitMix64(seed: seed, topic: "plan")
    // What is newer than the follower lies close together, and has all been built by now.
    let newest = Int(random.number(in: scenario == .secondNewest ? 2...3 : 4...8))
    let culprit = scenario == .secondNewest ? newest + 2 : newest
    // With pages of 100, one seed in four has the good one on the second page.
    let good = Int(seed % 4 == 3 ? random.number(in: 120...190) : random.number(in: 205...238))

    var roles = [Role](repeating: .preview, count: Self.count)
    roles[newest] = scenario.hasCulprit ? .culprit : .soundLive
    if scenario == .secondNewest {
      roles[newest] = .harmlessFollower
      roles[culprit] = .culprit
    }
    roles[good] = .lastGood
    for index in stride(from: good + 3, to: Self.count, by: 5) { roles[index] = .older }
    for (index, role) in Self.between(culprit, good, &random) { roles[index] = role }

    self.roles = roles
    createdAt = Self.times(roles, culprit: culprit, good: good, epoch: epoch, &random)
  }

  /// What lies between the newest and the last good one: enough to mislead a hasty reader.
  private static func between(
    _ culprit: Int,
    _ good: Int,
    _ random: inout SplitMix64
  ) -> [(Int, Role)] {
    let stories: [[Role]] = [
      [.errored], [.rolledBack, .shortLived], [.canceled], [.erroneous], [.errored], [.staged],
      [.rolledBack, .shortLived], [.unfit],
    ]
    let share = Double(good - culprit) / Double(stories.count)
    return stories.enumerated().flatMap { number, story in
      let place = (Double(number) + random.fraction(in: 0.35...0.65)) * share
      return story.enumerated().map { (culprit + Int(place) + $0.offset, $0.element) }
    }
  }

  private static func times(
    _ roles: [Role],
    culprit: Int,
    good: Int,
    epoch: Milliseconds,
    _ random: inout SplitMix64
  ) -> [Milliseconds] {
    let hasCulprit = roles[culprit] == .culprit
    let age =
      hasCulprit ? random.number(in: 25 * 60...45 * 60) : random.number(in: 64_800...108_000)
    let newestAt = epoch - age * 1000 - random.number(in: 0...999)
    let goodAt = newestAt - random.number(in: 40 * 3600...64 * 3600) * 1000
    var times = [Milliseconds](repeating: 0, count: roles.count)
    spread(&times, from: (-1, epoch), to: (culprit, newestAt), &random)
    spread(&times, from: (culprit, newestAt), to: (good, goodAt), &random)
    let oldest = goodAt - random.number(in: 36 * 3600...60 * 3600) * 1000
    spread(&times, from: (good, goodAt), to: (roles.count, oldest), &random)
    settle(&times, roles, culprit: culprit, epoch: epoch, &random)
    return times
  }

  /// Fills the times strictly between two given ones, later first; sets the older end too.
  private static func spread(
    _ times: inout [Milliseconds],
    from newer: (index: Int, at: Milliseconds),
    to older: (index: Int, at: Milliseconds),
    _ random: inout SplitMix64
  ) {
    let step = Double(newer.at - older.at) / Double(older.index - newer.index)
    for index in (newer.index + 1)..<older.index {
      let place = Double(index - newer.index) + random.fraction(in: -0.3...0.3)
      times[index] = newer.at - Milliseconds(place * step)
    }
    if older.index < times.count { times[older.index] = older.at }
  }

  /// Moves the deployments whose distance to another one is part of the story.
  private static func settle(
    _ times: inout [Milliseconds],
    _ roles: [Role],
    culprit: Int,
    epoch: Milliseconds,
    _ random: inout SplitMix64
  ) {
    for index in roles.indices where roles[index] == .shortLived {
      times[index - 1] = times[index] + random.number(in: 330_000...450_000)
    }
    for index in roles.indices where roles[index] == .harmlessFollower {
      times[index] = times[culprit] + random.number(in: 660_000...780_000)
      spread(&times, from: (index, times[index]), to: (culprit, times[culprit]), &random)
      spread(&times, from: (-1, epoch), to: (index, times[index]), &random)
    }
  }
}
