import Foundation
import Synchronization
import Values

@testable import Sandbox

/// An Optiq without a database server, whose clock a test moves.
final class TestOptiq: Sendable {
  static let epoch: Milliseconds = 1_795_000_000_000

  let world: World
  let optiq: LiveOptiq
  let rows = TestRows()
  private let moved: Clock
  let failsRollbacks = Mutex(false)
  let vercel: VercelService
  let sentry: SentryService
  let app: AppService

  final class Clock: Sendable {
    let now = Mutex(TestOptiq.epoch + 1)
  }

  init(_ scenario: Scenario = .badMigration, seed: UInt64 = 1) {
    let clock = Clock()
    moved = clock
    world = WorldBuilder.build(scenario, seed: seed, epoch: Self.epoch)
    let now: @Sendable () -> Milliseconds = { clock.now.withLock { $0 } }
    let hosting = Hosting(world: world, migration: "20261123_normalise_currency", now: now)
    optiq = LiveOptiq(world: world, hosting: hosting, database: rows, now: now)
    let fails = Flag()
    flag = fails
    vercel = VercelService(optiq: optiq) { fails.isSet.withLock { $0 } }
    sentry = SentryService(optiq: optiq)
    app = AppService(optiq: optiq)
    if scenario == .badMigration { rows.damage(1) }
  }

  final class Flag: Sendable {
    let isSet = Mutex(false)
  }

  private let flag: Flag

  func failRollbacks() { flag.isSet.withLock { $0 = true } }

  func move(_ milliseconds: Milliseconds) {
    moved.now.withLock { $0 += milliseconds }
  }

  var now: Milliseconds { optiq.now() }
  var names: Names { world.names }

  // MARK: - Asking without a network

  func vercel(
    _ method: String,
    _ target: String,
    _ body: JSON? = nil,
    scope: String = "slug=optiq",
    token: String? = nil
  ) async -> (status: Int, json: JSON) {
    let joint = target.contains("?") ? "&" : "?"
    let request = SandboxRequest(
      testing: method,
      scope.isEmpty ? target : target + joint + scope,
      token: token ?? names.vercelToken,
      body: body
    )
    return await Self.read(vercel.respond(to: request))
  }

  func sentry(_ method: String, _ target: String, _ body: JSON? = nil) async -> (
    status: Int, json: JSON
  ) {
    let path = target.hasPrefix("/api") ? target : "/api/0/organizations/optiq/" + target
    let request = SandboxRequest(testing: method, path, token: names.sentryToken, body: body)
    return await Self.read(sentry.respond(to: request))
  }

  func app(_ target: String, token: String? = nil) async -> (status: Int, json: JSON) {
    await Self.read(
      app.respond(to: SandboxRequest(testing: "GET", target, token: token, body: nil))
    )
  }

  private static func read(_ answer: SandboxAnswer) -> (status: Int, json: JSON) {
    switch answer {
    case .whole(let response): (response.status, (try? JSON.parse(response.body)) ?? .null)
    case .stream(let status, _, _): (status, .null)
    }
  }

  /// All pages of the list, with what a patient client does about refusals.
  func allDeployments(_ query: String = "") async -> [JSON] {
    var all: [JSON] = []
    var until: Int64?
    for _ in 0..<60 {
      let cursor = until.map { "&until=\($0)" } ?? ""
      let page = await vercel("GET", "/v6/deployments?limit=100\(query)\(cursor)")
      guard page.status == 200 else { continue }
      all += page.json["deployments"]?.arrayValue ?? []
      guard let next = page.json["pagination"]?["next"]?.intValue else { return all }
      until = next
    }
    return all
  }

  /// Asks for a rollback and lets it come to its end.
  func rollBack(to id: String) async -> Int {
    let answer = await vercel("POST", "/v9/projects/optiq/rollback/\(id)", [:])
    move(4000)
    return answer.status
  }
}

/// Rows that a test damages and mends.
final class TestRows: ProductionDatabase {
  private let known = Mutex((state: DatabaseState.sound, jobs: [String]()))

  func damage(_ part: Double) {
    known.withLock {
      $0.state.damage = part
      $0.state.detail = part > 0 ? "orders are inconsistent" : ""
    }
  }

  func disconnect() { known.withLock { $0.state = .unreachable } }

  var jobs: [String] { known.withLock { $0.jobs } }

  func state() async -> DatabaseState { known.withLock { $0.state } }

  func run(job: String) async throws -> Int64 {
    known.withLock { $0.jobs.append(job) }
    return 3
  }
}

extension SandboxRequest {
  init(testing method: String, _ target: String, token: String?, body: JSON?) {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    self.init(
      method: method,
      path: parts[0].removingPercentEncoding ?? parts[0],
      query: (parts.count > 1 ? parts[1].split(separator: "&") : []).map { pair in
        let sides = pair.split(separator: "=", maxSplits: 1).map { String($0) }
        return (sides[0], sides.count > 1 ? sides[1].removingPercentEncoding ?? sides[1] : "")
      },
      headers: token.map { [("Authorization", "Bearer \($0)")] } ?? [],
      body: body.map { $0.bytes(isCanonical: false) } ?? [],
      segments: parts[0].split(separator: "/").map {
        String($0).removingPercentEncoding ?? String($0)
      }
    )
  }
}
