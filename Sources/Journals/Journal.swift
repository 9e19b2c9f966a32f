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
    /// Both clocks at the record before, of this process.
    var last: (wall: Time, monotonic: Int64)?
  }

  /// Clocks that part by more than this between two records say that the wall clock was set.
  static let mostDrift: Int64 = 2_000_000

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
    let clean = fields.map { JSON.Member($0.name, registry.redacted($0.value)) }
    let (wall, monotonic) = clock()
    let result: Result<JournalRecord, JournalError> = state.withLock { state in
      guard !state.isBroken else { return .failure(.broken(path: file.path)) }
      do throws(JournalError) {
        if let jump = Self.jump(from: state.last, to: (wall, monotonic)) {
          let fields: [JSON.Member] = [.init("microseconds", .int(jump))]
          _ = try write(.clockJump, fields, (wall, monotonic), isDurable: false, &state)
        }
        state.last = (wall, monotonic)
        return .success(try write(kind, clean, (wall, monotonic), isDurable: durable, &state))
      } catch {
        state.isBroken = true
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func write(
    _ kind: JournalRecord.Kind,
    _ fields: [JSON.Member],
    _ clocks: (wall: Time, monotonic: Int64),
    isDurable: Bool,
    _ state: inout State
  ) throws(JournalError) -> JournalRecord {
    let record = JournalRecord(
      sequence: state.sequence,
      kind: kind,
      at: clocks.wall,
      monotonic: clocks.monotonic,
      fields: fields
    )
    var chain = state.chain
    let line = try chain.append(record.json)
    if kind == .intent { try file.reserve(line.count + Self.outcomeRoom) }
    try file.append(line)
    if isDurable { try file.synchronize() }
    state.chain = chain
    state.sequence += 1
    return record
  }

  /// By how much the wall clock was set between two records; nothing where it was not.
  private static func jump(
    from last: (wall: Time, monotonic: Int64)?,
    to now: (wall: Time, monotonic: Int64)
  ) -> Int64? {
    guard let last else { return nil }
    let drift =
      (now.wall.microseconds - last.wall.microseconds) - (now.monotonic - last.monotonic)
    return abs(drift) > mostDrift ? drift : nil
  }
}
