import Values

extension Deployment {
  /// As an element of `GET /v6/deployments`, which calls the identifier `uid`.
  func listed(in state: HostingState) -> JSON {
    var members: [JSON.Member] = [
      .init("uid", .string(id)), .init("name", .string(Names.project)),
      .init("projectId", .string(state.names.projectID)), .init("url", .string(host)),
      .init("created", .int(createdAt)), .init("source", .string(source)),
      .init("state", .string(self.state.rawValue)),
      .init("readyState", .string(self.state.rawValue)), .init("type", "LAMBDAS"),
      .init("creator", creator.listed), .init("inspectorUrl", .string(inspectorURL)),
      .init("meta", meta), .init("target", isProduction ? "production" : nil),
      .init("aliasError", nil), .init("aliasAssigned", aliasAssigned),
      .init("isRollbackCandidate", .bool(state.isRollbackCandidate(self))),
      .init("createdAt", .int(createdAt)),
    ]
    members += progress
    members.append(.init("projectSettings", ["framework": "nextjs", "nodeVersion": "20.x"]))
    return .object(members)
  }

  /// As `GET /v13/deployments/{idOrUrl}` answers it, which calls the identifier `id`.
  func detailed(in state: HostingState) -> JSON {
    var members: [JSON.Member] = [
      .init("id", .string(id)), .init("name", .string(Names.project)),
      .init("url", .string(host)), .init("alias", .array(aliases(in: state).map(JSON.string))),
      .init("aliasAssigned", .bool(aliasAssignedAt != nil || isReady)),
      .init("aliasError", nil), .init("readyState", .string(self.state.rawValue)),
      .init("status", .string(self.state.rawValue)),
      .init("target", isProduction ? "production" : nil),
      .init("createdAt", .int(createdAt)), .init("creator", creator.detailed),
      .init("createdIn", "sfo1"), .init("bootedAt", .int(buildingAt)),
      .init("inspectorUrl", .string(inspectorURL)), .init("meta", meta),
      .init("gitSource", gitSource), .init("projectId", .string(state.names.projectID)),
      .init("ownerId", .string(state.names.teamID)),
      .init("team", ["id": .string(state.names.teamID), "slug": .string(Names.team)]),
      .init("regions", ["iad1", "sfo1", "cdg1"]), .init("plan", "pro"), .init("public", false),
      .init("version", 2), .init("type", "LAMBDAS"), .init("source", .string(source)),
      .init("crons", .array(crons.map(\.json))), .init("env", []), .init("build", ["env": []]),
    ]
    members += progress
    return .object(members)
  }

  func aliases(in state: HostingState) -> [String] {
    if id == state.live { return [Names.domain, "optiq.vercel.app"] }
    guard isReady, !isProduction else { return [] }
    let name = branch.map { $0.isLetter || $0.isNumber ? $0 : "-" }
    return ["optiq-git-\(String(name))-optiq.vercel.app"]
  }

  private var progress: [JSON.Member] {
    var members: [JSON.Member] = []
    if state != .queued { members.append(.init("buildingAt", .int(buildingAt))) }
    if isReady {
      members.append(.init("ready", JSON(endedAt)))
      members.append(.init("readySubstate", wasPromoted || !isProduction ? "PROMOTED" : "STAGED"))
      members.append(.init("checksState", "completed"))
      members.append(.init("checksConclusion", "succeeded"))
    }
    if state == .canceled { members.append(.init("canceledAt", JSON(endedAt))) }
    if let failure {
      members.append(.init("errorCode", .string(failure.code)))
      members.append(.init("errorMessage", .string(failure.message)))
      if state == .error { members.append(.init("errorStep", "buildStep")) }
    }
    return members
  }

  private var aliasAssigned: JSON {
    if let aliasAssignedAt { return .int(aliasAssignedAt) }
    return isReady && !isProduction ? JSON(endedAt) : .bool(false)
  }

  private var inspectorURL: String { "https://vercel.com/optiq/optiq/\(id.dropFirst(4))" }

  private var meta: JSON {
    var members: [JSON.Member] = [
      .init("githubCommitAuthorName", .string(commit.author.name)),
      .init("githubCommitAuthorLogin", .string(commit.author.login)),
      .init("githubCommitMessage", .string(commit.message)),
      .init("githubCommitOrg", "optiq"), .init("githubCommitRepo", "optiq"),
      .init("githubCommitRef", .string(branch)), .init("githubCommitSha", .string(commit.sha)),
      .init("githubDeployment", "1"), .init("githubOrg", "optiq"), .init("githubRepo", "optiq"),
      .init("githubRepoOwnerType", "Organization"), .init("githubRepoVisibility", "private"),
      .init("branchAlias", .string("optiq-git-main-optiq.vercel.app")),
    ]
    if let pullRequest { members.append(.init("githubPrId", .string(String(pullRequest)))) }
    for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
      members.append(.init(name, .string(value)))
    }
    return .object(members)
  }

  /// The value of a `meta` member; what was set by the caller is found too.
  func meta(_ name: String) -> String? { meta[name]?.stringValue }

  private var gitSource: JSON {
    [
      "type": "github", "repoId": 618_233_914, "ref": .string(branch), "sha": .string(commit.sha),
      "prId": JSON(pullRequest),
    ]
  }
}

extension Person {
  fileprivate var listed: JSON {
    [
      "uid": .string(id), "email": .string(email), "username": .string(login),
      "githubLogin": .string(login),
    ]
  }

  fileprivate var detailed: JSON {
    ["uid": .string(id), "username": .string(login)]
  }
}

extension CronDefinition {
  var json: JSON { ["path": .string(path), "schedule": .string(schedule)] }
}
