import Values

extension VercelService {
  static var buildRoutes: [Route<VercelService>] {
    [
      Route("POST", "/v13/deployments") { .whole($0.redeploy($1)) },
      Route("PATCH", "/v12/deployments/{id}/cancel") { .whole($0.cancel($1)) },
    ]
  }

  /// Builds an earlier deployment again; it is queued, then built, within three seconds.
  private func redeploy(_ call: RoutedRequest) -> SandboxResponse {
    guard let body = call.json, body.objectValue != nil else {
      return .badRequest("should be object.")
    }
    guard body["name"]?.stringValue != nil else {
      return .badRequest("missing required property `name`.")
    }
    guard let source = body["deploymentId"]?.stringValue else {
      return .failure(
        400,
        "missing_files",
        "Only a redeploy of an earlier deployment is possible here: `deploymentId` is missing."
      )
    }
    let target = body["target"]?.stringValue
    guard target == nil || target == "production" || target == "preview" else {
      return .badRequest("`target` should be equal to one of the allowed values.")
    }
    let labels = (body["meta"]?.objectValue ?? []).compactMap { member in
      member.value.stringValue.map { (member.name, $0) }
    }
    return hosting.with { state, now in
      guard let original = state.deployment(source) else { return .notFound("The deployment") }
      let copy = state.copy(
        of: original,
        isProduction: target.map { $0 == "production" } ?? original.isProduction,
        labels: Dictionary(labels) { $1 },
        now: now
      )
      state.insert(copy)
      return .json(copy.detailed(in: state))
    }
  }

  private func cancel(_ call: RoutedRequest) -> SandboxResponse {
    hosting.with { state, now in
      guard let deployment = state.deployment(call.gap("id")) else {
        return .notFound("The deployment")
      }
      guard deployment.state == .queued || deployment.state == .building else {
        // One of the few calls that answer `err`.
        return .json(
          [
            "err": [
              "code": "not_cancelable",
              "message": .string(
                "The deployment is \(deployment.state.rawValue) and can not be canceled."
              ),
            ]
          ],
          status: 400
        )
      }
      state.update(deployment.id) {
        $0.state = .canceled
        $0.endedAt = now
        $0.failure = Deployment.Failure(code: "CANCELED", message: "Canceled by a person")
      }
      return .json((state.deployment(deployment.id) ?? deployment).detailed(in: state))
    }
  }
}

extension HostingState {
  fileprivate mutating func copy(
    of original: Deployment,
    isProduction: Bool,
    labels: [String: String],
    now: Milliseconds
  ) -> Deployment {
    var copy = original
    copy.id = "dpl_" + random.text(28, from: .alphanumeric)
    copy.host = "optiq-\(random.text(9, from: .lowercase))-optiq.vercel.app"
    // Two deployments never share a moment: pages are cut by it.
    copy.createdAt = max(now, (deployments.first?.createdAt ?? 0) + 1)
    copy.buildingAt = copy.createdAt + random.number(in: 400...700)
    copy.endedAt = copy.createdAt + random.number(in: 2200...2900)
    copy.state = .queued
    copy.isProduction = isProduction
    copy.source = "redeploy"
    copy.failure = nil
    copy.wasPromoted = false
    copy.isRollbackCandidate = false
    copy.aliasAssignedAt = nil
    copy.labels = labels.merging(["originalDeploymentId": original.id]) { mine, _ in mine }
    copy.creator = names.people[0]
    return copy
  }
}
