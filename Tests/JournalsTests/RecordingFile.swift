import Journals
import Synchronization

/// A journal's file in memory that keeps the order of calls and fails where it is told.
final class RecordingFile: JournalFile {
  enum Call: Equatable {
    case append, synchronize, reserve
  }

  let path = "memory"
  private let failing: Int?
  private let state = Mutex((calls: [Call](), bytes: [UInt8]()))

  /// Fails at the call of that number, counted from 0.
  init(failingAt call: Int? = nil) {
    failing = call
  }

  var calls: [Call] { state.withLock { $0.calls } }
  var bytes: [UInt8] { state.withLock { $0.bytes } }

  func append(_ bytes: [UInt8]) throws(JournalError) {
    try take(.append)
    state.withLock { $0.bytes += bytes }
  }

  func synchronize() throws(JournalError) { try take(.synchronize) }
  func reserve(_ count: Int) throws(JournalError) { try take(.reserve) }

  private func take(_ call: Call) throws(JournalError) {
    let number = state.withLock { state in
      state.calls.append(call)
      return state.calls.count - 1
    }
    guard number != failing else { throw .shortWrite(path: path) }
  }
}
