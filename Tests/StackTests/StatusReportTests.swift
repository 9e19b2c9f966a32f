import Dispatch
import Objects
@testable import Stack
import Testing
import Values

@Suite struct EnvironmentStatusTests {
  private let trouble = Time(microseconds: 1)

  private func status(_ change: (inout EnvironmentStatus) -> Void) -> EnvironmentStatus {
    var status = EnvironmentStatus(name: "production")
    change(&status)
    return status
  }

  private func health(_ word: String) -> HealthReport {
    HealthReport(status: word, isLive: true, isReady: true)
  }

  @Test func `one word says how it is`() {
    #expect(status { _ in }.word == "unknown")
    #expect(status { $0.troubleSince = trouble }.word == "degraded")
    #expect(status { $0.health = health("ok") }.word == "ok")
    #expect(status { $0.health = health("down") }.word == "down")
    #expect(status { $0.health = health("degraded") }.word == "degraded")
    #expect(
      status {
        $0.health = health("ok")
        $0.troubleSince = trouble
      }.word == "degraded"
    )
    #expect(
      status {
        $0.health = health("down")
        $0.troubleSince = trouble
      }.word == "down"
    )
    #expect(
      status {
        $0.health = health("down")
        $0.isPaused = true
      }.word == "paused"
    )
  }

  @Test func `what comes next is what a person would type`() {
    #expect(status { $0.health = health("ok") }.next.isEmpty)
    #expect(status { $0.isPaused = true }.next == ["do production.resume()"])
    let noTrouble = status { $0.health = health("down") }.next
    #expect(noTrouble.first == "production.health.checks")
    #expect(noTrouble.count == 2)
    let noCulprit = status { $0.troubleSince = trouble }.next
    #expect(noCulprit.first?.hasPrefix("no deployment fits") == true)
  }

  @Test func `without a count of the errors it is said that the beginning is not known`() {
    let next = status {
      $0.health = health("degraded")
      $0.blameIsUpTo = "Sentry"
    }.next
    #expect(next.first == "since when it is so is not known without Sentry: ask again")
    #expect(next.dropFirst().first == "opsh status production --timeout 30s")
    #expect(next.contains("production.health.checks"))
  }

  @Test func `no deployment is cleared by a hosting that did not answer`() {
    let next = status {
      $0.troubleSince = trouble
      $0.blameIsUpTo = "Vercel"
    }.next
    #expect(
      next == [
        "whether a deployment is to blame is not known without Vercel: ask again",
        "opsh status production --timeout 30s", "production.errors(last: 1h) | first 5",
      ]
    )
  }

  @Test func `a culprit is rolled back as long as its code serves`() {
    let bad = Deployment.test("bad", created: 10, ready: 11)
    func next(live: Deployment?, runbook: String? = "runbooks/rollback.opsh") -> [String] {
      status {
        $0.troubleSince = trouble
        $0.culprit = bad
        $0.live = live
        $0.rollbackRunbook = runbook
      }.next
    }
    let rollback = [
      "opsh plan runbooks/rollback.opsh env=production",
      "opsh runbooks/rollback.opsh env=production",
    ]
    #expect(next(live: bad) == rollback)
    // Built later, it contains the culprit's code.
    #expect(next(live: .test("later", created: 20, ready: 21)) == rollback)
    #expect(next(live: nil) == rollback)
    #expect(
      next(live: bad, runbook: nil)
        == ["production.rollback(to: production.last_good)   # shows the plan, changes nothing"]
    )
    let gone = next(live: .test("before", created: 0, ready: 1))
    #expect(gone.first?.hasPrefix("the culprit no longer serves, but something") == true)
    let healing = status {
      $0.troubleSince = trouble
      $0.culprit = bad
      $0.live = .test("before", created: 0, ready: 1)
      $0.health = health("ok")
      $0.rollbackRunbook = "runbooks/rollback.opsh"
    }.next
    #expect(healing.first?.hasPrefix("the culprit no longer serves and health is ok") == true)
    #expect(healing.dropFirst().first == "opsh status production")
    #expect(!healing.contains { $0.contains("rollback") })
  }

  @Test func `a source that fails is named and the others are shown`() throws {
    let environment = OperatedEnvironment(
      name: "production",
      url: "https://x.example",
      isProtected: true,
      region: nil,
      hosting: FakeHosting([], live: nil, failure: Failure(.unreachable, "no route")),
      database: nil,
      errors: nil,
      health: FakeHealth("ok"),
      jobs: []
    )
    let context = CallContext(cancellation: Cancellation(), now: .now())
    let report = StatusReport.gather([environment], in: context)
    let status = try #require(report.environments.first)
    #expect(status.word == "ok")
    #expect(status.missing.map(\.source) == ["Fakehost"])
    #expect(status.missing.map(\.reason) == ["no route"])
    let shown = Value.json(report.value)().text
    #expect(shown.contains(#""missing":["Fakehost: no route"]"#))
    #expect(shown.contains(#""status":"ok""#))
  }
}

@Suite struct StatusPatienceTests {
  /// Health that is not there before somebody lets it be.
  private struct HeldHealth: HealthProbe {
    let release = DispatchSemaphore(value: 0)

    func health(of url: String, in context: CallContext) throws(Failure) -> HealthReport {
      release.wait()
      return HealthReport(status: "ok", isLive: true, isReady: true)
    }
    func certificate(of url: String, in context: CallContext) throws(Failure) -> Certificate? {
      nil
    }
  }

  @Test(.timeLimit(.minutes(6)), arguments: [(20, "20ms"), (30, "30ms")])
  func `who did not answer is told of with the time that was waited`(
    _ milliseconds: Int64,
    _ words: String
  ) throws {
    let health = HeldHealth()
    defer { health.release.signal() }
    let environment = OperatedEnvironment(
      name: "production",
      url: "https://x.example",
      isProtected: true,
      region: nil,
      hosting: nil,
      database: nil,
      errors: nil,
      health: health,
      jobs: []
    )
    let report = StatusReport.gather(
      [environment],
      patience: .milliseconds(milliseconds),
      in: CallContext(cancellation: Cancellation(), now: .now())
    )
    let status = try #require(report.environments.first)
    #expect(status.missing.map(\.source) == ["health"])
    #expect(status.missing.map(\.reason) == ["no answer within \(words)"])
  }
}

extension Value {
  fileprivate static func json(_ value: Value) -> () -> JSON { { value.json } }
}

@Suite struct EnvironmentHistoryTests {
  private let context = CallContext(
    cancellation: Cancellation(),
    now: Time(microseconds: 10_000 * 60_000_000)
  )

  private func environment(_ hosting: FakeHosting?) -> OperatedEnvironment {
    OperatedEnvironment(
      name: "production",
      url: nil,
      isProtected: true,
      region: nil,
      hosting: hosting,
      database: nil,
      errors: nil,
      health: nil,
      jobs: []
    )
  }

  @Test func `the walk back ends at the first good one and says why the others are not`() throws {
    let hosting = FakeHosting(
      [
        .test("live", created: 9000, ready: 9002),
        .test("gone", created: 8000, ready: 8002, isCandidate: false),
        .test("undone", created: 7000, ready: 7002), .test("good", created: 6000, ready: 6002),
        .test("older", created: 5000, ready: 5002),
      ],
      live: "live",
      rolledBackFrom: ["undone"]
    )
    let judged = try environment(hosting).rollbackCandidates(in: context)
    #expect(judged.map(\.deployment.id) == ["gone", "undone", "good"])
    #expect(judged.map { $0.objection == nil } == [false, false, true])
    let value = try environment(hosting).objectValue.read("last_good", in: context)
    #expect(value.text == "good")
  }

  @Test func `without a good one it is nothing`() throws {
    let hosting = FakeHosting([.test("live", created: 9000, ready: 9002)], live: "live")
    #expect(try environment(hosting).objectValue.read("last_good", in: context) == .nothing)
    let none = FakeHosting([], live: nil)
    #expect(try environment(none).rollbackCandidates(in: context).isEmpty)
    #expect(try environment(none).objectValue.read("live", in: context) == .nothing)
  }

  @Test func `a service that the stack file does not name is asked for with the line to add`() {
    let failure = #expect(throws: Failure.self) { try environment(nil).live(in: context) }
    #expect(failure?.kind == .usage)
    #expect(failure?.message == "the stack file has no 'hosting' for production")
    #expect(failure?.advice == ["add: hosting: vercel(project: …, token: secret(…))"])
    #expect(throws: Failure.self) { try environment(nil).needDatabase() }
    #expect(throws: Failure.self) { try environment(nil).needErrors() }
    #expect(throws: Failure.self) { try environment(nil).needHealth() }
    #expect(throws: Failure.self) { try environment(nil).needURL() }
  }
}

/// Services that the stack file names and that could not be made.
@Suite struct UnavailableServiceTests {
  private let context = CallContext(cancellation: Cancellation(), now: .now())
  private let environment = OperatedEnvironment(
    name: "production",
    url: "https://x.example",
    isProtected: true,
    region: nil,
    hosting: nil,
    database: nil,
    errors: nil,
    health: FakeHealth("degraded"),
    jobs: [],
    unavailable: [
      .hosting: Failure(.missingSecret, "the secret A is not set"),
      .errors: Failure(.missingSecret, "the secret B is not set"),
      .database: Failure(.missingSecret, "the secret C is not set"),
    ]
  )

  private func message(_ body: () throws(Failure) -> Void) -> String? {
    do throws(Failure) {
      try body()
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `what needs one says why it is not there, and never goes on without`() {
    #expect(
      message { () throws(Failure) in _ = try environment.live(in: context) }?.contains("A") == true
    )
    let trouble = message { () throws(Failure) in _ = try environment.troubleSince(in: context) }
    #expect(trouble == "the secret B is not set")
    // Without the database's migrations a moment before them is not known.
    let deployment = environment.wrap(.test("bad", created: 10, ready: 11))
    guard case .object(let found) = deployment, let object = found as? ObjectValue else {
      Issue.record("a deployment is an object")
      return
    }
    let point = message { () throws(Failure) in _ = try object.read("safe_point", in: context) }
    #expect(point == "the secret C is not set")
    let database = message { () throws(Failure) in
      _ = try environment.objectValue.read("database", in: context)
    }
    #expect(database == "the secret C is not set")
  }

  @Test func `the one screen names each of them`() throws {
    let report = StatusReport.gather([environment], in: context)
    let status = try #require(report.environments.first)
    #expect(status.word == "degraded")
    #expect(status.missing.map(\.source) == ["database", "errors", "hosting"])
    #expect(status.missing.map(\.reason).first == "the secret C is not set")
    #expect(
      status.next.first == "since when it is so is not known without the count of errors: ask again"
    )
  }
}

@Suite struct GatheringTests {
  @Test(.timeLimit(.minutes(6))) func `answers come from all, failures included`() {
    let gathering = Gathering()
    let good = gathering.ask { () throws(Failure) in 7 }
    let bad = gathering.ask { () throws(Failure) -> Int in throw Failure(.refused, "no") }
    gathering.wait()
    #expect(good.result == .success(7))
    #expect(bad.result == .failure(Failure(.refused, "no")))
    #expect(gathering.wait(atMost: .seconds(1)))
  }

  @Test(.timeLimit(.minutes(6))) func `who does not answer in time holds up nobody`() {
    let gathering = Gathering()
    let release = DispatchSemaphore(value: 0)
    let slow = gathering.ask { () throws(Failure) in
      release.wait()
      return 1
    }
    #expect(!gathering.wait(atMost: .milliseconds(20)))
    #expect(slow.result == nil)
    release.signal()
    gathering.wait()
    #expect(slow.result == .success(1))
  }

  @Test(.timeLimit(.minutes(6))) func `all are asked at once`() {
    let gathering = Gathering()
    let first = DispatchSemaphore(value: 0)
    let second = DispatchSemaphore(value: 0)
    // Each waits for the other: one after the other they would never end.
    _ = gathering.ask { () throws(Failure) in
      first.signal()
      second.wait()
    }
    _ = gathering.ask { () throws(Failure) in
      second.signal()
      first.wait()
    }
    gathering.wait()
  }
}
