private import Glibc
import Values

/// Gives a step a cancellation of its own, that ends with the time it was given or with the run's.
enum Deadline {
  static func run<Result>(
    _ limit: TimeSpan,
    within outer: Cancellation,
    _ body: (Cancellation) throws(PlacedFailure) -> Result
  ) throws(PlacedFailure) -> Result {
    let inner = Cancellation()
    // Never joined: it ends as soon as the descriptor it waits for becomes readable.
    Threads.detach { watch(inner, limit, outer) }
    defer { inner.cancel() }
    return try body(inner)
  }

  private static func watch(_ inner: Cancellation, _ limit: TimeSpan, _ outer: Cancellation) {
    let end = Time.monotonicMicroseconds() + max(0, limit.microseconds)
    while !inner.isCancelled {
      if let reason = outer.reason {
        inner.cancel(reason)
        return
      }
      let left = end - Time.monotonicMicroseconds()
      guard left > 0 else {
        inner.cancel(.deadline)
        return
      }
      var pollers = [
        pollfd(fd: inner.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: outer.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      _ = unsafe poll(&pollers, 2, Int32(clamping: (left + 999) / 1000))
    }
  }
}
