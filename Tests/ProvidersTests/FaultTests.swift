import Objects
import Providers
import Stack
import Testing
import Values

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct FaultTests {
    @Test(
      arguments: [
        ("401", "Vercel answered 401: ", "the secret VERCEL_TOKEN is wrong, expired or revoked"),
        (
          "403", "Vercel answered 403: ",
          "the secret VERCEL_TOKEN may not do this, or the team is wrong"
        ),
        ("429", "Vercel answered 429: ", nil),
        ("down", "Vercel: could not connect to 127.0.0.1:", nil),
        ("garbage", "Vercel answered GET http://127.0.0.1:", nil),
        ("slow", "Vercel: 127.0.0.1:", nil),
      ] as [(String, String, String?)]
    )
    func `a vendor that does not answer well is named, with what was tried`(
      fault: String,
      message: String,
      advice: String?
    ) async throws {
      let connected = try await Connected.to("quiet", seed: 21)
      try await connected.optiq.set(fault, of: "vercel")
      let hosting = try connected.hosting
      let failure = await failure {
        try hosting.project(
          in: .loopback(deadline: fault == "slow" ? .milliseconds(200) : .seconds(30))
        )
      }
      #expect(failure?.kind == .unreachable)
      #expect(failure?.exitCode == 5)
      #expect(failure?.message.hasPrefix(message) == true, "\(String(describing: failure))")
      if fault != "garbage" {
        #expect(
          failure?.advice.first?.hasPrefix(
            "tried GET \(connected.optiq.url("vercel"))/v9/projects/optiq"
          ) == true
        )
      }
      if let advice { #expect(failure?.advice.contains(advice) == true) }
      #expect(!String(describing: failure).contains(connected.optiq.vercelToken))
      await connected.optiq.stop()
    }

    @Test func `one vendor down costs only what needs it`() async throws {
      let connected = try await Connected.to("bad-deploy", seed: 22)
      try await connected.optiq.set("down", of: "vercel")
      let production = try connected.production
      let errors = try connected.errors
      let issues = try await onOwnThread {
        try errors.issues(
          CallContext.loopback().last(.hours(1)),
          environment: "production",
          in: .loopback()
        )
      }
      #expect(!issues.isEmpty)
      let status = try #require(
        try await onOwnThread {
          StatusReport.gather([production], patience: .seconds(60), in: .loopback()).environments
            .first
        }
      )
      #expect(status.word == "degraded")
      #expect(status.missing.map(\.source) == ["Vercel"])
      #expect(status.troubleSince != nil)
      await connected.optiq.stop()
    }

    @Test(arguments: ["401", "403", "down", "garbage"])
    func `the error tracker's refusals are its own`(fault: String) async throws {
      let connected = try await Connected.to("quiet", seed: 23)
      try await connected.optiq.set(fault, of: "sentry")
      let errors = try connected.errors
      let failure = await failure { try errors.releases(in: .loopback()) }
      #expect(failure?.kind == .unreachable)
      #expect(failure?.message.hasPrefix("Sentry") == true)
      #expect(!String(describing: failure).contains(connected.optiq.sentryToken))
      await connected.optiq.stop()
    }

    @Test func `a person who gives up is not kept waiting`() async throws {
      let connected = try await Connected.to("quiet", seed: 24)
      try await connected.optiq.set("slow", of: "vercel")
      let hosting = try connected.hosting
      let cancellation = Cancellation()
      async let failed = failure { try hosting.project(in: .loopback(cancellation)) }
      while try connected.optiq.requests().isEmpty { try await Task.sleep(for: .milliseconds(5)) }
      cancellation.cancel()
      #expect(await failed?.kind == .interrupted)
      await connected.optiq.stop()
    }

    @Test(arguments: [
      "https://evil.example", "http://10.0.0.1:8080", "https://api.vercel.com.evil.example",
    ])
    func `a secret goes to its vendor's hosts or to loopback, and nowhere else`(url: String) throws
    {
      let (stack, failures) = try Connected.connect(
        vercel: url,
        sentry: url,
        app: "http://127.0.0.1"
      ) { _ in
        "hunter22"
      }
      #expect(failures.map(\.kind) == [.untrusted, .untrusted])
      #expect(failures.allSatisfy { $0.exitCode == 2 })
      #expect(failures.first?.message.contains("its secrets are bound to api.vercel.com") == true)
      #expect(stack.environments.first?.hosting == nil)
      #expect(stack.environments.first?.errors == nil)
    }

    @Test func `the vendor's own host and loopback are taken`() throws {
      for url in [
        "https://api.vercel.com", "http://localhost:9", "http://[::1]:9", "http://127.0.0.1:9",
      ] {
        let (stack, failures) = try Connected.connect(
          vercel: url,
          sentry: "http://127.0.0.1:9",
          app: "http://127.0.0.1"
        ) { _ in "hunter22" }
        #expect(failures == [], "\(url)")
        #expect(stack.environments.first?.hosting != nil)
      }
    }
  }
}
