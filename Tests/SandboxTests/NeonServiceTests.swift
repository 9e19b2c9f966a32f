import Foundation
import Testing
import Values

@testable import Sandbox

@Suite(.timeLimit(.minutes(6))) struct NeonServiceTests {
  @Test func `a branch on either side of the accident shows it`() async throws {
    let neon = try NeonClient()
    let main = try await neon.mainID()
    let health = try neon.service.production.health()
    #expect(!health.isGood)
    #expect(health.damagedOrders > 50 && health.customersWithoutSubscription > 50)

    var found: [Bool] = []
    for seconds in [0.0, 1.0] {
      let time = neon.damagedAt.adding(seconds: seconds).text
      let answer = await neon.send(
        "POST",
        "branches",
        [
          "branch": ["name": .string("recovery \(seconds)"), "parent_timestamp": .string(time)],
          "endpoints": [["type": "read_write"]],
        ]
      )
      #expect(answer.status == 201)
      #expect(answer.json["branch"]?["parent_id"]?.stringValue == main)
      #expect(try await neon.finish(answer.json) == ["finished", "finished"])
      let id = try #require(answer.json["branch"]?["id"]?.stringValue)
      let database = try await neon.database(ofBranch: id)
      found.append(try database.health().isGood)
      #expect(try database.text("select current_setting('neon.branch_id')") == id)
      let given = answer.json["connection_uris"]?[0]?["connection_uri"]?.stringValue
      #expect(given == database.address.uri)
    }
    #expect(found == [true, false])
  }

  @Test func `restoring in place keeps the address and the newer state`() async throws {
    let neon = try NeonClient()
    let main = try await neon.mainID()
    let uri = await neon.uri(ofBranch: main)
    let production = neon.service.production
    let lost = try production.text(
      "select count(*)::text from orders where created_at > '\(neon.damagedAt.text)'"
    )
    #expect(lost == "32")
    try production.run(
      "insert into alerts (customer_id, kind, detail) values ('cus_00001','x','{}')"
    )

    let restore: JSON = [
      "source_branch_id": .string(main), "source_timestamp": .string(neon.damagedAt.text),
      "preserve_under_name": "main_old",
    ]
    let answer = await neon.send("POST", "branches/\(main)/restore", restore)
    #expect(answer.status == 200)
    #expect(answer.json["branch"]?["current_state"]?.stringValue == "resetting")
    #expect(try await neon.finish(answer.json) == ["finished", "finished", "finished"])
    #expect(await neon.uri(ofBranch: main) == uri)
    #expect(try production.health().isGood)
    #expect(try production.text("select count(*)::text from alerts where kind = 'x'") == "0")
    #expect(try production.text("select current_setting('neon.branch_id')") == main)
    #expect(
      try production.text("select count(*)::text from _prisma_migrations") == "5"
    )

    // The state before, the newest write included, is a branch without a compute.
    let old = try #require(
      await neon.get("branches", query: [("search", "main_old")])["branches"]?[0]
    )
    let oldID = try #require(old["id"]?.stringValue)
    #expect(await neon.uri(ofBranch: oldID) == nil)
    let compute = await neon.send(
      "POST",
      "endpoints",
      ["endpoint": ["branch_id": .string(oldID), "type": "read_write"]]
    )
    #expect(compute.status == 201)
    #expect(try await neon.finish(compute.json) == ["finished"])
    let kept = try await neon.database(ofBranch: oldID)
    #expect(try kept.text("select count(*)::text from alerts where kind = 'x'") == "1")
    #expect(try !kept.health().isGood)
    #expect(try kept.text("select current_setting('neon.branch_id')") == oldID)

    try await restoreAgain(neon, main)
  }

  /// What was written after a restore can be gone back to, and gone back behind.
  private func restoreAgain(_ neon: NeonClient, _ main: String) async throws {
    let production = neon.service.production
    try production.run(
      "insert into alerts (customer_id, kind, detail) values ('cus_00001','y','{}')"
    )
    let between = Time.now()
    try production.run(
      "insert into alerts (customer_id, kind, detail) values ('cus_00001','y','{}')"
    )
    let answer = await neon.send(
      "POST",
      "branches/\(main)/restore",
      [
        "source_branch_id": .string(main), "source_timestamp": .string(between.text),
        "preserve_under_name": "main_old_2",
      ]
    )
    #expect(try await neon.finish(answer.json) == ["finished", "finished", "finished"])
    #expect(try production.text("select count(*)::text from alerts where kind = 'y'") == "1")
    #expect(try production.health().isGood)
  }

  @Test func `while an operation runs every other change answers 423`() async throws {
    let neon = try NeonClient(hasDamage: false)
    let main = try await neon.mainID()
    let endpoint = try #require(
      await neon.get("branches/\(main)/endpoints")["endpoints"]?[0]?["id"]?.stringValue
    )
    let first = await neon.send("POST", "endpoints/\(endpoint)/restart")
    #expect(first.json["operations"]?[0]?["status"]?.stringValue == "scheduling")
    let body: JSON = ["branch": ["name": "second"]]
    let staging = try #require(
      await neon.get("branches", query: [("search", "staging")])["branches"]?[0]?["id"]
    )
    let restore: JSON = ["source_branch_id": .string(main)]
    for (method, path, body) in [
      ("POST", "branches", body), ("PATCH", "branches/\(main)", body),
      ("POST", "endpoints/\(endpoint)/suspend", nil),
      ("POST", "branches/\(staging.stringValue ?? "")/restore", restore),
      ("PATCH", "", ["project": ["history_retention_seconds": 3600]]),
    ] as [(String, String, JSON?)] {
      let answer = await neon.send(method, path, body)
      #expect(answer.status == 423, "\(path)")
      #expect(answer.json["message"]?.stringValue?.contains("running") == true)
      #expect(answer.json["code"]?.stringValue != nil)
    }
    #expect(await neon.send("GET", "branches").status == 200)
    #expect(try await neon.finish(first.json) == ["finished", "finished"])
    #expect(await neon.send("POST", "branches", body).status == 201)
  }

  @Test func `a restore that fails changes nothing, and the next one succeeds`() async throws {
    let neon = try NeonClient()
    let main = try await neon.mainID()
    neon.service.failNextRestore()
    let restore: JSON = [
      "source_branch_id": .string(main), "source_timestamp": .string(neon.damagedAt.text),
      "preserve_under_name": "main_old",
    ]
    let answer = await neon.send("POST", "branches/\(main)/restore", restore)
    #expect(try await neon.finish(answer.json) == ["failed", "cancelled", "cancelled"])
    let failed = await neon.get("operations")["operations"]?.arrayValue ?? []
    #expect(failed.contains { $0["error"]?.stringValue?.isEmpty == false })
    #expect(try !neon.service.production.health().isGood)
    #expect(await neon.get("branches/\(main)")["branch"]?["current_state"] == "ready")

    let again = await neon.send("POST", "branches/\(main)/restore", restore)
    #expect(try await neon.finish(again.json) == ["finished", "finished", "finished"])
    #expect(try neon.service.production.health().isGood)
  }
}
