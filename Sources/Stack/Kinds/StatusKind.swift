package import Objects
package import Values

extension StatusReport {
  package var value: Value {
    .object(ObjectValue(.status, identity: taken.text, payload: self))
  }
}

extension ObjectKind {
  package static let status = ObjectKind(
    "status",
    summary: "the one screen: what is broken, since when, what changed before, what to do next",
    members: [
      .field("taken", .time, "when it was asked") { (it: StatusReport) in .time(it.taken) },
      .field(
        "environments",
        .list(of: .fields(fields)),
        "each environment's state",
        column: true
      ) { (it: StatusReport) in .list(it.environments.map { .record($0.record) }) },
      .field("contacts", .list(of: .object("contact")), "whom to call, in order") {
        (it: StatusReport) in .list(it.contacts.map(\.value))
      },
    ]
  )

  private static let fields: [ValueType.Field] = [
    .init("name", .text),
    .init("status", .oneOf(["ok", "degraded", "down", "paused", "unknown"])),
    .init("since", .optional(.time)), .init("live", .optional(.text)),
    .init("culprit", .optional(.text)), .init("error_rate", .optional(.percent)),
    .init("p95", .optional(.duration)), .init("issue", .optional(.text)),
    .init("migration", .optional(.text)), .init("crons", .optional(.bool)),
    .init("writes", .optional(.bool)),
    .init("next", .list(of: .text)), .init("missing", .list(of: .text)),
  ]
}

extension EnvironmentStatus {
  fileprivate var record: Record {
    Record([
      "name": .text(name),
      "status": .text(word),
      "since": .orNothing(troubleSince) { .time($0) },
      "live": .orNothing(live) { .text($0.id) },
      "culprit": .orNothing(culprit) { .text($0.id) },
      "error_rate": .orNothing(traffic?.failureRate) { .percent($0 * 100) },
      "p95": .orNothing(traffic?.p95) { .duration($0) },
      "issue": .orNothing(topIssue) { .text($0.title) },
      "migration": .orNothing(newestMigration) { .text($0.name) },
      "crons": .orNothing(cronsEnabled) { .bool($0) },
      "writes": .orNothing(areWritesStopped) { .bool(!$0) },
      "next": .list(next.map { .text($0) }),
      "missing": .list(missing.map { .text("\($0.source): \($0.reason)") }),
    ])
  }
}
