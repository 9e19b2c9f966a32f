import FlyingFox
import FlyingSocks
import Foundation
import Values

/// Where the command line talks to a running sandbox: a port of its own, behind a token.
final class ControlService: Sendable {
  let port: UInt16
  let token: String
  private let server: HTTPServer
  private let running: Task<Void, any Error>

  /// Listens from now on.
  static func start(_ sandbox: Sandbox) async throws -> ControlService {
    let port = try LoopbackPort.free()
    var random = SystemRandomNumberGenerator()
    let token = (0..<4).map { _ in String(random.next(), radix: 16) }.joined()
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port),
      logger: .disabled,
      handler: ClosureHTTPHandler { incoming in
        let request = try await SandboxRequest(incoming)
        guard request.bearer == token else { return HTTPResponse(.whole(.empty(401))) }
        return HTTPResponse(.whole(await answer(request, sandbox)))
      }
    )
    let running = Task { try await server.run() }
    try await server.waitUntilListening(timeout: 5)
    return ControlService(port: port, token: token, server: server, running: running)
  }

  private init(
    port: UInt16,
    token: String,
    server: HTTPServer,
    running: Task<Void, any Error>
  ) {
    self.port = port
    self.token = token
    self.server = server
    self.running = running
  }

  func stop() async {
    await server.stop(timeout: 0)
    _ = await running.result
  }

  private static func answer(
    _ request: SandboxRequest,
    _ sandbox: Sandbox
  ) async -> SandboxResponse {
    switch (request.method, request.path) {
    case ("GET", "/state"): return .json(await state(of: sandbox))
    case ("POST", "/fault"):
      guard let vendor = request.value("vendor").flatMap(Vendor.init(rawValue:)) else {
        return .text("no such vendor", status: 400)
      }
      let fault = request.value("kind").flatMap(Fault.init(rawValue:))
      do {
        try await sandbox.set(fault, of: vendor, on: request.value("on") == "true")
        return .json(await state(of: sandbox))
      } catch {
        return .text("\(error)", status: 500)
      }
    default: return .empty(404)
    }
  }

  /// How Optiq fares, for `status`.
  private static func state(of sandbox: Sandbox) async -> JSON {
    let (condition, database) = await sandbox.optiq.condition()
    let live = sandbox.optiq.hosting.liveDeployment
    let faults = Vendor.allCases.map { vendor in
      let set = sandbox.servers[vendor]?.faults.map(\.rawValue).sorted() ?? []
      return JSON.Member(vendor.rawValue, .array(set.map(JSON.string)))
    }
    return [
      "live": .string(live.id), "host": .string(live.host),
      "failure_rate": .number(condition.failureRate), "p95": .number(condition.p95),
      "is_paused": .bool(sandbox.optiq.hosting.isPaused),
      "is_reachable": .bool(database.isReachable), "damage": .string(database.detail),
      "faults": .object(faults),
    ]
  }
}
