import Foundation
import Testing
import Values

@testable import Sandbox

@Suite(.timeLimit(.minutes(6))) struct NeonRulesTests {
  private struct Refusal {
    var method: String
    var path: String
    var body: JSON?
    var status: Int
    var words: String

    init(_ method: String, _ path: String, _ body: JSON?, _ status: Int, _ words: String) {
      self.method = method
      self.path = path
      self.body = body
      self.status = status
      self.words = words
    }
  }

  @Test func `what Neon refuses is refused in its words, and lists come in pages`() async throws {
    let neon = try NeonClient(hasDamage: false)
    let main = try await neon.mainID()
    let staging = try #require(
      await neon.get("branches", query: [("search", "staging")])["branches"]?[0]?["id"]?.stringValue
    )
    let endpoint = try #require(
      await neon.get("endpoints")["endpoints"]?[0]?["id"]?.stringValue
    )
    let soon = JSON.string(Time.now().adding(seconds: 600).text)
    let early = JSON.string(Time.now().adding(seconds: -3 * 86_400).text)
    let moment = JSON.string(Time.now().adding(seconds: -3600).text)
    let (mainID, stagingID) = (JSON.string(main), JSON.string(staging))
    let ownHistory: JSON = ["source_branch_id": mainID, "source_timestamp": moment]
    let refusals = [
      Refusal("GET", "/api/v2/projects/other-sky-1", nil, 404, "project"),
      Refusal("GET", "branches/br-none-1", nil, 404, "branch"),
      Refusal("GET", "operations/none", nil, 404, "operation"),
      Refusal("POST", "branches", ["branch": ["parent_timestamp": soon]], 400, "future"),
      Refusal("POST", "branches", ["branch": ["parent_timestamp": early]], 400, "history"),
      Refusal(
        "POST",
        "branches",
        ["branch": ["parent_timestamp": "noon"]],
        400,
        "parent_timestamp"
      ),
      Refusal("POST", "branches", ["branch": ["parent_lsn": "0/1"]], 400, "parent_lsn"),
      Refusal("POST", "branches", ["branch": ["parent_lsn": "FFFF/1"]], 400, "parent_lsn"),
      Refusal("POST", "branches", ["branch": ["name": "main"]], 409, "exists"),
      Refusal("POST", "branches/\(main)/restore", [:], 400, "source_branch_id"),
      Refusal("POST", "branches/\(main)/restore", ownHistory, 400, "preserve_under_name"),
      Refusal(
        "POST",
        "branches/\(main)/restore",
        ["source_branch_id": mainID, "preserve_under_name": "x"],
        400,
        "source_timestamp"
      ),
      Refusal(
        "POST",
        "branches/\(staging)/restore",
        [
          "source_branch_id": stagingID, "source_timestamp": moment,
          "preserve_under_name": "x",
        ],
        400,
        "root"
      ),
      // `main` has a child, so its state must be kept wherever the new one comes from.
      Refusal(
        "POST",
        "branches/\(main)/restore",
        ["source_branch_id": stagingID],
        400,
        "preserve_under_name"
      ),
      Refusal("DELETE", "branches/\(main)", nil, 422, "default"),
      Refusal(
        "POST",
        "endpoints",
        ["endpoint": ["branch_id": mainID, "type": "read_write"]],
        409,
        "exists"
      ),
      Refusal("GET", "connection_uri", nil, 400, "database_name"),
      Refusal("PUT", "endpoints/\(endpoint)", nil, 404, "route"),
      Refusal("GET", "snapshots", nil, 404, "route"),
    ]
    for refusal in refusals {
      let answer = await neon.send(refusal.method, refusal.path, refusal.body)
      #expect(
        answer.status == refusal.status,
        "\(refusal.method) \(refusal.path) \(answer.json.text)"
      )
      let message = answer.json["message"]?.stringValue ?? ""
      #expect(message.contains(refusal.words), "\(message)")
      #expect(answer.json["code"]?.stringValue != nil)
    }
    #expect(await neon.send("GET", "branches", key: "wrong").status == 401)
    #expect(await neon.send("DELETE", "branches/br-gone-1").status == 204)
    #expect(await neon.get("operations")["operations"]?.arrayValue?.isEmpty == true)
    try await pages(of: neon)
  }

  /// Pages of branches join to the whole.
  private func pages(of neon: NeonClient) async throws {
    let all = await neon.get("branches")
    #expect(all["branches"]?.arrayValue?.count == 2)
    #expect(all["pagination"]?["next"] == nil)
    let first = await neon.get("branches", query: [("limit", "1")])
    let cursor = try #require(first["pagination"]?["next"]?.stringValue)
    let second = await neon.get("branches", query: [("limit", "1"), ("cursor", cursor)])
    let joined = (first["branches"]?.arrayValue ?? []) + (second["branches"]?.arrayValue ?? [])
    #expect(joined == all["branches"]?.arrayValue)
    #expect(second["pagination"]?["next"] == nil)
  }

  @Test func `a branch without compute can not be connected to until it gets one`() async throws {
    let neon = try NeonClient(hasDamage: false)
    let answer = await neon.send("POST", "branches", ["branch": ["name": "bare"]])
    #expect(answer.status == 201)
    let id = try #require(answer.json["branch"]?["id"]?.stringValue)
    #expect(try await neon.finish(answer.json) == ["finished"])
    #expect(await neon.uri(ofBranch: id) == nil)
    // Written after the branch was made: it must not be there.
    try neon.service.production.run("delete from usage_events")
    let compute = await neon.send(
      "POST",
      "endpoints",
      ["endpoint": ["branch_id": .string(id), "type": "read_write"]]
    )
    #expect(try await neon.finish(compute.json) == ["finished"])
    let count = try await neon.database(ofBranch: id).text(
      "select count(*)::text from usage_events"
    )
    #expect(Int(count) ?? 0 > 4000)

    let endpoint = try #require(compute.json["endpoint"]?["id"]?.stringValue)
    let suspended = await neon.send("POST", "endpoints/\(endpoint)/suspend")
    #expect(try await neon.finish(suspended.json) == ["finished"])
    #expect(await neon.get("endpoints/\(endpoint)")["endpoint"]?["current_state"] == "idle")
    #expect(throws: ClusterError.self) {
      try DatabaseSession(neon.service.production.address.at(compute.json, neon))
    }

    let deleted = await neon.send("DELETE", "branches/\(id)")
    #expect(deleted.status == 200)
    #expect(try await neon.finish(deleted.json) == ["finished"])
    #expect(await neon.send("GET", "branches/\(id)").status == 404)
    #expect(await neon.send("DELETE", "branches/\(id)").status == 204)
  }

  @Test func `staging gets data when it is first started, and again from its parent`() async throws
  {
    let neon = try NeonClient(hasDamage: false)
    let main = try await neon.mainID()
    let staging = try #require(
      await neon.get("branches", query: [("search", "staging")])["branches"]?[0]?["id"]?.stringValue
    )
    let orders = "select count(*)::text from orders"
    let compute = await neon.send(
      "POST",
      "endpoints",
      ["endpoint": ["branch_id": .string(staging), "type": "read_write"]]
    )
    #expect(try await neon.finish(compute.json) == ["finished"])
    let database = try await neon.database(ofBranch: staging)
    #expect(try database.text(orders) == "1500")
    // The parent does not even run while its child is reset to its newest state.
    let endpoint = try #require(
      await neon.get("branches/\(main)/endpoints")["endpoints"]?[0]?["id"]?.stringValue
    )
    let newest = try neon.service.production.text(orders)
    let suspended = await neon.send("POST", "endpoints/\(endpoint)/suspend")
    #expect(try await neon.finish(suspended.json) == ["finished"])
    let reset = await neon.send(
      "POST",
      "branches/\(staging)/restore",
      ["source_branch_id": .string(main)]
    )
    #expect(try await neon.finish(reset.json) == ["finished", "finished", "finished"])
    #expect(try database.text(orders) == newest)
    #expect(await neon.get("endpoints/\(endpoint)")["endpoint"]?["current_state"] == "idle")
    #expect(throws: ClusterError.self) { try neon.service.production.health() }
    #expect(await neon.get("branches")["branches"]?.arrayValue?.count == 2)
  }

  @Test func `disposing ends every server and leaves no file`() async throws {
    let neon = try NeonClient(hasDamage: false)
    let folder = neon.service.folder.path
    let data = folder + "/" + (try await neon.mainID()) + "/data"
    let server = try #require(ClusterFolder.server(in: data))
    neon.service.dispose()
    #expect(!server.isRunning)
    #expect(!FileManager.default.fileExists(atPath: folder))
    #expect(try FileManager.default.contentsOfDirectory(atPath: neon.state.path).isEmpty)
  }
}

extension DatabaseAddress {
  /// The same database at the port of an endpoint that was just suspended.
  fileprivate func at(_ answer: JSON, _ neon: NeonClient) throws -> DatabaseAddress {
    let id = try #require(answer["endpoint"]?["id"]?.stringValue)
    return neon.service.address(of: try neon.service.endpoint(id))
  }
}
