import Foundation
import Values

/// Asks a running sandbox, from the command line.
struct ControlClient {
  let state: SandboxState

  func get() throws(SandboxError) -> JSON { try ask("GET", "/state") }

  func set(_ fault: Fault?, of vendor: Vendor, on: Bool) throws(SandboxError) -> JSON {
    let kind = fault.map { "&kind=\($0.rawValue)" } ?? ""
    return try ask("POST", "/fault?vendor=\(vendor.rawValue)&on=\(on)\(kind)")
  }

  private func ask(_ method: String, _ target: String) throws(SandboxError) -> JSON {
    let head = """
      \(method) \(target) HTTP/1.1\r
      Host: 127.0.0.1\r
      Authorization: Bearer \(state.controlToken)\r
      Content-Length: 0\r
      Connection: close\r
      \r

      """
    let answer = try LoopbackExchange.send(Array(head.utf8), to: state.controlPort)
    guard let end = answer.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw .control(reason: "its answer is incomplete")
    }
    let status = answer.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first
    guard status.map({ String(decoding: $0, as: UTF8.self) }) == "200" else {
      throw .control(reason: String(decoding: answer[end.upperBound...], as: UTF8.self))
    }
    do {
      return try JSON.parse(Array(answer[end.upperBound...]))
    } catch {
      throw .control(reason: "its answer is not JSON")
    }
  }
}
