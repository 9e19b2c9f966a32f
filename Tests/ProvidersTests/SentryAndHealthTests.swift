import Objects
import Providers
import Stack
import Testing
import Values

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct SentryTests {
    private static let shared = Task { try await Connected.to("bad-deploy", seed: 31) }

    @Test func `issues come most events first, of the window and environment`() async throws {
      let errors = try await Self.shared.value.errors
      let context = CallContext.loopback()
      let issues = try await onOwnThread {
        try errors.issues(context.last(.hours(1)), environment: "production", in: context)
      }
      #expect(issues.map(\.count) == issues.map(\.count).sorted(by: >))
      let top = try #require(issues.first)
      #expect(top.count > 100 && top.users > 0)
      #expect(top.level == "error" && top.status == "unresolved")
      #expect(top.shortID.hasPrefix("WEB-"))
      #expect(top.firstSeen <= top.lastSeen)
      #expect(top.release?.count == 40)
      let elsewhere = try await onOwnThread {
        try errors.issues(context.last(.hours(1)), environment: "staging", in: context)
      }
      #expect(elsewhere.isEmpty)
    }

    @Test func `traffic tells a bad hour from a good one`() async throws {
      let errors = try await Self.shared.value.errors
      let context = CallContext.loopback()
      let now = try await onOwnThread {
        try errors.traffic(context.last(.minutes(5)), environment: "production", in: context)
      }
      #expect(now.requests > 1000)
      #expect(try #require(now.failureRate) > 0.1)
      #expect(try #require(now.p95) > .milliseconds(500))
      let none = try await onOwnThread {
        try errors.traffic(context.last(.minutes(5)), environment: "staging", in: context)
      }
      #expect(none.requests == 0 && none.failureRate == nil)
    }

    @Test func `the series of traffic ends with what the last minutes were`() async throws {
      let errors = try await Self.shared.value.errors
      let context = CallContext.loopback()
      let points = try await onOwnThread {
        try errors.trafficSeries(
          context.last(.minutes(30)),
          interval: .minutes(1),
          environment: "production",
          in: context
        )
      }
      #expect((28...30).contains(points.count))
      #expect(zip(points, points.dropFirst()).allSatisfy { $0.at < $1.at })
      let last = try #require(points.last)
      #expect(last.at <= context.now)
      #expect(try #require(last.failureRate) > 0.1)
      #expect(try #require(last.p95) > .milliseconds(500))
    }

    @Test(arguments: [1, 10] as [Int64])
    func `a series has every interval, in order`(minutes: Int64) async throws {
      let errors = try await Self.shared.value.errors
      let context = CallContext.loopback()
      let points = try await onOwnThread {
        try errors.errorSeries(
          context.last(.hours(6)),
          interval: .minutes(minutes),
          environment: "production",
          in: context
        )
      }
      #expect((360 / minutes...360 / minutes + 1).contains(Int64(points.count)))
      for (before, after) in zip(points, points.dropFirst()) {
        #expect(after.time.microseconds - before.time.microseconds == minutes * 60_000_000)
      }
    }

    @Test func `releases are commits with their times`() async throws {
      let connected = try await Self.shared.value
      let errors = try connected.errors
      let releases = try await onOwnThread { try errors.releases(in: .loopback()) }
      #expect(!releases.isEmpty)
      #expect(releases.allSatisfy { $0.version.count == 40 })
    }
  }
}

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct HealthTests {
    private func health(of url: String) async throws -> HealthReport {
      try await onOwnThread { try HealthEndpoints().health(of: url, in: .loopback()) }
    }

    @Test func `all well, degraded, down and paused are told apart`() async throws {
      let quiet = try await Connected.to("quiet", seed: 41)
      let ok = try await health(of: quiet.optiq.url("app"))
      #expect(ok.status == "ok" && ok.isLive && ok.isReady && ok.reason == nil)
      #expect(ok.httpStatus == 200 && ok.latency != nil)
      #expect(ok.checks.map(\.name) == ["database", "application", "data", "payments"])
      quiet.optiq.cutDatabase()
      let down = try await health(of: quiet.optiq.url("app"))
      #expect(down.status == "down" && down.isLive && !down.isReady)
      #expect(down.reason?.hasPrefix("database is down: ") == true)
      let production = try quiet.production
      let hosting = try quiet.hosting
      try await onOwnThread { try hosting.pause(production.target, in: .loopback()).act() }
      let paused = try await health(of: quiet.optiq.url("app"))
      #expect(paused.status == "down" && !paused.isLive && paused.httpStatus == 503)
      await quiet.optiq.stop()
      let unreachable = try await health(of: quiet.optiq.url("app"))
      #expect(unreachable.status == "down" && !unreachable.isLive && unreachable.httpStatus == nil)
      #expect(unreachable.reason?.contains("could not connect") == true)
    }

    @Test func `damaged data is degraded, with its reason`() async throws {
      let bad = try await Connected.to("bad-migration", seed: 42)
      let report = try await health(of: bad.optiq.url("app"))
      #expect(report.status == "degraded" && report.isReady)
      #expect(report.reason?.contains("data is degraded: orders are inconsistent") == true)
      await bad.optiq.stop()
    }

    @Test func `a plain address has no certificate, and a wrong one is refused`() async throws {
      let quiet = try await Connected.to("quiet", seed: 43)
      let url = quiet.optiq.url("app")
      #expect(
        try await onOwnThread { try HealthEndpoints().certificate(of: url, in: .loopback()) } == nil
      )
      let failure = await failure { try HealthEndpoints().health(of: "nonsense", in: .loopback()) }
      #expect(failure?.kind == .usage)
      await quiet.optiq.stop()
    }
  }
}
