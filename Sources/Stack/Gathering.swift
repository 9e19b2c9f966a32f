private import Glibc
private import Synchronization
package import Values

/// Asks several sources at once, each on a thread of its own, and takes what answers in time.
package final class Gathering: Sendable {
  private let waiting = Mutex(0)
  private let changed = Wakening()

  package init() {}

  /// What one source answered; nothing until it did.
  package final class Answer<Content: Sendable>: Sendable {
    private let state = Mutex<Result<Content, Failure>?>(nil)

    package var result: Result<Content, Failure>? { state.withLock { $0 } }

    fileprivate func set(_ result: Result<Content, Failure>) {
      state.withLock { $0 = result }
    }
  }

  /// Begins to ask; the body runs on a thread of its own and sees the cancellation it was given.
  package func ask<Content: Sendable>(
    _ body: @escaping @Sendable () throws(Failure) -> Content
  ) -> Answer<Content> {
    let answer = Answer<Content>()
    waiting.withLock { $0 += 1 }
    let work: @Sendable () -> Void = { [self] in
      do throws(Failure) {
        answer.set(.success(try body()))
      } catch {
        answer.set(.failure(error))
      }
      waiting.withLock { $0 -= 1 }
      changed.signal()
    }
    // Without a thread to be had it is asked here, one after the other.
    if !Threads.detach(work) { work() }
    return answer
  }

  /// Waits until all have answered, or the time is over; says whether all have.
  package func wait(atMost span: TimeSpan) -> Bool {
    let end = Time.monotonicMicroseconds() + max(0, span.microseconds)
    while waiting.withLock({ $0 }) > 0 {
      let left = end - Time.monotonicMicroseconds()
      guard left > 0 else { return false }
      changed.wait(atMost: TimeSpan(microseconds: left))
    }
    return true
  }

  /// Waits until all have answered.
  package func wait() {
    while !wait(atMost: .hours(1)) {}
  }
}

/// A semaphore of the C library, with a time limit.
@safe private final class Wakening: @unchecked Sendable {
  // `@unchecked`: the semaphore is made for threads, and only its own calls touch it.
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    unsafe semaphore = .allocate(capacity: 1)
    unsafe sem_init(semaphore, 0, 0)
  }

  deinit {
    unsafe sem_destroy(semaphore)
    unsafe semaphore.deallocate()
  }

  func signal() {
    unsafe sem_post(semaphore)
  }

  func wait(atMost span: TimeSpan) {
    // The C library takes a moment of the wall clock; a jump of it only wakes the loop early or late.
    let end = Time.now().microseconds + min(span.microseconds, 1_000_000)
    var moment = timespec(
      tv_sec: Int(end / 1_000_000),
      tv_nsec: Int(end % 1_000_000) * 1000
    )
    unsafe sem_timedwait(semaphore, &moment)
  }
}
