package import Objects
package import Values

extension TrackedIssue {
  package var value: Value {
    .object(ObjectValue(.issue, identity: shortID, payload: self))
  }
}

extension ObjectKind {
  package static let issue = ObjectKind(
    "issue",
    summary: "a group of errors of one cause, as the error tracker groups them",
    members: [
      .field("id", .text, "its short id", column: true) { (it: TrackedIssue) in
        .text(it.shortID)
      },
      .field("title", .text, "what went wrong", column: true) { (it: TrackedIssue) in
        .text(it.title)
      },
      .field("count", .int, "how often", column: true) { (it: TrackedIssue) in .int(it.count) },
      .field("users", .int, "how many people met it", column: true) { (it: TrackedIssue) in
        .int(it.users)
      },
      .field("first_seen", .time, "when it was first seen", column: true) {
        (it: TrackedIssue) in .time(it.firstSeen)
      },
      .field("last_seen", .time, "when it was last seen") { (it: TrackedIssue) in
        .time(it.lastSeen)
      },
      .field("release", .optional(.text), "the release that it was first seen in", column: true) {
        (it: TrackedIssue) in .orNothing(it.release) { .text($0) }
      },
      .field("culprit", .optional(.text), "where in the code") { (it: TrackedIssue) in
        .orNothing(it.culprit) { .text($0) }
      },
      .field("level", .text, "how bad it is") { (it: TrackedIssue) in .text(it.level) },
      .field("status", .text, "unresolved, resolved, ignored") { (it: TrackedIssue) in
        .text(it.status)
      },
      .field("url", .optional(.text), "its page at the tracker") { (it: TrackedIssue) in
        .orNothing(it.url) { .text($0) }
      },
    ],
    later: ["resolve", "minute"]
  )
}
