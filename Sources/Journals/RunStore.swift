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
    /// It was broken off before its first record was whole: nothing was begun.
    case notBegun
    case doesNotVerify(record: Int)

    package var name: String {
      switch self {
      case .running: "running"
      case .finished(let code): code == 0 ? "ok" : "failed"
      case .inDoubt: "in doubt"
      case .open: "open"
      case .notBegun: "not begun"
      case .doesNotVerify: "does not verify"
      }
    }
  }

  package struct Entry: Sendable {
    package let id: String
    package let state: State
    package let records: [JournalRecord]
    /// The effects that were begun and whose end is not known.
    package let inDoubt: [JournalRecord]
    /// Says that the run has a `finally` that did not come.
    package let owesFinally: Bool

    /// Says that somebody has to go on with it, or to take it back.
    package var needsSomebody: Bool {
      switch state {
      case .inDoubt, .open, .doesNotVerify: true
      case .running, .finished, .notBegun: false
      }
    }
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

  /// Keeps bytes beside a run's journal; gives their sha256, by which they are found again.
  package func keep(_ bytes: [UInt8], of id: String) throws(JournalError) -> String {
    let hash = try SHA256.hex(of: bytes)
    try Folder.create(folder(of: id) + "/blobs")
    let file = folder(of: id) + "/blobs/" + hash
    if unsafe access(file, F_OK) != 0 { try Folder.writeNew(file, bytes) }
    return hash
  }

  /// What was kept beside a run's journal; nothing if it is not there or is another by now.
  package func kept(_ hash: String, of id: String) -> [UInt8]? {
    guard let bytes = try? Folder.read(folder(of: id) + "/blobs/" + hash),
      (try? SHA256.hex(of: bytes)) == hash
    else { return nil }
    return bytes
  }

  /// The texts that a run was made from, its own first.
  ///
  /// - Throws: `doesNotVerify` where one is not what the first record says.
  package func texts(of id: String, _ created: JournalRecord) throws(JournalError) -> [Text] {
    var texts: [Text] = []
    for listed in created["texts"]?.arrayValue ?? [] {
      guard let name = listed["name"]?.stringValue, let hash = listed["sha256"]?.stringValue else {
        continue
      }
      let file = folder(of: id) + "/texts/" + hash
      guard let bytes = try Folder.read(file), try SHA256.hex(of: bytes) == hash else {
        throw .doesNotVerify(path: file, record: 0)
      }
      texts.append(Text(name: name, bytes: bytes))
    }
    return texts
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
  ///
  /// - Parameter heads: those of which it shall say whether, and when, the journal had them.
  package func read(
    id: String,
    watching heads: Set<String> = []
  ) throws(JournalError) -> JournalReading {
    let path = journalPath(of: id)
    guard let bytes = try Folder.read(path) else { throw .noSuchRun(id) }
    return try JournalReading(bytes, runID: id, path: path, watching: heads)
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
    try entry(id(of: prefix))
  }

  /// The whole id of a run, without reading the run.
  package func id(of prefix: String) throws(JournalError) -> String {
    let ids = try Folder.names(in: path).filter { $0.hasPrefix(prefix) }
    let exact = ids.first { $0 == prefix }
    guard let id = exact ?? ids.first, !prefix.isEmpty else { throw .noSuchRun(prefix) }
    guard exact != nil || ids.count == 1 else { throw .ambiguousRun(prefix, ids) }
    return id
  }

  private func entry(_ id: String) throws(JournalError) -> Entry {
    do throws(JournalError) {
      let reading = try read(id: id)
      return Entry(
        id: id,
        state: state(of: id, reading),
        records: reading.records,
        inDoubt: reading.inDoubt,
        owesFinally: reading.owesFinally
      )
    } catch .doesNotVerify(_, let record) {
      return Entry(
        id: id,
        state: .doesNotVerify(record: record),
        records: [],
        inDoubt: [],
        owesFinally: false
      )
    }
  }

  /// The newest runs that somebody has to go on with, looking no further back than a number of runs.
  ///
  /// A run that has ended says so in its last line, so that the others need not be read.
  package func unfinished(among count: Int) throws(JournalError) -> [Entry] {
    var entries: [Entry] = []
    for id in try Folder.names(in: path).reversed().prefix(count) where !hasEnded(id) {
      guard unsafe access(journalPath(of: id), F_OK) == 0 else { continue }
      let entry = try entry(id)
      if entry.needsSomebody { entries.append(entry) }
    }
    return entries
  }

  private func hasEnded(_ id: String) -> Bool {
    let descriptor = unsafe open(journalPath(of: id), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    let end = lseek(descriptor, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = unsafe pread(descriptor, &bytes, bytes.count, max(0, end - off_t(bytes.count)))
    guard count > 0, bytes[count - 1] == 0x0A,
      let line = bytes[..<(count - 1)].split(separator: 0x0A).last
    else { return false }
    return Chain.Line(line)?.record.kind == .runFinished
  }

  /// How a run stands whose journal was just read.
  package func state(of id: String, _ reading: JournalReading) -> State {
    if let finished = reading.finished {
      return .finished(exitCode: Int32(clamping: finished["exit"]?.intValue ?? 0))
    }
    if isBeingWritten(id) { return .running }
    guard !reading.records.isEmpty else { return .notBegun }
    return reading.inDoubt.isEmpty ? .open : .inDoubt
  }

  private func isBeingWritten(_ id: String) -> Bool {
    let descriptor = unsafe open(journalPath(of: id), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}
