package import Sinks
private import Synchronization
package import Values

/// The record of one run: append-only, chained, synced before anything depends on it.
///
/// After the first failure it is closed for ever; a failed sync is never tried again, since the
/// kernel forgets the error and the data with it.
package final class Journal: Sendable {
  private struct State {
    var chain: Chain
    var sequence: Int
    var isBroken = false
  }

  package let runID: String
  private let file: any JournalFile
  private let registry: SecretRegistry
  private let clock: @Sendable () -> (wall: Time, monotonic: Int64)
  private let state: Mutex<State>

  /// How much room is kept for an outcome beside its intent.
  static let outcomeRoom = 65_536

  package init(
    runID: String,
    file: any JournalFile,
    registry: SecretRegistry,
    after reading: JournalReading? = nil,
    clock: @escaping @Sendable () -> (wall: Time, monotonic: Int64) = {
      (Time.now(), Time.monotonicMicroseconds())
    }
  ) throws(JournalError) {
    self.runID = runID
    self.file = file
    self.registry = registry
    self.clock = clock
    let chain = if let reading { Chain(head: reading.head) } else { try Chain(runID: runID) }
    state = Mutex(State(chain: chain, sequence: reading?.records.count ?? 0))
  }

  /// The hash over everything so far.
  package var head: String { state.withLock { $0.chain.head } }
  package var isBroken: Bool { state.withLock { $0.isBroken } }

  /// Appends a record; a durable one is on the disk when this returns.
  ///
  /// Secrets are masked before the record is hashed.
  @discardableResult
  package func append(
    _ kind: JournalRecord.Kind,
    _ fields: [JSON.Member],
    durable: Bool
  ) throws(JournalError) -> JournalRecord {
    let clean = fields.map { JSON.Member($0.name, redacted($0.value)) }
    let (wall, monotonic) = clock()
    let result: Result<JournalRecord, JournalError> = state.withLock { state in
      guard !state.isBroken else { return .failure(.broken(path: file.path)) }
      let record = JournalRecord(
        sequence: state.sequence,
        kind: kind,
        at: wall,
        monotonic: monotonic,
        fields: clean
      )
      var chain = state.chain
      do throws(JournalError) {
        let line = try chain.append(record.json)
        if kind == .intent { try file.reserve(line.count + Self.outcomeRoom) }
        try file.append(line)
        if durable { try file.synchronize() }
      } catch {
        state.isBroken = true
        return .failure(error)
      }
      state.chain = chain
      state.sequence += 1
      return .success(record)
    }
    return try result.get()
  }

  /// Masks every text of a value; a number that is a secret becomes its mask.
  private func redacted(_ json: JSON) -> JSON {
    switch json {
    case .null, .bool: json
    case .int, .number:
      registry.isExposed(in: json.text)
        ? .string(Redactor.redact(json.text, registry: registry)) : json
    case .string(let text): .string(Redactor.redact(text, registry: registry))
    case .array(let elements): .array(elements.map(redacted))
    case .object(let members):
      .object(
        members.map {
          JSON.Member(Redactor.redact($0.name, registry: registry), redacted($0.value))
        }
      )
    }
  }
}
