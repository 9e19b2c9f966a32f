/// The last time somebody asked for production's domains to point elsewhere.
struct AliasRequest: Sendable, Equatable {
  enum Status: String, Sendable {
    case pending
    case inProgress = "in-progress"
    case succeeded, failed
  }

  var kind: Switch.Kind
  var from: String
  var to: String
  var requestedAt: Milliseconds
  /// How long it is pending, and after how long it ends.
  var pending: Milliseconds
  var duration: Milliseconds
  var willFail: Bool
  var reason: String?
  var isSettled = false

  func status(at now: Milliseconds) -> Status {
    if isSettled || now >= requestedAt + duration { return willFail ? .failed : .succeeded }
    return now < requestedAt + pending ? .pending : .inProgress
  }
}

/// Everything at Vercel that can change.
struct HostingState: Sendable {
  private(set) var deployments: [Deployment]
  private(set) var live: String
  private(set) var aliasRequest: AliasRequest?
  /// Whether a new production build goes live by itself; a rollback turns it off.
  private(set) var assignsDomains: Bool
  var isPaused = false
  var cronsDisabledAt: Milliseconds?
  var cronsUpdatedAt: Milliseconds
  var cronCalls = CronCalls()
  var variables: [Variable]
  /// Oldest first.
  var activity: [Activity]
  var random: SplitMix64
  /// How many pages after the first were asked for: one answers 429, one 500.
  var trouble = PagingTrouble()
  private let first: Deployment
  let names: Names

  init(world: World) {
    names = world.names
    deployments = world.deployments
    live = world.live
    first = world.deployments[0]
    cronsUpdatedAt = world.epoch - TrafficHistory.kept * 4
    assignsDomains = world.switches.last?.kind != .rollback
    variables = Variable.initial(of: world)
    activity = Activity.past(of: world)
    random = SplitMix64(seed: world.seed, topic: "live")
    aliasRequest = world.switches.last { $0.kind != .deploy }.map {
      AliasRequest(
        kind: $0.kind,
        from: $0.from ?? "",
        to: $0.to,
        requestedAt: $0.at - 2600,
        pending: 700,
        duration: 2600,
        willFail: false,
        reason: $0.reason,
        isSettled: true
      )
    }
  }

  var liveDeployment: Deployment { deployment(live) ?? first }

  func deployment(_ idOrHost: String) -> Deployment? {
    deployments.first { $0.id == idOrHost || $0.host == idOrHost }
  }

  func isRollbackCandidate(_ deployment: Deployment) -> Bool {
    deployment.isRollbackCandidate && deployment.isReady && deployment.id != live
  }

  mutating func update(_ id: String, _ change: (inout Deployment) -> Void) {
    guard let index = deployments.firstIndex(where: { $0.id == id }) else { return }
    change(&deployments[index])
  }

  mutating func insert(_ deployment: Deployment) {
    deployments.insert(deployment, at: 0)
  }

  // MARK: - Production's domains

  /// Accepts a request that takes two seconds or more.
  mutating func requestSwitch(
    _ kind: Switch.Kind,
    to target: String,
    reason: String?,
    willFail: Bool,
    now: Milliseconds
  ) {
    aliasRequest = AliasRequest(
      kind: kind,
      from: live,
      to: target,
      requestedAt: now,
      pending: random.number(in: 450...800),
      duration: random.number(in: 2100...2900),
      willFail: willFail,
      reason: reason
    )
    if kind == .rollback {
      activity.append(.rollback(from: live, to: target, reason: reason, at: now, names: names))
    }
  }

  /// Gives the last rollback another reason; tells whether there was one to `id`.
  mutating func describeRequest(of id: String, as reason: String) -> Bool {
    guard aliasRequest?.kind == .rollback, aliasRequest?.to == id else { return false }
    aliasRequest?.reason = reason
    return true
  }

  /// Lets everything happen that is due.
  mutating func advance(to now: Milliseconds) {
    for deployment in deployments.prefix(40) where !Self.isFinal(deployment.state) {
      build(deployment.id, now: now)
    }
    guard let request = aliasRequest, !request.isSettled,
      now >= request.requestedAt + request.duration
    else { return }
    aliasRequest?.isSettled = true
    guard !request.willFail else { return }
    assignsDomains = request.kind != .rollback
    point(to: request.to, at: request.requestedAt + request.duration)
  }

  private static func isFinal(_ state: Deployment.State) -> Bool {
    state == .ready || state == .error || state == .canceled
  }

  private mutating func build(_ id: String, now: Milliseconds) {
    guard let deployment = deployment(id), let end = deployment.endedAt else { return }
    if now >= end {
      update(id) {
        $0.state = .ready
        $0.isRollbackCandidate = $0.isProduction
      }
      if deployment.isProduction, assignsDomains { point(to: id, at: end) }
    } else if now >= deployment.buildingAt {
      update(id) { $0.state = .building }
    }
  }

  mutating func point(to id: String, at moment: Milliseconds) {
    activity.append(.assigned(to: id, from: live, at: moment, names: names))
    live = id
    update(id) {
      $0.wasPromoted = true
      $0.aliasAssignedAt = $0.aliasAssignedAt ?? moment
    }
  }
}

/// The two mishaps that every sandbox has once, on the way through the pages.
struct PagingTrouble: Sendable {
  private var limitedPage: String?
  private var hasFailed = false

  /// The status to answer instead of a page after the first.
  ///
  /// - Parameter page: what tells one page from another.
  mutating func status(for page: String) -> Int? {
    guard let limitedPage else {
      limitedPage = page
      return 429
    }
    guard !hasFailed, page != limitedPage else { return nil }
    hasFailed = true
    return 500
  }
}
