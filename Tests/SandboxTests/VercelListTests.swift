import Testing
import Values

@testable import Sandbox

@Suite struct VercelListTests {
  @Test func `a page holds twenty unless told otherwise, and at most a hundred`() async {
    let optiq = TestOptiq()
    let first = await optiq.vercel("GET", "/v6/deployments")
    #expect(first.json["deployments"]?.arrayValue?.count == 20)
    #expect(first.json["pagination"]?["count"] == 20)
    #expect(await optiq.vercel("GET", "/v6/deployments?limit=101").status == 400)
    #expect(await optiq.vercel("GET", "/v6/deployments?limit=x").status == 400)
    #expect(await optiq.vercel("GET", "/v7/deployments?limit=100").status == 200)
  }

  @Test func `three pages hold all, with one 429 and one 500 on the way`() async {
    let optiq = TestOptiq()
    var statuses: [Int] = []
    var found: [String] = []
    var until: Int64?
    repeat {
      let cursor = until.map { "&until=\($0)" } ?? ""
      let page = await optiq.vercel("GET", "/v6/deployments?limit=100\(cursor)")
      statuses.append(page.status)
      guard page.status == 200 else { continue }
      found += (page.json["deployments"]?.arrayValue ?? []).compactMap { $0["uid"]?.stringValue }
      until = page.json["pagination"]?["next"]?.intValue
    } while until != nil && statuses.count < 10
    #expect(statuses == [200, 429, 200, 500, 200])
    #expect(found == optiq.world.deployments.map(\.id))
    #expect(found.firstIndex(of: optiq.world.lastGood).map { $0 >= 200 } == true)
    // Only once in a sandbox's life.
    #expect(await optiq.allDeployments().count == 250)
  }

  @Test func `the list says uid and the single one says id`() async throws {
    let optiq = TestOptiq()
    let page = await optiq.vercel("GET", "/v6/deployments?limit=1")
    let listed = try #require(page.json["deployments"]?[0])
    let id = try #require(listed["uid"]?.stringValue)
    #expect(listed["id"] == nil)
    #expect(listed["target"] == JSON.null)
    #expect(listed["url"]?.stringValue?.hasPrefix("http") == false)
    let single = await optiq.vercel("GET", "/v13/deployments/\(id)")
    #expect(single.json["id"]?.stringValue == id)
    #expect(single.json["uid"] == nil)
    let host = try #require(listed["url"]?.stringValue)
    #expect(await optiq.vercel("GET", "/v13/deployments/\(host)").json["id"]?.stringValue == id)
    #expect(await optiq.vercel("GET", "/v13/deployments/dpl_none").status == 404)
  }

  @Test func `filters hold for every element`() async throws {
    let optiq = TestOptiq()
    let production = await optiq.allDeployments("&target=production")
    #expect(production.count > 10)
    #expect(production.allSatisfy { $0["target"] == "production" })
    let states = await optiq.allDeployments("&state=ERROR,CANCELED")
    #expect(Set(states.compactMap { $0["readyState"]?.stringValue }) == ["ERROR", "CANCELED"])
    let candidates = await optiq.allDeployments("&rollbackCandidate=true")
    #expect(candidates.allSatisfy { $0["isRollbackCandidate"] == true })
    #expect(candidates.contains { $0["uid"]?.stringValue == optiq.world.lastGood })
    let good = try #require(optiq.world.deployment(optiq.world.lastGood))
    let same = await optiq.allDeployments("&sha=\(good.commit.sha)&branch=main")
    #expect(same.compactMap { $0["uid"]?.stringValue } == [good.id])
    #expect(await optiq.allDeployments("&projectId=optiq").count == 250)
    #expect(await optiq.vercel("GET", "/v6/deployments?projectId=other").status == 404)
    #expect(await optiq.vercel("GET", "/v6/deployments?state=BROKEN").status == 400)
    let recent = optiq.world.deployments[10].createdAt
    #expect(await optiq.allDeployments("&since=\(recent)").count == 10)
    #expect(await optiq.allDeployments("&from=\(recent)").count == 10)
  }

  @Test func `nothing is shown without the team or with a wrong token`() async {
    let optiq = TestOptiq()
    #expect(await optiq.vercel("GET", "/v6/deployments", scope: "").status == 403)
    #expect(await optiq.vercel("GET", "/v6/deployments", scope: "slug=other").status == 403)
    #expect(await optiq.vercel("GET", "/v9/projects/optiq", scope: "").status == 404)
    let scope = "teamId=" + optiq.names.teamID
    #expect(await optiq.vercel("GET", "/v9/projects/optiq", scope: scope).status == 200)
    let wrong = await optiq.vercel("GET", "/v6/deployments", token: "x")
    #expect(wrong.status == 403)
    #expect(wrong.json["error"]?["invalidToken"] == true)
    #expect(await optiq.vercel("GET", "/v99/nothing").status == 404)
  }
}
