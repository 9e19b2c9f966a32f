internal import Objects
internal import Stack
private import Synchronization
internal import Values

/// `GET /v6/deployments`, page by page: `pagination.next` is passed back as `until`.
final class VercelDeployments: DeploymentSource {
  private struct State {
    var page: ArraySlice<Deployment> = []
    var until: Int64?
    var isOver = false
  }

  private let vercel: Vercel
  private let query: DeploymentQuery
  private let context: CallContext
  private let state = Mutex(State())

  init(vercel: Vercel, query: DeploymentQuery, context: CallContext) {
    self.vercel = vercel
    self.query = query
    self.context = context
    state.withLock { $0.until = query.until?.milliseconds }
  }

  func next() throws(Failure) -> Deployment? {
    try state.withLock { (state) throws(Failure) in
      while state.page.isEmpty, !state.isOver { try turnPage(&state) }
      return state.page.popFirst()
    }
  }

  private func turnPage(_ state: inout State) throws(Failure) {
    var items: [(String, String?)] = [
      ("projectId", vercel.project), ("limit", "100"), ("target", query.tier),
      ("state", query.state?.rawValue.uppercased()), ("sha", query.commit),
      ("since", query.since.map { String($0.milliseconds) }),
      ("until", state.until.map(String.init)),
    ]
    if query.onlyRollbackCandidates { items.append(("rollbackCandidate", "true")) }
    let json = try vercel.api.get(
      ["v6", "deployments"],
      query: vercel.scope + items,
      in: context
    ).json
    guard let entries = json["deployments"]?.arrayValue else {
      throw Failure(.unreachable, "Vercel's list of deployments has no 'deployments'")
    }
    var page: [Deployment] = []
    for entry in entries { page.append(try Self.deployment(entry, seen: context.now)) }
    state.page = page[...]
    let next = json["pagination"]?["next"]?.intValue
    // A page that ends where it began would be asked for without end.
    state.isOver = next == nil || next == state.until || entries.isEmpty
    state.until = next
  }

  /// Reads one of `deployments[]` (v6, with `uid`) or a whole deployment (v13, with `id`).
  static func deployment(_ json: JSON, seen: Time) throws(Failure) -> Deployment {
    guard let id = (json["uid"] ?? json["id"])?.stringValue,
      let created = (json["createdAt"] ?? json["created"])?.intValue
    else { throw Failure(.unreachable, "Vercel described a deployment without id or time") }
    let state = (json["readyState"] ?? json["state"])?.stringValue?.lowercased() ?? ""
    var deployment = Deployment(
      id: id,
      url: json["url"]?.stringValue.map { "https://\($0)" } ?? "",
      state: Deployment.State(rawValue: state) ?? .error,
      // The API says null for preview.
      target: json["target"]?.stringValue ?? "preview",
      created: Time(milliseconds: created),
      seen: seen
    )
    deployment.buildStarted = json["buildingAt"]?.intValue.map { Time(milliseconds: $0) }
    deployment.ready = json["ready"]?.intValue.map { Time(milliseconds: $0) }
    let meta = json["meta"]
    deployment.commit = meta?["githubCommitSha"]?.stringValue
    deployment.message = meta?["githubCommitMessage"]?.stringValue
    deployment.author =
      meta?["githubCommitAuthorName"]?.stringValue
      ?? meta?["githubCommitAuthorLogin"]?.stringValue
      ?? json["creator"]?["username"]?.stringValue
    deployment.aliases = json["alias"]?.arrayValue?.compactMap(\.stringValue) ?? []
    deployment.isRollbackCandidate = json["isRollbackCandidate"]?.boolValue ?? false
    deployment.errorMessage = json["errorMessage"]?.stringValue
    deployment.inspectorURL = json["inspectorUrl"]?.stringValue
    return deployment
  }
}
