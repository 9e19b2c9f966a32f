internal import Diagnostics
internal import Glibc
internal import Journals
internal import Language
internal import Objects
internal import Processes
internal import Runbooks
internal import Sinks
internal import Stack
internal import Syntax
internal import Values

/// A run of the store that is gone on with, put down or undone: its record, its texts, and how far
/// it came.
struct Continuation {
  let session: Session
  let id: String
  let records: [JournalRecord]
  let texts: [SourceText]
  let memory: RunMemory
  /// The run that this one takes back; nothing for others.
  let undone: RunMemory?

  /// Finds a run and reads what it was made from.
  ///
  /// - Throws: `usage` for a run that there is not, `journal` for a record that does not verify.
  init(_ prefix: String, _ options: SessionOptions) throws(Failure) {
    var session = Session(options)
    let (id, records) = try Self.find(prefix, in: session.runStore)
    if options.stack == nil, let path = records.first?["stack"]?["path"]?.stringValue {
      var options = options
      options.stack = path
      session = Session(options)
    }
    self.session = session
    self.id = id
    self.records = records
    let store = session.runStore
    texts = try Self.texts(of: id, records, in: store)
    let own = Self.memory(of: records, id, session)
    guard let parent = records.first?["undoes"]?.stringValue else {
      memory = own
      undone = nil
      return
    }
    let (parentID, before) = try Self.find(parent, in: store)
    undone = Self.memory(of: before, parentID, session)
    memory = Self.memory(of: records, id, session, after: before, of: parentID)
  }

  static func find(
    _ prefix: String,
    in store: RunStore
  ) throws(Failure) -> (id: String, records: [JournalRecord]) {
    do throws(JournalError) {
      let entry = try store.find(prefix)
      if case .doesNotVerify(let record) = entry.state {
        throw .doesNotVerify(path: store.journalPath(of: entry.id), record: record)
      }
      return (entry.id, entry.records)
    } catch {
      throw Self.failure(error)
    }
  }

  static func failure(_ error: JournalError) -> Failure {
    switch error {
    case .noSuchRun, .ambiguousRun:
      Failure(.usage, error.message, advice: ["see: opsh runs"])
    case .doesNotVerify:
      Failure(
        .journal,
        error.message,
        advice: ["what it says is not evidence: it is not gone on with"]
      )
    case .inUse:
      Failure(.locked, error.message, advice: ["the run is still under way; nothing was done"])
    default: Failure(.journal, error.message)
    }
  }

  private static func texts(
    of id: String,
    _ records: [JournalRecord],
    in store: RunStore
  ) throws(Failure) -> [SourceText] {
    guard let created = records.first else {
      throw Failure(
        .nothingToDo,
        "run \(id) was broken off before its first record was whole: nothing was begun",
        advice: ["begin it anew"]
      )
    }
    do throws(JournalError) {
      return try store.texts(of: id, created).map { SourceText(name: $0.name, bytes: $0.bytes) }
    } catch {
      throw failure(error)
    }
  }

  private static func memory(
    of records: [JournalRecord],
    _ id: String,
    _ session: Session,
    after earlier: [JournalRecord] = [],
    of parent: String? = nil
  ) -> RunMemory {
    let store = session.runStore
    return RunMemory(
      earlier.filter { $0.kind != .runFinished } + records,
      source: session.recordedSource { hash in
        store.kept(hash, of: id) ?? parent.flatMap { store.kept(hash, of: $0) }
      }
    )
  }

  // MARK: - What it is

  var created: JournalRecord? { records.first }
  var isSession: Bool { texts.first?.name == "[tty]" }
  var name: String { texts.first?.name ?? id }

  /// The working directory of the run, from which the names of its files count.
  var working: String { created?["working"]?.stringValue ?? session.paths.working }

  var finished: JournalRecord? {
    let last = records.last { [.runFinished, .runResumed, .runPaused].contains($0.kind) }
    return last?.kind == .runFinished ? last : nil
  }

  /// The environments that the run has to do with, as far as its record names them.
  var environments: Set<String> {
    var names: Set<String> = []
    for record in records {
      let object = record["typed"]?["object"]
      for name in [
        record["plan"]?["target"]?["environment"], object?["environment"],
        object?["kind"] == "environment" ? object?["identity"] : nil,
      ] {
        if let name = name?.stringValue { names.insert(name) }
      }
    }
    return names
  }

  /// Refuses while a program that the run started still lives: what it does is not over.
  func refuseLivingProgram() throws(Failure) {
    let living = memory.programs.first {
      ProcessIdentity(pid: $0.pid, startTime: $0.startTime).isAlive
    }
    guard let living else { return }
    throw Failure(
      .locked,
      "\(living.words), which run \(id) started, still runs as process \(living.pid)",
      advice: ["wait for its end, or end it: kill \(living.pid)", "then: opsh resume \(id)"]
    )
  }

  /// The files of the run that are others by now: the stored texts are what runs.
  var changedFiles: [(stored: SourceText, now: SourceText?)] {
    texts.compactMap { text in
      guard !["-c", "-", "[tty]"].contains(text.name) else { return nil }
      let path = text.name.hasPrefix("/") ? text.name : working + "/" + text.name
      let now = try? TextFile.read(path, shownAs: text.name)
      guard let now else { return (text, nil) }
      return now == text.bytes ? nil : (text, SourceText(name: text.name, bytes: now))
    }
  }
}

extension Session {
  /// How values of a record are had again.
  func recordedSource(
    blob: @escaping @Sendable (String) -> [UInt8]?
  ) -> RecordedValue.Source {
    RecordedValue.Source(
      object: { [self] name throws(Failure) in
        try operated().object(
          kind: name.kind,
          identity: name.identity,
          environment: name.environment,
          in: callContext
        )
      },
      secret: { [self] name throws(Failure) in
        do throws(Failure) {
          return try secret(name)
        } catch {
          guard error.kind == .missingSecret else { throw error }
          return nil
        }
      },
      blob: blob
    )
  }
}
