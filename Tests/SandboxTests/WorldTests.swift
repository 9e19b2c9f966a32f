import Testing

@testable import Sandbox

@Suite struct WorldTests {
  static let seeds: [UInt64] = [0, 1, 2, 3, 7, 42, 1_000_003]
  static let epoch = TestOptiq.epoch

  @Test(arguments: Scenario.allCases, seeds)
  func `a seed decides the world, and another seed another one`(
    scenario: Scenario,
    seed: UInt64
  ) {
    let world = WorldBuilder.build(scenario, seed: seed, epoch: Self.epoch)
    let again = WorldBuilder.build(scenario, seed: seed, epoch: Self.epoch)
    let other = WorldBuilder.build(scenario, seed: seed + 1, epoch: Self.epoch)
    #expect(world.deployments == again.deployments)
    #expect(world.servings == again.servings)
    #expect(world.incident == again.incident)
    #expect(TrafficHistory(world: world).slices == TrafficHistory(world: again).slices)
    #expect(world.deployments.map(\.id) != other.deployments.map(\.id))
    #expect(world.names.vercelToken != other.names.vercelToken)
  }

  @Test(arguments: Scenario.allCases, seeds)
  func `deployments are ordered, distinct, and over when the sandbox comes up`(
    scenario: Scenario,
    seed: UInt64
  ) {
    let world = WorldBuilder.build(scenario, seed: seed, epoch: Self.epoch)
    #expect(world.deployments.count == 250)
    #expect(Set(world.deployments.map(\.id)).count == 250)
    let times = world.deployments.map(\.createdAt)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 > $1 })
    #expect(world.deployments.allSatisfy { ($0.endedAt ?? .max) < Self.epoch })
    let served = world.servings
    #expect(zip(served, served.dropFirst()).allSatisfy { $0.until == $1.from && $0.from < $1.from })
    #expect(served.last?.until == nil)
  }

  @Test(arguments: seeds)
  func `the last good deployment lies on the second or third page`(seed: UInt64) throws {
    let world = WorldBuilder.build(.badMigration, seed: seed, epoch: Self.epoch)
    let place = try #require(world.deployments.firstIndex { $0.id == world.lastGood })
    #expect(seed % 4 == 3 ? (100..<200).contains(place) : (200..<250).contains(place))
  }

  @Test(arguments: seeds)
  func `nothing newer than the last good deployment passes for good`(seed: UInt64) throws {
    let world = WorldBuilder.build(.badMigration, seed: seed, epoch: Self.epoch)
    let good = try #require(world.deployments.firstIndex { $0.id == world.lastGood })
    let live = try #require(world.deployments.firstIndex { $0.id == world.live })
    let between = world.deployments[(live + 1)..<good].filter {
      $0.isProduction && $0.isReady && $0.isRollbackCandidate
    }
    #expect(between.count >= 5)
    for deployment in between {
      let serving = try #require(world.servings.first { $0.deployment == deployment.id })
      let length = try #require(serving.until) - serving.from
      let wasRolledBack = world.switches.contains {
        $0.kind == .rollback && $0.from == deployment.id
      }
      #expect(length < 600_000 || wasRolledBack || deployment.defect > 0)
    }
    let servings = world.servings.filter { $0.deployment == world.lastGood }
    #expect(servings.contains { ($0.until ?? .max) - $0.from >= 600_000 })
    #expect(world.deployments[good].isRollbackCandidate)
    #expect(!world.switches.contains { $0.kind == .rollback && $0.from == world.lastGood })
  }

  @Test(arguments: seeds)
  func `scenarios differ in what went live when the errors began`(seed: UInt64) throws {
    for scenario in Scenario.allCases {
      let world = WorldBuilder.build(scenario, seed: seed, epoch: Self.epoch)
      let newest = try #require(world.deployments.first { $0.isProduction && $0.isReady })
      let age = (Self.epoch - newest.createdAt) / 60_000
      switch scenario {
      case .quiet:
        #expect(world.incident == nil)
        #expect(age > 600)
      case .vendorFault:
        let incident = try #require(world.incident)
        #expect(incident.startedAt - (world.servings.last?.from ?? 0) > 36_000_000)
        #expect(newest.defect == 0)
      case .badDeploy, .badMigration:
        #expect(world.culprit == newest.id)
        #expect((25...46).contains(age))
        let began = try #require(world.incident).startedAt - (world.servings.last?.from ?? 0)
        #expect((0...10_000).contains(began))
      case .secondNewest:
        #expect(world.culprit != newest.id)
        let culprit = try #require(world.servings.first { $0.deployment == world.culprit })
        let began = try #require(world.incident).startedAt - culprit.from
        #expect((0...10_000).contains(began))
        #expect(newest.defect > 0)
      }
    }
  }

  @Test func `the bad migration runs inside its deployment's build`() throws {
    let world = WorldBuilder.build(.badMigration, seed: 1, epoch: Self.epoch)
    let culprit = try #require(world.culprit.flatMap(world.deployment))
    let migrated = try #require(world.migratedAt)
    #expect(migrated > culprit.buildingAt)
    #expect(migrated < (culprit.endedAt ?? 0))
    #expect(WorldBuilder.build(.badDeploy, seed: 1, epoch: Self.epoch).migratedAt == nil)
  }

  @Test func `some commit messages are hostile`() {
    let world = WorldBuilder.build(.quiet, seed: 1, epoch: Self.epoch)
    let messages = world.deployments.map(\.commit.message)
    #expect(messages.contains { $0.contains("\u{1B}[2J") })
    #expect(messages.contains { $0.contains("\u{202E}") })
    #expect(messages.contains { $0.utf8.count > 10_000 })
  }
}
