package import Values

/// One scheduled job, as the stack file declares it.
package struct Job: Sendable {
  package var name: String
  package var path: String
  package var schedule: CronSchedule
  package var takes: TimeSpan?
  package var priority: String?

  package init(
    name: String,
    path: String,
    schedule: CronSchedule,
    takes: TimeSpan?,
    priority: String?
  ) {
    self.name = name
    self.path = path
    self.schedule = schedule
    self.takes = takes
    self.priority = priority
  }
}
