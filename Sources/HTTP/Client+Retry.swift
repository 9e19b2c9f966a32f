private import Glibc

/// What waiting between tries depends on, so that tests need not wait.
package struct Pauses: Sendable {
  /// Seconds since 1970.
  package var now: @Sendable () -> Int64
  /// At least 0, below 1.
  package var jitter: @Sendable () -> Double
  /// Waits; false if the caller gave up meanwhile.
  package var wait: @Sendable (Duration, _ cancelOn: Int32?) -> Bool

  package init(
    now: @escaping @Sendable () -> Int64,
    jitter: @escaping @Sendable () -> Double,
    wait: @escaping @Sendable (Duration, _ cancelOn: Int32?) -> Bool
  ) {
    self.now = now
    self.jitter = jitter
    self.wait = wait
  }

  /// The clock and the chance of this machine.
  package static let real = Pauses(
    now: { Int64(time(nil)) },
    jitter: { Double.random(in: 0..<1) },
    wait: waitOrCancel
  )
}

/// Waits with `poll`, so that the caller's descriptor ends it at once.
@Sendable private func waitOrCancel(_ duration: Duration, _ cancelOn: Int32?) -> Bool {
  let end = ContinuousClock.now + duration
  var watched = pollfd(fd: cancelOn ?? -1, events: Int16(POLLIN), revents: 0)
  while true {
    let left = (end - .now) / .milliseconds(1)
    guard unsafe poll(&watched, 1, Int32(min(max(0, left.rounded(.up)), 60_000))) <= 0 else {
      return false
    }
    guard left > 0 else { return true }
  }
}

extension Client {
  /// A try that failed and the wait before the next.
  package struct Retry: Sendable {
    package let attempt: Int
    package let outcome: RetryPolicy.Trial.Outcome
    package let wait: Duration
  }

  /// Sends a request and, as far as the policy allows, sends it again after a failure.
  ///
  /// The request's deadlines hold for each try. The last answer or error is the result, but giving
  /// up between two tries is `cancelled` with nothing sent.
  package func send(
    _ request: Request,
    policy: RetryPolicy,
    cancelOn: Int32? = nil,
    pauses: Pauses = .real,
    onRetry: (Retry) -> Void = { _ in }
  ) throws(HTTPError) -> Response {
    let started = ContinuousClock.now
    var attempt = 1
    while true {
      let result = Result { () throws(HTTPError) in try send(request, cancelOn: cancelOn) }
      let outcome = RetryPolicy.Trial.Outcome(result)
      let trial = RetryPolicy.Trial(
        attempt: attempt,
        isSafeToRepeat: request.isSafeToRepeat,
        outcome: outcome,
        elapsed: .now - started,
        now: pauses.now(),
        jitter: pauses.jitter()
      )
      guard case .wait(let wait) = policy.decide(trial) else { return try result.get() }
      onRetry(Retry(attempt: attempt, outcome: outcome, wait: wait))
      guard pauses.wait(wait, cancelOn) else {
        let host = request.url.authority
        throw .cancelled(host: host, hasSent: false, after: .now - started)
      }
      attempt += 1
    }
  }
}

extension RetryPolicy.Trial.Outcome {
  init(_ result: Result<Response, HTTPError>) {
    self =
      switch result {
      case .success(let response):
        .answered(status: response.status, headers: response.headers)
      case .failure(let error): .failed(error)
      }
  }
}
