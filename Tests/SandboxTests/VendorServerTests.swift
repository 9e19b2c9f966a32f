import Foundation
import Synchronization
import Testing
import Values

@testable import Sandbox

/// Servers on real ports, asked by a client that shows every byte.
@Suite(.timeLimit(.minutes(6))) struct VendorServerTests {
  /// A server whose answers count the requests, in a folder of its own.
  private func withServer(
    _ vendor: Vendor = .vercel,
    answer: @escaping VendorServer.Handler = { _ in .whole(.json(["ok": true])) },
    _ body: (VendorServer, String) async throws -> Void
  ) async throws {
    let folder = NSTemporaryDirectory() + "sandbox-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = try RequestLog(path: folder + "/requests.jsonl")
    let server = try await VendorServer.start(vendor, log: log, handler: answer)
    do {
      try await body(server, folder + "/requests.jsonl")
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func send(
    _ server: VendorServer,
    _ method: String,
    _ target: String,
    _ body: [UInt8] = []
  ) async throws -> String {
    let head =
      "\(method) \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
      + "Authorization: Bearer sesame\r\nContent-Length: \(body.count)\r\n\r\n"
    let port = server.port
    let bytes = Array(head.utf8) + body
    let answer = try await Sandbox.onThread { try LoopbackExchange.send(bytes, to: port) }
    return String(decoding: answer, as: UTF8.self)
  }

  @Test func `every request is logged as it came in, without its token`() async throws {
    try await withServer { server, log in
      _ = try await send(server, "POST", "/v1/a%2Fb?x=1%202&x=ü", Array(#"{"a": "ü"}"#.utf8))
      _ = try await send(server, "PUT", "/raw", [0xFF, 0xFE])
      let text = try String(contentsOfFile: log, encoding: .utf8)
      let lines = try text.split(separator: "\n").map { try JSON.parse(String($0)) }
      #expect(lines.count == 2)
      #expect(lines[0]["vendor"] == "vercel")
      #expect(lines[0]["method"] == "POST")
      #expect(lines[0]["path"] == "/v1/a%2Fb?x=1%202&x=ü")
      #expect(lines[0]["body"] == #"{"a": "ü"}"#)
      #expect(lines[0]["time"]?.stringValue.flatMap { Time($0) } != nil)
      #expect(lines[1]["encoding"] == "base64")
      #expect(lines[1]["body"] == "//4=")
      #expect(!text.contains("sesame"))
      let mode = try FileManager.default.attributesOfItem(atPath: log)[.posixPermissions]
      #expect(mode as? Int == 0o600)
    }
  }

  @Test func `paths and queries are decoded part by part`() async throws {
    let box = SeenRequest()
    try await withServer(answer: { request in
      box.set(request)
      return .whole(.empty(204))
    }) { server, _ in
      let answer = try await send(server, "GET", "/releases/a%2Fb/?q=x+y%2Bz&e&q=2")
      #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\n"))
      let request = try #require(box.request)
      #expect(request.segments == ["releases", "a/b"])
      #expect(request.path == "/releases/a/b/")
      #expect(request.values("q") == ["x y+z", "2"])
      #expect(request.value("e") == "")
      #expect(request.bearer == "sesame")
    }
  }

  @Test(arguments: [(Fault.unauthorized, "401"), (.forbidden, "403"), (.limited, "429")])
  func `a refusing vendor acts on nothing`(fault: Fault, status: String) async throws {
    let box = SeenRequest()
    try await withServer(answer: { request in
      box.set(request)
      return .whole(.empty(200))
    }) { server, _ in
      try await server.set(fault, on: true)
      let answer = try await send(server, "POST", "/v1/x")
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
      #expect(answer.contains("Retry-After: 1") == (status == "429"))
      #expect(box.request == nil)
      try await server.set(fault, on: false)
      #expect(try await send(server, "POST", "/v1/x").hasPrefix("HTTP/1.1 200 "))
    }
  }

  @Test func `garbage is not JSON`() async throws {
    try await withServer { server, _ in
      try await server.set(.garbage, on: true)
      let answer = try await send(server, "GET", "/")
      #expect(answer.contains("<<<<"))
    }
  }

  @Test func `a vendor that is down refuses connections at the same port until it is up`()
    async throws
  {
    try await withServer { server, log in
      try await server.set(.down, on: true)
      await #expect(throws: SandboxError.self) { try await send(server, "GET", "/down") }
      try await server.set(.down, on: false)
      #expect(try await send(server, "GET", "/up").contains("200 OK"))
      #expect(try !String(contentsOfFile: log, encoding: .utf8).contains("/down"))
    }
  }

  @Test func `a lost answer is an act without a word`() async throws {
    let box = SeenRequest()
    try await withServer(answer: { request in
      box.set(request)
      return .whole(.empty(201))
    }) { server, log in
      try await server.set(.lostAnswer, on: true)
      #expect(try await send(server, "POST", "/v9/rollback", Array("{}".utf8)) == "")
      #expect(box.request?.path == "/v9/rollback")
      #expect(try String(contentsOfFile: log, encoding: .utf8).contains("/v9/rollback"))
      // What only reads is answered.
      #expect(try await send(server, "GET", "/v9/projects").hasPrefix("HTTP/1.1 201"))
    }
  }

  @Test func `a slow vendor sends a byte a second, the first line too`() async throws {
    try await withServer { server, _ in
      try await server.set(.slow, on: true)
      let port = server.port
      let begin = Time.monotonicMicroseconds()
      let received = try await Sandbox.onThread {
        try SlowReader.receive(count: 3, from: port)
      }
      let elapsed = Time.monotonicMicroseconds() - begin
      #expect(received == Array("HTT".utf8))
      #expect(elapsed >= 1_900_000)
    }
  }

  @Test func `a connection may be used again`() async throws {
    try await withServer { server, _ in
      let one = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      let two = "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      let port = server.port
      let answer = try await Sandbox.onThread {
        try LoopbackExchange.send(Array((one + two).utf8), to: port)
      }
      let text = String(decoding: answer, as: UTF8.self)
      #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 3)
    }
  }

  @Test func `a live log comes line by line while it happens`() async throws {
    let optiq = TestOptiq(.badDeploy)
    let service = optiq.vercel
    let token = optiq.names.vercelToken
    let folder = NSTemporaryDirectory() + "sandbox-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let log = try RequestLog(path: folder + "/requests.jsonl")
    let server = try await VendorServer.start(.vercel, log: log) { await service.respond(to: $0) }
    let port = server.port
    let target =
      "/v1/projects/optiq/deployments/\(optiq.world.live)/runtime-logs?format=lines&slug=optiq"
    let lines = try await Sandbox.onThread {
      try SlowReader.lines(
        "GET \(target) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n",
        from: port,
        until: { lines in
          optiq.move(1000)
          return lines.contains { $0.contains("\"serverless\"") }
        }
      )
    }
    #expect(lines.contains { $0.contains("Transfer-Encoding: chunked") })
    #expect(lines.contains { $0.contains("\"source\":\"serverless\"") })
    await server.stop()
  }
}

private final class SeenRequest: Sendable {
  private let seen = Mutex<SandboxRequest?>(nil)
  func set(_ request: SandboxRequest) { seen.withLock { $0 = request } }
  var request: SandboxRequest? { seen.withLock { $0 } }
}
