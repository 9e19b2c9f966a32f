import HTTP
import Objects

import Synchronization
import Testing
import Values

@testable import Providers
@testable import Stack

/// Waiting that takes no time, and says how long it would have been.
private final class CountedPauses: Sendable {
  private let waited = Mutex<[Duration]>([])

  var all: [Duration] { waited.withLock { $0 } }

  var pauses: Pauses {
    Pauses(
      now: { 1_000_000 },
      jitter: { 0 },
      wait: { [self] duration, _ in
        waited.withLock { $0.append(duration) }
        return true
      }
    )
  }
}

@Suite(.timeLimit(.minutes(6))) struct PagingTests {
  private let pauses = CountedPauses()

  private func connected(_ server: PagingServer) throws -> OperatedEnvironment {
    let (stack, failures) = try Connected.connect(
      vercel: server.url,
      sentry: server.url,
      app: server.url
    ) { $0 }
    #expect(failures.isEmpty)
    return try #require(stack.environments.first)
  }

  private func vercel(_ server: PagingServer) throws -> Vercel {
    let vercel = try #require(try connected(server).needHosting() as? Vercel)
    var api = vercel.api
    api.pauses = pauses.pauses
    return Vercel(
      api: api,
      dashboard: vercel.dashboard,
      project: vercel.project,
      team: vercel.team
    )
  }

  private func sentry(_ server: PagingServer) throws -> Sentry {
    let sentry = try #require(try connected(server).needErrors() as? Sentry)
    var api = sentry.api
    api.pauses = pauses.pauses
    return Sentry(api: api, organization: sentry.organization, project: sentry.project)
  }

  /// Neon's project as the stack file's `neon(…)` makes it.
  private func neon(_ server: PagingServer) throws -> NeonProject {
    var use = VendorUse(vendor: Neon.declaration, values: [:], references: [:], place: 0..<0)
    use.values = [
      "project": .text("p"), "branch": .text("main"), "name": .text("db"), "url": .text(server.url),
    ]
    use.references = ["key": SecretReference(name: "NEON_API_KEY", file: nil)]
    let context = ConnectContext(
      folder: "/",
      secret: { Secret(name: $0.name, text: "napi_secret") },
      declare: { _ in }
    )
    guard case .database(let database) = try Neon.declaration.connect(use, context) else {
      throw Failure(.value, "neon is a database")
    }
    let project = try #require(database as? NeonDatabase).project
    var api = project.api
    api.pauses = pauses.pauses
    return NeonProject(api: api, id: project.id, declare: project.declare)
  }

  private static func deployment(_ number: Int) -> JSON {
    ["uid": .string("dpl_\(number)"), "created": .int(Int64(1000 - number)), "readyState": "READY"]
  }

  private static func row(_ path: String) -> JSON {
    [
      "requestId": "r1", "timestamp": "2026-11-23T00:00:00Z", "requestMethod": "GET",
      "requestPath": .string(path), "statusCode": 200,
      "logs": [["level": "info", "message": "ran"]],
    ]
  }

  @Test func `a search that does not look at paths is not believed`() async throws {
    let server = try await PagingServer.start { asked in
      guard asked.path.contains("request-logs") else {
        return .init(json: ["id": "prj_1", "accountId": "team_1"])
      }
      guard asked.query["search"] == nil else {
        return .init(json: ["rows": [], "hasMoreRows": false])
      }
      let isFirst = asked.query["page"] == "0"
      let row = Self.row(isFirst ? "/" : "/api/cron/usage")
      return .init(json: ["rows": [row, Self.row("/api/other")], "hasMoreRows": .bool(isFirst)])
    }
    let vercel = try vercel(server)
    var query = LogQuery(since: Time(microseconds: 0), until: .now())
    query.path = "/api/cron/usage"
    let asked = query
    let found = try await onOwnThread {
      try vercel.logs(asked, in: .loopback()).first(10).compactMap(\.path)
    }
    #expect(found == ["/api/cron/usage"])
    // The search, the newest request, the search for it, and then both pages.
    #expect(server.asked.count { $0.path.contains("request-logs") } == 5)
    await server.stop()
  }

  // MARK: - One request too many, to the end

  private func expect(
    _ failure: Failure?,
    _ message: String,
    tried path: String,
    _ tries: String,
    _ server: PagingServer,
    requests: Int
  ) {
    #expect(failure?.kind == .unreachable)
    #expect(failure?.exitCode == 5)
    #expect(failure?.message == message)
    let advice = failure?.advice.first ?? ""
    #expect(advice.hasPrefix("tried GET \(server.url)\(path)"), "\(advice)")
    #expect(advice.hasSuffix(tries), "\(advice)")
    #expect(server.asked.count == requests)
  }

  @Test func `deployments end with the words of a vendor that never relents`() async throws {
    let server = try await PagingServer.start { asked in
      asked.query["until"] == nil
        ? .init(
          json: ["deployments": [Self.deployment(1)], "pagination": ["next": 900]]
        )
        : .init(
          status: 429,
          headers: [("Retry-After", "7")],
          json: ["error": ["code": "rate_limited", "message": "Slow down"]]
        )
    }
    let vercel = try vercel(server)
    let source = try vercel.deployments(DeploymentQuery(), in: .loopback())
    #expect(try await onOwnThread { try source.next()?.id } == "dpl_1")
    let failure = await failure { try source.next() }
    expect(
      failure,
      "Vercel answered 429: Slow down",
      tried: "/v6/deployments",
      " 4 times, after waits of 21s in all",
      server,
      requests: 5
    )
    #expect(pauses.all == [.seconds(7), .seconds(7), .seconds(7)])
    await server.stop()
  }

  @Test func `a wait that is too long is not waited for`() async throws {
    let server = try await PagingServer.start { _ in
      .init(status: 429, headers: [("Retry-After", "3600")], json: ["error": ["message": "No"]])
    }
    let vercel = try vercel(server)
    let failure = await failure {
      try vercel.deployments(DeploymentQuery(), in: .loopback()).next()
    }
    #expect(failure?.message == "Vercel answered 429: No")
    #expect(failure?.advice.first?.contains(" times") == false)
    #expect(pauses.all.isEmpty)
    await server.stop()
  }

  @Test func `request logs end with the words of a vendor that never relents`() async throws {
    let server = try await PagingServer.start { asked in
      if asked.path.contains("projects") { return .init(json: ["id": "prj_1", "accountId": "t"]) }
      guard asked.query["page"] == "0" else {
        return .init(status: 429, json: ["error": ["message": "Slow down"]])
      }
      let row: JSON = [
        "timestamp": "2026-11-23T03:00:00Z", "requestPath": "/a", "statusCode": 200, "logs": [],
      ]
      return .init(json: ["rows": [row], "hasMoreRows": true])
    }
    let vercel = try vercel(server)
    let context = CallContext.loopback()
    let window = context.last(.hours(1))
    let source = try await onOwnThread {
      try vercel.logs(LogQuery(since: window.start, until: window.end), in: context)
    }
    #expect(try await onOwnThread { try source.next()?.path } == "/a")
    let failure = await failure { try source.next() }
    expect(
      failure,
      "Vercel answered 429: Slow down",
      tried: "/api/logs/request-logs",
      " 4 times, after waits of 15s in all",
      server,
      requests: 6
    )
    await server.stop()
  }

  @Test func `branches end with the words of a vendor that never relents`() async throws {
    let server = try await PagingServer.start { asked in
      asked.query["cursor"] == nil
        ? .init(
          json: [
            "branches": [["id": "br-1", "name": "main"]], "pagination": ["next": "two"],
          ]
        ) : .init(status: 429, json: ["code": "", "message": "rate limit exceeded"])
    }
    let project = try neon(server)
    let failure = await failure { try project.branches(in: .loopback()) }
    expect(
      failure,
      "Neon answered 429: rate limit exceeded",
      tried: "/projects/p/branches",
      " 6 times, after waits of 15.5s in all",
      server,
      requests: 7
    )
    #expect(pauses.all == [0.5, 1, 2, 4, 8].map { .seconds($0) })
    await server.stop()
  }

  @Test func `issues end with the words of a vendor that never relents`() async throws {
    let server = try await PagingServer.start { asked in
      asked.query["cursor"] == nil
        ? .init(headers: Self.link("0:100:0", more: true), json: .array([Self.issue(1)]))
        : .init(
          status: 429,
          headers: [("X-Sentry-Rate-Limit-Reset", "1000009")],
          json: ["detail": "You are attempting to use this endpoint too frequently"]
        )
    }
    let sentry = try sentry(server)
    let context = CallContext.loopback()
    let failure = await failure {
      try sentry.issues(context.last(.hours(1)), environment: "production", in: context)
    }
    expect(
      failure,
      "Sentry answered 429: You are attempting to use this endpoint too frequently",
      tried: "/api/0/organizations/optiq/issues/",
      " 4 times, after waits of 27s in all",
      server,
      requests: 5
    )
    await server.stop()
  }

  // MARK: - Sentry's pages

  private static func issue(_ number: Int) -> JSON {
    [
      "id": .string("\(number)"), "title": .string("issue \(number)"),
      "count": .string("\(1000 - number)"), "firstSeen": "2026-11-23T03:00:00Z",
      "lastSeen": "2026-11-23T04:00:00Z",
    ]
  }

  /// Both relations are always there; `results` says which leads somewhere.
  private static func link(_ cursor: String, more: Bool) -> [(String, String)] {
    let base = "<https://sentry.io/api/0/organizations/optiq/issues/?cursor="
    return [
      (
        "Link",
        "\(base)0:0:1>; rel=\"previous\"; results=\"false\"; cursor=\"0:0:1\", "
          + "\(base)\(cursor)>; rel=\"next\"; results=\"\(more)\"; cursor=\"\(cursor)\""
      )
    ]
  }

  private func issues(_ server: PagingServer) async throws -> [TrackedIssue] {
    let sentry = try sentry(server)
    let context = CallContext.loopback()
    return try await onOwnThread {
      try sentry.issues(context.last(.hours(1)), environment: "production", in: context)
    }
  }

  @Test func `issues of all pages are one list, most events first`() async throws {
    let server = try await PagingServer.start { asked in
      let from = asked.query["cursor"].flatMap { Int($0.split(separator: ":")[1]) } ?? 0
      let page = (from..<min(from + 100, 250)).map { Self.issue(249 - $0) }
      return .init(
        headers: Self.link("0:\(from + 100):0", more: from + 100 < 250),
        json: .array(page)
      )
    }
    let found = try await issues(server)
    #expect(found.map(\.id) == (0..<250).map(String.init))
    #expect(server.asked.map { $0.query["cursor"] } == [nil, "0:100:0", "0:200:0"])
    #expect(server.asked.allSatisfy { $0.query["limit"] == "100" })
    await server.stop()
  }

  @Test func `a page that leads to itself, or to more than anybody reads, ends`() async throws {
    let circle = try await PagingServer.start { _ in
      .init(headers: Self.link("0:100:0", more: true), json: .array([Self.issue(1)]))
    }
    #expect(try await issues(circle).count == 2)
    await circle.stop()
    let endless = try await PagingServer.start { asked in
      let from = asked.query["cursor"].flatMap { Int($0.split(separator: ":")[1]) } ?? 0
      return .init(
        headers: Self.link("0:\(from + 100):0", more: true),
        json: .array([Self.issue(from)])
      )
    }
    #expect(try await issues(endless).count == 10)
    await endless.stop()
  }
}

extension OneAtATime {
  @Suite(.timeLimit(.minutes(6))) struct OverdueTests {
    private func logPages(_ connected: Connected) throws -> [String] {
      try connected.optiq.requests().map(\.target).filter { $0.contains("/api/logs/request-logs") }
    }

    @Test func `whether a job is overdue is asked of its own path, not of the whole log`()
      async throws
    {
      let connected = try await Connected.to("quiet", seed: 51)
      let context = CallContext.loopback()
      let job = Job(
        name: "nightly",
        path: "/api/cron/never-called",
        schedule: try #require(CronSchedule("0 0 1 * *")),
        takes: nil,
        priority: nil
      )
      let environment = OperatedEnvironment(
        name: "production",
        url: nil,
        isProtected: true,
        region: nil,
        hosting: try connected.hosting,
        database: nil,
        errors: nil,
        health: nil,
        jobs: [job]
      )
      let isOverdue = try await onOwnThread {
        try environment.objectValue.path(["jobs", "all", "overdue"], in: context)
      }
      #expect(isOverdue == .bool(true))
      let narrowed = try logPages(connected)
      // None was found; that the search does look at paths is tried with one that is there.
      #expect(narrowed.count == 3, "\(narrowed)")
      #expect(narrowed.first?.contains("search=%2Fapi%2Fcron%2Fnever-called") == true)
      #expect(narrowed.count { $0.contains("search=") } == 2)
      // The same hour without the search has more than a page.
      let hosting = try connected.hosting
      let window = context.last(.hours(1))
      _ = try await onOwnThread {
        let all = try hosting.logs(LogQuery(since: window.start, until: window.end), in: context)
        while try all.next() != nil {}
      }
      #expect(try logPages(connected).count > 3)
      await connected.optiq.stop()
    }

    @Test func `a path is looked at exactly, though the search finds more`() async throws {
      let connected = try await Connected.to("quiet", seed: 52)
      let context = CallContext.loopback()
      let hosting = try connected.hosting
      let window = context.last(.hours(1))
      var query = LogQuery(since: window.start, until: window.end)
      query.path = "/api/campaigns"
      let exact = query
      let lines = try await onOwnThread { try hosting.logs(exact, in: context).first(1000) }
      #expect(!lines.isEmpty)
      #expect(lines.allSatisfy { $0.path == "/api/campaigns" })
      query.path = "/api"
      let part = query
      #expect(try await onOwnThread { try hosting.logs(part, in: context).first(1) }.isEmpty)
      await connected.optiq.stop()
    }
  }
}

extension ObjectValue {
  /// Reads through members; of a list, the first.
  fileprivate func path(_ names: [String], in context: CallContext) throws -> Value {
    var value = Value.object(self)
    for name in names {
      if case .list(let values) = value, let first = values.first { value = first }
      guard case .object(let object) = value, let object = object as? ObjectValue else { break }
      value = try object.read(name, in: context)
    }
    return value
  }
}
