/// What was counted of one kind in one slice of the traffic.
struct Measurement: Sendable {
  var at: Milliseconds
  var deployment: String
  var release = ""
  var count: Int64
  var failed: Int64
  /// The duration that 95 of 100 stay under, in milliseconds.
  var duration: Double
  var transaction: String
  var title = ""
  var type = ""
  var issue = ""

  static let keys: Set<String> = [
    "is_transaction", "release", "transaction", "environment", "error.type", "issue.id", "level",
    "title", "project", "event.type", "span.op",
  ]

  static let fields: Set<String> = [
    "project", "release", "transaction", "environment", "error.type", "issue.id", "issue", "title",
    "project.name",
  ]

  func fits(_ query: SearchQuery) -> Bool {
    query.accepts("release", release) && query.accepts("transaction", transaction)
      && query.accepts("environment", "production") && query.accepts("error.type", type)
      && query.accepts("issue.id", issue) && query.accepts("title", title)
      && query.words.allSatisfy(title.lowercased().contains)
  }

  func text(_ field: String) -> String {
    switch field {
    case "release": release
    case "transaction": transaction
    case "environment": "production"
    case "error.type": type
    case "issue.id", "issue": issue
    case "title": title
    default: Names.sentryProject
    }
  }

  /// A slice's requests, by route: those of the failures carry all of them, the others none.
  static func spans(of slice: TrafficSlice) -> [Measurement] {
    let sound = ["GET /dashboard", "GET /api/campaigns", "GET /api/journeys"]
    let routes = slice.failed.filter { $0.value > 0 }.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { cause, count in
        let template = IssueTemplate.all.first { $0.cause == cause }
        return (route: template?.culprit ?? sound[0], failed: count)
      }
    let each = (slice.requests - routes.reduce(0) { $0 + $1.failed }) / Int64(sound.count)
    var left = slice.requests
    var spans = routes.map { route, failed in
      left -= failed
      return Measurement(
        at: slice.from,
        deployment: slice.deployment,
        count: failed,
        failed: failed,
        duration: slice.p95,
        transaction: route
      )
    }
    for (index, route) in sound.enumerated() {
      let count = index == sound.count - 1 ? left : max(0, min(left, each))
      left -= count
      spans.append(
        Measurement(
          at: slice.from,
          deployment: slice.deployment,
          count: max(0, count),
          failed: 0,
          duration: slice.p95,
          transaction: route
        )
      )
    }
    return spans
  }
}
