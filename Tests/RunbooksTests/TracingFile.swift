import Journals
import Synchronization

/// A journal's file in memory that traces its calls and fails where it is told.
final class TracingFile: JournalFile {
  let path = "memory"
  private let state = Mutex((bytes: [UInt8](), calls: 0))
  private let trace: Trace
  private let failing: Int?
  private let events = Mutex<[String: @Sendable () -> Void]>([:])

  init(_ trace: Trace, failingAt failing: Int? = nil) {
    self.trace = trace
    self.failing = failing
  }

  var bytes: [UInt8] { state.withLock { $0.bytes } }

  func append(_ bytes: [UInt8]) throws(JournalError) {
    try count()
    let line = String(decoding: bytes, as: UTF8.self)
    let kind = line.firstMatch(of: /"kind":"([a-z.]+)"/).map { String($0.1) } ?? "?"
    trace.add("write \(kind)")
    state.withLock { $0.bytes += bytes }
    events.withLock { $0[kind] }?()
  }

  /// Has something happen whenever a record of a kind was written.
  func whenWritten(_ kind: String, _ event: @escaping @Sendable () -> Void) {
    events.withLock { $0[kind] = event }
  }

  func synchronize() throws(JournalError) {
    try count()
    trace.add("sync")
  }

  func reserve(_ count: Int) throws(JournalError) { try self.count() }

  private func count() throws(JournalError) {
    let number = state.withLock { state in
      state.calls += 1
      return state.calls - 1
    }
    guard number != failing else { throw .shortWrite(path: path) }
  }
}
