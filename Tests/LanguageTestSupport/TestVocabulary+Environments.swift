import Objects
import Values

extension TestVocabulary {
  static let environmentKinds: [ObjectKind] = [
    ObjectKind(
      "environment",
      summary: "one place where the app runs",
      members: environmentReads + environmentActions,
      later: ["tunnels", "costs"]
    ),
    ObjectKind(
      "deployment",
      summary: "one build of the app",
      members: [
        field("id", .text), field("url", .text), field("commit", .text), field("author", .text),
        field("message", .text), field("created", .time), field("age", .duration),
        field("state", .oneOf(["ready", "error", "building", "queued", "canceled"])),
        field("is_live", .bool), field("is_rollback_candidate", .bool),
        read("safe_point", .optional(.time)),
        read("migrations_since", .list(of: .object("migration"))),
        action("promote"), action("redeploy", gives: deployment), action("cancel"),
      ]
    ),
    ObjectKind(
      "health",
      summary: "what the health check says",
      members: [field("status", .oneOf(["ok", "degraded", "down"])), field("checked", .time)]
    ),
    ObjectKind(
      "traffic",
      summary: "requests and their errors",
      members: [field("error_rate", .percent), field("p95", .duration), field("rate", .number)]
    ),
    ObjectKind("certificate", summary: "a certificate", members: [field("expires", .time)]),
    ObjectKind("check", summary: "a check", members: [field("passed", .bool)]),
    ObjectKind(
      "jobs",
      summary: "the scheduled jobs",
      members: [read("all", .list(of: .object("job"))), action("pause"), action("resume")]
    ),
    ObjectKind(
      "job",
      summary: "a scheduled job",
      members: [
        field("name", .text), field("path", .text), field("takes", .duration),
        field("overdue", .bool), field("state", .oneOf(["running", "waiting"])),
        read("runs", .list(of: .object("job_run"))), action("run", gives: .object("job_run")),
      ]
    ),
    ObjectKind(
      "job_run",
      summary: "one run of a job",
      members: [
        field("started", .time), field("duration", .duration), field("status", .int),
        field("state", .oneOf(["running", "done", "failed"])),
      ]
    ),
    ObjectKind(
      "variables",
      summary: "the environment variables",
      members: [read("all", .list(of: .object("variable")))]
    ),
    ObjectKind(
      "variable",
      summary: "an environment variable",
      members: [field("name", .text), field("value", .secret)]
    ),
  ]

  private static let environmentReads: [Member] = [
    field("name", .text), field("url", .text), field("region", .text), field("protected", .bool),
    read("paused", .bool), read("health", .object("health")),
    read("deployments", .list(of: deployment)), read("live", deployment),
    read("last_good", .optional(deployment)), read("database", .object("database")),
    read("cache", .object("cache")), read("queue", .object("queue")),
    read("jobs", .object("jobs")), read("variables", .object("variables")),
    read(
      "errors",
      .list(of: .object("issue")),
      option("since", .time),
      option("last", .duration)
    ),
    read(
      "logs",
      .list(of: .object("log_line")),
      option("since", .time),
      option("last", .duration),
      option("path", .text)
    ),
    read(
      "traffic",
      .object("traffic"),
      option("last", .duration),
      option("from", .time),
      option("to", .time)
    ),
    read("certificate", .object("certificate")), read("checks", .list(of: .object("check"))),
    read("changes", .object("change"), label("ref", .text)),
  ]

  private static let environmentActions: [Member] = [
    action(
      "rollback",
      gives: .fields([.init("deployment", deployment)]),
      only: Member.Restriction(
        environments: ["production"],
        advice: "promote a deployment there instead"
      ),
      label("to", deployment)
    ),
    action("promote", place("deployment", deployment)),
    action("deploy", gives: deployment, label("ref", .text)),
    action("pause"), action("resume"),
    action(
      "set_variable",
      place("name", .text),
      Parameter("value", .any, "the value", isPositional: true, isRequired: false),
      option("generate", .int),
      option("sensitive", .bool)
    ),
    action("unlock", label("for", .duration), label("because", .text)),
    action("purge", effect: .destroy, place("path", .text)),
  ]
}
