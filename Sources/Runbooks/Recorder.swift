package import Journals
package import Sinks
private import Synchronization
package import Values

/// A run's journal, made when the first thing happens that has to be recorded.
///
/// What only read before that is kept and written behind the first record.
package final class Recorder: Sendable {
  /// What a run's first record says of it.
  package struct Header: Sendable {
    package var texts: [RunStore.Text]
    package var fields: [JSON.Member]
    /// What is looked for when the first record is made, such as the incident that is open then.
    package var late: @Sendable () -> [JSON.Member] = { [] }
    fileprivate let parameters: [(name: String, value: Value)]

    package init(
      texts: [RunStore.Text],
      version: String,
      operator: String,
      host: String,
      reason: String?,
      parameters: [(name: String, value: Value)]
    ) {
      self.texts = texts
      self.parameters = parameters
      fields = [
        .init("host", .string(host)), .init("operator", .string(`operator`)),
        .init(
          "parameters",
          .object(parameters.map { .init($0.name, PlanHash.content(of: $0.value)) })
        ),
        .init("reason", reason.map { .string($0) } ?? .null), .init("version", .string(version)),
      ]
    }
  }

  private enum State {
    case none(early: [(JournalRecord.Kind, [JSON.Member])])
    case open(Journal)
    case failed(JournalError)
  }

  package let runID: String
  private let store: RunStore
  private let header: Header
  package let registry: SecretRegistry
  private let state = Mutex(State.none(early: []))
  /// Reads beyond these are left out of a run that has not begun to change anything.
  private static let mostEarly = 1000

  package init(runID: String, store: RunStore, header: Header, registry: SecretRegistry) {
    self.runID = runID
    self.store = store
    self.header = header
    self.registry = registry
  }

  /// Goes on with a journal that is there already, or that a test made.
  package init(journal: Journal, store: RunStore, registry: SecretRegistry) {
    runID = journal.runID
    self.store = store
    header = Header(
      texts: [],
      version: "",
      operator: "",
      host: "",
      reason: nil,
      parameters: []
    )
    self.registry = registry
    state.withLock { $0 = .open(journal) }
  }

  /// The journal, if there is one by now.
  package var journal: Journal? {
    state.withLock { state in
      if case .open(let journal) = state { journal } else { nil }
    }
  }

  package var failure: JournalError? {
    state.withLock { state in
      if case .failed(let error) = state { error } else { nil }
    }
  }

  /// Records what must be on the disk before anything goes on.
  package func require(_ kind: JournalRecord.Kind, _ fields: [JSON.Member]) throws(Failure) {
    let result: Result<Void, JournalError> = state.withLock { state in
      do throws(JournalError) {
        let journal = try open(&state)
        try journal.append(kind, fields, durable: true)
        return .success(())
      } catch {
        state = .failed(error)
        return .failure(error)
      }
    }
    do throws(JournalError) {
      try result.get()
    } catch {
      throw Failure(
        .journal,
        error.message,
        advice: ["nothing further is changed; what was begun before is followed to its end"]
      )
    }
  }

  /// Records what may be lost in a crash; gives the failure that makes this run unrecorded.
  @discardableResult
  package func note(_ kind: JournalRecord.Kind, _ fields: [JSON.Member]) -> JournalError? {
    state.withLock { state in
      switch state {
      case .none(var early):
        if early.count < Self.mostEarly { early.append((kind, fields)) }
        state = .none(early: early)
        return nil
      case .failed: return nil
      case .open(let journal):
        do throws(JournalError) {
          try journal.append(kind, fields, durable: false)
          return nil
        } catch {
          state = .failed(error)
          return error
        }
      }
    }
  }

  /// Says that another run's record lies beside this one's, has no end, and that nobody writes it now:
  /// it can be gone on with from here.
  func isLeftOpen(_ run: String) -> Bool {
    guard let entry = try? store.find(run), entry.id == run else { return false }
    return entry.state == .open || entry.state == .inDoubt
  }

  /// Keeps bytes that are too large for a record beside the journal, with what is in them masked;
  /// gives their sha256, or nothing where that can not be.
  func keep(_ bytes: [UInt8]) -> String? {
    guard journal != nil else { return nil }
    return try? store.keep(bytes, of: runID)
  }

  /// The parameters as a run that goes on has them again.
  private var arguments: JSON {
    .array(
      header.parameters.map { name, value in
        let kept = RecordedValue.fields(
          of: value,
          redacted: { registry.redacted($0) },
          keep: { _ in nil }
        )
        return .object([.init("name", .string(name))] + kept)
      }
    )
  }

  private func open(_ state: inout State) throws(JournalError) -> Journal {
    switch state {
    case .open(let journal): return journal
    case .failed(let error): throw error
    case .none(let early):
      let journal = try store.create(
        id: runID,
        texts: header.texts,
        fields: header.fields + header.late() + [.init("arguments", arguments)],
        registry: registry
      )
      for (kind, fields) in early { try journal.append(kind, fields, durable: false) }
      state = .open(journal)
      return journal
    }
  }
}
