package import Objects
package import Values

extension OperatedEnvironment {
  /// Minutes tell two deployments apart that came one after the other.
  private static let fine = TimeSpan.minutes(1)
  private static let coarse = TimeSpan.minutes(10)

  /// The deployment that serves the environment now.
  package func live(in context: CallContext) throws(Failure) -> Deployment? {
    let hosting = try needHosting()
    return try hosting.live(tier: hosting.tier(of: name), in: context)
  }

  /// Since when there are more errors than usual; nothing if there are not, or nobody counts them.
  package func troubleSince(in context: CallContext) throws(Failure) -> Time? {
    guard let errors = try ifNamed(errors, .errors) else { return nil }
    let window = TimeWindow(
      start: Time(microseconds: context.now.microseconds - TimeSpan.days(1).microseconds),
      end: context.now
    )
    let points = try errors.errorSeries(
      window,
      interval: Self.fine,
      environment: name,
      in: context
    )
    return Incident.onset(of: points)
  }

  /// The deployment that began the trouble; nothing if there is none, or no deployment fits it.
  package func culprit(in context: CallContext) throws(Failure) -> Deployment? {
    guard let onset = try troubleSince(in: context) else { return nil }
    var query = DeploymentQuery()
    let hosting = try needHosting()
    query.tier = hosting.tier(of: name)
    query.state = .ready
    query.since = Time(microseconds: onset.microseconds - TimeSpan.hours(3).microseconds)
    var deployments: [Deployment] = []
    let source = try hosting.deployments(query, in: context)
    while let deployment = try source.next() { deployments.append(deployment) }
    return Incident.culprit(of: onset, among: deployments)
  }

  /// Judges the deployments older than the live one, newest first, up to the first good one.
  package func rollbackCandidates(in context: CallContext) throws(Failure) -> [RollbackCandidate] {
    let hosting = try needHosting()
    let tier = hosting.tier(of: name)
    guard let live = try hosting.live(tier: tier, in: context) else { return [] }
    let rolledBack = try hosting.rolledBackFrom(in: context)
    let deployments = try readyDeployments(hosting, tier: tier, in: context)
    let windows = ServingWindow.all(of: deployments, until: context.now)
    let points = try coarseSeries(over: windows, in: context)
    var judged: [RollbackCandidate] = []
    for window in windows where window.deployment.created < live.created {
      let candidate = RollbackCandidate.judge(
        window,
        live: live,
        rolledBackFrom: rolledBack,
        points: points,
        interval: Self.coarse
      )
      judged.append(candidate)
      if candidate.objection == nil { break }
    }
    return judged
  }

  /// Reads the tier's ready deployments of the last 30 days, through all pages.
  private func readyDeployments(
    _ hosting: any Hosting,
    tier: String,
    in context: CallContext
  ) throws(Failure) -> [Deployment] {
    var query = DeploymentQuery()
    query.tier = tier
    query.state = .ready
    var deployments: [Deployment] = []
    // A window of errors longer than this costs more than it tells.
    let oldest = context.now.microseconds - TimeSpan.days(30).microseconds
    let source = try hosting.deployments(query, in: context)
    while let deployment = try source.next(), deployment.created.microseconds > oldest {
      deployments.append(deployment)
    }
    return deployments
  }

  private func coarseSeries(
    over windows: [ServingWindow],
    in context: CallContext
  ) throws(Failure) -> [SeriesPoint]? {
    guard let errors = try ifNamed(errors, .errors), let oldest = windows.last?.window.start else {
      return nil
    }
    let week = Time(microseconds: context.now.microseconds - TimeSpan.days(7).microseconds)
    return try errors.errorSeries(
      TimeWindow(start: max(oldest, week), end: context.now),
      interval: Self.coarse,
      environment: name,
      in: context
    )
  }
}
