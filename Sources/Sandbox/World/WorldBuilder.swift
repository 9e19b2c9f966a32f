/// Writes the past of one Optiq.
struct WorldBuilder {
  private let plan: WorldPlan
  private let names: Names
  private let epoch: Milliseconds
  private var random: SplitMix64
  private var story: CommitStory

  /// The past that ends at `epoch`; equal arguments give equal worlds.
  static func build(_ scenario: Scenario, seed: UInt64, epoch: Milliseconds) -> World {
    var builder = WorldBuilder(scenario, seed: seed, epoch: epoch)
    let deployments = builder.deployments()
    var history = ServingHistory(roles: builder.plan.roles, deployments: deployments, seed: seed)
    history.play()
    let culprit = builder.plan.roles.firstIndex(of: .culprit)
    let good = builder.plan.roles.firstIndex(of: .lastGood) ?? 0
    var world = World(
      scenario: scenario,
      seed: seed,
      epoch: epoch,
      names: builder.names,
      deployments: history.deployments,
      servings: history.servings,
      switches: history.switches,
      culprit: culprit.map { deployments[$0].id },
      lastGood: deployments[good].id
    )
    world.incident = builder.incident(of: world)
    return world
  }

  private init(_ scenario: Scenario, seed: UInt64, epoch: Milliseconds) {
    plan = WorldPlan(scenario: scenario, seed: seed, epoch: epoch)
    names = Names(seed: seed)
    self.epoch = epoch
    random = SplitMix64(seed: seed, topic: "deployments")
    story = CommitStory(seed: seed, people: names.people)
  }

  private mutating func deployments() -> [Deployment] {
    let hostilePlaces = hostilePlaces()
    return plan.roles.indices.map { index in
      deployment(
        plan.roles[index],
        at: plan.createdAt[index],
        message: hostilePlaces[index].map { CommitStory.hostile[$0] }
      )
    }
  }

  /// A hostile message on the newest preview, and the others further down.
  private mutating func hostilePlaces() -> [Int: Int] {
    var places = [1: 0]
    for number in 1..<CommitStory.hostile.count {
      let wanted = Int(random.number(in: 1...60)) + number * 20
      if let place = (wanted..<plan.roles.count).first(where: { plan.roles[$0] == .preview }) {
        places[place] = number
      }
    }
    return places
  }

  private mutating func deployment(
    _ role: WorldPlan.Role,
    at createdAt: Milliseconds,
    message: String?
  ) -> Deployment {
    let isProduction = role != .preview
    let buildingAt = createdAt + random.number(in: 700...3200)
    let branch = isProduction ? "main" : story.branch()
    let commit = story.next(message ?? Self.message(of: role))
    var deployment = Deployment(
      id: "dpl_" + random.text(28, from: .alphanumeric),
      host: "optiq-\(random.text(9, from: .lowercase))-optiq.vercel.app",
      createdAt: createdAt,
      buildingAt: buildingAt,
      endedAt: buildingAt + random.number(in: 61_000...98_000),
      state: .ready,
      isProduction: isProduction,
      branch: branch,
      pullRequest: isProduction ? nil : random.number(in: 380...940),
      commit: commit,
      creator: commit.author
    )
    settle(&deployment, role)
    return deployment
  }

  private mutating func settle(_ deployment: inout Deployment, _ role: WorldPlan.Role) {
    switch role {
    case .preview:
      let lot = random.fraction()
      if lot < 0.12 { fail(&deployment) } else if lot < 0.19 { cancel(&deployment) }
    case .errored: fail(&deployment)
    case .canceled: cancel(&deployment)
    case .staged, .unfit: deployment.isRollbackCandidate = false
    case .culprit, .harmlessFollower:
      deployment.defect = 1
      deployment.isRollbackCandidate = true
    case .rolledBack:
      deployment.defect = 0.8
      deployment.defectCause = .earlierCode
      deployment.isRollbackCandidate = true
    case .erroneous:
      deployment.defect = 0.35
      deployment.defectCause = .earlierCode
      deployment.isRollbackCandidate = true
    case .soundLive, .lastGood, .older, .shortLived: deployment.isRollbackCandidate = true
    }
  }

  private mutating func fail(_ deployment: inout Deployment) {
    deployment.state = .error
    deployment.failure = Deployment.Failure(
      code: "BUILD_UTILS_SPAWN_1",
      message: #"Command "cd apps/frontend && npm run build" exited with 1"#
    )
    deployment.endedAt = deployment.buildingAt + random.number(in: 21_000...70_000)
  }

  private mutating func cancel(_ deployment: inout Deployment) {
    deployment.state = .canceled
    deployment.failure = Deployment.Failure(
      code: "CANCELED",
      message: "The Deployment has been canceled because a newer commit was pushed"
    )
    deployment.endedAt = deployment.buildingAt + random.number(in: 4_000...20_000)
  }

  private static func message(of role: WorldPlan.Role) -> String? {
    switch role {
    case .culprit: "Normalise currencies in billing exports (#1841)"
    case .harmlessFollower: "Reword the billing page (#1843)"
    case .soundLive: "Show journey totals on the dashboard (#1836)"
    default: nil
    }
  }

  private mutating func incident(of world: World) -> Incident? {
    switch world.scenario {
    case .quiet: return nil
    case .vendorFault:
      let age = random.number(in: 21 * 60...38 * 60) * 1000
      return Incident(cause: .vendor, startedAt: epoch - age)
    case .badDeploy, .badMigration, .secondNewest:
      guard let served = world.servings.first(where: { $0.deployment == world.culprit }) else {
        return nil
      }
      return Incident(cause: .code, startedAt: served.from + random.number(in: 1500...4800))
    }
  }
}
