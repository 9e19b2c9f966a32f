import Objects
import Values

extension TestVocabulary {
  static let recordKinds: [ObjectKind] = [
    ObjectKind("cache_key", summary: "a key", members: [field("key", .text)]),
    ObjectKind(
      "message",
      summary: "a queued message",
      members: [
        field("id", .text), field("url", .text), field("status", .int), field("age", .duration),
        field("body", .optional(.text)),
        field("state", .oneOf(["waiting", "delivered", "dead"])),
      ]
    ),
    ObjectKind(
      "issue",
      summary: "a kind of error",
      members: [
        field("title", .text), field("release", .text), field("count", .int),
        field("users", .int), field("minute", .time),
      ]
    ),
    ObjectKind(
      "log_line",
      summary: "a line of the log",
      members: [
        field("time", .time),
        field("level", .oneOf(["debug", "info", "warning", "error", "fatal"])),
        field("path", .text), field("message", .text), field("duration", .duration),
      ]
    ),
    ObjectKind(
      "incident",
      summary: "an incident",
      members: [
        field("title", .text), field("url", .text), field("acknowledged", .bool),
        read("timeline", .list(of: .record)),
        action(
          "update",
          option("status", .oneOf(["investigating", "monitoring", "resolved"])),
          option("note", .text)
        ),
        action("close"),
      ]
    ),
    ObjectKind(
      "person",
      summary: "a person on call",
      members: [
        field("name", .text), field("after", .duration), action("page", place("text", .text)),
      ]
    ),
    ObjectKind(
      "workflow_run",
      summary: "a build",
      members: [field("name", .text), field("conclusion", .oneOf(["success", "failure"]))]
    ),
    ObjectKind(
      "dns_record",
      summary: "a record",
      members: [
        field("name", .text), field("value", .text), field("ttl", .duration),
        field("updated", .time),
        action("update", option("ttl", .duration), option("value", .text)),
      ]
    ),
    ObjectKind(
      "change",
      summary: "what a ref changes",
      members: [read("migrations", .list(of: .object("migration")))]
    ),
    ObjectKind(
      "run",
      summary: "a run",
      members: [field("id", .text), field("state", .oneOf(["running", "ok", "failed"]))]
    ),
  ]
}
