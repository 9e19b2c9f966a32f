import FlyingFox
import Foundation
import Synchronization
import Values

/// What answers a vendor's requests: logs them and applies the faults that are set.
///
/// It does not know its server, which knows it: so nothing has to hold the other weakly.
final class VendorAnswering: Sendable {
  let vendor: Vendor
  let port: UInt16
  private let log: RequestLog
  private let handler: VendorServer.Handler
  private let faultSwitch: FaultSwitch

  init(
    _ vendor: Vendor,
    port: UInt16,
    log: RequestLog,
    faults: FaultSwitch,
    handler: @escaping VendorServer.Handler
  ) {
    self.vendor = vendor
    self.port = port
    self.log = log
    faultSwitch = faults
    self.handler = handler
  }

  var faults: Set<Fault> { faultSwitch.faults(of: vendor) }

  /// Sets or clears a fault; gives whether it was set before.
  func set(_ fault: Fault, on: Bool) -> Bool { faultSwitch.set(fault, of: vendor, on: on) }

  func answer(_ incoming: HTTPRequest) async throws -> HTTPResponse {
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
