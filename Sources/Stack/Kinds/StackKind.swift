package import Objects
package import Values

extension OperatedStack {
  package var objectValue: ObjectValue {
    ObjectValue(.stack, identity: name, payload: self)
  }
}

extension Contact {
  package var value: Value { .object(ObjectValue(.contact, identity: name, payload: self)) }
}

extension ObjectKind {
  package static let stack = ObjectKind(
    "stack",
    summary: "the operated system as a whole, as its stack file declares it",
    members: [
      .field("name", .text, "its name in the stack file", column: true) { (it: OperatedStack) in
        .text(it.name)
      },
      .field("environments", .list(of: .object("environment")), "each of its environments") {
        (it: OperatedStack) in .list(it.environments.map(\.value))
      },
      .field("contacts", .list(of: .object("contact")), "whom to call, in order") {
        (it: OperatedStack) in .list(it.contacts.map(\.value))
      },
      .read("status", .object("status"), "the one screen") {
        (it: OperatedStack, _, context) throws(Failure) in
        StatusReport.gather(it.environments, contacts: it.contacts, in: context).value
      },
      .read(
        "changes",
        .list(of: .fields(ChangeTimeline.fields)),
        "what changed anywhere, newest first",
        parameters: [Parameter("since", .time, "from this moment on")],
        cost: .slow
      ) { (it: OperatedStack, arguments, context) throws(Failure) in
        guard let since = try arguments.time("since") else {
          throw Failure(.value, "'changes' needs since")
        }
        return try ChangeTimeline.changes(since: since, in: it.environments, context)
      },
      .read("incidents", .object("incidents"), "its incidents, the newest first", cost: .held) {
        (it: OperatedStack, _, _) throws(Failure) in
        guard let log = it.incidents else {
          throw Failure(.usage, "nobody keeps incidents here")
        }
        return IncidentsPayload(log: log).value
      },
    ],
    later: [
      "links", "costs", "runbooks", "runs", "chat", "pager", "dns", "ci", "errors",
    ]
  )

  package static let contact = ObjectKind(
    "contact",
    summary: "somebody to turn to",
    members: [
      .field("name", .text, "their role or name", column: true) { (it: Contact) in
        .text(it.name)
      },
      .field("via", .text, "how to reach them", column: true) { (it: Contact) in
        .text(it.via)
      },
      .field("channel", .optional(.text), "where", column: true) { (it: Contact) in
        .orNothing(it.channel) { .text($0) }
      },
      .field("after", .duration, "how long into an incident", column: true) { (it: Contact) in
        .duration(it.after)
      },
    ],
    later: ["page"]
  )

  /// Every kind that this version has: a new one is a file here and a line below.
  package static let all: [ObjectKind] = [
    .stack, .environment, .deployment, .database, .migrations, .migration, .branches, .branch,
    .backups, .backup,
    .jobs, .job, .variables, .variable, .health, .certificate, .traffic, .issue, .logLine,
    .status, .contact, .incidents, .incident,
  ]

  /// Kinds that a type may name in a later version.
  package static let laterKinds: Set<String> = [
    "queue", "cache", "monitor", "check", "run", "person",
  ]
}
