import Testing
import Values

@testable import Sandbox

@Suite struct SentryTests {
  private func newIssues(_ optiq: TestOptiq, _ minutes: Int = 60) async -> [JSON] {
    let path = "issues/?query=is:unresolved%20firstSeen:-\(minutes)m&statsPeriod=24h&sort=new"
    return await optiq.sentry("GET", path).json.arrayValue ?? []
  }

  @Test(arguments: [Scenario.badDeploy, .badMigration, .secondNewest])
  func `the incident's issue began with the culprit's release`(scenario: Scenario) async throws {
    let optiq = TestOptiq(scenario)
    optiq.move(3000)
    let issues = await newIssues(optiq)
    let culprit = try #require(optiq.world.culprit.flatMap(optiq.world.deployment))
    let issue = try #require(
      issues.first { $0["title"]?.stringValue?.contains("toMinorUnits") == true }
    )
    #expect(issue["firstRelease"]?["version"]?.stringValue == culprit.commit.sha)
    let count = try #require(issue["count"]?.stringValue.flatMap(Int.init))
    #expect(count > 100)
    let text = try #require(issue["firstSeen"]?.stringValue)
    let first = try #require(Time(text)).milliseconds
    #expect(first == optiq.world.incident?.startedAt)
    let hasDataIssue = issues.contains { $0["title"]?.stringValue?.hasPrefix("Prisma") == true }
    #expect(hasDataIssue == (scenario == .badMigration))
  }

  @Test func `the vendor's fault is told by its errors, and quiet has no new ones`() async {
    let fault = await newIssues(TestOptiq(.vendorFault))
    #expect(!fault.isEmpty)
    #expect(
      fault.allSatisfy {
        $0["metadata"]?["type"] == "StripeConnectionError"
          || $0["metadata"]?["type"] == "FetchError"
      }
    )
    #expect(await newIssues(TestOptiq(.quiet)).isEmpty)
  }

  @Test func `rates and durations rise with the incident and fall after a rollback`() async throws {
    let optiq = TestOptiq(.badDeploy)
    optiq.move(1000)
    func numbers(_ window: String) async -> (rate: Double, p95: Double, count: Double) {
      let path =
        "events/?dataset=spans&query=is_transaction:true&field=p95(span.duration)"
        + "&field=failure_rate()&field=count()&\(window)"
      let row = await optiq.sentry("GET", path).json["data"]?[0]
      return (
        row?["failure_rate()"]?.numberValue ?? -1, row?["p95(span.duration)"]?.numberValue ?? -1,
        row?["count()"]?.numberValue ?? -1
      )
    }
    func span(_ from: Milliseconds, _ until: Milliseconds) -> String {
      "start=\(Time(milliseconds: from).text)&end=\(Time(milliseconds: until).text)"
    }
    let began = try #require(optiq.world.incident).startedAt
    let before = await numbers(span(began - 3_600_000, began))
    let during = await numbers(span(began, optiq.now))
    #expect(before.rate < 0.01)
    #expect(before.p95 < 1000)
    #expect(during.rate > 0.1)
    #expect(during.p95 > 2000)
    #expect(during.count > 1000)
    _ = await optiq.rollBack(to: optiq.world.lastGood)
    // The moment of the change belongs to whoever looks first.
    _ = await numbers("statsPeriod=1m")
    let start = optiq.now
    optiq.move(60_000)
    let after = await numbers(span(start, optiq.now))
    #expect(after.rate < 0.01)
    #expect(after.p95 < 1000)
  }

  @Test func `errors are counted by release, and a data set must be named`() async throws {
    let optiq = TestOptiq(.secondNewest)
    optiq.move(1000)
    #expect(await optiq.sentry("GET", "events/?field=count()").status == 400)
    #expect(await optiq.sentry("GET", "events/?dataset=discover&field=count()").status == 400)
    #expect(await optiq.sentry("GET", "events/?dataset=errors").status == 400)
    #expect(await optiq.sentry("GET", "events/?dataset=errors&field=bogus()").status == 400)
    let path = "events/?dataset=errors&field=count()&field=release&statsPeriod=1h&sort=-count()"
    let rows = await optiq.sentry("GET", path).json["data"]?.arrayValue ?? []
    let releases = rows.prefix(2).compactMap { $0["release"]?.stringValue }
    let blamed = [optiq.world.culprit, optiq.world.live].compactMap { $0 }
      .compactMap { optiq.world.deployment($0)?.commit.sha }
    #expect(Set(releases) == Set(blamed))
    let sha = try #require(blamed.first)
    let own = await optiq.sentry(
      "GET",
      "events/?dataset=errors&field=count()&statsPeriod=1h&query=release:\(sha)"
    )
    let all = rows.first { $0["release"]?.stringValue == sha }
    #expect(own.json["data"]?[0]?["count()"] == all?["count()"])
    #expect((own.json["data"]?[0]?["count()"]?.numberValue ?? 0) > 100)
  }

  @Test func `a series shows when the errors began`() async throws {
    let optiq = TestOptiq(.vendorFault)
    optiq.move(1000)
    let path = "events-timeseries/?dataset=errors&yAxis=count()&interval=60000&statsPeriod=1h"
    let series = await optiq.sentry("GET", path).json["timeSeries"]?[0]
    let values = try #require(series?["values"]?.arrayValue)
    #expect(values.count >= 60)
    let loud = values.first { ($0["value"]?.numberValue ?? 0) > 60 }
    let began = try #require(optiq.world.incident).startedAt
    let first = try #require(loud?["timestamp"]?.intValue)
    #expect(abs(first - began) <= 60_000)
    #expect(values.last?["incomplete"] == true)
  }

  @Test func `rows damaged by hand become an issue, and mended ones make it stop`() async throws {
    let optiq = TestOptiq(.quiet)
    optiq.rows.damage(0.8)
    optiq.move(5000)
    let issues = await newIssues(optiq)
    #expect(issues.count == 1)
    #expect(issues.first?["metadata"]?["type"] == "PrismaClientKnownRequestError")
    optiq.rows.damage(0)
    optiq.move(20_000)
    let again = await newIssues(optiq)
    #expect(again.first?["count"] == issues.first?["count"])
    #expect(again.first?["lastSeen"] == issues.first?["lastSeen"])
  }

  @Test func `one issue, its latest event, and resolving it`() async throws {
    let optiq = TestOptiq(.badDeploy)
    let issue = try #require(await newIssues(optiq).first)
    let id = try #require(issue["id"]?.stringValue)
    let detail = await optiq.sentry("GET", "issues/\(id)/")
    #expect(detail.json["activity"] == [])
    let event = await optiq.sentry("GET", "issues/\(id)/events/latest/").json
    #expect(event["groupID"]?.stringValue == id)
    #expect(event["entries"]?[0]?["type"] == "exception")
    let event2 = try #require(event["eventID"]?.stringValue)
    #expect(await optiq.sentry("GET", "issues/\(id)/events/\(event2)/").json == event)
    #expect(await optiq.sentry("GET", "issues/1/").status == 404)
    let resolved = await optiq.sentry("PUT", "issues/\(id)/", ["status": "resolved"])
    #expect(resolved.json["status"] == "resolved")
    #expect(await newIssues(optiq).allSatisfy { $0["id"]?.stringValue != id })
    #expect(await optiq.sentry("PUT", "issues/\(id)/", ["status": "gone"]).status == 400)
  }

  @Test func `releases are made once, and their names may hold slashes`() async {
    let optiq = TestOptiq()
    let release: JSON = ["version": "web@1.0/7", "projects": ["web"]]
    #expect(await optiq.sentry("POST", "releases/", release).status == 201)
    #expect(await optiq.sentry("POST", "releases/", release).status == 208)
    #expect(await optiq.sentry("POST", "releases/", ["version": "x"]).status == 400)
    let path = "releases/web%401.0%2F7/"
    #expect(await optiq.sentry("GET", path).json["version"] == "web@1.0/7")
    let deploy = await optiq.sentry("POST", path + "deploys/", ["environment": "production"])
    #expect(deploy.status == 201)
    #expect(await optiq.sentry("GET", path + "deploys/").json.arrayValue?.count == 1)
    #expect(await optiq.sentry("POST", path + "deploys/", [:]).status == 400)
    let newest = await optiq.sentry("GET", "releases/?per_page=2").json
    #expect(
      newest[1]?["version"]?.stringValue == optiq.world.deployment(optiq.world.live)?.commit.sha
    )
  }

  @Test func `every path ends with a slash, and strangers are kept out`() async {
    let optiq = TestOptiq()
    #expect(await optiq.sentry("GET", "issues").status == 404)
    #expect(await optiq.sentry("GET", "/api/0/organizations/other/issues/").status == 404)
    #expect(await optiq.sentry("GET", "issues/?project=other").status == 403)
    #expect(await optiq.sentry("GET", "issues/?project=web&project=-1").status == 200)
    #expect(await optiq.sentry("GET", "issues/?statsPeriod=soon").status == 400)
    #expect(await optiq.sentry("GET", "issues/?query=colour:red").status == 400)
    #expect(await optiq.sentry("GET", "issues/?environment=staging").json == [])
    let request = SandboxRequest(
      testing: "GET",
      "/api/0/organizations/optiq/issues/",
      token: "x",
      body: nil
    )
    guard case .whole(let response) = await optiq.sentry.respond(to: request) else { return }
    #expect(response.status == 401)
    #expect(response.headers.contains { $0.0 == "X-Sentry-Rate-Limit-Remaining" })
  }

  @Test func `lists are paged by a cursor in the link header`() async throws {
    let optiq = TestOptiq()
    let first = try await Self.page(optiq, "per_page=3")
    #expect(first.link.contains("rel=\"previous\"; results=\"false\""))
    #expect(first.link.contains("rel=\"next\"; results=\"true\"; cursor=\"0:3:0\""))
    let second = try await Self.page(optiq, "per_page=3&cursor=0:3:0")
    #expect(second.versions.first != first.versions.first)
    #expect(second.link.contains("rel=\"previous\"; results=\"true\""))
    let last = try await Self.page(optiq, "per_page=100")
    #expect(last.link.contains("rel=\"next\"; results=\"false\""))
  }

  private static func page(
    _ optiq: TestOptiq,
    _ query: String
  ) async throws -> (versions: [String], link: String) {
    let request = SandboxRequest(
      testing: "GET",
      "/api/0/organizations/optiq/releases/?" + query,
      token: optiq.names.sentryToken,
      body: nil
    )
    guard case .whole(let response) = await optiq.sentry.respond(to: request) else {
      return ([], "")
    }
    let json = try JSON.parse(response.body)
    let versions = (json.arrayValue ?? []).compactMap { $0["version"]?.stringValue }
    return (versions, response.headers.first { $0.0 == "Link" }?.1 ?? "")
  }
}
