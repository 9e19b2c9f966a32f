import Objects
import Stack
import Testing
import Values

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct VercelReadTests {
    private static let shared = Task { try await Connected.to("bad-deploy", seed: 5) }

    private var connected: Connected {
      get async throws { try await Self.shared.value }
    }

    @Test func `all 250 deployments come in order, past a 429 and a 500 on the way`() async throws {
      let connected = try await Connected.to("quiet", seed: 6)
      let hosting = try connected.hosting
      let all = try await onOwnThread {
        try hosting.deployments(DeploymentQuery(), in: .loopback()).all()
      }
      #expect(all.map(\.id) == connected.optiq.allIDs)
      #expect(all.count == 250)
      let pages = try connected.optiq.requests().filter { $0.path == "/v6/deployments" }
      // Three pages, and two that were asked for again.
      #expect(pages.count == 5)
      await connected.optiq.stop()
    }

    @Test func `a page is asked for only when it is needed`() async throws {
      let connected = try await Connected.to("quiet", seed: 2)
      let hosting = try connected.hosting
      let first = try await onOwnThread {
        try hosting.deployments(DeploymentQuery(), in: .loopback()).next()
      }
      #expect(first?.id == connected.optiq.allIDs.first)
      #expect(try connected.optiq.requests().count == 1)
      await connected.optiq.stop()
    }

    @Test func `a query narrows the list`() async throws {
      let connected = try await connected
      let hosting = try connected.hosting
      let production = try await onOwnThread {
        var query = DeploymentQuery()
        query.tier = "production"
        return try hosting.deployments(query, in: .loopback()).all()
      }
      #expect(production.map(\.id) == connected.optiq.productionIDs)
      #expect(production.allSatisfy { $0.target == "production" })
      let candidates = try await onOwnThread {
        var query = DeploymentQuery()
        query.onlyRollbackCandidates = true
        query.state = .ready
        return try hosting.deployments(query, in: .loopback()).all()
      }
      #expect(candidates.contains { $0.id == connected.optiq.lastGood })
      #expect(candidates.allSatisfy { $0.isRollbackCandidate && $0.state == .ready })
      let commit = try #require(production.first?.commit)
      let ofCommit = try await onOwnThread {
        var query = DeploymentQuery()
        query.commit = commit
        return try hosting.deployments(query, in: .loopback()).all()
      }
      #expect(ofCommit.map(\.commit) == [commit])
    }

    @Test func `one deployment has all that a person asks for`() async throws {
      let connected = try await connected
      let hosting = try connected.hosting
      let live = try #require(
        try await onOwnThread { try hosting.live(tier: "production", in: .loopback()) }
      )
      #expect(live.id == connected.optiq.live)
      #expect(live.state == .ready && live.target == "production")
      #expect(live.url.hasPrefix("https://optiq-"))
      #expect(live.commit != nil && live.author != nil && live.message != nil)
      let ready = try #require(live.ready)
      let started = try #require(live.buildStarted)
      #expect(live.created <= started && started < ready)
      #expect(live.aliases.contains("app.optiq.io"))
    }

    @Test func `a deployment that does not exist is refused, not unreachable`() async throws {
      let hosting = try await connected.hosting
      let failure = await failure { try hosting.deployment("dpl_none", in: .loopback()) }
      #expect(failure?.kind == .refused)
      #expect(failure?.message.hasPrefix("Vercel answered 404: ") == true)
      #expect(failure?.exitCode == 1)
    }

    @Test func `the project tells its switches`() async throws {
      let hosting = try await connected.hosting
      let project = try await onOwnThread { try hosting.project(in: .loopback()) }
      #expect(!project.isPaused)
      #expect(project.cronsEnabled == true)
      #expect(project.crons.count == 5)
      #expect(project.crons.allSatisfy { CronSchedule($0.schedule) != nil })
      #expect(hosting.tier(of: "production") == "production")
      #expect(hosting.tier(of: "staging") == "preview")
    }

    @Test func `every rollback of the past is known by what was left`() async throws {
      let connected = try await connected
      let hosting = try connected.hosting
      let ids = try await onOwnThread { try hosting.rolledBackFrom(in: .loopback()) }
      #expect(ids.count == 2)
      #expect(ids.isSubset(of: connected.optiq.productionIDs))
      #expect(!ids.contains(connected.optiq.lastGood))
    }

    @Test func `a build log has its lines in order`() async throws {
      let connected = try await connected
      let hosting = try connected.hosting
      let id = connected.optiq.live
      let lines = try await onOwnThread { try hosting.buildLog(of: id, in: .loopback()) }
      #expect(lines.count > 3)
      #expect(lines.allSatisfy { $0.deployment == id && $0.source == "build" })
      #expect(lines.map(\.time) == lines.map(\.time).sorted())
      #expect(lines.contains { !$0.message.isEmpty })
    }

    @Test func `request logs come newest first, page after page, and can be narrowed`() async throws
    {
      let connected = try await connected
      let hosting = try connected.hosting
      let context = CallContext.loopback()
      let query = LogQuery(since: context.last(.minutes(10)).start, until: context.now)
      let lines = try await onOwnThread { try hosting.logs(query, in: context).first(120) }
      #expect(lines.count == 120)
      #expect(lines.map(\.time) == lines.map(\.time).sorted(by: >))
      #expect(lines.allSatisfy { $0.time >= query.since })
      var errors = query
      errors.level = "error"
      errors.tier = "production"
      let bad = try await onOwnThread { [errors] in try hosting.logs(errors, in: context).first(60)
      }
      #expect(!bad.isEmpty && bad.allSatisfy { $0.level == "error" })
      let path = try #require(lines.compactMap(\.path).first)
      var narrowed = query
      narrowed.path = path
      let ofPath = try await onOwnThread { [narrowed] in
        try hosting.logs(narrowed, in: context).first(10)
      }
      #expect(!ofPath.isEmpty && ofPath.allSatisfy { $0.path == path })
      let ended = try await onOwnThread {
        let source = try hosting.logs(query, in: context)
        _ = try source.next()
        source.cancel()
        return try source.first(500).count
      }
      #expect(ended < 100)
    }

    @Test func `the live log arrives as it happens and ends when it is cancelled`() async throws {
      let connected = try await connected
      let hosting = try connected.hosting
      let id = connected.optiq.live
      let (line, rest) = try await onOwnThread {
        let source = try hosting.followLogs(of: id, in: .loopback())
        let line = try source.next()
        source.cancel()
        return (line, try source.first(10_000).count)
      }
      #expect(line?.deployment == id)
      #expect(rest < 10_000)
      let cancellation = Cancellation()
      let interrupted = await failure {
        let source = try hosting.followLogs(of: id, in: .loopback(cancellation))
        _ = try source.next()
        cancellation.cancel()
        _ = try source.first(1_000_000)
      }
      #expect(interrupted?.kind == .interrupted)
    }

    @Test func `following a deployment that is not there fails with the vendor's words`()
      async throws
    {
      let hosting = try await connected.hosting
      let failure = await failure {
        try hosting.followLogs(of: "dpl_none", in: .loopback()).next()
      }
      #expect(failure?.kind == .refused)
      #expect(failure?.message.contains("404") == true)
    }

    @Test func `variables are names and tiers, never values`() async throws {
      let hosting = try await connected.hosting
      let production = try await onOwnThread {
        try hosting.variables(tier: "production", in: .loopback())
      }
      let preview = try await onOwnThread {
        try hosting.variables(tier: "preview", in: .loopback())
      }
      #expect(production.map(\.name).contains("STRIPE_SECRET_KEY"))
      #expect(!preview.map(\.name).contains("STRIPE_SECRET_KEY"))
      #expect(production.map(\.name) == production.map(\.name).sorted())
      #expect(production.allSatisfy { $0.tiers.contains("production") && $0.updated != nil })
      var dumped = ""
      dump(production, to: &dumped)
      #expect(!dumped.contains("eyJ2Ijoi"))
    }
  }
}
