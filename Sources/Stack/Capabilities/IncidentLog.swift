package import Objects
package import Values

/// Where incidents are kept: opsh's own record, not a vendor.
package protocol IncidentLog: Sendable {
  /// The newest first.
  func all() throws(Failure) -> [RecordedIncident]
  func incident(_ id: String) throws(Failure) -> RecordedIncident
  /// What happened, in order of time: said about it, typed, done and noted in all of its runs.
  func timeline(of id: String) throws(Failure) -> [IncidentMoment]
  func open(_ title: String, severity: Int64, in context: PerformContext)
    throws(Failure) -> RecordedIncident
  func update(_ id: String, _ change: IncidentChange, in context: PerformContext)
    throws(Failure) -> RecordedIncident
  func close(_ id: String, note: String?, in context: PerformContext)
    throws(Failure) -> RecordedIncident
  /// Says whether what has a context's key is recorded.
  func isRecorded(in context: PerformContext) throws(Failure) -> Bool
}

/// An incident as it stood when it was read.
package struct RecordedIncident: Sendable {
  package var id: String
  package var title: String
  package var severity: Int64?
  package var status: String
  package var commander: String
  package var opened: Time?
  package var closed: Time?

  package init(
    id: String,
    title: String,
    severity: Int64?,
    status: String,
    commander: String,
    opened: Time?,
    closed: Time?
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.status = status
    self.commander = commander
    self.opened = opened
    self.closed = closed
  }
}

/// What is new about an incident; nothing for what stays.
package struct IncidentChange: Sendable {
  package var status: String?
  package var severity: Int64?
  package var commander: String?
  package var note: String?

  package init() {}
}

/// One line of an incident's timeline.
package struct IncidentMoment: Sendable {
  package var at: Time
  package var who: String
  /// The run in which it happened; nothing for what was said outside of one.
  package var run: String?
  package var what: String

  package init(at: Time, who: String, run: String?, what: String) {
    self.at = at
    self.who = who
    self.run = run
    self.what = what
  }
}
