package import Objects
internal import Values

struct JobsPayload: Sendable {
  var environment: OperatedEnvironment

  var value: Value {
    .object(
      ObjectValue(
        .jobs,
        identity: "jobs of \(environment.name)",
        environment: environment.name,
        payload: self
      )
    )
  }

  var target: Plan.Target {
    Plan.Target(environment: environment.name, kind: "jobs", identity: environment.name)
  }
}

struct JobPayload: Sendable {
  var job: Job
  var environment: OperatedEnvironment

  var value: Value {
    .object(
      ObjectValue(.job, identity: job.name, environment: environment.name, payload: self)
    )
  }

  var target: Plan.Target {
    Plan.Target(environment: environment.name, kind: "job", identity: job.name)
  }

  /// The newest request to the job's path since a moment; nothing if there was none.
  func lastRun(since time: Time, in context: CallContext) throws(Failure) -> LogLine? {
    let hosting = try environment.needHosting()
    var query = LogQuery(since: time, until: context.now)
    query.path = job.path
    query.tier = hosting.tier(of: environment.name)
    let source = try hosting.logs(query, in: context)
    defer { source.cancel() }
    while let line = try source.next() {
      if line.path == job.path { return line }
    }
    return nil
  }

  /// It is overdue when its last planned time is more than what it takes (at least five minutes) ago
  /// and no request to its path was seen since.
  func isOverdue(in context: CallContext) throws(Failure) -> Bool {
    guard let planned = job.schedule.previous(atOrBefore: context.now) else { return false }
    let patience = max(job.takes ?? .minutes(5), .minutes(5))
    guard context.now.microseconds - planned.microseconds > patience.microseconds else {
      return false
    }
    return try lastRun(since: planned, in: context) == nil
  }
}

extension ObjectKind {
  package static let jobs = ObjectKind(
    "jobs",
    summary: "the scheduled jobs of an environment, and the one switch the hosting has for them",
    members: [
      .read("all", .list(of: .object("job")), "each of them") {
        (it: JobsPayload, _, _) throws(Failure) in
        .list(
          it.environment.jobs.map { job in
            JobPayload(job: job, environment: it.environment).value
          }
        )
      },
      .read("paused", .bool, "says whether the switch is off") {
        (it: JobsPayload, _, context) throws(Failure) in
        .bool(try it.environment.needHosting().project(in: context).cronsEnabled == false)
      },
      .action("pause", "stops all of them: the hosting has one switch", effect: .change) {
        (it: JobsPayload, _, context) throws(Failure) in
        try it.environment.needHosting().setCrons(
          it.target,
          enabled: false,
          jobs: it.environment.jobs.map(\.name),
          in: context
        )
      },
      .action("resume", "starts all of them again", effect: .change) {
        (it: JobsPayload, _, context) throws(Failure) in
        try it.environment.needHosting().setCrons(
          it.target,
          enabled: true,
          jobs: it.environment.jobs.map(\.name),
          in: context
        )
      },
    ]
  )

  package static let job = ObjectKind(
    "job",
    summary: "one scheduled job",
    members: [
      .field("name", .text, "its name in the stack file", column: true) { (it: JobPayload) in
        .text(it.job.name)
      },
      .field("schedule", .text, "its cron expression, in UTC", column: true) {
        (it: JobPayload) in .text(it.job.schedule.text)
      },
      .field("path", .text, "the path that the hosting calls", column: true) {
        (it: JobPayload) in .text(it.job.path)
      },
      .field("takes", .optional(.duration), "how long it usually takes", column: true) {
        (it: JobPayload) in .orNothing(it.job.takes) { .duration($0) }
      },
      .field("priority", .optional(.text), "high, medium or low", column: true) {
        (it: JobPayload) in .orNothing(it.job.priority) { .text($0) }
      },
      .read("next", .optional(.time), "when it runs next", cost: .held) {
        (it: JobPayload, _, context) throws(Failure) in
        .orNothing(it.job.schedule.next(after: context.now)) { .time($0) }
      },
      .read("previous", .optional(.time), "when it should have run last", cost: .held) {
        (it: JobPayload, _, context) throws(Failure) in
        .orNothing(it.job.schedule.previous(atOrBefore: context.now)) { .time($0) }
      },
      .read("overdue", .bool, "says whether its last time passed without a run") {
        (it: JobPayload, _, context) throws(Failure) in .bool(try it.isOverdue(in: context))
      },
      .action("run", "calls it now, as the hosting would", effect: .change) {
        (it: JobPayload, _, context) throws(Failure) in
        try it.environment.needHosting().runCron(it.target, job: it.job, in: context)
      },
    ],
    later: ["runs", "state", "duration"]
  )
}
