private import Glibc

/// Threads for work that blocks, so that no shared pool is held up.
package enum Threads {
  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }

  /// Starts a thread; nothing if the system has none to give.
  private static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let work = unsafe Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let result = unsafe pthread_create(
      &thread,
      nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      },
      work.toOpaque()
    )
    guard result == 0 else {
      unsafe work.release()
      return nil
    }
    return thread
  }

  /// Runs a body beside the caller, who does not wait.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  package static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = start(body) else { return false }
    _ = pthread_detach(thread)
    return true
  }

  /// Keeps the calling thread waiting.
  package static func sleep(_ span: TimeSpan) {
    _ = poll(nil, 0, Int32(clamping: span.microseconds / 1000))
  }

  /// Runs a body on so many threads, one of them the caller's, and waits for all.
  package static func run(_ count: Int, _ body: @escaping @Sendable () -> Void) {
    var others: [pthread_t] = []
    for _ in 1..<max(count, 1) {
      guard let thread = start(body) else { break }
      others.append(thread)
    }
    body()
    for thread in others { _ = pthread_join(thread, nil) }
  }
}
