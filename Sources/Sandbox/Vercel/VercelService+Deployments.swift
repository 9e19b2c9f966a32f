import Values

extension VercelService {
  static var deploymentRoutes: [Route<VercelService>] {
    [
      Route("GET", "/v6/deployments") { .whole($0.list($1)) },
      Route("GET", "/v7/deployments") { .whole($0.list($1)) },
      Route("GET", "/v13/deployments/{id}") { .whole($0.get($1)) },
    ]
  }

  private func get(_ call: RoutedRequest) -> SandboxResponse {
    hosting.with { state, _ in
      guard let deployment = state.deployment(call.gap("id")) else {
        return .notFound("The deployment \"\(call.gap("id"))\"")
      }
      return .json(deployment.detailed(in: state))
    }
  }

  private func list(_ call: RoutedRequest) -> SandboxResponse {
    let page: Page
    switch Page.read(call.request) {
    case .success(let read): page = read
    case .failure(let refusal): return refusal.response
    }
    let filter: DeploymentFilter
    switch DeploymentFilter.read(call.request) {
    case .success(let read): filter = read
    case .failure(let refusal): return refusal.response
    }
    guard filter.projects.allSatisfy(isProject) else { return .notFound("Project") }
    return hosting.with { state, _ in
      if let until = page.until, let status = state.trouble.status(for: "\(until)") {
        return Self.trouble(status)
      }
      let fitting = state.deployments.filter { filter.accepts($0, in: state) }
      return .json(
        page.answer(fitting, as: "deployments", at: \.createdAt) { $0.listed(in: state) }
      )
    }
  }

  private static func trouble(_ status: Int) -> SandboxResponse {
    status == 429
      ? .failure(
        429,
        "rate_limited",
        "Rate limit exceeded. Please try again in 1 second.",
        headers: [
          ("Retry-After", "1"), ("X-RateLimit-Limit", "500"), ("X-RateLimit-Remaining", "0"),
        ]
      )
      : .failure(500, "internal_server_error", "An unexpected internal error occurred")
  }
}

/// A refusal on the way to an answer.
struct Refusal: Error {
  let response: SandboxResponse

  init(_ message: String) { response = .badRequest(message) }
}

/// Which deployments a caller of the list wants.
struct DeploymentFilter {
  private static let states: Set<String> = [
    "BUILDING", "ERROR", "INITIALIZING", "QUEUED", "READY", "CANCELED",
  ]

  var projects: [String] = []
  private var app: String?
  private var target: String?
  private var states: Set<String>?
  private var branch: String?
  private var sha: String?
  private var users: Set<String>?
  private var isCandidate: Bool?
  private var labels: [(String, String)] = []

  static func read(_ request: SandboxRequest) -> Result<DeploymentFilter, Refusal> {
    var filter = DeploymentFilter()
    filter.projects = request.values("projectId") + request.values("projectIds").flatMap(items)
    filter.app = request.value("app")
    filter.target = request.value("target")
    filter.branch = request.value("branch")
    filter.sha = request.value("sha")
    filter.users = request.value("users").map { Set(items($0)) }
    if let states = request.value("state").map({ Set(items($0)) }) {
      guard states.isSubset(of: Self.states) else {
        return .failure(Refusal("`state` should be equal to one of the allowed values."))
      }
      filter.states = states
    }
    if let text = request.value("rollbackCandidate") {
      guard let flag = Bool(text) else {
        return .failure(Refusal("`rollbackCandidate` should be boolean."))
      }
      filter.isCandidate = flag
    }
    filter.labels = request.query.filter { $0.0.hasPrefix("meta-") }
      .map { (String($0.0.dropFirst(5)), $0.1) }
    return .success(filter)
  }

  private static func items(_ list: String) -> [String] {
    list.split(separator: ",").map(String.init)
  }

  func accepts(_ deployment: Deployment, in state: HostingState) -> Bool {
    (app ?? Names.project) == Names.project
      && (target.map { ($0 == "production") == deployment.isProduction } ?? true)
      && (states?.contains(deployment.state.rawValue) ?? true)
      && (branch.map { $0 == deployment.branch } ?? true)
      && (sha.map { $0 == deployment.commit.sha } ?? true)
      && (users?.contains(deployment.creator.id) ?? true)
      && (isCandidate.map { $0 == state.isRollbackCandidate(deployment) } ?? true)
      && labels.allSatisfy { deployment.meta($0.0) == $0.1 }
  }
}
