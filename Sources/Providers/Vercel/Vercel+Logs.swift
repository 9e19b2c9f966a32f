internal import HTTP
package import Objects
package import Stack
private import Synchronization
package import Values

/// Build logs, request logs of the past, and runtime logs as they happen.
extension Vercel {
  package func buildLog(of deployment: String, in context: CallContext) throws(Failure) -> [LogLine]
  {
    let json = try api.get(
      ["v3", "deployments", deployment, "events"],
      query: scope + [("direction", "forward"), ("limit", "-1"), ("builds", "1")],
      in: context
    ).json
    return (json.arrayValue ?? []).compactMap { event in
      // Items without `created` only keep the connection alive.
      guard let created = event["created"]?.intValue else { return nil }
      let text = event["payload"]?["text"] ?? event["text"]
      let isError = ["stderr", "fatal", "error"].contains(event["type"]?.stringValue ?? "")
      var line = LogLine(
        time: Time(milliseconds: created),
        level: isError ? "error" : "info",
        message: text?.stringValue ?? ""
      )
      line.deployment = deployment
      line.source = "build"
      return line
    }
  }

  package func logs(_ query: LogQuery, in context: CallContext) throws(Failure) -> any LogSource {
    let project = try projectJSON(in: context)
    guard let id = project["id"]?.stringValue, let owner = project["accountId"]?.stringValue else {
      throw Failure(.unreachable, "Vercel described the project without its id and owner")
    }
    return VercelRequestLog(vercel: self, project: id, owner: owner, query: query, context: context)
  }

  package func followLogs(of deployment: String, in context: CallContext) throws(Failure)
    -> any LogSource
  {
    let project = try projectJSON(in: context)
    guard let id = project["id"]?.stringValue else {
      throw Failure(.unreachable, "Vercel described the project without its id")
    }
    return VercelLiveLog(vercel: self, project: id, deployment: deployment, context: context)
  }
}

/// `GET vercel.com/api/logs/request-logs`, newest first; undocumented, read from the vendor's command
/// line (2026-02).
private final class VercelRequestLog: LogSource {
  private struct State {
    var lines: ArraySlice<LogLine> = []
    var page = 0
    var isOver = false
    /// The vendor's search leaves pages out, and nothing of the path was found yet.
    var isNarrowed: Bool
    var hasFound = false
  }

  private let api: VendorAPI
  private let items: [(String, String?)]
  private let query: LogQuery
  private let context: CallContext
  private let state: Mutex<State>

  init(
    vercel: Vercel,
    project: String,
    owner: String,
    query: LogQuery,
    context: CallContext
  ) {
    api = vercel.api.moved(to: vercel.dashboard)
    items =
      vercel.scope + [
        ("projectId", project), ("ownerId", owner),
        ("startDate", String(query.since.milliseconds)),
        ("endDate", String(query.until.milliseconds)), ("deploymentId", query.deployment),
        ("environment", query.tier), ("level", query.level),
      ]
    state = Mutex(State(isNarrowed: Self.search(for: query.path) != nil))
    self.query = query
    self.context = context
  }

  func next() throws(Failure) -> LogLine? {
    try state.withLock { (state) throws(Failure) in
      while state.lines.isEmpty {
        if state.isOver {
          guard state.isNarrowed, !state.hasFound, try !searchFindsPaths() else { return nil }
          state = State(isNarrowed: false)
        }
        try turnPage(&state)
      }
      state.hasFound = true
      return state.lines.popFirst()
    }
  }

  func cancel() {
    state.withLock { $0.isOver = true }
  }

  /// What the vendor's full-text search shall find for a path, so that it leaves most pages out.
  ///
  /// Which path it is exactly is looked at here. Signs that mean something in a search narrow nothing.
  static func search(for path: String?) -> String? {
    guard let path, path.count > 1,
      path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !":\"'\\*()[]{}!,".utf8.contains($0) })
    else { return nil }
    return path
  }

  private func turnPage(_ state: inout State) throws(Failure) {
    let search = state.isNarrowed ? Self.search(for: query.path) : nil
    let (rows, hasMore) = try page(state.page, search)
    state.lines = rows.flatMap { lines(of: $0) }[...]
    state.page += 1
    state.isOver = rows.isEmpty || !hasMore
  }

  private func page(_ number: Int, _ search: String?) throws(Failure)
    -> (rows: [JSON], hasMore: Bool)
  {
    let json = try api.get(
      ["api", "logs", "request-logs"],
      query: items + [("search", search), ("page", String(number))],
      in: context
    ).json
    guard let rows = json["rows"]?.arrayValue else {
      throw Failure(.unreachable, "Vercel's request log has no 'rows'")
    }
    return (rows, json["hasMoreRows"]?.boolValue == true)
  }

  /// Whether the vendor's search finds a request by its path, which no document promises: tried with
  /// the newest request that there is.
  ///
  /// That a job did not run must not be believed on the word of a search that does not look there.
  private func searchFindsPaths() throws(Failure) -> Bool {
    let known = try page(0, nil).rows.lazy.compactMap { $0["requestPath"]?.stringValue }.first {
      Self.search(for: $0) != nil
    }
    guard let known else { return false }
    return try page(0, Self.search(for: known)).rows.contains {
      $0["requestPath"]?.stringValue == known
    }
  }

  /// A request that logged nothing is still a line: its status says how it went.
  private func lines(of row: JSON) -> [LogLine] {
    guard let text = row["timestamp"]?.stringValue, let time = Time(text) else { return [] }
    let path = row["requestPath"]?.stringValue
    guard query.path == nil || query.path == path else { return [] }
    let status = row["statusCode"]?.intValue
    let logs = row["logs"]?.arrayValue ?? []
    let made = logs.isEmpty ? [JSON.object([])] : logs
    return made.map { log in
      let level = log["level"]?.stringValue ?? ((status ?? 0) >= 500 ? "error" : "info")
      var line = LogLine(
        time: time,
        level: level == "warn" ? "warning" : level,
        message: log["message"]?.stringValue ?? ""
      )
      line.path = path
      line.method = row["requestMethod"]?.stringValue
      line.status = status
      line.deployment = row["deploymentId"]?.stringValue
      line.source = row["events"]?[0]?["source"]?.stringValue
      return line
    }
  }
}

/// `GET …/runtime-logs`: lines as they happen, for about five minutes.
private final class VercelLiveLog: LogSource {
  private let vercel: Vercel
  private let project: String
  private let deployment: String
  private let context: CallContext
  private let arrived = LineQueue()
  private let stop = Cancellation()
  private let hasBegun = Mutex(false)

  init(vercel: Vercel, project: String, deployment: String, context: CallContext) {
    self.vercel = vercel
    self.project = project
    self.deployment = deployment
    self.context = context
  }

  func next() throws(Failure) -> LogLine? {
    let isFirst = hasBegun.withLock { begun in
      defer { begun = true }
      return !begun
    }
    if isFirst { begin() }
    return try arrived.next(cancellation: context.cancellation)
  }

  func cancel() {
    stop.cancel()
    arrived.finish(nil)
  }

  private func begin() {
    _ = Gathering().ask { [self] () throws(Failure) in
      do throws(Failure) {
        try receive()
        arrived.finish(nil)
      } catch {
        arrived.finish(error)
      }
    }
  }

  private func receive() throws(Failure) {
    let url = try vercel.api.url(
      ["v1", "projects", project, "deployments", deployment, "runtime-logs"],
      vercel.scope
    )
    var request = vercel.api.request(.get, url, body: nil, context)
    request.deadline = .seconds(600)
    var buffer: [UInt8] = []
    let response: Response
    do throws(HTTPError) {
      response = try vercel.api.client.stream(request, cancelOn: stop.descriptor) { bytes in
        buffer += bytes
        while let end = buffer.firstIndex(of: 0x0A) {
          let line = Array(buffer[..<end])
          buffer.removeSubrange(...end)
          if let json = try? JSON.parse(line), let parsed = self.line(json) { arrived.put(parsed) }
        }
        return !context.cancellation.isCancelled
      }
    } catch {
      guard !error.isCancellation else { return }
      throw vercel.api.failure(error, of: request, context)
    }
    guard response.isSuccess else { throw vercel.api.failure(response, of: request) }
  }

  /// Nothing for keepalives and the delimiter that announces the end.
  private func line(_ json: JSON) -> LogLine? {
    guard let time = json["timestampInMs"]?.intValue,
      json["source"]?.stringValue != "delimiter"
    else { return nil }
    let level = json["level"]?.stringValue ?? "info"
    var line = LogLine(
      time: Time(milliseconds: time),
      level: level == "warn" ? "warning" : level,
      message: json["message"]?.stringValue ?? ""
    )
    line.path = json["requestPath"]?.stringValue
    line.method = json["requestMethod"]?.stringValue
    line.status = json["responseStatusCode"]?.intValue
    line.deployment = deployment
    line.source = json["source"]?.stringValue
    return line
  }
}
