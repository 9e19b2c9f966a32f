import Synchronization
import Values

/// Sentry's API, as far as an operator of Optiq needs it.
final class SentryService: Sendable {
  let optiq: LiveOptiq
  let changes = Mutex(Changes())

  /// What was done at Sentry since the sandbox came up.
  struct Changes: Sendable {
    var statuses: [String: String] = [:]
    var releases: [SentryRelease] = []
    var deploys: [String: [SentryDeploy]] = [:]
    var requests: Int64 = 0
  }

  init(optiq: LiveOptiq) {
    self.optiq = optiq
  }

  var names: Names { optiq.world.names }

  func respond(to request: SandboxRequest) async -> SandboxAnswer {
    let answer = await answer(request)
    let count = changes.withLock { changes in
      changes.requests += 1
      return changes.requests
    }
    guard case .whole(var response) = answer else { return answer }
    let reset = optiq.now() / 1000 + 1
    response.headers += [
      ("X-Sentry-Rate-Limit-Limit", "40"),
      ("X-Sentry-Rate-Limit-Remaining", String(39 - count % 20)),
      ("X-Sentry-Rate-Limit-Reset", String(reset)),
      ("X-Sentry-Rate-Limit-ConcurrentLimit", "25"),
      ("X-Sentry-Rate-Limit-ConcurrentRemaining", "24"),
    ]
    return .whole(response)
  }

  private func answer(_ request: SandboxRequest) async -> SandboxAnswer {
    guard let token = request.bearer else {
      return .whole(.detail("Authentication credentials were not provided.", 401))
    }
    guard token == names.sentryToken else { return .whole(.detail("Invalid token", 401)) }
    // Every path of Sentry ends with a slash.
    guard request.path.hasSuffix("/") else {
      return .whole(.detail("The requested resource does not exist", 404))
    }
    if request.segments.count > 3, request.segments[2] == "organizations",
      request.segments[3] != Names.organization
    {
      return .whole(.detail("The requested resource does not exist", 404))
    }
    guard request.values("project").allSatisfy(isProject) else {
      return .whole(.detail("You do not have permission to perform this action.", 403))
    }
    return await Self.routes.answer(request, by: self)
      ?? .whole(.detail("The requested resource does not exist", 404))
  }

  private func isProject(_ name: String) -> Bool {
    name == Names.sentryProject || name == names.sentryProjectID || name == "-1"
  }

  static let organization = "/api/0/organizations/{organization}"

  private static let routes = issueRoutes + eventRoutes + releaseRoutes

  /// Whether a request asks about production, which all traffic is of.
  func coversProduction(_ request: SandboxRequest) -> Bool {
    let environments = request.values("environment").filter { !$0.isEmpty }
    return environments.isEmpty || environments.contains("production")
  }

  func release(of deployment: String) -> String {
    optiq.hosting.deployment(deployment)?.commit.sha ?? ""
  }
}

extension SandboxResponse {
  /// An error as Sentry writes it.
  static func detail(_ text: String, _ status: Int) -> SandboxResponse {
    .json(["detail": .string(text)], status: status)
  }
}

/// One page of a list that Sentry cuts by position; the cursor stands in the `Link` header.
struct SentryPage {
  private let offset: Int
  private let size: Int
  private let path: String

  init(_ request: SandboxRequest, standard: Int = 100) {
    let asked = request.integer("per_page") ?? request.integer("limit") ?? Int64(standard)
    size = Int(max(1, min(100, asked)))
    let parts = (request.value("cursor") ?? "0:0:0").split(separator: ":")
    offset = parts.count == 3 ? max(0, Int(parts[1]) ?? 0) : 0
    path = request.path
  }

  func answer(_ elements: [JSON], wrap: ([JSON]) -> JSON = JSON.array) -> SandboxResponse {
    let shown = Array(elements.dropFirst(offset).prefix(size))
    let hasNext = elements.count > offset + size
    let links = [
      link("previous", offset > 0, cursor: "0:\(max(0, offset - size)):1"),
      link("next", hasNext, cursor: "0:\(offset + size):0"),
    ]
    return .json(wrap(shown), headers: [("Link", links.joined(separator: ", "))])
  }

  private func link(_ rel: String, _ hasResults: Bool, cursor: String) -> String {
    "<https://sentry.io\(path)?cursor=\(cursor)>; rel=\"\(rel)\"; "
      + "results=\"\(hasResults)\"; cursor=\"\(cursor)\""
  }
}
