import Foundation
import Testing
import Values

@testable import Sandbox

/// A whole project with a damaged database, and a client that talks to it.
final class NeonClient: Sendable {
  static let key = "napi_test"
  static let project = "small-sky-12345678"

  let state: TestFolder
  let service: NeonService
  let damagedAt: Time

  init(hasDamage: Bool = true, seed: UInt64 = 7) throws {
    state = try TestFolder()
    let now = Time.now()
    damagedAt = Time(microseconds: now.microseconds - 40 * 60_000_000)
    var configuration = NeonConfiguration(apiKey: Self.key, projectID: Self.project, seed: seed)
    configuration.operationSeconds = 0.2
    service = try NeonService.create(
      stateFolder: state.path,
      configuration: configuration,
      story: DatabaseStory(seed: seed, now: now, damagedAt: hasDamage ? damagedAt : nil)
    )
  }

  deinit { service.dispose() }

  func send(
    _ method: String,
    _ path: String,
    _ body: JSON? = nil,
    query: [(String, String)] = [],
    key: String = NeonClient.key
  ) async -> (status: Int, json: JSON) {
    let answer = await service.respond(
      to: SandboxRequest(
        method: method,
        path: path.hasPrefix("/") ? path : "/api/v2/projects/\(Self.project)/" + path,
        query: query,
        headers: [("authorization", "Bearer " + key)],
        body: body.map { Array($0.text.utf8) } ?? []
      )
    )
    return (answer.status, (try? JSON.parse(answer.body)) ?? .null)
  }

  func get(_ path: String, query: [(String, String)] = []) async -> JSON {
    await send("GET", path, query: query).json
  }

  /// Waits for all operations of an answer and gives their last states, in order.
  func finish(_ answer: JSON) async throws -> [String] {
    var ends: [String] = []
    for operation in answer["operations"]?.arrayValue ?? [] {
      let id = try #require(operation["id"]?.stringValue)
      var status = ""
      while ["", "scheduling", "running"].contains(status) {
        if !status.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        status = try #require(await get("operations/" + id)["operation"]?["status"]?.stringValue)
      }
      ends.append(status)
    }
    return ends
  }

  func mainID() async throws -> String {
    let branches = await get("branches")["branches"]?.arrayValue ?? []
    return try #require(branches.first { $0["name"] == "main" }?["id"]?.stringValue)
  }

  func uri(ofBranch id: String) async -> String? {
    let query = [
      ("database_name", "optiq_prod"), ("role_name", "optiq_owner"), ("branch_id", id),
    ]
    return await get("connection_uri", query: query)["uri"]?.stringValue
  }

  func database(ofBranch id: String) async throws -> SandboxDatabase {
    let uri = try #require(await uri(ofBranch: id))
    let port = try #require(uri.split(separator: ":").last?.split(separator: "/").first)
    var address = service.production.address
    address.port = try #require(UInt16(port))
    return SandboxDatabase(address: address)
  }
}

extension Time {
  func adding(seconds: Double) -> Time {
    Time(microseconds: microseconds + Int64(seconds * 1_000_000))
  }
}

extension SandboxDatabase {
  func text(_ sql: String) throws -> String { try DatabaseSession(address).text(sql) }
  func run(_ sql: String) throws { try DatabaseSession(address).run(sql) }
}
