internal import HTTP
package import Objects
package import Stack
package import Values

/// One project of Vercel.
///
/// Sources: `contracts/vercel.json` (the vendor's OpenAPI document of 2025-10-27) and, for what is not
/// in it, the vendor's own command line, SDK and Terraform provider.
package struct Vercel: Hosting {
  package static let declaration = Vendor(
    name: "vercel",
    role: .hosting,
    summary: "a project of Vercel",
    host: "api.vercel.com",
    parameters: [
      Parameter("project", .text, "the project's name or id"),
      Parameter("team", .text, "the team's slug or id", isRequired: false),
      Parameter("token", .secret, "an access token"),
      Parameter("url", .text, "another address, for tests", isRequired: false),
    ]
  ) { (use, context) throws(Failure) in
    let api = VendorAPI(
      vendor: "Vercel",
      base: try use.base("https://api.vercel.com"),
      client: SharedClient.client,
      token: try use.secret("token", in: context),
      policy: .vercel
    ) { body in
      // Some calls answer `err`, some a bare body (vercel/vercel, `response-error.ts`).
      let error = body["error"] ?? body["err"] ?? body
      return error["message"]?.stringValue ?? error["code"]?.stringValue
    }
    return .hosting(
      Vercel(
        api: api,
        dashboard: try use.base("https://vercel.com"),
        project: try use.needText("project"),
        team: use.text("team")
      )
    )
  }

  let api: VendorAPI
  /// Where request logs are asked for; not the API's host.
  let dashboard: URL
  let project: String
  let team: String?

  package var vendor: String { "Vercel" }

  package func tier(of environment: String) -> String {
    environment == "production" ? "production" : "preview"
  }

  /// Every call of a team's resource carries the team; without it the answer is 403 or 404.
  var scope: [(String, String?)] {
    guard let team else { return [] }
    return [(team.hasPrefix("team_") ? "teamId" : "slug", team)]
  }

  // MARK: - Reads

  package func deployments(
    _ query: DeploymentQuery,
    in context: CallContext
  ) throws(Failure) -> any DeploymentSource {
    VercelDeployments(vercel: self, query: query, context: context)
  }

  /// Whether it can be rolled back to is told by the list only, so that is asked too.
  package func deployment(_ id: String, in context: CallContext) throws(Failure) -> Deployment {
    var deployment = try describedDeployment(id, in: context)
    if deployment.target == "production", deployment.state == .ready {
      deployment.isRollbackCandidate = try isRollbackCandidate(deployment, in: context)
    }
    return deployment
  }

  /// What one request tells of it: not whether it can be rolled back to.
  func describedDeployment(_ id: String, in context: CallContext) throws(Failure) -> Deployment {
    let json = try api.get(["v13", "deployments", id], query: scope, in: context).json
    return try VercelDeployments.deployment(json, seen: context.now)
  }

  package func live(tier: String, in context: CallContext) throws(Failure) -> Deployment? {
    guard tier == "production" else {
      var query = DeploymentQuery()
      query.tier = tier
      query.state = .ready
      return try deployments(query, in: context).next()
    }
    guard let id = liveID(try projectJSON(in: context)) else { return nil }
    return try describedDeployment(id, in: context)
  }

  func liveID(_ project: JSON) -> String? {
    project["targets"]?["production"]?["id"]?.stringValue
  }

  func projectJSON(in context: CallContext) throws(Failure) -> JSON {
    try api.get(["v9", "projects", project], query: scope, in: context).json
  }

  package func project(in context: CallContext) throws(Failure) -> HostingProject {
    let json = try projectJSON(in: context)
    let crons = json["crons"]
    return HostingProject(
      isPaused: json["paused"]?.boolValue ?? false,
      cronsEnabled: crons.map { ($0["disabledAt"] ?? .null).isNull },
      crons: (crons?["definitions"]?.arrayValue ?? []).compactMap { definition in
        guard let path = definition["path"]?.stringValue,
          let schedule = definition["schedule"]?.stringValue
        else { return nil }
        return (path, schedule)
      },
      lastSwitch: lastSwitch(json)
    )
  }

  func lastSwitch(_ project: JSON) -> HostingProject.Switch? {
    guard let request = project["lastAliasRequest"], let to = request["toDeploymentId"]?.stringValue
    else { return nil }
    return HostingProject.Switch(
      from: request["fromDeploymentId"]?.stringValue,
      to: to,
      status: request["jobStatus"]?.stringValue ?? "unknown",
      kind: request["type"]?.stringValue ?? "promote",
      requested: Time(milliseconds: request["requestedAt"]?.intValue ?? 0)
    )
  }

  package func rolledBackFrom(in context: CallContext) throws(Failure) -> Set<String> {
    var found: Set<String> = []
    if let last = try project(in: context).lastSwitch, last.kind == "rollback",
      let from = last.from
    {
      found.insert(from)
    }
    // The activity log names every earlier rollback; a token without the right to read it still
    // leaves the last one known.
    do throws(Failure) {
      let events = try api.get(
        ["v3", "events"],
        query: scope + [
          ("types", "instant-rollback-created"), ("limit", "100"), ("withPayload", "true"),
        ],
        in: context
      ).json
      for event in events["events"]?.arrayValue ?? [] {
        if let from = event["payload"]?["fromDeploymentId"]?.stringValue { found.insert(from) }
      }
    } catch  where error.kind == .unreachable || error.kind == .refused {
      return found
    }
    return found
  }

  package func variables(tier: String, in context: CallContext) throws(Failure) -> [Variable] {
    let json = try api.get(["v10", "projects", project, "env"], query: scope, in: context).json
    return (json["envs"]?.arrayValue ?? []).compactMap { entry -> Variable? in
      guard let name = entry["key"]?.stringValue else { return nil }
      let tiers =
        entry["target"]?.arrayValue?.compactMap(\.stringValue)
        ?? [entry["target"]?.stringValue].compactMap(\.self)
      guard tiers.contains(tier) else { return nil }
      return Variable(
        name: name,
        tiers: tiers,
        kind: entry["type"]?.stringValue ?? "unknown",
        updated: entry["updatedAt"]?.intValue.map { Time(milliseconds: $0) }
      )
    }
    .sorted { $0.name < $1.name }
  }
}
