import FlyingFox
import FlyingSocks
import Foundation
import Synchronization
import Values

/// One vendor's address: listens, and gives every request to its answering half.
final class VendorServer: Sendable {
  typealias Handler = @Sendable (SandboxRequest) async -> SandboxAnswer

  let vendor: Vendor
  let port: UInt16
  private let answering: VendorAnswering
  private let state = Mutex(State())

  private struct State {
    var server: HTTPServer?
    var running: Task<Void, any Error>?
  }

  /// Opens a free port and answers from now on.
  static func start(
    _ vendor: Vendor,
    log: RequestLog,
    faults: FaultSwitch = FaultSwitch(),
    handler: @escaping Handler
  ) async throws -> VendorServer {
    let port = try LoopbackPort.free()
    let server = VendorServer(
      VendorAnswering(vendor, port: port, log: log, faults: faults, handler: handler)
    )
    try await server.listen()
    return server
  }

  private init(_ answering: VendorAnswering) {
    vendor = answering.vendor
    port = answering.port
    self.answering = answering
  }

  var url: String { "http://127.0.0.1:\(port)" }

  var faults: Set<Fault> { answering.faults }

  /// Sets or clears a fault; returns when it holds.
  func set(_ fault: Fault, on: Bool) async throws {
    let wasSet = answering.set(fault, on: on)
    guard fault == .down, wasSet != on else { return }
    if on { await stop() } else { try await listen() }
  }

  func stop() async {
    let (server, running) = state.withLock { state in
      defer { (state.server, state.running) = (nil, nil) }
      return (state.server, state.running)
    }
    await server?.stop(timeout: 0)
    _ = await running?.result
  }

  private func listen() async throws {
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port),
      timeout: 3600,
      logger: .disabled,
      handler: ClosureHTTPHandler { [answering] request in try await answering.answer(request) }
    )
    let running = Task { try await server.run() }
    state.withLock { ($0.server, $0.running) = (server, running) }
    do {
      try await server.waitUntilListening(timeout: 5)
    } catch {
      throw SandboxError.port(reason: "\(error)")
    }
  }
}
