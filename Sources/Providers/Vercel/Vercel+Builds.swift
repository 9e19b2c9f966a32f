internal import HTTP
package import Objects
package import Stack
package import Values

/// Building again, and stopping a build.
extension Vercel {
  package func redeploy(
    _ target: Plan.Target,
    _ deployment: Deployment,
    in context: CallContext,
    wrap: @escaping WrapDeployment
  ) throws(Failure) -> Plan {
    @Sendable func body(_ key: String) -> JSON {
      var members: [JSON.Member] = [
        .init("deploymentId", .string(deployment.id)), .init("name", .string(project)),
        .init("meta", ["action": "redeploy", "opsh": .string(key)]),
      ]
      // The API takes `production` or leaves it out; a preview has no target.
      if deployment.target == "production" { members.append(.init("target", "production")) }
      return .object(members)
    }
    let path = ["v13", "deployments"]
    let query = scope + [("forceNew", "1")]
    return Plan(
      target: target,
      member: "deployment.redeploy",
      arguments: [("deployment", .text(deployment.id))],
      effect: .change,
      effectClass: .keyed,
      summary: "build \(deployment.id) again for \(deployment.target)",
      consequences: [
        "REBUILDS: a new deployment of the same commit, with today's variables",
        deployment.target == "production" ? "it serves production when it is ready" : nil,
      ].compactMap(\.self),
      calls: [
        try api.call(
          .post,
          path,
          query: query,
          body: body("RUN"),
          byHand: "vercel redeploy \(deployment.id)" + (team.map { " --scope \($0)" } ?? "")
        )
      ],
      undo: "roll back to the deployment that served before",
      resultType: .object("deployment"),
      probe: { (context) throws(Failure) in
        try find(key: context.key, in: context.call) == nil ? .notDone : .done
      },
      found: { (context) throws(Failure) in
        guard let json = try find(key: context.key, in: context.call) else { return .nothing }
        return wrap(try VercelDeployments.deployment(json, seen: context.call.now))
      },
      body: .effect { (context) throws(Failure) in
        let answer = try api.change(
          .post,
          path,
          query: query,
          body: Body(body(context.key).text),
          in: context.call
        )
        return wrap(try VercelDeployments.deployment(answer.json, seen: context.call.now))
      }
    )
  }

  /// The deployment that carries a run's key in its `meta`.
  private func find(key: String, in context: CallContext) throws(Failure) -> JSON? {
    let json = try api.get(
      ["v6", "deployments"],
      query: scope + [("projectId", project), ("meta-opsh", key), ("limit", "1")],
      in: context
    ).json
    return json["deployments"]?.arrayValue?.first
  }

  package func cancel(
    _ target: Plan.Target,
    _ deployment: Deployment,
    in context: CallContext
  ) throws(Failure) -> Plan {
    let isUnderWay = [.queued, .initializing, .building].contains(deployment.state)
    guard isUnderWay || context.isSettling else {
      throw Failure(
        .nothingToDo,
        "\(deployment.id) is \(deployment.state.rawValue): there is no build to stop"
      )
    }
    let path = ["v12", "deployments", deployment.id, "cancel"]
    return Plan(
      target: target,
      member: "deployment.cancel",
      arguments: [("deployment", .text(deployment.id))],
      effect: .change,
      effectClass: .observable,
      summary: "stop the build of \(deployment.id)",
      calls: [try api.call(.patch, path, query: scope)],
      precondition: Plan.Precondition(
        "\(deployment.id) is \(deployment.state.rawValue)",
        of: "state",
        seen: "under way"
      ) { (context) throws(Failure) in
        let state = try describedDeployment(deployment.id, in: context).state
        return [.queued, .initializing, .building].contains(state)
          ? "under way" : .string(state.rawValue)
      },
      undo: "redeploy \(deployment.id)",
      probe: { (context) throws(Failure) in
        switch try describedDeployment(deployment.id, in: context.call).state {
        case .canceled: .done
        case .ready, .error: .notDone
        default: .unknown
        }
      },
      body: .effect { (context) throws(Failure) in
        _ = try api.change(.patch, path, query: scope, in: context.call)
        return .nothing
      }
    )
  }
}
