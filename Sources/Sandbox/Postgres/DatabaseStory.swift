package import Values

/// What has happened in production's database before the sandbox came up.
///
/// A day of ordinary business, an accident in between where the scenario has one, and business
/// after it, so that going back to before the accident loses something.
package struct DatabaseStory: Sendable {
  package var seed: UInt64
  /// When history begins.
  package var start: Time
  /// When the last ordinary business was done.
  package var end: Time
  /// When the bad migration was applied, if it was.
  package var damagedAt: Time?

  /// - Parameter now: the end of the story, which began a day earlier.
  package init(seed: UInt64, now: Time, damagedAt: Time?) {
    self.seed = seed
    start = Time(microseconds: now.microseconds - 26 * 3_600_000_000)
    end = now
    self.damagedAt = damagedAt
  }

  /// The migrations applied at the end, oldest first, the bad one included.
  package var migrations: [Migration] {
    Migration.applied(before: start)
      + (damagedAt.map { [.normaliseCurrency(appliedAt: $0)] } ?? [])
  }

  /// Writes the story into an empty server and tells which moment is at which position.
  func write(
    into database: SandboxDatabase,
    of cluster: Cluster
  ) throws(ClusterError) -> BranchHistory {
    try database.create(on: cluster.superuserAddress())
    try database.seed(seed, start: start, migrations: Migration.applied(before: start))
    var points = [BranchHistory.Point(time: start, lsn: try cluster.lsn())]
    var step = 0
    func live(until end: Time, steps: Int) throws(ClusterError) {
      let begin = points.last?.time ?? start
      let length = (end.microseconds - begin.microseconds) / Int64(steps)
      for index in 1...Int64(steps) {
        step += 1
        let from = Time(microseconds: begin.microseconds + (index - 1) * length)
        let to = Time(microseconds: begin.microseconds + index * length)
        try database.doBusiness(step: step, during: from...to, seed: seed)
        points.append(BranchHistory.Point(time: to, lsn: try cluster.lsn()))
      }
    }
    if let damagedAt {
      try live(until: Time(microseconds: damagedAt.microseconds - 5_000_000), steps: 6)
      try database.damage(.normaliseCurrency(appliedAt: damagedAt))
      // Whoever goes back to the time that Prisma's table names gets the state before it.
      let done = Time(microseconds: damagedAt.microseconds + 340_000)
      points.append(BranchHistory.Point(time: done, lsn: try cluster.lsn()))
      try live(until: end, steps: 3)
    } else {
      try live(until: end, steps: 8)
    }
    try cluster.archiveEverything()
    return BranchHistory(points: points, liveFrom: .now())
  }
}
