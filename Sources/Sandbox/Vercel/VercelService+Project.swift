import Values

extension VercelService {
  static var projectRoutes: [Route<VercelService>] {
    [
      Route("GET", "/v9/projects/{project}") { .whole($0.project($1) { .json($0) }) },
      Route("GET", "/v10/projects") { service, call in
        .whole(
          service.hosting.with { state, now in
            .json([
              "projects": [service.project(in: state, now: now)],
              "pagination": ["count": 1, "next": nil, "prev": nil],
            ])
          }
        )
      },
      Route("POST", "/v1/projects/{project}/pause") { .whole($0.setPaused($1, true)) },
      Route("POST", "/v1/projects/{project}/unpause") { .whole($0.setPaused($1, false)) },
      // Derived, from Vercel's Terraform provider.
      Route("PATCH", "/v1/projects/{project}/crons") { .whole($0.setCrons($1)) },
      // Derived, from `vercel crons run`.
      Route("POST", "/v1/projects/{project}/crons/run") { .whole(await $0.runCron($1)) },
    ]
  }

  /// Answers with the project as it is now, if the call names it.
  private func project(
    _ call: RoutedRequest,
    _ answer: (JSON) -> SandboxResponse
  ) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    return answer(hosting.with { state, now in project(in: state, now: now) })
  }

  private func project(in state: HostingState, now: Milliseconds) -> JSON {
    let live = state.liveDeployment
    var members: [JSON.Member] = [
      .init("id", .string(names.projectID)), .init("name", .string(Names.project)),
      .init("accountId", .string(names.teamID)), .init("framework", "nextjs"),
      .init("nodeVersion", "20.x"), .init("directoryListing", false),
      .init("createdAt", .int(state.cronsUpdatedAt - 86_400_000 * 300)),
      .init("updatedAt", .int(state.aliasRequest?.requestedAt ?? state.cronsUpdatedAt)),
      .init("buildCommand", "cd apps/frontend && npm run build"),
      .init("rootDirectory", "apps/frontend"),
      .init("outputDirectory", "apps/frontend/.next"), .init("installCommand", "npm ci"),
      .init("autoAssignCustomDomains", .bool(state.assignsDomains)), .init("live", true),
      .init("paused", .bool(state.isPaused)), .init("crons", crons(in: state)),
      .init("targets", ["production": live.target(in: state)]),
      .init("alias", .array([domainAlias(live)])),
      .init(
        "latestDeployments",
        .array(state.deployments.prefix(1).map { $0.target(in: state) })
      ),
      .init("resourceConfig", ["functionDefaultRegions": ["iad1", "sfo1", "cdg1"]]),
      .init(
        "link",
        ["type": "github", "org": "optiq", "repo": "optiq", "productionBranch": "main"]
      ),
    ]
    if let request = state.aliasRequest {
      members.append(.init("lastAliasRequest", request.json(at: now)))
      if request.kind == .rollback, !state.assignsDomains {
        members.append(.init("lastRollbackTarget", request.rollbackTarget(at: now)))
        members.append(
          .init(
            "rollbackDescription",
            [
              "userId": .string(names.people[0].id), "username": .string(names.people[0].login),
              "description": JSON(request.reason), "createdAt": .int(request.requestedAt),
            ]
          )
        )
      }
    }
    return .object(members)
  }

  private func crons(in state: HostingState) -> JSON {
    let live = state.liveDeployment
    let definitions = live.crons.map { cron in
      JSON.object([
        .init("host", .string(live.host)), .init("path", .string(cron.path)),
        .init("schedule", .string(cron.schedule)),
      ])
    }
    return [
      "enabledAt": .int(state.cronsDisabledAt == nil ? state.cronsUpdatedAt : 0),
      "disabledAt": JSON(state.cronsDisabledAt), "updatedAt": .int(state.cronsUpdatedAt),
      "deploymentId": .string(live.id), "definitions": .array(definitions),
    ]
  }

  private func domainAlias(_ live: Deployment) -> JSON {
    [
      "domain": .string(Names.domain), "environment": "production", "target": "PRODUCTION",
      "configuredBy": "CNAME", "configuredChangedAt": .int(live.createdAt),
      "deployment": ["id": .string(live.id), "url": .string(live.host)],
    ]
  }

  private func setPaused(_ call: RoutedRequest, _ paused: Bool) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    hosting.with { state, now in
      state.isPaused = paused
      state.activity.append(
        .of(
          paused ? "project-paused" : "project-unpaused",
          "\(paused ? "paused" : "unpaused") optiq",
          at: now,
          names: names
        )
      )
    }
    return .empty(200)
  }

  private func setCrons(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    guard let enabled = call.json?["enabled"]?.boolValue else {
      return .badRequest("missing required property `enabled`.")
    }
    return hosting.with { state, now in
      state.cronsDisabledAt = enabled ? nil : state.cronsDisabledAt ?? now
      state.cronsUpdatedAt = now
      let kind = enabled ? "project-cron-jobs-toggled-on" : "project-cron-jobs-toggled-off"
      let text = "turned cron jobs of optiq \(enabled ? "on" : "off")"
      state.activity.append(.of(kind, text, at: now, names: names))
      return .json(project(in: state, now: now))
    }
  }

  private func runCron(_ call: RoutedRequest) async -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    guard let path = call.json?["path"]?.stringValue,
      let schedule = call.json?["schedule"]?.stringValue
    else { return .badRequest("missing required property `path` or `schedule`.") }
    let known = hosting.liveDeployment.crons
    guard known.contains(CronDefinition(path: path, schedule: schedule)) else {
      return .notFound("Cron Job")
    }
    // Vercel only says when it called; how the job fared stands in the logs.
    _ = try? await optiq.database.run(job: path)
    return hosting.with { state, now in
      state.cronCalls.add(path, at: now)
      return .json(["invocationAt": .int(now)])
    }
  }
}

extension Deployment {
  /// As it stands in a project's `targets` and `latestDeployments`.
  fileprivate func target(in state: HostingState) -> JSON {
    [
      "id": .string(id), "name": .string(Names.project), "url": .string(host),
      "alias": .array(aliases(in: state).map(JSON.string)), "createdAt": .int(createdAt),
      "createdIn": "sfo1", "readyState": .string(self.state.rawValue), "readyAt": JSON(endedAt),
      "target": isProduction ? "production" : nil, "plan": "pro", "private": false,
      "type": "LAMBDAS", "aliasAssigned": JSON(aliasAssignedAt),
      "deploymentHostname": .string(String(host.prefix { $0 != "." })),
      "creator": ["uid": .string(creator.id), "email": .string(creator.email)],
      "userId": .string(creator.id),
      "meta": ["githubCommitSha": .string(commit.sha), "githubCommitRef": .string(branch)],
    ]
  }
}

extension AliasRequest {
  fileprivate func json(at now: Milliseconds) -> JSON {
    [
      "fromDeploymentId": .string(from), "toDeploymentId": .string(to),
      "fromRollingReleaseId": nil, "jobStatus": .string(status(at: now).rawValue),
      "requestedAt": .int(requestedAt), "type": .string(kind.rawValue),
    ]
  }

  /// The deprecated form, which only tells of rollbacks.
  fileprivate func rollbackTarget(at now: Milliseconds) -> JSON {
    [
      "fromDeploymentId": .string(from), "toDeploymentId": .string(to),
      "jobStatus": .string(status(at: now).rawValue), "requestedAt": .int(requestedAt),
    ]
  }
}
