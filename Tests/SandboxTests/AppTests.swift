import Testing
import Values

@testable import Sandbox

@Suite struct AppTests {
  private func status(_ optiq: TestOptiq) async -> String? {
    await optiq.app("/api/health").json["status"]?.stringValue
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `health follows from the scenario`(seed: UInt64) async {
    #expect(await status(TestOptiq(.quiet, seed: seed)) == "ok")
    for scenario in Scenario.allCases where scenario != .quiet {
      #expect(await status(TestOptiq(scenario, seed: seed)) == "degraded")
    }
  }

  @Test func `a rollback mends the code, and rows mended by hand mend the rest`() async {
    let optiq = TestOptiq(.badMigration)
    _ = await optiq.rollBack(to: optiq.world.lastGood)
    let half = await optiq.app("/api/health").json
    #expect(half["checks"]?["application"]?["status"] == "ok")
    #expect(half["checks"]?["data"]?["status"] == "degraded")
    optiq.rows.damage(0)
    #expect(await status(optiq) == "ok")
    optiq.rows.damage(0.1)
    #expect(await status(optiq) == "degraded")
  }

  @Test func `going back to a deployment that was bad before does not help`() async throws {
    let optiq = TestOptiq(.badDeploy)
    let bad = try #require(
      optiq.world.deployments.first { $0.defectCause == .earlierCode && $0.isRollbackCandidate }
    )
    #expect(await optiq.rollBack(to: bad.id) == 201)
    #expect(await status(optiq) == "degraded")
  }

  @Test func `a vendor's fault is not mended by a rollback`() async {
    let optiq = TestOptiq(.vendorFault)
    _ = await optiq.rollBack(to: optiq.world.lastGood)
    let health = await optiq.app("/api/health").json
    #expect(health["status"] == "degraded")
    #expect(health["checks"]?["payments"]?["status"] == "degraded")
    #expect(health["checks"]?["application"]?["status"] == "ok")
  }

  @Test func `without a database it lives but is not ready`() async {
    let optiq = TestOptiq(.quiet)
    optiq.rows.disconnect()
    #expect(await optiq.app("/api/health?type=live").status == 200)
    #expect(await optiq.app("/api/health?type=ready").status == 503)
    let full = await optiq.app("/api/health")
    #expect(full.status == 503)
    #expect(full.json["status"] == "down")
    #expect(full.json["checks"]?["database"]?["status"] == "down")
  }

  @Test func `cron routes demand their secret and do their work`() async {
    let optiq = TestOptiq(.quiet)
    let path = "/api/cron/usage-aggregation"
    #expect(await optiq.app(path).status == 401)
    #expect(await optiq.app(path, token: "wrong").status == 401)
    #expect(optiq.rows.jobs.isEmpty)
    let done = await optiq.app(path, token: optiq.names.cronSecret)
    #expect(done.json == ["success": true, "rows": 3])
    #expect(optiq.rows.jobs == [path])
    #expect(await optiq.app("/api/cron/none", token: optiq.names.cronSecret).status == 404)
  }

  @Test func `as many pages fail as the error rate says`() async {
    let optiq = TestOptiq(.badDeploy)
    let rate = await optiq.optiq.condition().0.failureRate
    var failed = 0
    for _ in 0..<200 where await optiq.app("/api/campaigns").status == 500 { failed += 1 }
    #expect(abs(Double(failed) - rate * 200) <= 1)
  }
}
