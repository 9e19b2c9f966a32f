private import Glibc
package import Sinks
package import Values

/// The runs of this machine: one folder each.
package struct RunStore: Sendable {
  /// One text that a run was made from.
  package struct Text: Sendable {
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  package enum State: Hashable, Sendable {
    case running
    case finished(exitCode: Int32)
    /// It ended, and of an effect it is not known whether it happened.
    case inDoubt
    /// It ended without an end: something is still owed.
    case open
    case doesNotVerify(record: Int)

    package var name: String {
      switch self {
      case .running: "running"
      case .finished(let code): code == 0 ? "ok" : "failed"
      case .inDoubt: "in doubt"
      case .open: "open"
      case .doesNotVerify: "does not verify"
      }
    }
  }

  package struct Entry: Sendable {
    package let id: String
    package let state: State
    package let records: [JournalRecord]
  }

  /// Such as `$XDG_STATE_HOME/opsh/runs`.
  package let path: String

  package init(path: String) {
    self.path = path
  }

  package func folder(of id: String) -> String { path + "/" + id }
  package func journalPath(of id: String) -> String { folder(of: id) + "/journal" }

  /// Makes a run's folder with its texts and its journal, whose first record it writes.
  package func create(
    id: String,
    texts: [Text],
    fields: [JSON.Member],
    registry: SecretRegistry
  ) throws(JournalError) -> Journal {
    try Folder.create(folder(of: id) + "/texts")
    var listed: [JSON] = []
    for text in texts {
      let hash = try SHA256.hex(of: text.bytes)
      let file = folder(of: id) + "/texts/" + hash
      if unsafe access(file, F_OK) != 0 { try Folder.writeNew(file, text.bytes) }
      listed.append(["name": .string(text.name), "sha256": .string(hash)])
    }
    let file = try DiskJournalFile(path: journalPath(of: id), isNew: true)
    try Folder.synchronize(folder(of: id))
    let journal = try Journal(runID: id, file: file, registry: registry)
    let created = [JSON.Member("run", .string(id)), .init("texts", .array(listed))] + fields
    try journal.append(.runCreated, created, durable: true)
    return journal
  }

  /// Opens a run's journal for going on; a torn tail is put aside, which is recorded.
  package func reopen(
    id: String,
    registry: SecretRegistry
  ) throws(JournalError) -> (Journal, JournalReading) {
    let file = try DiskJournalFile(path: journalPath(of: id), isNew: false)
    let bytes = try Folder.read(file.path) ?? []
    let reading = try JournalReading(bytes, runID: id, path: file.path)
    var aside: String?
    if !reading.tail.isEmpty {
      aside = try file.cut(to: reading.goodLength, keeping: reading.tail)
    }
    let journal = try Journal(runID: id, file: file, registry: registry, after: reading)
    if let aside {
      let fields: [JSON.Member] = [
        .init("bytes", .int(Int64(reading.tail.count))), .init("kept", .string(aside)),
      ]
      try journal.append(.journalRecovered, fields, durable: true)
    }
    return (journal, reading)
  }

  /// Reads a run without touching it.
  package func read(id: String) throws(JournalError) -> JournalReading {
    let path = journalPath(of: id)
    guard let bytes = try Folder.read(path) else { throw .noSuchRun(id) }
    return try JournalReading(bytes, runID: id, path: path)
  }

  /// All runs, the newest first.
  package func list() throws(JournalError) -> [Entry] {
    var entries: [Entry] = []
    for id in try Folder.names(in: path).reversed()
    where unsafe access(journalPath(of: id), F_OK) == 0 {
      entries.append(try entry(id))
    }
    return entries
  }

  /// Finds a run by its id or the beginning of it.
  package func find(_ prefix: String) throws(JournalError) -> Entry {
    let ids = try Folder.names(in: path).filter { $0.hasPrefix(prefix) }
    let exact = ids.first { $0 == prefix }
    guard let id = exact ?? ids.first, !prefix.isEmpty else { throw .noSuchRun(prefix) }
    guard exact != nil || ids.count == 1 else { throw .ambiguousRun(prefix, ids) }
    return try entry(id)
  }

  private func entry(_ id: String) throws(JournalError) -> Entry {
    do throws(JournalError) {
      let reading = try read(id: id)
      return Entry(id: id, state: state(of: id, reading), records: reading.records)
    } catch .doesNotVerify(_, let record) {
      return Entry(id: id, state: .doesNotVerify(record: record), records: [])
    }
  }

  private func state(of id: String, _ reading: JournalReading) -> State {
    if let finished = reading.finished {
      return .finished(exitCode: Int32(clamping: finished["exit"]?.intValue ?? 0))
    }
    if isBeingWritten(id) { return .running }
    return reading.inDoubt.isEmpty ? .open : .inDoubt
  }

  private func isBeingWritten(_ id: String) -> Bool {
    let descriptor = unsafe open(journalPath(of: id), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
