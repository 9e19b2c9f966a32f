package import HTTP
package import Objects
package import Stack
package import Values

/// The blueprint's health endpoints: `/api/health?type=live`, `?type=ready`, and in full.
package struct HealthEndpoints: HealthProbe {
  private let client: Client

  package init(client: Client = SharedClient.client) {
    self.client = client
  }

  package func health(of url: String, in context: CallContext) throws(Failure) -> HealthReport {
    let base = try address(url)
    let requests = try ["live", "ready", nil].map { (kind) throws(Failure) in
      do throws(HTTPError) {
        return request(
          try base.appending("api", "health").query("type", kind),
          context
        )
      } catch {
        throw Failure(.value, error.message)
      }
    }
    let activity = context.progress.begin("asking \(url)", limit: context.deadline)
    defer { activity.end() }
    let results = client.sendAll(requests, cancelOn: context.cancellation.descriptor)
    try context.cancellation.check()
    return Self.report(live: results[0], ready: results[1], full: results[2])
  }

  /// Makes one report of three answers.
  ///
  /// An application that does not answer is `down`, not an error.
  static func report(
    live: Result<Response, HTTPError>,
    ready: Result<Response, HTTPError>,
    full: Result<Response, HTTPError>
  ) -> HealthReport {
    let isLive = (try? live.get())?.isSuccess ?? false
    let isReady = (try? ready.get())?.isSuccess ?? false
    switch full {
    case .failure(let error):
      var report = HealthReport(status: "down", isLive: isLive, isReady: isReady)
      report.reason = error.what
      return report
    case .success(let response):
      let json = try? JSON.parse(response.body)
      let said = json == nil ? word(response) : json?["status"]?.stringValue
      var report = HealthReport(
        status: status(said, response, isReady: isReady),
        isLive: isLive,
        isReady: isReady
      )
      report.httpStatus = Int64(response.status)
      report.latency = TimeSpan(microseconds: response.timings.total.inMicroseconds)
      report.checks = checks(json?["checks"])
      report.reason = reason(report, said: said, response)
      return report
    }
  }

  /// What the application says of itself counts if it is worse than its HTTP status.
  private static func status(_ said: String?, _ response: Response, isReady: Bool) -> String {
    guard response.status < 500, response.status != 404 else { return "down" }
    switch said {
    case "ok", "healthy", "up", "pass": return isReady ? "ok" : "degraded"
    case "down", "fail", "unhealthy": return "down"
    case nil: return response.isSuccess && isReady && isOwnAnswer(response) ? "ok" : "degraded"
    default: return "degraded"
    }
  }

  /// An answer that is not JSON, where it is a single word such as `OK`.
  private static func word(_ response: Response) -> String? {
    let words = String(decoding: response.body.prefix(20), as: UTF8.self).lowercased()
      .split(whereSeparator: \.isWhitespace)
    guard words.count == 1, response.body.count <= 20 else { return nil }
    return ["ok", "healthy", "up", "pass", "down", "fail", "unhealthy"].first { $0 == words[0] }
  }

  /// Whether the application can have said it: a page of somebody in between says nothing of it.
  private static func isOwnAnswer(_ response: Response) -> Bool {
    response.body.isEmpty || (try? JSON.parse(response.body)) != nil
  }

  private static func checks(_ json: JSON?) -> [(name: String, status: String, detail: String?)] {
    (json?.objectValue ?? []).map { member in
      let status = member.value["status"]?.stringValue ?? member.value.stringValue ?? "unknown"
      let detail =
        member.value["message"]?.stringValue ?? member.value["detail"]?.stringValue
        ?? member.value["error"]?.stringValue
      return (member.name, status, detail)
    }
  }

  private static func reason(_ report: HealthReport, said: String?, _ response: Response)
    -> String?
  {
    guard report.status != "ok" else { return nil }
    let bad = report.checks.filter { !["ok", "healthy", "up", "pass"].contains($0.status) }
    if !bad.isEmpty {
      return bad.map { "\($0.name) is \($0.status)" + ($0.detail.map { ": \($0)" } ?? "") }
        .joined(separator: "; ")
    }
    if said == nil, !response.isSuccess { return "it answered \(response.status)" }
    if said == nil, !isOwnAnswer(response) {
      return "it answered \(response.status) with something that is not JSON"
    }
    return report.isReady ? nil : "it is not ready"
  }

  package func certificate(of url: String, in context: CallContext) throws(Failure)
    -> Stack.Certificate?
  {
    let base = try address(url)
    guard base.scheme == .https else { return nil }
    do throws(HTTPError) {
      do throws(HTTPError) {
        return try look(at: base, .withVouchedFor, problem: nil, context)
      } catch .tlsFailed(_, let reason, _) {
        // What nobody vouches for is what a person wants to see most.
        return try look(at: base, .withAnybody, problem: reason, context)
      }
    } catch {
      try context.cancellation.check()
      throw Failure(.unreachable, error.what, advice: ["tried to connect to \(base.authority)"])
    }
  }

  /// A connection that was kept has no certificate to show: a client of its own makes a new one.
  private func look(
    at base: URL,
    _ handshake: Client.Handshake,
    problem: String?,
    _ context: CallContext
  ) throws(HTTPError) -> Stack.Certificate? {
    let response = try Client(Client.Options(onlyHandshake: handshake)).send(
      request(base, context),
      cancelOn: context.cancellation.descriptor
    )
    guard let found = response.certificate, let from = found.notBefore, let to = found.notAfter
    else { return nil }
    return Stack.Certificate(
      subject: found.subject,
      issuer: found.issuer,
      validFrom: Time(microseconds: from * 1_000_000),
      expires: Time(microseconds: to * 1_000_000),
      names: found.names,
      problem: problem
    )
  }

  private func address(_ url: String) throws(Failure) -> URL {
    do throws(HTTPError) {
      return try URL(parsing: url)
    } catch {
      throw Failure(.usage, error.message)
    }
  }

  private func request(_ url: URL, _ context: CallContext) -> Request {
    let deadline = min(Duration.microseconds(context.deadline.microseconds), .seconds(10))
    return Request(
      .get,
      url,
      headers: [Header("Accept", "application/json")],
      deadline: deadline,
      connectDeadline: min(deadline, .seconds(5)),
      responseLimit: 1 << 20
    )
  }
}

extension Duration {
  fileprivate var inMicroseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
