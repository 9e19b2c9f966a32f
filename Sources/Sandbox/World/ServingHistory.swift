/// Plays the production deployments from the oldest to the newest and notes which one served when.
struct ServingHistory {
  private let roles: [WorldPlan.Role]
  private(set) var deployments: [Deployment]
  private(set) var servings: [Serving] = []
  private(set) var switches: [Switch] = []
  /// A rollback turns this off until something is promoted.
  private(set) var assignsDomains = true
  private var random: SplitMix64

  init(roles: [WorldPlan.Role], deployments: [Deployment], seed: UInt64) {
    self.roles = roles
    self.deployments = deployments
    random = SplitMix64(seed: seed, topic: "servings")
  }

  mutating func play() {
    for index in roles.indices.reversed() {
      switch roles[index] {
      case .preview, .errored, .canceled, .staged: continue
      case .older, .lastGood, .shortLived, .culprit, .harmlessFollower, .soundLive: goLive(index)
      case .rolledBack:
        goLive(index)
        returnToGood(.rollback, after: random.number(in: 35 * 60...70 * 60) * 1000)
      case .erroneous:
        goLive(index)
        returnToGood(.promote, after: random.number(in: 100 * 60...150 * 60) * 1000)
      case .unfit:
        goLive(index)
        returnToGood(.promote, after: random.number(in: 80 * 60...120 * 60) * 1000)
      }
    }
  }

  private mutating func goLive(_ index: Int) {
    let deployment = deployments[index]
    guard let built = deployment.endedAt else { return }
    // While domains do not move by themselves, somebody notices and promotes.
    let delay = assignsDomains ? random.number(in: 900...2400) : random.number(in: 9_000...24_000)
    point(
      to: deployment,
      at: built + delay,
      kind: assignsDomains ? .deploy : .promote,
      by: deployment.creator
    )
  }

  private mutating func returnToGood(_ kind: Switch.Kind, after served: Milliseconds) {
    guard let good = roles.firstIndex(of: .lastGood), let current = servings.last else { return }
    point(
      to: deployments[good],
      at: current.from + served,
      kind: kind,
      by: deployments[good].creator
    )
  }

  private mutating func point(
    to deployment: Deployment,
    at moment: Milliseconds,
    kind: Switch.Kind,
    by person: Person
  ) {
    switches.append(
      Switch(
        kind: kind,
        from: servings.last?.deployment,
        to: deployment.id,
        at: moment,
        by: person,
        reason: kind == .rollback ? "errors after the deployment" : nil
      )
    )
    assignsDomains = kind != .rollback
    if let last = servings.indices.last { servings[last].until = moment }
    servings.append(Serving(deployment: deployment.id, from: moment))
    guard let index = deployments.firstIndex(where: { $0.id == deployment.id }) else { return }
    deployments[index].wasPromoted = true
    deployments[index].aliasAssignedAt = deployments[index].aliasAssignedAt ?? moment
  }
}
