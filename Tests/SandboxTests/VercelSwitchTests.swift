import Testing
import Values

@testable import Sandbox

@Suite struct VercelSwitchTests {
  private func request(_ optiq: TestOptiq) async -> JSON? {
    await optiq.vercel("GET", "/v9/projects/optiq").json["lastAliasRequest"]
  }

  @Test func `a rollback is pending, then in progress, then succeeded over two seconds`() async {
    let optiq = TestOptiq()
    let culprit = optiq.world.live
    let path = "/v1/projects/\(optiq.names.projectID)/rollback/\(optiq.world.lastGood)"
    let answer = await optiq.vercel("POST", path + "?description=broken")
    #expect(answer.status == 201)
    var seen: [String] = []
    var elapsed: Milliseconds = 0
    while seen.last != "succeeded", elapsed < 10_000 {
      let status = await request(optiq)?["jobStatus"]?.stringValue ?? ""
      if seen.last != status { seen.append(status) }
      if status != "succeeded" {
        #expect(optiq.optiq.hosting.liveDeployment.id == culprit)
        optiq.move(50)
        elapsed += 50
      }
    }
    #expect(seen == ["pending", "in-progress", "succeeded"])
    #expect(elapsed >= 2000)
    #expect(optiq.optiq.hosting.liveDeployment.id == optiq.world.lastGood)
    let project = await optiq.vercel("GET", "/v9/projects/optiq").json
    #expect(project["autoAssignCustomDomains"] == false)
    #expect(project["lastAliasRequest"]?["type"] == "rollback")
    #expect(project["lastAliasRequest"]?["fromDeploymentId"]?.stringValue == culprit)
    #expect(project["targets"]?["production"]?["id"]?.stringValue == optiq.world.lastGood)
    #expect(project["crons"]?["deploymentId"]?.stringValue == optiq.world.lastGood)
  }

  @Test func `a failing rollback ends as failed and moves nothing`() async throws {
    let optiq = TestOptiq()
    optiq.failRollbacks()
    let live = optiq.world.live
    #expect(await optiq.rollBack(to: optiq.world.lastGood) == 201)
    #expect(await request(optiq)?["jobStatus"] == "failed")
    #expect(optiq.optiq.hosting.liveDeployment.id == live)
    let path = "/v9/projects/optiq/rollback/aliases?failedOnly=true&limit=20"
    let failed = await optiq.vercel("GET", path)
    let alias = try #require(failed.json["aliases"]?[0])
    #expect(alias["status"] == "failed")
    #expect(alias["alias"]?["alias"] == "app.optiq.io")
  }

  @Test func `what can not be rolled back to is refused and changes nothing`() async throws {
    let optiq = TestOptiq()
    func status(_ id: String, _ body: JSON? = [:]) async -> Int {
      await optiq.vercel("POST", "/v9/projects/optiq/rollback/\(id)", body).status
    }
    #expect(await status("dpl_none") == 404)
    #expect(await status(optiq.world.live) == 409)
    let preview = try #require(optiq.world.deployments.first { !$0.isProduction && $0.isReady })
    #expect(await status(preview.id) == 422)
    let unfit = try #require(
      optiq.world.deployments.first {
        $0.isProduction && $0.isReady && !$0.isRollbackCandidate
      }
    )
    #expect(await status(unfit.id) == 422)
    // The path of `vercel rollback` wants a body.
    #expect(await status(optiq.world.lastGood, nil) == 400)
    #expect(await status(optiq.world.lastGood) == 201)
    #expect(await status(optiq.world.lastGood) == 409)
  }

  @Test func `promoting undoes a rollback and lets builds go live again`() async {
    let optiq = TestOptiq()
    let culprit = optiq.world.live
    _ = await optiq.rollBack(to: optiq.world.lastGood)
    let answer = await optiq.vercel("POST", "/v10/projects/optiq/promote/\(culprit)", [:])
    #expect(answer.status == 201)
    optiq.move(4000)
    #expect(optiq.optiq.hosting.liveDeployment.id == culprit)
    let project = await optiq.vercel("GET", "/v9/projects/optiq").json
    #expect(project["autoAssignCustomDomains"] == true)
    let again = await optiq.vercel("POST", "/v10/projects/optiq/promote/\(culprit)", [:])
    #expect(again.status == 409)
    let aliases = await optiq.vercel("GET", "/v1/projects/optiq/promote/aliases").json
    #expect(aliases["aliases"]?[0]?["status"] == "completed")
  }

  @Test func `the activity log tells who rolled back what`() async throws {
    let optiq = TestOptiq()
    _ = await optiq.rollBack(to: optiq.world.lastGood)
    let path = "/v3/events?types=instant-rollback-created&withPayload=true&limit=100"
    let events = await optiq.vercel("GET", path).json["events"]?.arrayValue ?? []
    #expect(events.count == 3)
    let latest = try #require(events.first?["payload"])
    #expect(latest["fromDeploymentId"]?.stringValue == optiq.world.live)
    #expect(latest["toDeploymentId"]?.stringValue == optiq.world.lastGood)
    let plain = await optiq.vercel("GET", "/v3/events?limit=5").json["events"]?.arrayValue ?? []
    #expect(plain.count == 5)
    #expect(plain.allSatisfy { $0["payload"] == nil })
  }
}
