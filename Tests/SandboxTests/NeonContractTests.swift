import Foundation
import Testing
import Values

@testable import Sandbox

/// Where Neon's published API description lies, `neon.json` in this folder; not part of the project.
private let contracts = ProcessInfo.processInfo.environment["OPSH_CONTRACTS"]

@Suite(.timeLimit(.minutes(6)), .enabled(if: contracts != nil)) struct NeonContractTests {
  @Test func `answers have all that Neon's description requires`() async throws {
    let file = try #require(FileManager.default.contents(atPath: "\(contracts ?? "")/neon.json"))
    let schemas = try #require(try JSON.parse(Array(file))["components"]?["schemas"])
    let contract = Contract(schemas: schemas)
    let neon = try NeonClient(hasDamage: false)
    let main = try await neon.mainID()
    let query = [("database_name", "optiq_prod"), ("role_name", "optiq_owner")]
    let created = await neon.send(
      "POST",
      "branches",
      ["branch": ["name": "copy"], "endpoints": [["type": "read_write"]]]
    ).json
    _ = try await neon.finish(created)
    let endpoint = created["endpoints"]?[0]?["id"]?.stringValue ?? ""
    let answers: [(String, JSON)] = [
      ("ProjectsResponse", await neon.get("/projects")),
      ("ProjectResponse", await neon.get("")),
      ("BranchesResponse", await neon.get("branches")),
      ("BranchesCountResponse", await neon.get("branches/count")),
      ("BranchResponse", await neon.get("branches/" + main)),
      ("EndpointsResponse", await neon.get("endpoints")),
      ("EndpointResponse", await neon.get("endpoints/" + endpoint)),
      ("OperationsResponse", await neon.get("operations")),
      ("RolesResponse", await neon.get("branches/\(main)/roles")),
      ("DatabasesResponse", await neon.get("branches/\(main)/databases")),
      ("ConnectionURIResponse", await neon.get("connection_uri", query: query)),
      ("GeneralError", await neon.get("branches/br-none")),
      ("BranchResponse", created), ("EndpointsResponse", created),
      ("OperationsResponse", created), ("RolesResponse", created),
      ("DatabasesResponse", created),
    ]
    for (schema, answer) in answers {
      #expect(contract.problems(of: answer, as: schema) == [], "\(schema)")
    }
    let restart = await neon.send("POST", "endpoints/\(endpoint)/restart").json
    #expect(contract.problems(of: restart, as: "EndpointOperations") == [])
  }
}

/// As much of JSON Schema as the description uses for answers.
private struct Contract {
  let schemas: JSON

  func problems(of value: JSON, as name: String) -> [String] {
    problems(value, schemas[name] ?? [:], at: name)
  }

  private func problems(_ value: JSON, _ schema: JSON, at place: String) -> [String] {
    if let reference = schema["$ref"]?.stringValue {
      let name = String(reference.split(separator: "/").last ?? "")
      return problems(value, schemas[name] ?? [:], at: place)
    }
    var found = (schema["allOf"]?.arrayValue ?? []).flatMap { problems(value, $0, at: place) }
    if let type = schema["type"]?.stringValue, !hasType(value, type) {
      found.append("\(place) is not \(type): \(value.text)")
    }
    if let texts = schema["enum"]?.arrayValue, !texts.contains(value) {
      found.append("\(place) can not be \(value.text)")
    }
    for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
    where value[name] == nil {
      found.append("\(place) lacks \(name)")
    }
    for property in schema["properties"]?.objectValue ?? [] {
      guard let member = value[property.name] else { continue }
      found += problems(member, property.value, at: "\(place).\(property.name)")
    }
    if let items = schema["items"] {
      found += (value.arrayValue ?? []).flatMap { problems($0, items, at: place + "[]") }
    }
    return found
  }

  private func hasType(_ value: JSON, _ type: String) -> Bool {
    switch type {
    case "string": value.stringValue != nil
    case "integer": value.intValue != nil
    case "number": value.numberValue != nil
    case "boolean": value.boolValue != nil
    case "array": value.arrayValue != nil
    case "object": value.objectValue != nil
    default: false
    }
  }
}
