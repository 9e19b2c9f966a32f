import HTTP
import Synchronization
import Testing

struct RetryPolicyTests {
  private func trial(
    _ status: Int,
    headers: Headers = [:],
    attempt: Int = 1,
    isSafe: Bool = false,
    now: Int64 = 1_000,
    jitter: Double = 0
  ) -> RetryPolicy.Trial {
    RetryPolicy.Trial(
      attempt: attempt,
      isSafeToRepeat: isSafe,
      outcome: .answered(status: status, headers: headers),
      now: now,
      jitter: jitter
    )
  }

  private func trial(_ error: HTTPError, isSafe: Bool) -> RetryPolicy.Trial {
    RetryPolicy.Trial(attempt: 1, isSafeToRepeat: isSafe, outcome: .failed(error))
  }

  private let lost = HTTPError.connectionLost(
    host: "h",
    reason: "r",
    hasSent: true,
    after: .zero
  )
  private let refused = HTTPError.notConnected(host: "h", reason: "r", after: .zero)

  @Test func `Vercel's 429 waits as long as it says, three times at most`() {
    let headers: Headers = ["retry-after": "7"]
    for attempt in 1...3 {
      let decision = RetryPolicy.vercel.decide(trial(429, headers: headers, attempt: attempt))
      #expect(decision == .wait(.seconds(7)))
    }
    #expect(RetryPolicy.vercel.decide(trial(429, headers: headers, attempt: 4)) == .giveUp)
    let skewed = RetryPolicy.vercel.decide(trial(429, headers: headers, jitter: 0.5))
    #expect(skewed == .wait(.milliseconds(7_500)))
  }

  @Test(arguments: ["300", "99999999999999", "300.5"])
  func `Vercel's 429 that asks for too long is given up`(_ seconds: String) {
    let decision = RetryPolicy.vercel.decide(trial(429, headers: ["Retry-After": seconds]))
    #expect(decision == .giveUp)
  }

  @Test(arguments: ["soon", "1e300", "nan", ""])
  func `a delay that is no number of seconds is replaced`(_ seconds: String) {
    let decision = RetryPolicy.vercel.decide(trial(429, headers: ["Retry-After": seconds]))
    #expect(decision == .wait(.seconds(5)))
  }

  @Test(arguments: ["-5", "0"])
  func `a delay is never negative`(_ seconds: String) {
    let decision = RetryPolicy.vercel.decide(trial(429, headers: ["Retry-After": seconds]))
    #expect(decision == .wait(.zero))
  }

  @Test func `Vercel's 5xx is tried again only where that is safe`() {
    #expect(RetryPolicy.vercel.decide(trial(500, isSafe: true)) == .wait(.milliseconds(500)))
    #expect(RetryPolicy.vercel.decide(trial(502, attempt: 2, isSafe: true)) == .wait(.seconds(1)))
    #expect(RetryPolicy.vercel.decide(trial(500, attempt: 4, isSafe: true)) == .giveUp)
    #expect(RetryPolicy.vercel.decide(trial(503, isSafe: false)) == .giveUp)
  }

  @Test(arguments: [400, 401, 402, 403, 404, 409, 422])
  func `Vercel's other 4xx are final`(_ status: Int) {
    #expect(RetryPolicy.vercel.decide(trial(status, isSafe: true)) == .giveUp)
  }

  @Test func `Neon's 423 and 503 prove that nothing was done`() {
    for attempt in 1...5 {
      #expect(RetryPolicy.neon.decide(trial(423, attempt: attempt)) == .wait(.seconds(3)))
    }
    #expect(RetryPolicy.neon.decide(trial(423, attempt: 6)) == .giveUp)
    #expect(RetryPolicy.neon.decide(trial(503)) == .wait(.milliseconds(500)))
    #expect(RetryPolicy.neon.decide(trial(500)) == .giveUp)
    #expect(RetryPolicy.neon.decide(trial(429, attempt: 3)) == .wait(.seconds(2)))
  }

  @Test func `Sentry's 429 waits until the window begins anew`() {
    let headers: Headers = ["X-Sentry-Rate-Limit-Reset": "1030"]
    #expect(RetryPolicy.sentry.decide(trial(429, headers: headers)) == .wait(.seconds(30)))
    let late = RetryPolicy.sentry.decide(trial(429, headers: headers, now: 2_000))
    #expect(late == .wait(.zero))
    #expect(RetryPolicy.sentry.decide(trial(429)) == .wait(.seconds(2)))
  }

  @Test(arguments: [RetryPolicy.vercel, .neon, .sentry])
  func `a change is not sent again after a lost answer, and is after a refused connection`(
    _ policy: RetryPolicy
  ) {
    #expect(policy.decide(trial(lost, isSafe: false)) == .giveUp)
    #expect(policy.decide(trial(lost, isSafe: true)) != .giveUp)
    #expect(policy.decide(trial(refused, isSafe: false)) != .giveUp)
    let cancelled = HTTPError.cancelled(host: "h", hasSent: false, after: .zero)
    #expect(policy.decide(trial(cancelled, isSafe: true)) == .giveUp)
    let untrusted = HTTPError.tlsFailed(host: "h", reason: "r", after: .zero)
    #expect(policy.decide(trial(untrusted, isSafe: true)) == .giveUp)
  }

  @Test func `the whole takes no longer than the policy allows`() {
    let policy = RetryPolicy(
      [.init(.status(500...500), delay: .fixed(.seconds(5)), retries: 9)],
      longest: .seconds(7)
    )
    func decide(after elapsed: Duration) -> RetryPolicy.Decision {
      policy.decide(
        .init(
          attempt: 1,
          isSafeToRepeat: true,
          outcome: .answered(status: 500, headers: [:]),
          elapsed: elapsed
        )
      )
    }
    #expect(decide(after: .seconds(2)) == .wait(.seconds(5)))
    #expect(decide(after: .seconds(3)) == .giveUp)
  }
}

@Suite(.timeLimit(.minutes(6)))
struct RetryTests {
  private func pauses(_ waits: @escaping @Sendable (Duration) -> Bool) -> Pauses {
    Pauses(now: { 1_000 }, jitter: { 0 }, wait: { duration, _ in waits(duration) })
  }

  @Test func `a 429 is followed by the answer`() throws {
    let server = try ScriptedServer(answers: [
      answer(429, headers: "Retry-After: 3\r\n"), answer(429, headers: "Retry-After: 5\r\n"),
      ok("at last"),
    ])
    defer { server.stop() }
    let waited = Mutex<[Duration]>([])
    var notices: [Int] = []
    let response = try Client().send(
      Request(.post, server.url, headers: [Header("Connection", "close")]),
      policy: .vercel,
      pauses: pauses { duration in
        waited.withLock { $0.append(duration) }
        return true
      },
      onRetry: { notices.append($0.attempt) }
    )
    #expect(response.text == "at last")
    #expect(waited.withLock { $0 } == [.seconds(3), .seconds(5)])
    #expect(notices == [1, 2])
    #expect(server.requests.count == 3)
  }

  @Test func `the last answer is the result when the policy gives up`() throws {
    let server = try ScriptedServer(answers: [answer(503, body: "busy")])
    defer { server.stop() }
    let request = Request(.get, try server.url, headers: [Header("Connection", "close")])
    let response = try Client().send(request, policy: .vercel, pauses: pauses { _ in true })
    #expect(response.status == 503)
    #expect(server.requests.count == 4)
  }

  @Test func `a change whose answer was lost is sent once`() throws {
    let server = try ScriptedServer { peer, _ in _ = peer.readRequest() }
    defer { server.stop() }
    let request = Request(.post, try server.url, body: Body("x"))
    #expect(throws: HTTPError.self) {
      try Client().send(request, policy: .neon, pauses: pauses { _ in true })
    }
    #expect(server.requests.count == 1)
  }

  @Test func `giving up while waiting ends the waiting at once`() throws {
    let giveUp = GivingUp()
    let server = try ScriptedServer(answers: [answer(429, headers: "Retry-After: 200\r\n")])
    defer { server.stop() }
    let request = Request(.post, try server.url)
    let error = #expect(throws: HTTPError.self) {
      try Client().send(
        request,
        policy: .vercel,
        cancelOn: giveUp.descriptor,
        onRetry: { _ in giveUp.giveUp() }
      )
    }
    #expect(error?.isCancellation == true)
    #expect(error?.mayHaveBeenProcessed == false)
  }
}
