import Synchronization
import Values

struct SentryRelease: Sendable {
  var version: String
  var createdAt: Milliseconds
  var releasedAt: Milliseconds?
  var url: String?
  var ref: String?
}

struct SentryDeploy: Sendable {
  var id: String
  var environment: String
  var name: String?
  var url: String?
  var startedAt: Milliseconds?
  var finishedAt: Milliseconds

  var json: JSON {
    [
      "id": .string(id), "environment": .string(environment), "name": JSON(name),
      "url": JSON(url), "dateStarted": JSON(startedAt.map { Time(milliseconds: $0).text }),
      "dateFinished": .string(Time(milliseconds: finishedAt).text),
    ]
  }
}

extension SentryService {
  static var releaseRoutes: [Route<SentryService>] {
    [
      Route("GET", organization + "/releases") { .whole($0.list($1)) },
      Route("POST", organization + "/releases") { .whole($0.create($1)) },
      Route("GET", organization + "/releases/{version}") { .whole($0.get($1)) },
      Route("PUT", organization + "/releases/{version}") { .whole($0.finalize($1)) },
      Route("GET", organization + "/releases/{version}/deploys") { .whole($0.deploys($1)) },
      Route("POST", organization + "/releases/{version}/deploys") { .whole($0.addDeploy($1)) },
    ]
  }

  private static let missing = SandboxResponse.detail("The requested resource does not exist", 404)

  /// The releases that CI made, one for each production deployment that went live, newest first.
  private func releases() -> [SentryRelease] {
    let made = changes.withLock { $0.releases }
    let built = optiq.hosting.with { state, _ in
      state.deployments.filter { $0.isProduction && $0.isReady && $0.wasPromoted }
    }
    .map { deployment in
      SentryRelease(
        version: deployment.commit.sha,
        createdAt: deployment.createdAt,
        releasedAt: deployment.endedAt,
        ref: deployment.branch
      )
    }
    let own = made.filter { release in !built.contains { $0.version == release.version } }
    var seen: Set<String> = []
    return (own + built).sorted { $0.createdAt > $1.createdAt }
      .filter { seen.insert($0.version).inserted }
  }

  private func deploys(of release: SentryRelease) -> [SentryDeploy] {
    let made = changes.withLock { $0.deploys[release.version] ?? [] }
    guard let at = release.releasedAt, release.ref == "main" else { return made }
    let built = SentryDeploy(
      id: String(at % 100_000_000),
      environment: "production",
      startedAt: release.createdAt,
      finishedAt: at
    )
    return made + [built]
  }

  private func json(_ release: SentryRelease) -> JSON {
    let deploys = deploys(of: release)
    return [
      "id": .int(release.createdAt % 1_000_000_000), "version": .string(release.version),
      "shortVersion": .string(String(release.version.prefix(12))), "status": "open",
      "ref": JSON(release.ref), "url": JSON(release.url), "newGroups": 0, "commitCount": 1,
      "dateCreated": .string(Time(milliseconds: release.createdAt).text),
      "dateReleased": JSON(release.releasedAt.map { Time(milliseconds: $0).text }),
      "deployCount": .int(Int64(deploys.count)), "lastDeploy": deploys.first?.json ?? nil,
      "data": [:], "authors": [],
      "versionInfo": ["description": .string(String(release.version.prefix(12)))],
      "projects": [
        [
          "id": .int(Int64(names.sentryProjectID) ?? 0), "slug": .string(Names.sentryProject),
          "name": .string(Names.sentryProject), "platform": "javascript-nextjs",
          "platforms": ["javascript"], "hasHealthData": false, "newGroups": 0,
        ]
      ],
    ]
  }

  private func list(_ call: RoutedRequest) -> SandboxResponse {
    let wanted = call.value("query") ?? ""
    let fitting = releases().filter { wanted.isEmpty || $0.version.hasPrefix(wanted) }
    return SentryPage(call.request).answer(
      coversProduction(call.request) ? fitting.map(json) : []
    )
  }

  private func release(_ call: RoutedRequest) -> SentryRelease? {
    releases().first { $0.version == call.gap("version") }
  }

  private func get(_ call: RoutedRequest) -> SandboxResponse {
    release(call).map { .json(json($0)) } ?? Self.missing
  }

  private func create(_ call: RoutedRequest) -> SandboxResponse {
    guard let version = call.json?["version"]?.stringValue, !version.isEmpty else {
      return .json(["version": ["This field is required."]], status: 400)
    }
    let projects = call.json?["projects"]?.arrayValue?.compactMap(\.stringValue) ?? []
    guard !projects.isEmpty, projects.allSatisfy({ $0 == Names.sentryProject }) else {
      return .json(["projects": ["Invalid project ids or slugs"]], status: 400)
    }
    if let known = releases().first(where: { $0.version == version }) {
      return .json(json(known), status: 208)
    }
    let release = SentryRelease(
      version: version,
      createdAt: optiq.now(),
      releasedAt: call.json?["dateReleased"]?.stringValue.flatMap(TimeWindow.moment),
      url: call.json?["url"]?.stringValue,
      ref: call.json?["ref"]?.stringValue
    )
    changes.withLock { $0.releases.append(release) }
    return .json(json(release), status: 201)
  }

  private func finalize(_ call: RoutedRequest) -> SandboxResponse {
    guard var release = release(call) else { return Self.missing }
    let date = call.json?["dateReleased"]?.stringValue.flatMap(TimeWindow.moment)
    release.releasedAt = date ?? release.releasedAt
    changes.withLock { changes in
      changes.releases.removeAll { $0.version == release.version }
      changes.releases.append(release)
    }
    return .json(json(release))
  }

  private func deploys(_ call: RoutedRequest) -> SandboxResponse {
    guard let release = release(call) else { return Self.missing }
    return SentryPage(call.request).answer(deploys(of: release).map(\.json))
  }

  private func addDeploy(_ call: RoutedRequest) -> SandboxResponse {
    guard let release = release(call) else { return Self.missing }
    guard let environment = call.json?["environment"]?.stringValue, !environment.isEmpty else {
      return .json(["environment": ["This field is required."]], status: 400)
    }
    let now = optiq.now()
    let deploy = SentryDeploy(
      id: String(now % 100_000_000),
      environment: environment,
      name: call.json?["name"]?.stringValue,
      url: call.json?["url"]?.stringValue,
      startedAt: call.json?["dateStarted"]?.stringValue.flatMap(TimeWindow.moment),
      finishedAt: call.json?["dateFinished"]?.stringValue.flatMap(TimeWindow.moment) ?? now
    )
    changes.withLock { $0.deploys[release.version, default: []].insert(deploy, at: 0) }
    return .json(deploy.json, status: 201)
  }
}
