private import Glibc
package import Sinks
package import Values

/// The incidents of this machine: a folder each, with a journal that is only ever appended to.
///
/// Whoever says something about an incident opens its journal for that moment alone, so that several
/// people and runs can write to one.
package struct IncidentStore: Sendable {
  /// An incident as its journal tells it.
  package struct Entry: Sendable {
    package let id: String
    package let records: [JournalRecord]
    package let head: String
    /// The first record that is not what was written; nothing if all are.
    package let broken: Int?

    init(id: String, _ reading: JournalReading) {
      self.id = id
      records = reading.records
      head = reading.head
      broken = nil
    }

    init(id: String, broken record: Int) {
      self.id = id
      records = []
      head = ""
      broken = record
    }
  }

  /// Such as `$XDG_STATE_HOME/opsh/incidents`.
  package let path: String

  package init(path: String) {
    self.path = path
  }

  private func folder(of id: String) -> String { path + "/" + id }
  private func journalPath(of id: String) -> String { folder(of: id) + "/journal" }

  /// Makes an incident's folder, and its journal with its first record.
  package func open(
    id: String,
    _ fields: [JSON.Member],
    registry: SecretRegistry
  ) throws(JournalError) -> Entry {
    try Folder.create(folder(of: id))
    let file = try DiskJournalFile(path: journalPath(of: id), isNew: true)
    try Folder.synchronize(folder(of: id))
    let journal = try Journal(runID: id, file: file, registry: registry)
    try journal.append(.incidentOpened, [.init("incident", .string(id))] + fields, durable: true)
    return try read(id: id)
  }

  /// Adds a record; it is on the disk when this returns.
  package func append(
    _ kind: JournalRecord.Kind,
    _ fields: [JSON.Member],
    to id: String,
    registry: SecretRegistry
  ) throws(JournalError) -> Entry {
    let journal = try opened(id, registry)
    try journal.append(kind, fields, durable: true)
    return try read(id: id)
  }

  /// Waits for whoever is just writing.
  private func opened(_ id: String, _ registry: SecretRegistry) throws(JournalError) -> Journal {
    let runs = RunStore(path: path)
    for _ in 0..<Self.tries {
      do throws(JournalError) {
        return try runs.reopen(id: id, registry: registry).0
      } catch .inUse {
        usleep(Self.pause)
      }
    }
    return try runs.reopen(id: id, registry: registry).0
  }

  /// A record takes milliseconds; this is two seconds.
  private static let tries = 200
  private static let pause: UInt32 = 10_000

  /// Reads an incident without touching it.
  package func read(id: String) throws(JournalError) -> Entry {
    let file = journalPath(of: id)
    guard let bytes = try Folder.read(file) else { throw .noSuchIncident(id) }
    do throws(JournalError) {
      return Entry(id: id, try JournalReading(bytes, runID: id, path: file))
    } catch .doesNotVerify(_, let record) {
      return Entry(id: id, broken: record)
    }
  }

  /// All incidents, the newest first.
  package func list() throws(JournalError) -> [Entry] {
    var entries: [Entry] = []
    for id in try Folder.names(in: path).reversed()
    where unsafe access(journalPath(of: id), F_OK) == 0 {
      entries.append(try read(id: id))
    }
    return entries
  }

  /// Finds an incident by its id or the beginning of it, `inc-` left out or not.
  package func find(_ prefix: String) throws(JournalError) -> Entry {
    let names = try Folder.names(in: path)
    let found = names.filter { id in
      !prefix.isEmpty
        && (id.hasPrefix(prefix) || id.dropFirst(IncidentID.prefix.count).hasPrefix(prefix))
    }
    guard let id = names.first(where: { $0 == prefix }) ?? found.first else {
      throw .noSuchIncident(prefix)
    }
    guard id == prefix || found.count == 1 else { throw .ambiguousRun(prefix, found) }
    return try read(id: id)
  }

  /// The incident that was opened last of those that are open; nothing if none is.
  package func newestOpen() throws(JournalError) -> Entry? {
    try list().filter(\.isOpen).max {
      $0.openedAt ?? Time(microseconds: 0) < $1.openedAt ?? Time(microseconds: 0)
    }
  }
}

extension IncidentStore.Entry {
  package var title: String { latest("title")?.stringValue ?? id }

  /// 1 is the worst.
  package var severity: Int64? { latest("severity")?.intValue }

  package var status: String {
    closed != nil ? "resolved" : latest("status")?.stringValue ?? "investigating"
  }

  /// Whoever leads: who opened it, until somebody else is named.
  package var commander: String {
    latest("commander")?.stringValue ?? records.first?["operator"]?.stringValue ?? ""
  }

  package var openedAt: Time? { records.first?.at }
  package var closed: JournalRecord? { records.last { $0.kind == .incidentClosed } }
  package var isOpen: Bool { broken == nil && closed == nil && !records.isEmpty }

  /// The runs in which something was said about it; others name it in their own first record.
  package var runIDs: [String] {
    var ids: [String] = []
    for record in records {
      guard let run = record["run"]?.stringValue, !ids.contains(run) else { continue }
      ids.append(run)
    }
    return ids
  }

  private func latest(_ name: String) -> JSON? {
    records.last { $0[name].map { !$0.isNull } ?? false }?[name]
  }
}

/// Ids of incidents: such as `inc-20261123-0301-k7q2`.
package enum IncidentID {
  package static let prefix = "inc-"

  package static func make(at time: Time) -> String { prefix + RunID.make(at: time) }
}
