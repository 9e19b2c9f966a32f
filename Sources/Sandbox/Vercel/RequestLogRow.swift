import Foundation
import Values

/// One request that Vercel logged; a sample of the traffic, all failures of a minute up to a few.
struct RequestLogRow: Sendable {
  var id: String
  var at: Milliseconds
  var deployment: String
  var method: String
  var path: String
  var status: Int64
  var level: String
  var message: String

  /// The rows of `slices`, earliest first; the same slices give the same rows.
  static func rows(of slices: [TrafficSlice], seed: UInt64) -> [RequestLogRow] {
    slices.flatMap { slice -> [RequestLogRow] in
      var random = SplitMix64(seed: seed &+ UInt64(bitPattern: slice.from), topic: "rows")
      let length = max(1, slice.until - slice.from)
      var causes: [FailureCause?] = []
      for (cause, count) in slice.failed.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        causes += Array(repeating: cause, count: Int(min(count, length > 5000 ? 6 : 2)))
      }
      causes += Array(repeating: nil, count: length > 5000 ? 4 : 1)
      return causes.map { cause in
        row(cause, in: slice, at: slice.from + random.number(in: 0...(length - 1)), &random)
      }
      .sorted { $0.at < $1.at }
    }
  }

  private static func row(
    _ cause: FailureCause?,
    in slice: TrafficSlice,
    at moment: Milliseconds,
    _ random: inout SplitMix64
  ) -> RequestLogRow {
    let issue = cause.map { IssueTemplate.of($0, random: &random) }
    let sound = random.one(of: ["/dashboard", "/api/campaigns", "/api/journeys", "/api/health"])
    return RequestLogRow(
      id: "iad1::" + random.text(5, from: .lowercase) + "-\(moment)-"
        + random.text(12, from: .hexadecimal),
      at: moment,
      deployment: slice.deployment,
      method: issue?.method ?? "GET",
      path: issue?.path ?? sound,
      status: issue == nil ? 200 : issue?.status ?? 500,
      level: issue == nil ? "info" : "error",
      message: issue.map { "\($0.type): \($0.value)" } ?? "request served"
    )
  }

  /// The row that says that a live log has reached its end.
  static func delimiter(at moment: Milliseconds) -> JSON {
    [
      "level": "info", "message": "Live logs end after 5 minutes.", "rowId": "delimiter",
      "source": "delimiter", "timestampInMs": .int(moment), "domain": .string(Names.domain),
      "messageTruncated": false, "requestMethod": "", "requestPath": "", "responseStatusCode": 0,
    ]
  }

  /// As a line of a live log.
  var runtime: JSON {
    [
      "level": .string(level), "message": .string(message), "rowId": .string(id),
      "source": "serverless", "timestampInMs": .int(at), "domain": .string(Names.domain),
      "messageTruncated": false, "requestMethod": .string(method),
      "requestPath": .string(path), "responseStatusCode": .int(status),
    ]
  }

  /// As a row of `GET /api/logs/request-logs`.
  func past(deployment: Deployment?) -> JSON {
    [
      "requestId": .string(id), "timestamp": .string(Time(milliseconds: at).text),
      "deploymentId": .string(self.deployment), "requestMethod": .string(method),
      "requestPath": .string(path), "statusCode": .int(status),
      "environment": "production", "branch": .string(deployment?.branch ?? "main"),
      "cache": "MISS", "traceId": .string(String(id.suffix(12))),
      "domain": .string(Names.domain),
      "logs": [
        ["level": .string(level), "message": .string(message), "messageTruncated": false]
      ],
      "events": [["source": "serverless"]],
    ]
  }
}

/// Which past rows a caller wants.
struct RequestLogFilter {
  private let deployment: String?
  private let environment: String?
  private let levels: Set<String>?
  private let statuses: [String]?
  private let sources: Set<String>?
  private let words: [String]
  private let id: String?
  private let branch: String?

  init(_ request: SandboxRequest) {
    func list(_ name: String) -> [String]? {
      request.value(name).map { $0.split(separator: ",").map(String.init) }
    }
    deployment = request.value("deploymentId")
    environment = request.value("environment")
    levels = list("level").map(Set.init)
    sources = list("source").map(Set.init)
    id = request.value("requestId")
    branch = request.value("branch")
    let search = (request.value("search") ?? "").split(separator: " ").map(String.init)
    words = search.filter { !$0.hasPrefix("status:") }.map { $0.lowercased() }
    let searched = search.filter { $0.hasPrefix("status:") }.map { String($0.dropFirst(7)) }
    let asked = (list("statusCode") ?? []) + searched
    statuses = asked.isEmpty ? nil : asked
  }

  func accepts(_ row: RequestLogRow, deployment found: Deployment?) -> Bool {
    let text = (row.message + " " + row.path).lowercased()
    return (deployment.map { $0 == row.deployment } ?? true)
      && (environment.map { $0 == "production" } ?? true)
      && (levels?.contains(row.level) ?? true)
      && (statuses?.contains { Self.matches(row.status, $0) } ?? true)
      && (sources?.contains("serverless") ?? true)
      && (id.map { $0 == row.id } ?? true) && (branch.map { $0 == found?.branch } ?? true)
      && words.allSatisfy(text.contains)
  }

  /// Whether a status is the one, or of the class, that is asked for: `500` or `5xx`.
  private static func matches(_ status: Int64, _ wanted: String) -> Bool {
    wanted.lowercased().hasSuffix("xx")
      ? String(status / 100) == wanted.prefix(1) : String(status) == wanted
  }
}
