internal import Journals
internal import Objects
internal import Reports
internal import Sinks
internal import Stack
internal import Values

/// The incidents of this machine, as the stack's objects use them.
struct IncidentJournal: IncidentLog {
  let store: IncidentStore
  let runs: RunStore
  let registry: SecretRegistry
  let who: String
  let host: String

  func all() throws(Failure) -> [RecordedIncident] {
    try reading { () throws(JournalError) in try store.list() }.map(Self.incident)
  }

  func incident(_ id: String) throws(Failure) -> RecordedIncident {
    Self.incident(try entry(id))
  }

  func timeline(of id: String) throws(Failure) -> [IncidentMoment] {
    let story = try reading { () throws(JournalError) in
      try IncidentStory(of: try store.find(id), in: runs)
    }
    return story.moments.map { moment in
      IncidentMoment(at: moment.at, who: moment.who, run: moment.runID, what: moment.words)
    }
  }

  func open(_ title: String, severity: Int64, in context: PerformContext)
    throws(Failure) -> RecordedIncident
  {
    let fields: [JSON.Member] =
      said(in: context) + [
        .init("severity", .int(severity)), .init("title", .string(title)),
      ]
    return Self.incident(
      try writing { () throws(JournalError) in
        try store.open(id: IncidentID.make(at: Time.now()), fields, registry: registry)
      }
    )
  }

  func update(_ id: String, _ change: IncidentChange, in context: PerformContext)
    throws(Failure) -> RecordedIncident
  {
    var fields = said(in: context)
    if let commander = change.commander { fields.append(.init("commander", .string(commander))) }
    if let note = change.note { fields.append(.init("note", .string(note))) }
    if let severity = change.severity { fields.append(.init("severity", .int(severity))) }
    if let status = change.status { fields.append(.init("status", .string(status))) }
    return try append(.incidentUpdated, fields, to: id)
  }

  func close(_ id: String, note: String?, in context: PerformContext)
    throws(Failure) -> RecordedIncident
  {
    let fields = said(in: context) + [.init("note", note.map { .string($0) } ?? .null)]
    return try append(.incidentClosed, fields, to: id)
  }

  func isRecorded(in context: PerformContext) throws(Failure) -> Bool {
    let entries = try reading { () throws(JournalError) in try store.list() }
    return entries.contains { $0.records.contains { $0["key"]?.stringValue == context.key } }
  }

  // MARK: - Records

  /// Who said it, where, and at which place of which run.
  private func said(in context: PerformContext) -> [JSON.Member] {
    let run = context.key.split(separator: "/").first.map(String.init) ?? ""
    return [
      .init("host", .string(host)), .init("key", .string(context.key)),
      .init("operator", .string(who)), .init("run", .string(run)),
    ]
  }

  private func append(
    _ kind: JournalRecord.Kind,
    _ fields: [JSON.Member],
    to id: String
  ) throws(Failure) -> RecordedIncident {
    Self.incident(
      try writing { () throws(JournalError) in
        try store.append(kind, fields, to: id, registry: registry)
      }
    )
  }

  private func entry(_ id: String) throws(Failure) -> IncidentStore.Entry {
    try reading { () throws(JournalError) in try store.find(id) }
  }

  private func reading<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(Failure) -> Result {
    try TranscriptCommand.reading(body)
  }

  private func writing<Result>(
    _ body: () throws(JournalError) -> Result
  ) throws(Failure) -> Result {
    do throws(JournalError) {
      return try body()
    } catch {
      throw Failure(.journal, error.message, advice: ["the incident's record was not written"])
    }
  }

  private static func incident(_ entry: IncidentStore.Entry) -> RecordedIncident {
    RecordedIncident(
      id: entry.id,
      title: entry.broken.map { "record \($0) does not verify" } ?? entry.title,
      severity: entry.severity,
      status: entry.status,
      commander: entry.commander,
      opened: entry.openedAt,
      // What does not verify is not evidence of anything open.
      closed: entry.closed?.at ?? (entry.broken == nil ? nil : Time(microseconds: 0))
    )
  }
}

extension Session {
  var incidentStore: IncidentStore { IncidentStore(path: paths.incidents) }

  var incidentJournal: IncidentJournal {
    IncidentJournal(
      store: incidentStore,
      runs: runStore,
      registry: registry,
      who: operatorName,
      host: Self.hostName()
    )
  }

  /// The incident that a run which is begun now belongs to, for its first record.
  ///
  /// One that can not be read stops nothing: what has to be done is not done for the sake of a list.
  var incidentFields: [JSON.Member] {
    guard options.incident != "none" else { return [] }
    let entry: IncidentStore.Entry?
    do throws(JournalError) {
      if let id = options.incident {
        entry = try incidentStore.find(id)
      } else {
        entry = try incidentStore.newestOpen()
      }
    } catch {
      output.say(StyledText("warning: the incident is not known: \(error.message)", .yellow))
      return []
    }
    guard let entry else { return [] }
    output.say(StyledText("this belongs to incident \(entry.id): \(entry.title)", .faint))
    return [.init("incident", .string(entry.id))]
  }
}
