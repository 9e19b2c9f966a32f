import Values

/// Vercel's API, as far as an operator of Optiq needs it.
///
/// What is documented, and where, is listed with the calls; `derived` marks calls that only
/// Vercel's own programs make.
struct VercelService: Sendable {
  let optiq: LiveOptiq
  /// Tells whether the fault `failing-rollback` is set.
  let rollbacksFail: @Sendable () -> Bool

  var hosting: Hosting { optiq.hosting }
  var names: Names { optiq.world.names }

  func respond(to request: SandboxRequest) async -> SandboxAnswer {
    guard request.bearer == names.vercelToken else {
      let error: JSON = [
        "error": ["code": "forbidden", "message": "Not authorized", "invalidToken": true]
      ]
      return .whole(.json(error, status: 403))
    }
    if let refusal = scopeRefusal(request) { return .whole(refusal) }
    return await Self.routes.answer(request, by: self) ?? .whole(.notFound("The route"))
  }

  /// A team's things can not be seen without naming the team.
  private func scopeRefusal(_ request: SandboxRequest) -> SandboxResponse? {
    if ["/v2/user", "/v2/teams"].contains(request.path) { return nil }
    let team = request.value("teamId") ?? request.value("slug")
    if team == names.teamID || team == Names.team { return nil }
    let isRequestLog = request.path.hasPrefix("/api/logs/")
    if isRequestLog, request.value("ownerId") == names.teamID { return nil }
    if team != nil || request.segments.count <= 2 || isRequestLog {
      return .failure(403, "forbidden", "You don't have permission to list this resource.")
    }
    return .notFound("Project")
  }

  private static let routes =
    deploymentRoutes + projectRoutes + switchRoutes + buildRoutes + logRoutes + variableRoutes
    + aliasRoutes + accountRoutes

  /// Whether `name` means Optiq's project.
  func isProject(_ name: String) -> Bool { name == names.projectID || name == Names.project }
}

extension SandboxResponse {
  /// An error as Vercel writes it.
  static func failure(
    _ status: Int,
    _ code: String,
    _ message: String,
    headers: [(String, String)] = []
  ) -> SandboxResponse {
    .json(
      ["error": ["code": .string(code), "message": .string(message)]],
      status: status,
      headers: headers
    )
  }

  static func notFound(_ what: String) -> SandboxResponse {
    .failure(404, "not_found", "\(what) not found.")
  }

  static func badRequest(_ message: String) -> SandboxResponse {
    .failure(400, "bad_request", "Invalid request: \(message)")
  }
}
