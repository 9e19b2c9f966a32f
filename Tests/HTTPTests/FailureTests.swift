import Foundation
import HTTP
import Synchronization
import Testing

/// What each way of failing proves about the request.
@Suite(.timeLimit(.minutes(6)))
struct FailureTests {
  let client = Client()

  private func failure(_ request: Request, cancelOn: Int32? = nil) -> HTTPError? {
    do throws(HTTPError) {
      _ = try client.send(request, cancelOn: cancelOn)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a refused connection proves that nothing was sent`() throws {
    let server = try ScriptedServer(answers: [ok("")])
    let url = try server.url
    server.stop()
    let error = failure(Request(.post, url, body: Body("x")))
    guard case .notConnected("127.0.0.1:\(server.port)", _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == false)
    #expect(error?.message.contains("nothing was sent") == true)
  }

  @Test func `a name without an address proves that nothing was sent`() throws {
    let error = failure(Request(.post, try HTTP.URL(parsing: "http://no-such-host.invalid/")))
    guard case .nameNotResolved("no-such-host.invalid", _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == false)
  }

  @Test func `a server that speaks no TLS proves that nothing was sent`() throws {
    let server = try ScriptedServer { peer, _ in peer.send("HTTP/1.1 400 No TLS\r\n\r\n") }
    defer { server.stop() }
    let error = failure(Request(.post, try HTTP.URL(parsing: "https://127.0.0.1:\(server.port)/")))
    guard case .tlsFailed = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == false)
  }

  @Test func `a connection that dies after the request was read leaves it open what happened`()
    throws
  {
    let server = try ScriptedServer { peer, _ in _ = peer.readRequest() }
    defer { server.stop() }
    let error = failure(Request(.post, try server.url, body: Body("x")))
    guard case .connectionLost(_, _, true, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == true)
    #expect(error?.message.contains("may have been processed") == true)
    #expect(server.requests.count == 1)
  }

  @Test func `a reset before anything was read is not taken as proof`() throws {
    let server = try ScriptedServer { peer, _ in peer.reset() }
    defer { server.stop() }
    let error = failure(Request(.post, try server.url, body: Body("x")))
    // The client can not know whether its bytes were read.
    #expect(error?.mayHaveBeenProcessed == true)
  }

  @Test func `an answer that stops halfway is a lost connection`() throws {
    let server = try ScriptedServer { peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    }
    defer { server.stop() }
    guard case .connectionLost(_, _, true, _) = failure(Request(.get, try server.url)) else {
      Issue.record("not lost")
      return
    }
  }

  @Test func `a reset in the middle of the answer is a lost connection`() throws {
    let server = try ScriptedServer { peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
      peer.reset()
    }
    defer { server.stop() }
    guard case .connectionLost(_, _, true, _) = failure(Request(.get, try server.url)) else {
      Issue.record("not lost")
      return
    }
  }

  @Test func `a request that changes is never sent again on a connection that died`() throws {
    let server = try ScriptedServer { peer, number in
      guard peer.readRequest() != nil else { return }
      if number == 1 {
        peer.send(ok("kept"))
        // Stays open until the next request comes over it, then dies without an answer.
        _ = peer.readRequest()
      }
    }
    defer { server.stop() }
    _ = try client.send(Request(.get, server.url))
    let error = failure(Request(.post, try server.url, body: Body("x")))
    #expect(error?.mayHaveBeenProcessed == true)
    #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 1)
  }

  @Test func `a server that never answers meets the deadline`() throws {
    let server = try ScriptedServer { peer, _ in
      _ = peer.readRequest()
      peer.waitForEnd()
    }
    defer { server.stop() }
    let error = failure(Request(.post, try server.url, deadline: .milliseconds(50)))
    guard case .deadlinePassed(_, true, 0, let after) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(after >= .milliseconds(50) && after < .seconds(5))
    #expect(error?.mayHaveBeenProcessed == true)
  }

  @Test func `a byte now and then does not hold off the deadline`() throws {
    let server = try ScriptedServer { peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
      while peer.send("x") { usleep(5_000) }
    }
    defer { server.stop() }
    let request = Request(
      .get,
      try server.url,
      deadline: .milliseconds(120),
      idleDeadline: .seconds(30)
    )
    guard case .deadlinePassed(_, true, let received, _) = failure(request) else {
      Issue.record("no deadline")
      return
    }
    #expect(received > 0)
  }

  @Test func `silence in the middle of an answer meets the idle deadline`() throws {
    let server = try ScriptedServer { peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      peer.waitForEnd()
    }
    defer { server.stop() }
    let request = Request(.get, try server.url, idleDeadline: .milliseconds(60))
    guard case .idle(_, 4, let after) = failure(request) else {
      Issue.record("not idle")
      return
    }
    #expect(after >= .milliseconds(60))
  }

  @Test func `a TLS handshake that hangs meets the connect deadline with nothing sent`() throws {
    let server = try ScriptedServer { peer, _ in peer.waitForEnd() }
    defer { server.stop() }
    let url = try HTTP.URL(parsing: "https://127.0.0.1:\(server.port)/")
    let error = failure(Request(.post, url, connectDeadline: .milliseconds(50)))
    guard case .connectTimedOut = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == false)
  }

  @Test func `giving up before the request left proves that nothing was sent`() throws {
    let server = try ScriptedServer(answers: [ok("")])
    defer { server.stop() }
    let giveUp = GivingUp()
    giveUp.giveUp()
    let error = failure(Request(.post, try server.url), cancelOn: giveUp.descriptor)
    guard case .cancelled(_, false, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == false)
    #expect(server.requests.isEmpty)
  }

  @Test func `giving up after the request left leaves it open what happened`() throws {
    let giveUp = GivingUp()
    let server = try ScriptedServer { peer, _ in
      _ = peer.readRequest()
      giveUp.giveUp()
      peer.waitForEnd()
    }
    defer { server.stop() }
    let error = failure(Request(.post, try server.url), cancelOn: giveUp.descriptor)
    guard case .cancelled(_, true, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == true)
  }

  @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "\0\0\0\u{1}", "garbage\nwithout end\n\n"])
  func `garbage is a malformed answer`(_ garbage: String) throws {
    let server = try ScriptedServer(answers: [garbage])
    defer { server.stop() }
    let error = failure(Request(.get, try server.url))
    guard case .malformedAnswer = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.mayHaveBeenProcessed == true)
  }

  @Test(arguments: [false, true])
  func `a huge head is refused`(_ isOneLine: Bool) throws {
    let lines =
      isOneLine
      ? "X: \(String(repeating: "x", count: 200_000))\r\n"
      : String(repeating: "X: \(String(repeating: "x", count: 1_000))\r\n", count: 200)
    let server = try ScriptedServer(answers: [ok("", headers: lines)])
    defer { server.stop() }
    guard case .responseTooLarge(_, "head", _) = failure(Request(.get, try server.url)) else {
      Issue.record("it was taken")
      return
    }
  }

  @Test(arguments: [10, 9])
  func `a body beyond the limit is refused, one at the limit is taken`(_ limit: Int) throws {
    let server = try ScriptedServer(answers: [ok("0123456789")])
    defer { server.stop() }
    let error = failure(Request(.get, try server.url, responseLimit: limit))
    #expect((error == nil) == (limit == 10))
    #expect(error?.mayHaveBeenProcessed != false)
  }

  @Test(arguments: ["a\r\nEvil: 1", "a\nb", "a\0b", "a\u{7F}"])
  func `a header can not smuggle in another line`(_ value: String) throws {
    let server = try ScriptedServer(answers: [ok("")])
    defer { server.stop() }
    let request = Request(
      .get,
      try server.url,
      headers: [Header("X-Token", .secret(value))]
    )
    let error = failure(request)
    guard case .invalidRequest = error else {
      Issue.record("it was sent")
      return
    }
    #expect(error?.message.contains(value) == false)
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: ["", "GET /", "GET\r\nX"])
  func `a method is one word`(_ method: String) throws {
    let request = Request(Method(rawValue: method), try HTTP.URL(parsing: "http://127.0.0.1:1/"))
    guard case .invalidRequest = failure(request) else {
      Issue.record("it was sent")
      return
    }
  }
}
