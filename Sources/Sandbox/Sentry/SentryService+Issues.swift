import Synchronization
import Values

extension SentryService {
  static var issueRoutes: [Route<SentryService>] {
    [
      Route("GET", organization + "/issues") { .whole(await $0.list($1)) },
      Route("GET", "/api/0/projects/{organization}/{project}/issues") { .whole(await $0.list($1)) },
      Route("GET", organization + "/issues/{issue}") { .whole(await $0.get($1)) },
      Route("PUT", organization + "/issues/{issue}") { .whole(await $0.update($1)) },
      Route("GET", organization + "/issues/{issue}/events") { .whole(await $0.events(of: $1)) },
      Route("GET", organization + "/issues/{issue}/events/{event}") {
        .whole(await $0.event(of: $1))
      },
    ]
  }

  private static let keys: Set<String> = [
    "is", "level", "release", "firstRelease", "first-release", "age", "firstSeen", "lastSeen",
    "environment", "error.type", "transaction", "issue.category", "issue", "project",
  ]

  private func list(_ call: RoutedRequest) async -> SandboxResponse {
    await optiq.measure()
    let now = optiq.now()
    guard let window = TimeWindow(call.request, now: now) else {
      return .detail("Invalid statsPeriod or date range", 400)
    }
    let query = SearchQuery(call.value("query") ?? "is:unresolved")
    if let key = query.unknownKeys(besides: Self.keys).first {
      return .detail("Error parsing search query: Invalid key for this search: \(key)", 400)
    }
    let sort = call.value("sort") ?? "date"
    let sorts = ["date", "freq", "inbox", "new", "recommended", "trends", "user"]
    guard sorts.contains(sort) else { return .detail("Invalid sort", 400) }
    guard coversProduction(call.request) else { return SentryPage(call.request).answer([]) }
    var issues = issues(in: window, release: query.value("release"))
    issues.removeAll { $0.count == 0 || !accepts($0, query, now: now) }
    issues.sort { left, right in
      switch sort {
      case "new": left.firstSeen > right.firstSeen
      case "freq", "user", "trends": left.count > right.count
      default: (left.lastSeen, left.count) > (right.lastSeen, right.count)
      }
    }
    return SentryPage(call.request).answer(issues.map(json))
  }

  private func accepts(_ issue: SentryIssue, _ query: SearchQuery, now: Milliseconds) -> Bool {
    let first = release(of: issue.firstDeployment)
    let text = (issue.title + " " + issue.template.culprit).lowercased()
    let isStatus = query.terms.filter { $0.key == "is" }.allSatisfy { term in
      let holds =
        switch term.value {
        case "unhandled": issue.template.cause != .background
        case "archived": issue.status == "ignored"
        case "unassigned": true
        default: issue.status == term.value
        }
      return holds != term.isNegated
    }
    return isStatus && query.accepts("level", "error")
      && query.accepts("firstRelease", first) && query.accepts("first-release", first)
      && query.accepts("age", at: issue.firstSeen, now: now)
      && query.accepts("firstSeen", at: issue.firstSeen, now: now)
      && query.accepts("lastSeen", at: issue.lastSeen, now: now)
      && query.accepts("environment", "production")
      && query.accepts("error.type", issue.template.type)
      && query.accepts("transaction", issue.template.culprit)
      && query.accepts("issue", issue.shortID) && query.words.allSatisfy(text.contains)
  }

  private func issue(_ call: RoutedRequest) async -> SentryIssue? {
    await optiq.measure()
    let window = TimeWindow(call.request, now: optiq.now())
    let name = call.gap("issue")
    return window.flatMap { window in
      issues(in: window).first { $0.id == name || $0.shortID == name.uppercased() }
    }
  }

  private static let missing = SandboxResponse.detail("The requested resource does not exist", 404)

  private func get(_ call: RoutedRequest) async -> SandboxResponse {
    guard let issue = await issue(call) else { return Self.missing }
    return .json(
      json(issue).adding([
        .init("activity", []), .init("seenBy", []), .init("participants", []),
        .init("userReportCount", 0), .init("tags", []),
      ])
    )
  }

  private func update(_ call: RoutedRequest) async -> SandboxResponse {
    guard var issue = await issue(call) else { return Self.missing }
    guard let status = call.json?["status"]?.stringValue else { return .json(json(issue)) }
    guard ["resolved", "unresolved", "ignored", "resolvedInNextRelease"].contains(status) else {
      return .json(
        ["status": ["\"\(status)\" is not a valid choice."].map(JSON.string).first ?? nil],
        status: 400
      )
    }
    issue.status = status == "resolvedInNextRelease" ? "resolved" : status
    changes.withLock { $0.statuses[issue.id] = issue.status }
    return .json(json(issue))
  }

  // MARK: - Events

  private func events(of call: RoutedRequest) async -> SandboxResponse {
    guard let issue = await issue(call) else { return Self.missing }
    let events = (0..<Int64(min(issue.lifetimeCount, 100))).map { event(issue, number: $0) }
    return SentryPage(call.request).answer(events)
  }

  private func event(of call: RoutedRequest) async -> SandboxResponse {
    guard let issue = await issue(call) else { return Self.missing }
    switch call.gap("event") {
    case "latest", "recommended": return .json(event(issue, number: 0))
    case "oldest": return .json(event(issue, number: max(0, issue.lifetimeCount - 1)))
    case let id:
      let found = (0..<Int64(min(issue.lifetimeCount, 100))).first {
        eventID(issue, number: $0) == id
      }
      return found.map { .json(event(issue, number: $0)) } ?? Self.missing
    }
  }

  private func eventID(_ issue: SentryIssue, number: Int64) -> String {
    var random = SplitMix64(seed: optiq.world.seed, topic: "event \(issue.id) \(number)")
    return random.text(32, from: .hexadecimal)
  }

  /// An event of an issue; number 0 is the latest.
  private func event(_ issue: SentryIssue, number: Int64) -> JSON {
    let isOldest = number > 0 && number == issue.lifetimeCount - 1
    let time = isOldest ? issue.firstSeen : issue.lastSeen - number * 700
    let sha = release(of: isOldest ? issue.firstDeployment : issue.lastDeployment)
    let id = JSON.string(eventID(issue, number: number))
    let tags = [
      ("environment", "production"), ("level", "error"), ("release", sha),
      ("transaction", issue.template.culprit), ("server_name", "iad1"),
    ]
    let template = issue.template
    let date = JSON.string(Time(milliseconds: max(time, issue.firstSeen)).text)
    return [
      "id": id, "eventID": id, "groupID": .string(issue.id), "event.type": "error",
      "projectID": .string(names.sentryProjectID), "title": .string(issue.title),
      "message": .string(template.value), "location": .string(template.file),
      "culprit": .string(template.culprit), "platform": "javascript", "type": "error",
      "user": nil, "dist": nil, "size": 14_211, "crashFile": nil,
      "tags": .array(tags.map { ["key": .string($0.0), "value": .string($0.1)] }),
      "dateCreated": date, "dateReceived": date, "contexts": [:], "context": [:], "errors": [],
      "packages": [:], "release": ["version": .string(sha)], "nextEventID": nil,
      "previousEventID": nil, "metadata": ["type": .string(template.type)],
      "entries": [Self.exception(template), Self.request(template)],
    ]
  }

  private static func exception(_ template: IssueTemplate) -> JSON {
    let frame: JSON = [
      "filename": .string(template.file), "function": .string(template.function),
      "lineNo": 42, "colNo": 17, "inApp": .bool(!template.file.hasPrefix("node_modules")),
    ]
    let value: JSON = [
      "type": .string(template.type), "value": .string(template.value),
      "stacktrace": ["frames": [frame]], "mechanism": ["type": "generic", "handled": false],
    ]
    return ["type": "exception", "data": ["values": [value]]]
  }

  private static func request(_ template: IssueTemplate) -> JSON {
    let url = JSON.string("https://\(Names.domain)\(template.path)")
    return ["type": "request", "data": ["method": .string(template.method), "url": url]]
  }
}
