internal import Migrations
internal import Objects
internal import Postgres
internal import Values

/// Finding out how applying ended whose answer was lost.
extension PostgresDatabase {
  /// Done when each that was agreed to is applied.
  ///
  /// Otherwise the table tells: what is pending, failed or provably undone was not done; what was
  /// begun outside of a transaction, only a person knows.
  func probe(_ job: MigrationJob, _ context: PerformContext) throws(Failure) -> Plan.Probe {
    let agreed = PlannedMigrations.sums(context.seen ?? PlannedMigrations.json(job.files))
    let end = Time.monotonicMicroseconds() + MigrationLock.patience.microseconds
    while true {
      let place = try migrationPlace(in: context.call)
      guard var history = try migrationStanding(place, in: context.call) else { return .notDone }
      let states = history.entries.filter { agreed[$0.name] != nil }
      // Whether the folder still has it, or has another text, says nothing of what was done.
      let ends: [MigrationState] = [.applied, .edited, .missing]
      if states.count == agreed.count, states.allSatisfy({ ends.contains($0.state) }) {
        return .done
      }
      // The session of a program that was killed may still be at it for a moment.
      if states.contains(where: { $0.state == .running }) {
        guard Time.monotonicMicroseconds() < end else { return .unknown }
        try context.call.cancellation.wait(.milliseconds(100))
        continue
      }
      history.isLocked = false
      guard states.contains(where: { $0.state == .crashed }) else { return .notDone }
      return (try? history.deployment(acceptsEdited: true)) == nil ? .unknown : .notDone
    }
  }
}
