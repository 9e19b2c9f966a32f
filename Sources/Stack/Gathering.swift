private import Dispatch
private import Synchronization
package import Values

/// Asks several sources at once and takes what answers in time.
package struct Gathering: Sendable {
  private let group = DispatchGroup()
  private let queue = DispatchQueue(label: "opsh.gathering", attributes: .concurrent)

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
    queue.async(group: group) {
      do throws(Failure) {
        answer.set(.success(try body()))
      } catch {
        answer.set(.failure(error))
      }
    }
    return answer
  }

  /// Waits until all have answered, or the time is over; says whether all have.
  package func wait(atMost span: TimeSpan) -> Bool {
    group.wait(timeout: .now() + .microseconds(Int(span.microseconds))) == .success
  }

  /// Waits until all have answered.
  package func wait() {
    group.wait()
  }
}
