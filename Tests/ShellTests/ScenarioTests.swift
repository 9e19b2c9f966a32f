import Foundation
import PseudoTerminalSupport
import Testing

/// Each scenario of the sandbox, rolled back at a terminal where there is something to roll back.
@Suite struct ScenarioTests {
  private static let words = ["runbooks/rollback.opsh", "env=production", "restore_data=false"]

  private func production(_ world: SandboxWorld) throws -> (culprit: String, good: String) {
    let code = "production.culprit.id; production.last_good.id"
    let ids = try world.opsh("-c", code).output.split(separator: "\n").map(String.init)
    try #require(ids.count == 2)
    return (ids[0], ids[1])
  }

  /// Ids of what served production, the newest first.
  private func deployments(_ world: SandboxWorld) throws -> [String] {
    let code = "production.deployments | where .target is \"production\" | each .id"
    return try world.opsh("-c", code).output.split(separator: "\n").map(String.init)
  }

  @Test(.timeLimit(.minutes(5)), arguments: [1, 2])
  func `one confirmation puts the deployment before the bad one back`(_ seed: Int) throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: seed)
    let (culprit, good) = try production(world)
    let deployments = try deployments(world)
    #expect(deployments.first == culprit)
    try rollsBack(world, to: good)
    #expect(try world.opsh("-c", "production.live.id").output == good + "\n")
  }

  @Test(.timeLimit(.minutes(5)), arguments: [1, 2])
  func `where the second newest is to blame both are passed over`(_ seed: Int) throws {
    let world = try SandboxWorld(scenario: "second-newest", seed: seed)
    let (culprit, good) = try production(world)
    let newest = try deployments(world)
    #expect(newest.first != culprit)
    let place = try #require(newest.firstIndex(of: culprit))
    #expect(place > 0)
    #expect(try #require(newest.firstIndex(of: good)) > place)
    try rollsBack(world, to: good)
    #expect(try world.opsh("-c", "production.live.id").output == good + "\n")
  }

  /// Answers the one question there must be, and sees the one request.
  private func rollsBack(_ world: SandboxWorld, to good: String) throws {
    let terminal = try world.terminal(Self.words[0], Self.words[1], Self.words[2])
    let shown = try terminal.expect("type production to do this: ")
    #expect(shown.contains(good))
    terminal.type("production\r")
    #expect(try terminal.end() == 0, "\(String(decoding: terminal.everything, as: UTF8.self))")
    let changes = try world.changes()
    #expect(changes.count == 1)
    #expect(changes.first?.hasSuffix("/rollback/" + good) == true)
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["vendor-fault", "quiet"], [1, 2])
  func `where no deployment is to blame a terminal is asked nothing`(
    _ scenario: String,
    _ seed: Int
  ) throws {
    let world = try SandboxWorld(scenario: scenario, seed: seed)
    #expect(try world.opsh("-c", "production.culprit is nothing").output == "true\n")
    let terminal = try world.terminal(Self.words[0], Self.words[1])
    #expect(try terminal.end() == 3)
    let seen = String(decoding: terminal.everything, as: UTF8.self)
    #expect(!seen.contains("[y/N]") && !seen.contains("to do this:"))
    #expect(try world.changes() == [])
  }
}
