import Testing
import Values

@testable import Sandbox

@Suite struct VercelProjectTests {
  @Test func `a redeploy is queued, built, ready, live, and found by its label`() async throws {
    let optiq = TestOptiq()
    let body: JSON = [
      "deploymentId": .string(optiq.world.lastGood), "name": "optiq", "target": "production",
      "meta": ["action": "redeploy", "opsh": "run-7"],
    ]
    let created = await optiq.vercel("POST", "/v13/deployments?forceNew=1", body)
    #expect(created.json["readyState"] == "QUEUED")
    let id = try #require(created.json["id"]?.stringValue)
    let found = await optiq.vercel("GET", "/v6/deployments?meta-opsh=run-7")
    #expect(found.json["deployments"]?.arrayValue?.count == 1)
    #expect(found.json["deployments"]?[0]?["uid"]?.stringValue == id)
    optiq.move(1000)
    #expect(
      await optiq.vercel("GET", "/v13/deployments/\(id)").json["readyState"] == "BUILDING"
    )
    optiq.move(2500)
    #expect(await optiq.vercel("GET", "/v13/deployments/\(id)").json["readyState"] == "READY")
    #expect(optiq.optiq.hosting.liveDeployment.id == id)
    #expect(await optiq.vercel("POST", "/v13/deployments", ["name": "optiq"]).status == 400)
    #expect(await optiq.vercel("POST", "/v13/deployments", ["deploymentId": "x"]).status == 400)
  }

  @Test func `after a rollback a new build stays staged`() async throws {
    let optiq = TestOptiq()
    _ = await optiq.rollBack(to: optiq.world.lastGood)
    let body: JSON = [
      "deploymentId": .string(optiq.world.lastGood), "name": "optiq", "target": "production",
    ]
    let created = await optiq.vercel("POST", "/v13/deployments?forceNew=1", body)
    let id = try #require(created.json["id"]?.stringValue)
    optiq.move(5000)
    let built = await optiq.vercel("GET", "/v13/deployments/\(id)").json
    #expect(built["readySubstate"] == "STAGED")
    #expect(optiq.optiq.hosting.liveDeployment.id == optiq.world.lastGood)
  }

  @Test func `only a running build can be canceled`() async throws {
    let optiq = TestOptiq()
    let body: JSON = ["deploymentId": .string(optiq.world.lastGood), "name": "optiq"]
    let created = await optiq.vercel("POST", "/v13/deployments", body)
    let id = try #require(created.json["id"]?.stringValue)
    let canceled = await optiq.vercel("PATCH", "/v12/deployments/\(id)/cancel")
    #expect(canceled.json["readyState"] == "CANCELED")
    let again = await optiq.vercel("PATCH", "/v12/deployments/\(id)/cancel")
    #expect(again.status == 400)
    #expect(again.json["err"]?["code"] == "not_cancelable")
  }

  @Test func `crons have one switch, and a run reaches the job`() async {
    let optiq = TestOptiq()
    let off = await optiq.vercel("PATCH", "/v1/projects/optiq/crons", ["enabled": false])
    #expect(off.json["crons"]?["disabledAt"]?.intValue == optiq.now)
    #expect(off.json["crons"]?["definitions"]?.arrayValue?.count == 5)
    let on = await optiq.vercel("PATCH", "/v1/projects/optiq/crons", ["enabled": true])
    #expect(on.json["crons"]?["disabledAt"] == JSON.null)
    #expect(await optiq.vercel("PATCH", "/v1/projects/optiq/crons", [:]).status == 400)
    let job: JSON = ["path": "/api/cron/daily-sync", "schedule": "0 */4 * * *"]
    let run = await optiq.vercel("POST", "/v1/projects/optiq/crons/run", job)
    #expect(run.json["invocationAt"]?.intValue == optiq.now)
    #expect(optiq.rows.jobs == ["/api/cron/daily-sync"])
    let wrong: JSON = ["path": "/api/cron/none", "schedule": "0 1 * * *"]
    #expect(await optiq.vercel("POST", "/v1/projects/optiq/crons/run", wrong).status == 404)
  }

  @Test func `a paused project answers 503 for everything`() async {
    let optiq = TestOptiq(.quiet)
    #expect(await optiq.vercel("POST", "/v1/projects/optiq/pause").status == 200)
    #expect(await optiq.vercel("GET", "/v9/projects/optiq").json["paused"] == true)
    #expect(await optiq.app("/api/health?type=live").status == 503)
    #expect(await optiq.vercel("POST", "/v1/projects/optiq/unpause").status == 200)
    #expect(await optiq.app("/api/health?type=live").status == 200)
  }

  @Test func `variables are never shown, and some may fail while others are made`() async throws {
    let optiq = TestOptiq()
    let items: JSON = [
      ["key": "NEW_FLAG", "value": "hunter2", "type": "encrypted", "target": ["production"]],
      ["key": "9BAD", "value": "x", "type": "plain", "target": ["production"]],
      ["key": "LOG_LEVEL", "value": "debug", "type": "plain", "target": ["production"]],
    ]
    let created = await optiq.vercel("POST", "/v10/projects/optiq/env", items)
    #expect(created.status == 201)
    #expect(created.json["created"]?.arrayValue?.count == 1)
    let failed = created.json["failed"]?.arrayValue ?? []
    #expect(failed.compactMap { $0["error"]?["envVarKey"]?.stringValue } == ["9BAD", "LOG_LEVEL"])
    #expect(!created.json.text.contains("hunter2"))
    let list = await optiq.vercel("GET", "/v10/projects/optiq/env?decrypt=true").json
    #expect(!list.text.contains("hunter2"))
    let upsert = await optiq.vercel("POST", "/v10/projects/optiq/env?upsert=true", items)
    #expect(upsert.json["created"]?.arrayValue?.count == 2)
    let id = try #require(created.json["created"]?[0]?["id"]?.stringValue)
    let path = "/v9/projects/optiq/env/\(id)"
    let edited = await optiq.vercel("PATCH", path, ["comment": "why"])
    #expect(edited.json["comment"] == "why")
    #expect(await optiq.vercel("DELETE", path).status == 200)
    #expect(await optiq.vercel("DELETE", path).status == 404)
    let incomplete: JSON = ["key": "X", "value": "1", "type": "plain"]
    #expect(await optiq.vercel("POST", "/v10/projects/optiq/env", incomplete).status == 400)
  }

  @Test func `the culprit's build log names its migration`() async throws {
    let optiq = TestOptiq()
    let culprit = try #require(optiq.world.culprit)
    let log = await optiq.vercel("GET", "/v3/deployments/\(culprit)/events?limit=-1").json
    #expect(log.text.contains("Applying migration `20261123_normalise_currency`"))
    let other = await optiq.vercel("GET", "/v3/deployments/\(optiq.world.lastGood)/events").json
    #expect(other.text.contains("No pending migrations"))
    let back = await optiq.vercel(
      "GET",
      "/v3/deployments/\(culprit)/events?direction=backward&limit=1"
    )
    #expect(back.json.arrayValue?.count == 1)
    #expect(back.json.text.contains("Deployment completed"))
  }

  @Test func `past request logs are paged and filtered`() async {
    let optiq = TestOptiq()
    let base =
      "/api/logs/request-logs?projectId=optiq&ownerId=\(optiq.names.teamID)"
      + "&startDate=\(optiq.now - 1_200_000)&endDate=\(optiq.now)"
    let first = await optiq.vercel("GET", base + "&page=0&statusCode=5xx", scope: "").json
    let rows = first["rows"]?.arrayValue ?? []
    #expect(!rows.isEmpty)
    #expect(rows.allSatisfy { ($0["statusCode"]?.intValue ?? 0) >= 500 })
    #expect(rows.allSatisfy { $0["logs"]?[0]?["level"] == "error" })
    #expect(first["hasMoreRows"] == true)
    let second = await optiq.vercel("GET", base + "&page=1&statusCode=5xx", scope: "").json
    #expect(second["rows"]?[0] != rows.first)
    let sought = await optiq.vercel("GET", base + "&page=0&search=status:500%20toMinorUnits")
    #expect(sought.json["rows"]?.arrayValue?.isEmpty == false)
    #expect(await optiq.vercel("GET", "/api/logs/request-logs", scope: "").status == 403)
  }

  @Test func `crons stand in the request log at their times, until they are turned off`() async {
    let optiq = TestOptiq()
    func calls(_ path: String, hours: Int64) async -> [String] {
      let target =
        "/api/logs/request-logs?projectId=optiq&ownerId=\(optiq.names.teamID)"
        + "&startDate=\(optiq.now - hours * 3_600_000)&endDate=\(optiq.now)&search=\(path)"
      let rows = await optiq.vercel("GET", target, scope: "").json["rows"]?.arrayValue ?? []
      return rows.compactMap { $0["timestamp"]?.stringValue }
    }
    let daily = await calls("usage-aggregation", hours: 72)
    #expect(daily.count == 3)
    // Each in the minute that the schedule says.
    #expect(daily.allSatisfy { $0.contains("T01:00:") }, "\(daily)")
    #expect(daily == daily.sorted(by: >))
    #expect(await calls("daily-sync", hours: 24).count == 6)
    let sundays = await calls("data-cleanup", hours: 7 * 24)
    #expect(sundays.count == 1 && sundays.allSatisfy { $0.contains("T03:00:") }, "\(sundays)")
    let job: JSON = ["path": "/api/cron/usage-aggregation", "schedule": "0 1 * * *"]
    _ = await optiq.vercel("POST", "/v1/projects/optiq/crons/run", job)
    optiq.move(1000)
    #expect(await calls("usage-aggregation", hours: 72).count == 4)
    _ = await optiq.vercel("PATCH", "/v1/projects/optiq/crons", ["enabled": false])
    optiq.move(5 * 3_600_000)
    #expect(await calls("daily-sync", hours: 4).isEmpty)
  }

  @Test func `aliases follow production`() async {
    let optiq = TestOptiq()
    let before = await optiq.vercel("GET", "/v4/aliases/app.optiq.io").json
    #expect(before["deploymentId"]?.stringValue == optiq.world.live)
    _ = await optiq.rollBack(to: optiq.world.lastGood)
    let after = await optiq.vercel("GET", "/v4/aliases/app.optiq.io").json
    #expect(after["deploymentId"]?.stringValue == optiq.world.lastGood)
    let own = await optiq.vercel("GET", "/v2/deployments/\(optiq.world.lastGood)/aliases").json
    #expect(own["aliases"]?.arrayValue?.count == 2)
  }
}
