private import Glibc
private import Synchronization
internal import Values

/// Work on several threads that belongs together: when one part of it fails, the others stop.
final class Crew: Sendable {
  typealias Part = @Sendable (_ stop: Cancellation) throws(Failure) -> Void

  private struct State {
    var open: Int
    var failure: Failure?
  }

  private let stop = Cancellation()
  private let over = Cancellation()
  private let state: Mutex<State>

  private init(_ count: Int) {
    state = Mutex(State(open: count, failure: nil))
  }

  /// Runs all parts at the same time and waits for the last.
  ///
  /// - Parameters:
  ///   - cancellation: stops all of them.
  ///   - tick: is called now and then meanwhile.
  /// - Throws: the failure that came first, or what the cancellation says.
  static func run(
    _ parts: [Part],
    watching cancellation: Cancellation,
    tick: () -> Void = {}
  ) throws(Failure) {
    try cancellation.check()
    let crew = Crew(parts.count)
    for part in parts where !Threads.detach({ crew.work(part) }) {
      crew.end(with: Failure(.failed, "this machine has no thread to spare"))
    }
    while !crew.over.isCancelled {
      var watched = [
        pollfd(fd: crew.over.descriptor, events: Int16(POLLIN), revents: 0),
        // Once it is told on, it would only be readable at every turn.
        pollfd(
          fd: crew.stop.isCancelled ? -1 : cancellation.descriptor,
          events: Int16(POLLIN),
          revents: 0
        ),
      ]
      _ = unsafe poll(&watched, 2, 200)
      if cancellation.isCancelled { crew.stop.cancel() }
      tick()
    }
    try cancellation.check()
    if let failure = crew.state.withLock({ $0.failure }) { throw failure }
  }

  private func work(_ part: Part) {
    do throws(Failure) {
      try part(stop)
      end(with: nil)
    } catch {
      end(with: error)
    }
  }

  private func end(with failure: Failure?) {
    let isLast = state.withLock { state in
      state.open -= 1
      // What stops because another failed is no news.
      if let failure, state.failure?.kind ?? .interrupted == .interrupted {
        state.failure = failure
      }
      return state.open == 0
    }
    if failure != nil { stop.cancel() }
    if isLast { over.cancel() }
  }
}
