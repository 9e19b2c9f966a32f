import Values

extension VercelService {
  static var aliasRoutes: [Route<VercelService>] {
    [
      Route("GET", "/v4/aliases") { .whole($0.listAliases($1)) },
      Route("GET", "/v4/aliases/{alias}") { .whole($0.getAlias($1)) },
      Route("GET", "/v2/deployments/{id}/aliases") { .whole($0.deploymentAliases($1)) },
      Route("GET", "/v9/projects/{project}/domains") { .whole($0.domains($1)) },
      Route("GET", "/v6/domains/{domain}/config") { _, _ in
        .whole(
          .json([
            "configuredBy": "CNAME", "acceptedChallenges": ["http-01"], "misconfigured": false,
            "recommendedIPv4": [], "recommendedCNAME": [],
          ])
        )
      },
    ]
  }

  static var accountRoutes: [Route<VercelService>] {
    [
      Route("GET", "/v2/user") { service, _ in
        let person = service.names.people[0]
        return .whole(
          .json([
            "user": [
              "id": .string(person.id), "email": .string(person.email),
              "name": .string(person.name), "username": .string(person.login),
              "defaultTeamId": .string(service.names.teamID), "limited": false,
            ]
          ])
        )
      },
      Route("GET", "/v2/teams") { service, _ in
        .whole(
          .json([
            "teams": [
              [
                "id": .string(service.names.teamID), "slug": .string(Names.team), "name": "Optiq",
                "membership": ["role": "MEMBER", "confirmed": true],
              ]
            ],
            "pagination": ["count": 1, "next": nil, "prev": nil],
          ])
        )
      },
      Route("GET", "/v3/events") { .whole($0.events($1)) },
    ]
  }

  // MARK: - Aliases

  private func aliases(in state: HostingState) -> [(domain: String, deployment: Deployment)] {
    state.deployments.flatMap { deployment in
      deployment.aliases(in: state).map { ($0, deployment) }
    }
  }

  private func alias(_ domain: String, of deployment: Deployment) -> JSON {
    let time = deployment.aliasAssignedAt ?? deployment.endedAt ?? deployment.createdAt
    return [
      "uid": .string("als_" + String(domain.filter { $0.isLetter || $0.isNumber })),
      "alias": .string(domain), "created": .string(Time(milliseconds: time).text),
      "createdAt": .int(time), "updatedAt": .int(time), "deletedAt": nil, "redirect": nil,
      "deploymentId": .string(deployment.id), "projectId": .string(names.projectID),
      "deployment": [
        "id": .string(deployment.id), "url": .string(deployment.host),
        "meta": .string(deployment.commit.sha),
      ],
    ]
  }

  private func listAliases(_ call: RoutedRequest) -> SandboxResponse {
    let page: Page
    switch Page.read(call.request) {
    case .success(let read): page = read
    case .failure(let refusal): return refusal.response
    }
    guard call.value("projectId").map(isProject) ?? true else { return .notFound("Project") }
    return hosting.with { state, _ in
      var aliases = aliases(in: state)
      let domains = call.values("domain")
      if !domains.isEmpty { aliases.removeAll { !domains.contains($0.domain) } }
      // What a rollback to a deployment would move: production's domains.
      if call.value("rollbackDeploymentId") != nil {
        aliases.removeAll { $0.deployment.id != state.live }
      }
      return .json(
        page.answer(aliases, as: "aliases", at: \.deployment.createdAt) {
          alias($0.domain, of: $0.deployment)
        }
      )
    }
  }

  private func getAlias(_ call: RoutedRequest) -> SandboxResponse {
    hosting.with { state, _ in
      guard let found = aliases(in: state).first(where: { $0.domain == call.gap("alias") }) else {
        return .notFound("The alias")
      }
      return .json(alias(found.domain, of: found.deployment))
    }
  }

  private func deploymentAliases(_ call: RoutedRequest) -> SandboxResponse {
    hosting.with { state, _ in
      guard let deployment = state.deployment(call.gap("id")) else {
        return .notFound("The deployment")
      }
      let aliases = deployment.aliases(in: state).map { alias($0, of: deployment) }
      return .json(["aliases": .array(aliases)])
    }
  }

  private func domains(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    let names = ["app.optiq.io", "optiq.vercel.app"]
    return .json([
      "domains": .array(
        names.map { name in
          [
            "name": .string(name), "apexName": .string(name == Names.domain ? "optiq.io" : name),
            "projectId": .string(hosting.projectID), "verified": true, "redirect": nil,
            "gitBranch": nil,
          ]
        }
      ),
      "pagination": ["count": 2, "next": nil, "prev": nil],
    ])
  }

  // MARK: - Activity

  private func events(_ call: RoutedRequest) -> SandboxResponse {
    let kinds = call.value("types").map { Set($0.split(separator: ",").map(String.init)) }
    let projects = call.value("projectIds")?.split(separator: ",").map(String.init)
    guard projects?.contains(hosting.projectID) ?? true else { return .json(["events": []]) }
    let since = call.value("since").flatMap(Self.moment) ?? 0
    let until = call.value("until").flatMap(Self.moment) ?? .max
    let limit = Int(call.integer("limit") ?? 20)
    let principal = call.value("principalId")
    return hosting.with { state, _ in
      let fitting = state.activity.reversed().filter { entry in
        (kinds?.contains(entry.kind) ?? true) && entry.at > since && entry.at < until
          && (principal.map { $0 == entry.person.id } ?? true)
      }
      let shown = fitting.prefix(max(0, limit)).map {
        $0.json(withPayload: call.value("withPayload") == "true")
      }
      return .json(["events": .array(shown)])
    }
  }

  /// A moment as milliseconds or as RFC 3339: both are seen.
  private static func moment(_ text: String) -> Milliseconds? {
    Int64(text) ?? Time(text)?.milliseconds
  }
}

extension Activity {
  fileprivate func json(withPayload: Bool) -> JSON {
    let whole = "\(person.name) \(text)"
    let json: JSON = [
      "id": .string("uev_\(at)\(kind.count)"), "type": .string(kind), "text": .string(whole),
      "entities": [["type": "author", "start": 0, "end": .int(Int64(person.name.utf16.count))]],
      "createdAt": .int(at), "userId": .string(person.id), "principalId": .string(person.id),
      "user": [
        "uid": .string(person.id), "username": .string(person.login),
        "email": .string(person.email), "avatar": "",
      ],
    ]
    return withPayload ? json.adding([.init("payload", .object(payload))]) : json
  }
}
