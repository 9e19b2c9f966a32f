package import Objects
internal import Values

struct IncidentsPayload: Sendable {
  var log: any IncidentLog

  var value: Value { .object(ObjectValue(.incidents, identity: "incidents", payload: self)) }

  /// An incident is opsh's own record: saying something about it changes nothing that is operated, and
  /// at three in the morning costs no question.
  static func target(_ identity: String) -> Plan.Target {
    var target = Plan.Target(environment: nil, kind: "incident", identity: identity)
    target.isOwnRecord = true
    return target
  }

  /// A plan whose effect is one record with a key, by which it is found again.
  func plan(
    _ identity: String,
    _ member: String,
    _ arguments: [(name: String, value: Value)],
    _ summary: String,
    means consequences: [String] = [],
    undo: String,
    while precondition: Plan.Precondition? = nil,
    _ body: @escaping @Sendable (PerformContext) throws(Failure) -> RecordedIncident
  ) -> Plan {
    Plan(
      target: Self.target(identity),
      member: member,
      arguments: arguments,
      effect: .change,
      effectClass: .keyed,
      summary: summary,
      consequences: consequences,
      precondition: precondition,
      undo: undo,
      resultType: .object("incident"),
      probe: { [log] (context) throws(Failure) in
        try log.isRecorded(in: context) ? .done : .notDone
      },
      body: .effect { [log] (context) throws(Failure) in
        IncidentPayload(incident: try body(context), log: log).value
      }
    )
  }
}

struct IncidentPayload: Sendable {
  var incident: RecordedIncident
  var log: any IncidentLog

  var value: Value {
    .object(ObjectValue(.incident, identity: incident.id, payload: self))
  }

  /// What is said about a closed one comes too late.
  var isOpen: Plan.Precondition {
    let (id, log) = (incident.id, log)
    return Plan.Precondition("\(id) is open", of: "state", seen: ["open": true]) {
      _ throws(Failure) in
      ["open": .bool(try log.incident(id).closed == nil)]
    }
  }
}

/// As status pages call them; `resolved` is what closing makes of it.
private let statusWords = ["investigating", "identified", "monitoring"]

private let severityWords = "1 to 5, 1 is the worst"

extension ObjectKind {
  package static let incidents = ObjectKind(
    "incidents",
    summary: "the incidents of this machine, the newest first",
    members: [
      .read("all", .list(of: .object("incident")), "each of them", cost: .held) {
        (it: IncidentsPayload, _, _) throws(Failure) in
        .list(try it.log.all().map { IncidentPayload(incident: $0, log: it.log).value })
      },
      .read("current", .optional(.object("incident")), "the newest open one", cost: .held) {
        (it: IncidentsPayload, _, _) throws(Failure) in
        .orNothing(try it.log.all().first { $0.closed == nil }) {
          IncidentPayload(incident: $0, log: it.log).value
        }
      },
      .action(
        "open",
        gives: .object("incident"),
        "opens one; what is run from then on belongs to it. Changes opsh's own record only",
        effect: .change,
        parameters: [
          Parameter("title", .text, "what people see of it", isPositional: true),
          Parameter("severity", .int, severityWords),
        ]
      ) { (it: IncidentsPayload, arguments, _) throws(Failure) in
        guard let title = try arguments.text("title"),
          let severity = try severity(arguments)
        else { throw Failure(.value, "'open' needs a title and a severity") }
        return it.plan(
          title,
          "incidents.open",
          [("title", .text(title)), ("severity", .int(severity))],
          "open incident '\(title)', severity \(severity)",
          means: ["runs that begin from now on belong to it, until it is closed"],
          undo: "close it"
        ) { [log = it.log] (context) throws(Failure) in
          try log.open(title, severity: severity, in: context)
        }
      },
    ]
  )

  package static let incident = ObjectKind(
    "incident",
    summary: "a time in which something is broken, with all that is done about it",
    members: [
      .field("id", .text, "its id; opsh postmortem takes it", column: true) {
        (it: IncidentPayload) in .text(it.incident.id)
      },
      .field("title", .text, "what people see of it", column: true) { (it: IncidentPayload) in
        .text(it.incident.title)
      },
      .field("severity", .optional(.int), severityWords, column: true) { (it: IncidentPayload) in
        .orNothing(it.incident.severity) { .int($0) }
      },
      .field("status", .oneOf(statusWords + ["resolved"]), "how far it is", column: true) {
        (it: IncidentPayload) in .text(it.incident.status)
      },
      .field("opened", .optional(.time), "when it was opened", column: true) {
        (it: IncidentPayload) in .orNothing(it.incident.opened) { .time($0) }
      },
      .field("closed", .optional(.time), "when it was closed", column: true) {
        (it: IncidentPayload) in .orNothing(it.incident.closed) { .time($0) }
      },
      .field("commander", .text, "who leads", column: true) { (it: IncidentPayload) in
        .text(it.incident.commander)
      },
      .read(
        "timeline",
        .list(of: .fields(IncidentMoment.fields)),
        "what was said, typed, done and noted in all of its runs",
        cost: .held
      ) { (it: IncidentPayload, _, _) throws(Failure) in
        .list(try it.log.timeline(of: it.incident.id).map(\.value))
      },
      .action(
        "update",
        gives: .object("incident"),
        "says what is new about it. Changes opsh's own record only",
        effect: .change,
        parameters: [
          Parameter("status", .oneOf(statusWords), "how far it is", isRequired: false),
          Parameter("note", .text, "what is known, or what is done", isRequired: false),
          Parameter("severity", .int, severityWords, isRequired: false),
          Parameter("commander", .text, "who leads from now on", isRequired: false),
        ]
      ) { (it: IncidentPayload, arguments, _) throws(Failure) in
        try it.update(arguments)
      },
      .action(
        "close",
        gives: .object("incident"),
        "ends it. Changes opsh's own record only",
        effect: .change,
        parameters: [Parameter("note", .text, "how it ended", isRequired: false)]
      ) { (it: IncidentPayload, arguments, _) throws(Failure) in
        let (id, log, note) = (it.incident.id, it.log, try arguments.text("note"))
        return IncidentsPayload(log: log).plan(
          id,
          "incident.close",
          note.map { [("note", .text($0))] } ?? [],
          "close incident '\(it.incident.title)'",
          means: ["then: opsh postmortem \(id)"],
          undo: "open another one",
          while: it.isOpen
        ) { (context) throws(Failure) in try log.close(id, note: note, in: context) }
      },
    ]
  )

  fileprivate static func severity(_ arguments: Arguments) throws(Failure) -> Int64? {
    guard let severity = try arguments.int("severity") else { return nil }
    guard (1...5).contains(severity) else {
      throw Failure(.value, "'severity' must be \(severityWords), but is \(severity)")
    }
    return severity
  }
}

extension IncidentPayload {
  fileprivate func update(_ arguments: Arguments) throws(Failure) -> Plan {
    var change = IncidentChange()
    change.status = try arguments.text("status")
    change.note = try arguments.text("note")
    change.commander = try arguments.text("commander")
    change.severity = try ObjectKind.severity(arguments)
    var given: [(name: String, value: Value)] = []
    if let status = change.status { given.append(("status", .text(status))) }
    if let severity = change.severity { given.append(("severity", .int(severity))) }
    if let commander = change.commander { given.append(("commander", .text(commander))) }
    if let note = change.note { given.append(("note", .text(note))) }
    guard !given.isEmpty else {
      throw Failure(
        .value,
        "'update' needs something new: a status, a note, a severity, a commander"
      )
    }
    let words = given.map { $0.name == "note" ? $0.value.text : "\($0.name) \($0.value.text)" }
    let id = incident.id
    return IncidentsPayload(log: log).plan(
      id,
      "incident.update",
      given,
      "update incident '\(incident.title)': \(words.joined(separator: ", "))",
      undo: "say what is true now; what was said stays on record",
      while: isOpen
    ) { [log, change] (context) throws(Failure) in try log.update(id, change, in: context) }
  }
}

extension IncidentMoment {
  static let fields: [ValueType.Field] = [
    .init("at", .time), .init("who", .text), .init("what", .text), .init("run", .optional(.text)),
  ]

  var value: Value {
    .record(
      Record([
        "at": .time(at), "who": .text(who), "what": .text(what),
        "run": .orNothing(run) { .text($0) },
      ])
    )
  }
}
