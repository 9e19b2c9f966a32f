internal import HTTP
package import Objects
package import Stack
package import Values

/// Rollback and promote: production's alias moves to another deployment.
extension Vercel {
  /// The vendor's own command line waits this long (`vercel rollback --timeout`, default 3 min).
  private static let patience = TimeSpan.minutes(3)
  private static let pause = TimeSpan.milliseconds(250)

  package func rollback(
    _ target: Plan.Target,
    to deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan {
    let live = liveID(try projectJSON(in: context))
    guard live != deployment.id || context.isSettling else {
      throw Failure(.nothingToDo, "\(deployment.id) serves \(target.identity) already")
    }
    if !context.isSettling, try !isRollbackCandidate(deployment, in: context) {
      throw Failure(
        .refused,
        "Vercel no longer keeps \(deployment.id) for a rollback",
        advice: ["see \(target.identity).rollback_candidates"]
      )
    }
    let path = ["v1", "projects", project, "rollback", deployment.id]
    return switchPlan(
      target: target,
      member: "environment.rollback",
      argument: "to",
      deployment: deployment,
      live: live,
      summary: "roll \(target.identity) back to \(describe(deployment))",
      consequences: [
        "aliases move to the existing build, nothing is rebuilt",
        "later pushes no longer go live by themselves until a deployment is promoted",
        "variables stay as they were when \(deployment.id) was built",
        "cron jobs become those of \(deployment.id)",
      ],
      undo: live.map { "promote \($0)" },
      call: try api.call(
        .post,
        path,
        query: scope,
        byHand: "vercel rollback \(deployment.id)" + (team.map { " --scope \($0)" } ?? "")
      ),
      wrap: wrap
    ) { (context) throws(Failure) in
      try api.change(.post, path, query: scope, in: context)
    }
  }

  /// Only the list tells it (`isRollbackCandidate` of `GET /v6/deployments`): a deployment that was
  /// read by its id is looked for there.
  func isRollbackCandidate(_ deployment: Deployment, in context: CallContext)
    throws(Failure) -> Bool
  {
    if deployment.isRollbackCandidate { return true }
    var query = DeploymentQuery()
    query.onlyRollbackCandidates = true
    // Both ends are exclusive.
    query.since = Time(milliseconds: deployment.created.milliseconds - 1)
    query.until = Time(milliseconds: deployment.created.milliseconds + 1)
    let source = try deployments(query, in: context)
    while let found = try source.next() {
      if found.id == deployment.id { return true }
    }
    return false
  }

  package func promote(
    _ target: Plan.Target,
    _ deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan {
    guard deployment.target == "production" else {
      throw Failure(
        .refused,
        "\(deployment.id) was built for \(deployment.target): promoting it would rebuild it",
        advice: ["redeploy its commit for production instead"]
      )
    }
    let live = liveID(try projectJSON(in: context))
    guard live != deployment.id || context.isSettling else {
      throw Failure(.nothingToDo, "\(deployment.id) serves \(target.environment ?? "it") already")
    }
    let path = ["v10", "projects", project, "promote", deployment.id]
    return switchPlan(
      target: target,
      member: "\(target.kind).promote",
      argument: "deployment",
      deployment: deployment,
      live: live,
      summary: "promote \(describe(deployment)) to production",
      consequences: [
        "aliases move to the existing build, nothing is rebuilt",
        "later pushes go live by themselves again",
      ],
      undo: live.map { "promote \($0)" },
      call: try api.call(
        .post,
        path,
        query: scope,
        body: .object([]),
        byHand: "vercel promote \(deployment.id) --yes" + (team.map { " --scope \($0)" } ?? "")
      ),
      wrap: wrap
    ) { (context) throws(Failure) in
      try api.change(.post, path, query: scope, body: Body("{}"), in: context)
    }
  }

  private func switchPlan(
    target: Plan.Target,
    member: String,
    argument: String,
    deployment: Deployment,
    live: String?,
    summary: String,
    consequences: [String],
    undo: String?,
    call: Plan.Call,
    wrap: @escaping WrapDeployment,
    send: @escaping @Sendable (CallContext) throws(Failure) -> VendorAPI.Answer
  ) -> Plan {
    let result: @Sendable (PerformContext) throws(Failure) -> Value = { (context) throws(Failure) in
      let value = wrap(try describedDeployment(deployment.id, in: context.call))
      return target.kind == "environment" && member == "environment.rollback"
        ? .record(Record(["deployment": value])) : value
    }
    return Plan(
      target: target,
      member: member,
      arguments: [(argument, .text(deployment.id))],
      effect: .change,
      effectClass: .observable,
      summary: summary,
      consequences: consequences,
      calls: [call],
      precondition: Plan.Precondition(
        "\(live ?? "no deployment") is live",
        of: "live",
        seen: live.map { .string($0) } ?? .null
      ) { (context) throws(Failure) in
        liveID(try projectJSON(in: context)).map { .string($0) } ?? .null
      },
      undo: undo,
      resultType: .fields([.init("deployment", .object("deployment"))]),
      probe: { (context) throws(Failure) in
        try probeSwitch(to: deployment.id, in: context.call)
      },
      found: result,
      body: .effect { (context) throws(Failure) in
        try performSwitch(to: deployment.id, in: context, send)
        return try result(context)
      }
    )
  }

  private func describe(_ deployment: Deployment) -> String {
    let commit = deployment.commit.map { " (\($0.prefix(7)))" } ?? ""
    return deployment.id + commit
  }

  /// Sends the request and waits as the vendor's command line does: there is no status endpoint, the
  /// project's `lastAliasRequest` is polled.
  private func performSwitch(
    to id: String,
    in context: PerformContext,
    _ send: (CallContext) throws(Failure) -> VendorAPI.Answer
  ) throws(Failure) {
    do throws(Failure) {
      _ = try send(context.call)
    } catch  where error.kind == .refused && error.message.contains("409") {
      // "Already current": somebody was quicker, or an earlier request of ours was taken.
      guard liveID(try projectJSON(in: context.call)) == id else { throw error }
      return
    }
    let end = Time.monotonicMicroseconds() + Self.patience.microseconds
    var reported: String?
    while Time.monotonicMicroseconds() < end {
      let state: (live: String?, last: HostingProject.Switch?)
      do throws(Failure) {
        let json = try projectJSON(in: context.call)
        state = (liveID(json), lastSwitch(json))
      } catch {
        throw Failure(
          .unknown,
          "the switch to \(id) was taken, but \(error.message)",
          advice: ["look at production.live"]
        )
      }
      if let last = state.last, last.to == id {
        switch last.status {
        case "succeeded" where state.live == id: return
        case "failed", "skipped":
          throw Failure(
            .failed,
            "Vercel says that the switch to \(id) \(last.status)",
            advice: [
              "production is served by \(state.live ?? "nothing"); aliases may be in between"
            ]
          )
        default:
          if reported != last.status { context.report("the switch to \(id) is \(last.status)") }
          reported = last.status
        }
      }
      try pauseWhilePolling(context.call, id)
    }
    throw Failure(
      .unknown,
      "the switch to \(id) was taken but did not end within \(Self.patience.roundedText)",
      advice: ["look at production.live"]
    )
  }

  private func pauseWhilePolling(_ context: CallContext, _ id: String) throws(Failure) {
    do throws(Failure) {
      try context.cancellation.wait(Self.pause)
    } catch {
      throw Failure(
        .unknown,
        "\(error.message) while the switch to \(id) was under way",
        advice: ["it goes on at Vercel; look at production.live"]
      )
    }
  }

  /// After-state means done, before-state means not done; while Vercel works at it, it waits.
  private func probeSwitch(to id: String, in context: CallContext) throws(Failure) -> Plan.Probe {
    let end = Time.monotonicMicroseconds() + Self.patience.microseconds
    while true {
      let json = try projectJSON(in: context)
      let last = lastSwitch(json)
      if liveID(json) == id, last?.to != id || last?.status == "succeeded" { return .done }
      guard let last, last.to == id else { return .notDone }
      switch last.status {
      case "failed", "skipped": return .notDone
      case "pending", "in-progress":
        guard Time.monotonicMicroseconds() < end else { return .unknown }
        try context.cancellation.wait(Self.pause)
      default: return .unknown
      }
    }
  }
}
