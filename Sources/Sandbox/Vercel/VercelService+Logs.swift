import Foundation
import Values

extension VercelService {
  static var logRoutes: [Route<VercelService>] {
    [
      Route("GET", "/v3/deployments/{id}/events") { $0.buildLog($1) },
      Route("GET", "/v1/projects/{project}/deployments/{id}/runtime-logs") { $0.runtimeLog($1) },
      // Derived; at the host vercel.com.
      Route("GET", "/api/logs/request-logs") { .whole(await $0.requestLog($1)) },
    ]
  }

  // MARK: - Builds

  private func buildLog(_ call: RoutedRequest) -> SandboxAnswer {
    guard let deployment = hosting.deployment(call.gap("id")) else {
      return .whole(.notFound("The deployment"))
    }
    if call.value("follow") == "1" { return followBuild(deployment.id) }
    var lines = Array(log(of: deployment).lines(until: optiq.now()).enumerated())
    if let since = call.integer("since") { lines.removeAll { $0.element.at < since } }
    if let until = call.integer("until") { lines.removeAll { $0.element.at > until } }
    if call.value("direction") == "backward" { lines.reverse() }
    let limit = call.integer("limit") ?? 1000
    let shown = limit < 0 ? lines[...] : lines.prefix(Int(limit))
    return .whole(.json(.array(shown.map { $0.element.json(of: deployment, index: $0.offset) })))
  }

  private func log(of deployment: Deployment) -> BuildLog {
    let migrated = deployment.id == optiq.world.culprit ? hosting.migration : nil
    return BuildLog(
      deployment: deployment,
      migration: migrated,
      migratedAt: migrated == nil ? nil : optiq.world.migratedAt
    )
  }

  /// Streams a build's lines until it has ended; a line without `created` only keeps it alive.
  private func followBuild(_ id: String) -> SandboxAnswer {
    stream { sent in
      guard let deployment = hosting.deployment(id) else { return nil }
      let lines = Array(log(of: deployment).lines(until: optiq.now()).enumerated())
      let fresh = lines.dropFirst(sent.count)
      sent.count = lines.count
      let isOver = deployment.state != .queued && deployment.state != .building
      if isOver, fresh.isEmpty { return nil }
      let json = fresh.map { $0.element.json(of: deployment, index: $0.offset) }
      return json.isEmpty ? [["type": "keepalive"]] : json
    }
  }

  // MARK: - Requests

  /// Streams what is logged from now on, for at most five minutes, as the vendor does.
  private func runtimeLog(_ call: RoutedRequest) -> SandboxAnswer {
    guard isProject(call.gap("project")) else { return .whole(.notFound("Project")) }
    guard let deployment = hosting.deployment(call.gap("id")) else {
      return .whole(.notFound("The deployment"))
    }
    let begin = optiq.now()
    return stream { sent in
      await optiq.measure()
      let now = optiq.now()
      if sent.until == 0 { sent.until = begin }
      guard now - begin < 300_000 else {
        guard !sent.isOver else { return nil }
        sent.isOver = true
        return [RequestLogRow.delimiter(at: now)]
      }
      let rows = RequestLogRow.rows(
        of: optiq.slices(from: sent.until, until: now).filter { $0.deployment == deployment.id },
        seed: optiq.world.seed
      )
      sent.until = now
      return rows.isEmpty ? [["source": "keepalive"]] : rows.map(\.runtime)
    }
  }

  private struct Sent {
    var count = 0
    var until: Milliseconds = 0
    var isOver = false
  }

  /// Sends what `next` gives as lines of JSON, four times a second, until it gives nothing.
  private func stream(
    _ next: @escaping @Sendable (inout Sent) async -> [JSON]?
  ) -> SandboxAnswer {
    let chunks = AsyncStream<[UInt8]> { continuation in
      let task = Task {
        var sent = Sent()
        while !Task.isCancelled, let lines = await next(&sent) {
          let bytes = lines.flatMap { $0.bytes(isCanonical: false) + [UInt8(ascii: "\n")] }
          if !bytes.isEmpty { continuation.yield(bytes) }
          guard (try? await Task.sleep(for: .milliseconds(250))) != nil else { break }
        }
        continuation.finish()
      }
      continuation.onTermination = { _ in task.cancel() }
    }
    return .stream(
      status: 200,
      headers: [("Content-Type", "application/stream+json")],
      chunks
    )
  }

  private func requestLog(_ call: RoutedRequest) async -> SandboxResponse {
    guard let project = call.value("projectId"), let owner = call.value("ownerId") else {
      return .badRequest("missing required property `projectId` or `ownerId`.")
    }
    guard isProject(project), owner == names.teamID else { return .notFound("Project") }
    guard let page = Int(call.value("page") ?? "0"), page >= 0 else {
      return .badRequest("`page` should be number.")
    }
    await optiq.measure()
    let until = call.integer("endDate") ?? optiq.now()
    let from = call.integer("startDate") ?? until - 86_400_000
    let filter = RequestLogFilter(call.request)
    let slices = optiq.slices(from: from, until: until)
    let served = RequestLogRow.rows(of: slices, seed: optiq.world.seed)
    let rows = (served + cronRows(slices, from: from, until: until))
      .sorted { $0.at > $1.at }
      .filter { filter.accepts($0, deployment: hosting.deployment($0.deployment)) }
    let shown = rows.dropFirst(page * 50).prefix(50)
    return .json([
      "rows": .array(shown.map { $0.past(deployment: hosting.deployment($0.deployment)) }),
      "hasMoreRows": .bool(rows.count > (page + 1) * 50),
    ])
  }

  private func cronRows(
    _ slices: [TrafficSlice],
    from: Milliseconds,
    until: Milliseconds
  ) -> [RequestLogRow] {
    hosting.with { state, now in
      state.cronCalls.rows(
        of: state.liveDeployment.crons,
        from: max(from, optiq.world.epoch - TrafficHistory.kept),
        until: min(until, now),
        disabledAt: state.cronsDisabledAt,
        seed: optiq.world.seed
      ) { moment in
        slices.last { $0.from <= moment }?.deployment ?? state.live
      }
    }
  }
}
