internal import HTTP
package import Objects
package import Stack
package import Values

/// One project of Sentry.
///
/// Sources: `contracts/sentry.json` (the vendor's OpenAPI document of 2026-08-16). Every path ends with
/// a slash. The `events` datasets are `errors` and `spans`; `events-stats` is no longer documented.
package struct Sentry: ErrorTracker {
  package static let declaration = Vendor(
    name: "sentry",
    role: .errors,
    summary: "a project of Sentry",
    host: "sentry.io",
    parameters: [
      Parameter("organization", .text, "the organization's slug"),
      Parameter("project", .text, "the project's slug"),
      Parameter("token", .secret, "an auth token with org:read, event:read and project:releases"),
      Parameter("url", .text, "the region's address, or one for tests", isRequired: false),
    ]
  ) { (use, context) throws(Failure) in
    let api = VendorAPI(
      vendor: "Sentry",
      base: try use.base("https://sentry.io"),
      client: SharedClient.client,
      token: try use.secret("token", in: context),
      policy: .sentry
    ) { body in
      switch body["detail"] {
      case .string(let text)?: text
      case let detail?: detail["message"]?.stringValue ?? detail.text
      case nil: nil
      }
    }
    return .errors(
      Sentry(
        api: api,
        organization: try use.needText("organization"),
        project: try use.needText("project")
      )
    )
  }

  let api: VendorAPI
  let organization: String
  let project: String

  init(api: VendorAPI, organization: String, project: String) {
    self.api = api
    self.organization = organization
    self.project = project
  }

  package var vendor: String { "Sentry" }

  private func get(
    _ resource: String,
    _ query: [(String, String?)],
    in context: CallContext
  ) throws(Failure) -> VendorAPI.Answer {
    try api.get(
      ["api", "0", "organizations", organization, resource],
      query: query,
      trailingSlash: true,
      in: context
    )
  }

  private func scope(_ window: TimeWindow, _ environment: String) -> [(String, String?)] {
    [
      ("project", project), ("environment", environment), ("start", window.start.text),
      ("end", window.end.text),
    ]
  }

  // MARK: - Issues

  /// Every page: both relations of the `Link` header are always there, `results` says which holds.
  package func issues(
    _ window: TimeWindow,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> [TrackedIssue] {
    var found: [TrackedIssue] = []
    var cursor: String?
    // An incident has few causes; beyond this a person no longer reads.
    for _ in 0..<10 {
      let answer = try get(
        "issues",
        scope(window, environment) + [
          ("query", "is:unresolved"), ("sort", "freq"), ("limit", "100"), ("cursor", cursor),
        ],
        in: context
      )
      guard let page = answer.json.arrayValue else {
        throw Failure(.unreachable, "Sentry's list of issues is no list")
      }
      found += page.compactMap(Self.issue)
      guard let next = answer.headers.link("next"), next["results"] == "true",
        let following = next["cursor"], following != cursor
      else { break }
      cursor = following
    }
    return found.sorted { ($0.count, $1.id) > ($1.count, $0.id) }
  }

  static func issue(_ json: JSON) -> TrackedIssue? {
    guard let id = json["id"]?.stringValue, let title = json["title"]?.stringValue,
      let first = json["firstSeen"]?.stringValue.flatMap({ Time($0) }),
      let last = json["lastSeen"]?.stringValue.flatMap({ Time($0) })
    else { return nil }
    var issue = TrackedIssue(
      id: id,
      shortID: json["shortId"]?.stringValue ?? id,
      title: title,
      level: json["level"]?.stringValue ?? "error",
      status: json["status"]?.stringValue ?? "unresolved",
      // A text in the API.
      count: json["count"]?.stringValue.flatMap { Int64($0) } ?? json["count"]?.intValue ?? 0,
      users: json["userCount"]?.intValue ?? 0,
      firstSeen: first,
      lastSeen: last
    )
    issue.culprit = json["culprit"]?.stringValue
    issue.url = json["permalink"]?.stringValue
    issue.release =
      json["firstRelease"]?["version"]?.stringValue ?? json["release"]?.stringValue
    return issue
  }

  // MARK: - Counts

  package func traffic(
    _ window: TimeWindow,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> Traffic {
    let answer = try get(
      "events",
      scope(window, environment) + [
        ("dataset", "spans"), ("query", "is_transaction:true"), ("field", "count()"),
        ("field", "failure_rate()"), ("field", "p95(span.duration)"), ("per_page", "1"),
      ],
      in: context
    )
    guard let rows = answer.json["data"]?.arrayValue else {
      throw Failure(.unreachable, "Sentry's event table has no 'data'")
    }
    let row = rows.first
    let requests = row?["count()"]?.numberValue.map { Int64($0) } ?? 0
    return Traffic(
      window: window,
      requests: requests,
      failureRate: requests == 0 ? nil : row?["failure_rate()"]?.numberValue,
      // Of no requests it says 0, which is no measurement.
      p95: requests == 0
        ? nil
        : row?["p95(span.duration)"]?.numberValue.map {
          TimeSpan(microseconds: Int64($0 * 1000))
        }
    )
  }

  package func errorSeries(
    _ window: TimeWindow,
    interval: TimeSpan,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> [SeriesPoint] {
    let answer = try get(
      "events-timeseries",
      scope(window, environment) + [
        ("dataset", "errors"), ("yAxis", "count()"),
        ("interval", String(interval.microseconds / 1000)),
      ],
      in: context
    )
    guard let series = answer.json["timeSeries"]?.arrayValue else {
      throw Failure(.unreachable, "Sentry's series has no 'timeSeries'")
    }
    let values = series.first?["values"]?.arrayValue ?? []
    let points = values.compactMap { value -> SeriesPoint? in
      guard let time = value["timestamp"]?.intValue else { return nil }
      return SeriesPoint(
        time: Time(milliseconds: time),
        count: value["value"]?.numberValue ?? 0
      )
    }
    return Self.filled(points, interval: interval)
  }

  package func trafficSeries(
    _ window: TimeWindow,
    interval: TimeSpan,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> [Measurement.Point] {
    let answer = try get(
      "events-timeseries",
      scope(window, environment) + [
        ("dataset", "spans"), ("query", "is_transaction:true"), ("yAxis", "failure_rate()"),
        ("yAxis", "p95(span.duration)"), ("yAxis", "count()"),
        ("interval", String(interval.microseconds / 1000)),
      ],
      in: context
    )
    guard let series = answer.json["timeSeries"]?.arrayValue else {
      throw Failure(.unreachable, "Sentry's series has no 'timeSeries'")
    }
    var points: [Int64: Measurement.Point] = [:]
    for axis in series {
      for value in axis["values"]?.arrayValue ?? [] {
        guard let start = value["timestamp"]?.intValue, let number = value["value"]?.numberValue
        else { continue }
        // An interval that is not over yet would be a dip that was none.
        let end = start + interval.microseconds / 1000
        guard end <= window.end.milliseconds else { continue }
        var point =
          points[start]
          ?? Measurement.Point(at: Time(milliseconds: end), failureRate: nil, p95: nil)
        if axis["yAxis"]?.stringValue == "failure_rate()" { point.failureRate = number }
        if axis["yAxis"]?.stringValue == "count()" { point.requests = Int64(number) }
        if axis["yAxis"]?.stringValue == "p95(span.duration)", number > 0 {
          point.p95 = TimeSpan(microseconds: Int64(number * 1000))
        }
        points[start] = point
      }
    }
    return points.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Puts zeros where an interval is left out.
  static func filled(_ points: [SeriesPoint], interval: TimeSpan) -> [SeriesPoint] {
    var filled: [SeriesPoint] = []
    for point in points.sorted(by: { $0.time < $1.time }) {
      while let last = filled.last,
        point.time.microseconds - last.time.microseconds >= 2 * interval.microseconds
      {
        let next = Time(microseconds: last.time.microseconds + interval.microseconds)
        filled.append(SeriesPoint(time: next, count: 0))
      }
      filled.append(point)
    }
    return filled
  }

  package func releases(in context: CallContext) throws(Failure) -> [(
    version: String, created: Time
  )] {
    let answer = try get("releases", [("project", project), ("per_page", "100")], in: context)
    return (answer.json.arrayValue ?? []).compactMap { release in
      guard let version = release["version"]?.stringValue,
        let created = release["dateCreated"]?.stringValue.flatMap({ Time($0) })
      else { return nil }
      return (version, created)
    }
  }
}
