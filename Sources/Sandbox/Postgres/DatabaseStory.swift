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
  /// Where the last nightly dump went, if one was taken.
  package var backup: String?

  /// - Parameters:
  ///   - now: the end of the story, which began at least a day earlier.
  ///   - damagedAt: before `now`.
  ///   - backup: a file that `pg_dump` makes, in a folder that exists.
  package init(seed: UInt64, now: Time, damagedAt: Time?, backup: String? = nil) {
    self.seed = seed
    self.damagedAt = damagedAt
    self.backup = backup
    end = now
    start = (damagedAt ?? now).earlier(seconds: 26 * 3600)
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
    for (step, moment) in moments.enumerated() {
      if moment == damagedAt {
        try database.damage(.normaliseCurrency(appliedAt: moment))
      } else {
        let begin = points.last?.time ?? start
        try database.doBusiness(step: step, during: begin...max(begin, moment), seed: seed)
      }
      if moment == backedUpAt, let backup {
        try NightlyDump(programs: cluster.settings.programs, address: database.address)
          .write(backup, at: moment)
      }
      // Whoever goes back to the time that Prisma's table names gets the state before it.
      let time = moment == damagedAt ? moment.earlier(seconds: -0.34) : moment
      points.append(BranchHistory.Point(time: time, lsn: try cluster.lsn()))
    }
    try cluster.archiveEverything()
    return BranchHistory(points: points, liveFrom: .now())
  }

  /// When the last nightly dump was taken: hours before the accident, so that going back to it loses
  /// more than going back in time.
  package var backedUpAt: Time { (damagedAt ?? end).earlier(seconds: Self.backupAge) }

  private static let backupAge: Double = 28_000

  /// When something is written, ascending: close together before the accident, so that going back
  /// to shortly before it loses little.
  var moments: [Time] {
    let hinge = damagedAt ?? end
    let before: [Double] = [
      72_000, 50_000, Self.backupAge, 14_400, 7200, 3600, 1800, 900, 600, 300, 120, 60, 5,
    ]
    var moments = before.map { hinge.earlier(seconds: $0) }
    guard damagedAt != nil else { return moments }
    moments.append(hinge)
    let rest = (end.microseconds - hinge.microseconds) / 4
    moments += (1...4).map { Time(microseconds: hinge.microseconds + rest * $0) }
    return moments
  }
}

extension Time {
  fileprivate func earlier(seconds: Double) -> Time {
    Time(microseconds: microseconds - Int64(seconds * 1_000_000))
  }
}
