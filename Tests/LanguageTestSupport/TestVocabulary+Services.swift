import Objects
import Values

extension TestVocabulary {
  private static let database = ValueType.object("database")

  static let databaseKinds: [ObjectKind] = [
    ObjectKind("database", summary: "a database", members: databaseReads + databaseActions),
    ObjectKind(
      "identity",
      summary: "who the server says it is",
      members: [read("history", .list(of: .fields([.init("rewound_to", .time)])))]
    ),
    ObjectKind(
      "session",
      summary: "a connection",
      members: [
        field("pid", .int), field("age", .duration), field("query", .text),
        field("writes", .bool), field("state", .oneOf(["active", "idle", "idle in transaction"])),
      ]
    ),
    ObjectKind(
      "lock",
      summary: "a lock",
      members: [
        field("depth", .int), field("pid", .int), field("user", .text), field("query", .text),
        field("blocked_count", .int), field("age", .duration),
      ]
    ),
    ObjectKind(
      "migrations",
      summary: "the migrations",
      members: [
        read("all", .list(of: .object("migration"))), read("pending_count", .int),
      ]
    ),
    ObjectKind(
      "migration",
      summary: "a migration",
      members: [
        field("name", .text), field("state", .oneOf(["pending", "applied", "failed"])),
        field("destructive", .bool), field("failed", .bool),
        field("statements", .list(of: .text)),
      ]
    ),
    ObjectKind(
      "backups",
      summary: "the backups",
      members: [
        read("all", .list(of: .object("backup"))), read("newest", .object("backup")),
      ]
    ),
    ObjectKind(
      "backup",
      summary: "a backup",
      members: [
        field("state", .oneOf(["running", "verified", "broken"])), field("verified", .bool),
        field("age", .duration),
      ]
    ),
    ObjectKind(
      "branches",
      summary: "the branches",
      members: [read("all", .list(of: database))]
    ),
  ]

  private static let databaseReads: [Member] = [
    field("name", .text), field("host", .text), field("user", .text), field("password", .secret),
    field("url", .secret), field("history_window", .duration), read("version", .text),
    read("identity", .object("identity")), read("activity", .list(of: .object("session"))),
    read("locks", .list(of: .object("lock"))), read("migrations", .object("migrations")),
    read("backups", .object("backups")), read("branches", .object("branches")),
    read("query", .list(of: .record), place("sql", .sql)),
    read("compare", .list(of: .record), place("other", database)),
  ]

  private static let databaseActions: [Member] = [
    action("execute", gives: .int, effect: .destroy, place("sql", .sql), option("expecting", .int)),
    action("cancel", place("pid", .int)), action("terminate", place("pid", .int)),
    action("stop_writes"), action("allow_writes"), action("migrate"),
    action("backup", gives: .object("backup"), option("label", .text)),
    action(
      "branch",
      gives: database,
      place("name", .text),
      option("at", .time),
      option("empty", .bool)
    ),
    action("rewind", effect: .destroy, label("to", .any), option("keep", .text)),
    action("delete", effect: .destroy),
  ]

  static let serviceKinds: [ObjectKind] = [
    ObjectKind(
      "stack",
      summary: "everything that is operated",
      members: [
        field("name", .text), read("environments", .list(of: environment)),
        read("contacts", .list(of: .object("person"))), read("chat", .object("chat")),
        read("incidents", .object("incidents")), read("dns", .object("dns")),
        read("ci", .object("ci")), read("errors", .object("error_tracker")),
      ],
      later: ["runbooks"]
    ),
    ObjectKind(
      "chat",
      summary: "the chat",
      members: [action("post", place("channel", .text), place("text", .text))]
    ),
    ObjectKind(
      "incidents",
      summary: "the incidents",
      members: [
        read("all", .list(of: .object("incident"))),
        action(
          "open",
          gives: .object("incident"),
          place("title", .text),
          option("severity", .int)
        ),
      ]
    ),
    ObjectKind(
      "dns",
      summary: "the zone",
      members: [read("records", .list(of: .object("dns_record")))]
    ),
    ObjectKind(
      "ci",
      summary: "the builds",
      members: [read("runs", .list(of: .object("workflow_run")), option("ref", .text))]
    ),
    ObjectKind(
      "error_tracker",
      summary: "the errors",
      members: [action("release", place("ref", .text), option("environment", .text))]
    ),
    ObjectKind(
      "queue",
      summary: "the queue",
      members: [
        read("dead", .list(of: .object("message"))),
        action("retry", gives: .object("message"), place("message", .object("message"))),
      ]
    ),
    ObjectKind(
      "cache",
      summary: "the cache",
      members: [
        read("scan", .list(of: .object("cache_key")), place("pattern", .text)),
        action("delete", effect: .destroy, place("key", .text)),
      ]
    ),
  ]
}
