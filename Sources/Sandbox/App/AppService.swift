import Synchronization
import Values

/// Optiq itself, as its users, its monitors and Vercel's cron scheduler meet it.
final class AppService: Sendable {
  private let optiq: LiveOptiq
  private let isStaging: Bool
  private let served = Mutex<Int64>(0)

  /// - Parameter isStaging: staging has no traffic, no cron jobs and no incident.
  init(optiq: LiveOptiq, isStaging: Bool = false) {
    self.optiq = optiq
    self.isStaging = isStaging
  }

  func respond(to request: SandboxRequest) async -> SandboxAnswer {
    if !isStaging, optiq.hosting.isPaused { return .whole(Self.paused) }
    guard request.method == "GET" || request.method == "HEAD" || request.method == "POST" else {
      return .whole(.text("Method Not Allowed", status: 405))
    }
    if request.path == "/api/health" { return .whole(await health(request.value("type"))) }
    if request.path.hasPrefix("/api/cron/") { return .whole(await cron(request)) }
    return .whole(await page(request))
  }

  private static let paused = SandboxResponse(
    status: 503,
    headers: [
      ("Content-Type", "text/plain; charset=utf-8"), ("Server", "Vercel"),
      ("X-Vercel-Error", "DEPLOYMENT_PAUSED"),
    ],
    body: Array("This deployment is temporarily paused\n\nDEPLOYMENT_PAUSED\n".utf8)
  )

  // MARK: - Health

  private func health(_ kind: String?) async -> SandboxResponse {
    let live = optiq.hosting.liveDeployment
    if kind == "live" { return answer("ok", live, checks: [], status: 200) }
    let database = isStaging ? .sound : await optiq.database.state()
    if kind == "ready" {
      let isReady = database.isReachable
      return answer(
        isReady ? "ok" : "down",
        live,
        checks: [check(database)],
        status: isReady ? 200 : 503
      )
    }
    let checks = [check(database)] + (isStaging ? [] : businessChecks(live, database))
    let isDegraded = checks.contains { $0.value["status"] != "ok" }
    let status = !database.isReachable ? "down" : isDegraded ? "degraded" : "ok"
    return answer(status, live, checks: checks, status: status == "down" ? 503 : 200)
  }

  private func answer(
    _ status: String,
    _ live: Deployment,
    checks: [JSON.Member],
    status code: Int
  ) -> SandboxResponse {
    .json(
      [
        "status": .string(status), "checks": .object(checks),
        "environment": isStaging ? "staging" : "production", "deployment": .string(live.id),
        "commit": .string(live.commit.sha), "version": .string(String(live.commit.sha.prefix(7))),
        "time": .string(Time(milliseconds: optiq.now()).text),
      ],
      status: code,
      headers: [("Cache-Control", "no-store"), ("X-Vercel-Id", "iad1::iad1::" + live.id.suffix(8))]
    )
  }

  private func check(_ database: DatabaseState) -> JSON.Member {
    var members: [JSON.Member] = [
      .init("status", database.isReachable ? "ok" : "down"),
      .init("latency_ms", .int(database.milliseconds)),
    ]
    if !database.isReachable { members.append(.init("detail", .string(database.detail))) }
    return .init("database", .object(members))
  }

  private func businessChecks(_ live: Deployment, _ database: DatabaseState) -> [JSON.Member] {
    let isDamaged = database.damage > 0
    return [
      .init(
        "application",
        live.defect > 0
          ? ["status": "degraded", "detail": "requests fail with unhandled errors"]
          : ["status": "ok"]
      ),
      .init(
        "data",
        isDamaged
          ? ["status": "degraded", "detail": .string(database.detail)]
          : ["status": database.isReachable ? "ok" : "unknown"]
      ),
      .init(
        "payments",
        optiq.vendorFails
          ? ["status": "degraded", "detail": "api.stripe.com: timed out after 10000 ms"]
          : ["status": "ok"]
      ),
    ]
  }

  // MARK: - Cron jobs

  private func cron(_ request: SandboxRequest) async -> SandboxResponse {
    guard request.bearer == optiq.world.names.cronSecret else {
      return .json(["error": "Unauthorized"], status: 401)
    }
    guard !isStaging,
      optiq.hosting.liveDeployment.crons.contains(where: { $0.path == request.path })
    else { return .json(["error": "Not Found"], status: 404) }
    do {
      let rows = try await optiq.database.run(job: request.path)
      return .json(["success": true, "rows": .int(rows)])
    } catch {
      return .json(["error": .string("\(error)")], status: 500)
    }
  }

  // MARK: - Pages

  private func page(_ request: SandboxRequest) async -> SandboxResponse {
    if !isStaging {
      let (condition, _) = await optiq.condition()
      let number = served.withLock { served in
        served += 1
        return served
      }
      // Of each hundred requests, as many fail as the rate says, evenly spread.
      let rate = condition.failureRate
      if (Double(number) * rate).rounded(.down) > (Double(number - 1) * rate).rounded(.down) {
        return request.path.hasPrefix("/api/")
          ? .json(["error": "Internal Server Error"], status: 500)
          : .text("<h1>500</h1>Internal Server Error", status: 500, type: "text/html")
      }
    }
    return request.path.hasPrefix("/api/")
      ? .json(["ok": true])
      : .text("<!doctype html><title>Optiq</title><h1>Optiq</h1>", status: 200, type: "text/html")
  }
}
