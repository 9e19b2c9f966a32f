import FlyingFox
import FlyingSocks
import Foundation
import Synchronization
import Values

/// One vendor's address: reads requests, logs them, applies the faults that are set, answers.
final class VendorServer: Sendable {
  typealias Handler = @Sendable (SandboxRequest) async -> SandboxAnswer

  let vendor: Vendor
  let port: UInt16
  private let log: RequestLog
  private let handler: Handler
  private let state = Mutex(State())

  private struct State {
    var faults: Set<Fault> = []
    var server: HTTPServer?
    var running: Task<Void, any Error>?
  }

  /// Opens a free port and answers from now on.
  static func start(
    _ vendor: Vendor,
    log: RequestLog,
    handler: @escaping Handler
  ) async throws -> VendorServer {
    let port = try LoopbackPort.free()
    let server = VendorServer(vendor, port: port, log: log, handler: handler)
    try await server.listen()
    return server
  }

  private init(_ vendor: Vendor, port: UInt16, log: RequestLog, handler: @escaping Handler) {
    self.vendor = vendor
    self.port = port
    self.log = log
    self.handler = handler
  }

  var url: String { "http://127.0.0.1:\(port)" }

  var faults: Set<Fault> { state.withLock { $0.faults } }

  /// Sets or clears a fault; returns when it holds.
  func set(_ fault: Fault, on: Bool) async throws {
    let wasSet = state.withLock { state in
      let wasSet = state.faults.contains(fault)
      if on { state.faults.insert(fault) } else { state.faults.remove(fault) }
      return wasSet
    }
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
      handler: ClosureHTTPHandler { [weak self] request in
        guard let self else { throw CancellationError() }
        return try await answer(request)
      }
    )
    let running = Task { try await server.run() }
    state.withLock { ($0.server, $0.running) = (server, running) }
    do {
      try await server.waitUntilListening(timeout: 5)
    } catch {
      throw SandboxError.port(reason: "\(error)")
    }
  }

  // MARK: - One request

  private func answer(_ incoming: HTTPRequest) async throws -> HTTPResponse {
    let request = try await SandboxRequest(incoming)
    log.write(
      vendor,
      method: request.method,
      target: incoming.target.rawValue,
      body: request.body
    )
    let faults = self.faults
    let refusal = refusal(faults)
    let answer = if let refusal { refusal } else { await handler(request) }
    if faults.contains(.lostAnswer), vendor.isChange(request) {
      connection(of: incoming)?.cut()
      throw CancellationError()
    }
    if faults.contains(.slow) {
      await drip(answer, over: incoming)
      throw CancellationError()
    }
    return HTTPResponse(answer)
  }

  private func refusal(_ faults: Set<Fault>) -> SandboxAnswer? {
    if faults.contains(.unauthorized) { return .whole(vendor.refusal(401)) }
    if faults.contains(.forbidden) { return .whole(vendor.refusal(403)) }
    if faults.contains(.limited) { return .whole(vendor.refusal(429)) }
    if faults.contains(.garbage) { return .whole(.garbage) }
    return nil
  }

  /// Sends an answer a byte a second, until it ends or the other side gives up.
  private func drip(_ answer: SandboxAnswer, over incoming: HTTPRequest) async {
    guard let socket = connection(of: incoming) else { return }
    for byte in answer.wireBytes {
      guard socket.send(byte) else { return }
      guard (try? await Task.sleep(for: .seconds(1))) != nil else { break }
    }
    socket.cut()
  }

  private func connection(of request: HTTPRequest) -> ConnectionSocket? {
    guard case .ip4(_, let peer) = request.remoteAddress else { return nil }
    return ConnectionSocket(local: port, peer: peer)
  }
}
