import Foundation
import HTTP
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(6)))
struct ManyTests {
  @Test func `many requests are under way together on one thread`() throws {
    // Nobody is answered before all have asked.
    let asked = Mutex(0)
    let everybody = DispatchSemaphore(value: 0)
    let server = try ScriptedServer { peer, _ in
      guard let request = peer.readRequest() else { return }
      let count = asked.withLock { count in
        count += 1
        return count
      }
      if count == 8 { for _ in 0..<8 { everybody.signal() } }
      everybody.wait()
      peer.send(ok(request.split(separator: " ")[1].description))
    }
    defer { server.stop() }
    let requests = try (0..<8).map { try Request(.get, server.url.appending("\($0)")) }
    let results = Client().sendAll(requests)
    #expect(try results.map { try $0.get().text } == (0..<8).map { "/\($0)" })
  }

  @Test func `fifty take no longer than the slowest of them may`() throws {
    // One is never answered, one is dead; the others are answered when the slow one is under way.
    let slowIsThere = DispatchSemaphore(value: 0)
    let served = Mutex(0)
    let servedAtTheEnd = Mutex<Int?>(nil)
    let slowEnded = DispatchSemaphore(value: 0)
    let server = try ScriptedServer { peer, _ in
      while let request = peer.readRequest() {
        guard !request.hasPrefix("GET /7 ") else {
          slowIsThere.signal()
          peer.waitForEnd()
          servedAtTheEnd.withLock { $0 = served.withLock { $0 } }
          slowEnded.signal()
          return
        }
        slowIsThere.wait()
        slowIsThere.signal()
        served.withLock { $0 += 1 }
        peer.send(ok(request.split(separator: " ")[1].description))
      }
    }
    defer { server.stop() }
    let dead = try ScriptedServer(answers: [""])
    dead.stop()
    var requests = try (0..<50).map { try Request(.get, server.url.appending("\($0)")) }
    requests[7].deadline = .seconds(2)
    requests[23] = Request(.get, try HTTP.URL(parsing: "http://no-such-host.invalid/"))
    let started = ContinuousClock.now
    let results = Client(.init(atOnce: 16)).sendAll(requests)
    #expect(.now - started < .seconds(30))
    for (number, result) in results.enumerated() where number != 7 && number != 23 {
      #expect(try result.get().text == "/\(number)")
    }
    guard case .failure(.deadlinePassed) = results[7], case .failure(let error) = results[23] else {
      Issue.record("\(results[7]) \(results[23])")
      return
    }
    #expect(!error.mayHaveBeenProcessed)
    slowEnded.wait()
    #expect(servedAtTheEnd.withLock { $0 } == 48)
  }

  @Test func `one failure leaves the others alone`() throws {
    let server = try ScriptedServer(answers: [ok("fine")])
    defer { server.stop() }
    let requests = [
      try Request(.get, server.url),
      Request(.get, try HTTP.URL(parsing: "http://no-such-host.invalid/")),
      Request(Method(rawValue: "NOT ONE"), try server.url),
      try Request(.get, server.url),
    ]
    let results = Client(.init(atOnce: 2)).sendAll(requests)
    #expect(results.map { (try? $0.get())?.text } == ["fine", nil, nil, "fine"])
  }

  @Test func `giving up ends those under way and those not yet started`() throws {
    let giveUp = GivingUp()
    let server = try ScriptedServer { peer, _ in
      _ = peer.readRequest()
      giveUp.giveUp()
      peer.waitForEnd()
    }
    defer { server.stop() }
    let requests = try (0..<3).map { _ in try Request(.get, server.url) }
    let client = Client(.init(atOnce: 1))
    let results = client.sendAll(requests, cancelOn: giveUp.descriptor)
    let mayHave = results.map { result in
      if case .failure(let error) = result { error.mayHaveBeenProcessed } else { false }
    }
    #expect(mayHave == [true, false, false])
  }

  @Test func `no requests have no results`() {
    #expect(Client().sendAll([]).isEmpty)
  }

  @Test func `a connection is used again for a request that may be repeated`() throws {
    let connections = Mutex(0)
    let server = try ScriptedServer { peer, number in
      connections.withLock { $0 = number }
      while peer.readRequest() != nil, peer.send(ok("")) {}
    }
    defer { server.stop() }
    let client = Client()
    for _ in 0..<3 { _ = try client.send(Request(.get, server.url)) }
    #expect(connections.withLock { $0 } == 1)
  }

  @Test func `threads share one client`() throws {
    let server = try ScriptedServer { peer, _ in
      while let request = peer.readRequest() {
        peer.send(ok(request.split(separator: " ")[1].description))
      }
    }
    defer { server.stop() }
    let url = try server.url
    let client = Client()
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 40) { number in
      let response = try? client.send(Request(.get, url.appending("\(number)")))
      if response?.text != "/\(number)" { wrong.withLock { $0 += 1 } }
    }
    #expect(wrong.withLock { $0 } == 0)
  }
}

@Suite(.timeLimit(.minutes(6)))
struct StreamTests {
  private let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

  @Test func `bytes are handed on while the answer still comes`() throws {
    let seen = DispatchSemaphore(value: 0)
    let server = try ScriptedServer { [head] peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send(head + "2\r\na\n\r\n")
      // The second line is sent only once the first was handed on.
      seen.wait()
      peer.send("2\r\nb\n\r\n0\r\n\r\n")
    }
    defer { server.stop() }
    var text = ""
    let response = try Client().stream(Request(.get, server.url)) { bytes in
      text += String(decoding: bytes, as: UTF8.self)
      seen.signal()
      return true
    }
    #expect(text == "a\nb\n")
    #expect(response.status == 200)
    #expect(response.body.isEmpty)
  }

  @Test func `the consumer can end it`() throws {
    let server = try ScriptedServer { [head] peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send(head + "2\r\na\n\r\n")
      peer.waitForEnd()
    }
    defer { server.stop() }
    #expect(try Client().stream(Request(.get, server.url)) { _ in false }.status == 200)
  }

  @Test func `giving up ends it`() throws {
    let giveUp = GivingUp()
    let server = try ScriptedServer { [head] peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send(head + "2\r\na\n\r\n")
      peer.waitForEnd()
    }
    defer { server.stop() }
    let url = try server.url
    #expect(throws: HTTPError.self) {
      try Client().stream(Request(.get, url), cancelOn: giveUp.descriptor) { _ in
        giveUp.giveUp()
        return true
      }
    }
  }

  @Test func `the body of a refusal is not taken for the stream`() throws {
    let server = try ScriptedServer(answers: [answer(403, body: "no")])
    defer { server.stop() }
    var calls = 0
    let response = try Client().stream(Request(.get, server.url)) { _ in
      calls += 1
      return true
    }
    #expect(calls == 0)
    #expect(response.status == 403)
    #expect(response.text == "no")
  }
}
