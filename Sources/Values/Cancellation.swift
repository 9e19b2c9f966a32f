private import Glibc
private import Synchronization

/// A wish to stop that threads inside a system call notice: a descriptor that becomes readable.
package final class Cancellation: Sendable {
  /// Why it was cancelled.
  package enum Reason: Sendable {
    case interrupted, terminated, deadline
  }

  /// Readable from the first ``cancel(_:)`` on; poll it beside your own descriptors, never read it.
  package let descriptor: Int32
  private let writeEnd: Int32
  private let state = Mutex<Reason?>(nil)

  package init() {
    var ends: [Int32] = [-1, -1]
    // Without descriptors to spare a wish to stop is still seen between system calls.
    _ = unsafe pipe(&ends)
    for end in ends where end >= 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    descriptor = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close(descriptor)
    close(writeEnd)
  }

  package var reason: Reason? { state.withLock { $0 } }
  package var isCancelled: Bool { reason != nil }

  /// Cancels for a reason, of which only the first counts.
  ///
  /// Safe from any thread, but not from a signal handler.
  package func cancel(_ reason: Reason = .interrupted) {
    let isFirst = state.withLock { state in
      guard state == nil else { return false }
      state = reason
      return true
    }
    guard isFirst else { return }
    var byte: UInt8 = 1
    _ = unsafe write(writeEnd, &byte, 1)
  }

  /// Throws if it was cancelled.
  package func check() throws(Failure) {
    switch reason {
    case nil: return
    case .interrupted: throw Failure(.interrupted, "interrupted")
    case .terminated: throw Failure(.terminated, "told to end")
    case .deadline: throw Failure(.timeout, "the time given to this step ran out")
    }
  }

  /// Waits for a time, or less if it is cancelled; throws then.
  package func wait(_ span: TimeSpan) throws(Failure) {
    let end = Time.monotonicMicroseconds() + max(0, span.microseconds)
    while true {
      try check()
      let left = end - Time.monotonicMicroseconds()
      guard left > 0 else { return }
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&poller, 1, Int32(clamping: (left + 999) / 1000))
    }
  }
}
