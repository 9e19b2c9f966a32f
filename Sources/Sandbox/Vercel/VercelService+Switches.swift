import Values

extension VercelService {
  static var switchRoutes: [Route<VercelService>] {
    [
      Route("POST", "/v1/projects/{project}/rollback/{deployment}") { .whole($0.rollBack($1)) },
      // Derived: what `vercel rollback` calls; it wants a JSON object as its body.
      Route("POST", "/v9/projects/{project}/rollback/{deployment}") { service, call in
        guard call.json?.objectValue != nil else {
          return .whole(.badRequest("should be object."))
        }
        return .whole(service.rollBack(call))
      },
      Route("PATCH", "/v1/projects/{project}/rollback/{deployment}/update-description") {
        .whole($0.describeRollback($1))
      },
      Route("GET", "/v9/projects/{project}/rollback/aliases") { .whole($0.switchedAliases($1)) },
      Route("POST", "/v10/projects/{project}/promote/{deployment}") { .whole($0.promote($1)) },
      Route("GET", "/v1/projects/{project}/promote/aliases") { .whole($0.switchedAliases($1)) },
      Route("GET", "/v9/projects/{project}/promote/aliases") { .whole($0.switchedAliases($1)) },
    ]
  }

  private func rollBack(_ call: RoutedRequest) -> SandboxResponse {
    if let reason = call.value("description"), reason.count > 250 {
      return .badRequest("`description` should NOT be longer than 250 characters.")
    }
    return change(call, .rollback) { deployment, state in
      guard deployment.isProduction, state.isRollbackCandidate(deployment) else {
        return .failure(
          422,
          "unprocessable_entity",
          "The deployment can not be rolled back to: it is not a rollback candidate."
        )
      }
      return nil
    }
  }

  private func promote(_ call: RoutedRequest) -> SandboxResponse {
    change(call, .promote) { deployment, _ in
      guard deployment.isReady else {
        return .failure(400, "deployment_not_ready", "The deployment is not ready.")
      }
      guard deployment.isProduction else {
        return .failure(
          422,
          "unprocessable_entity",
          "The deployment was built for preview; only a production deployment can be promoted."
        )
      }
      return nil
    }
  }

  /// Accepts a change of production's domains, which then takes two seconds or more.
  private func change(
    _ call: RoutedRequest,
    _ kind: Switch.Kind,
    unless refusal: (Deployment, HostingState) -> SandboxResponse?
  ) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    let id = call.gap("deployment")
    let willFail = rollbacksFail()
    return hosting.with { state, now in
      guard id.hasPrefix("dpl_"), let deployment = state.deployment(id) else {
        return .notFound("The deployment")
      }
      if let request = state.aliasRequest, !request.isSettled {
        return .failure(
          409,
          "conflict",
          "Another \(request.kind.rawValue) of this project is in progress."
        )
      }
      guard deployment.id != state.live else {
        return .failure(409, "conflict", "The deployment is already the current production.")
      }
      if let refusal = refusal(deployment, state) { return refusal }
      state.requestSwitch(
        kind,
        to: deployment.id,
        reason: call.value("description"),
        willFail: willFail,
        now: now
      )
      return .empty(201)
    }
  }

  private func describeRollback(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    guard let text = call.json?["description"]?.stringValue, text.count <= 250 else {
      return .badRequest("`description` should NOT be longer than 250 characters.")
    }
    return hosting.with { state, _ in
      guard state.describeRequest(of: call.gap("deployment"), as: text) else {
        return .notFound("The rollback")
      }
      return .empty(200)
    }
  }

  /// How the last change of production's domains fares, domain by domain.
  private func switchedAliases(_ call: RoutedRequest) -> SandboxResponse {
    guard isProject(call.gap("project")) else { return .notFound("Project") }
    let isRollback = call.path.contains("/rollback/")
    return hosting.with { state, now in
      guard let request = state.aliasRequest, (request.kind == .rollback) == isRollback else {
        return .json(["aliases": [], "pagination": ["count": 0, "next": nil, "prev": nil]])
      }
      let status = request.status(at: now)
      let shown = call.value("failedOnly") != "true" || status == .failed
      let aliases = (shown ? [Names.domain, "optiq.vercel.app"] : []).map { domain -> JSON in
        let name = JSON.string(domain)
        return [
          "alias": isRollback ? ["alias": name, "deploymentId": .string(request.to)] : name,
          "id": .string("als_" + String(domain.filter(\.isLetter))),
          "status": .string(status == .succeeded ? "completed" : status.rawValue),
        ]
      }
      let count = JSON.int(Int64(aliases.count))
      return .json([
        "aliases": .array(aliases), "pagination": ["count": count, "next": nil, "prev": nil],
      ])
    }
  }
}
