import Foundation
import HTTP
import Testing

@Suite(.timeLimit(.minutes(6)))
struct ClientTests {
  let client = Client(.init(userAgent: "opsh/1.2.3"))

  @Test func `a request carries its method, path, headers and body`() throws {
    let server = try ScriptedServer(answers: [answer(201, headers: "X-Id: 7\r\n", body: "made")])
    defer { server.stop() }
    let url = try server.url.appending("v1", "a/b").query("q", "x y&z")
    let request = Request(
      .post,
      url,
      headers: [Header("Authorization", .secret("Bearer abc")), Header("X-Empty", "")],
      body: Body("{}")
    )
    let response = try client.send(request)
    #expect(response.status == 201)
    #expect(response.headers["x-ID"] == "7")
    #expect(response.text == "made")
    #expect(response.peer == "127.0.0.1")
    let lines = try #require(server.requests.first).components(separatedBy: "\r\n")
    #expect(lines.first == "POST /v1/a%2Fb?q=x%20y%26z HTTP/1.1")
    #expect(lines.contains("Authorization: Bearer abc"))
    #expect(lines.contains("X-Empty:"))
    #expect(lines.contains("User-Agent: opsh/1.2.3"))
    #expect(lines.contains("Content-Length: 2"))
    #expect(lines.last == "{}")
    #expect(!lines.contains { $0.lowercased().hasPrefix("content-type") })
    #expect(!lines.contains { $0.lowercased().hasPrefix("expect") })
  }

  @Test(arguments: [Method.get, .delete, .put, .patch, .post])
  func `a request without a body sends none`(_ method: Method) throws {
    let server = try ScriptedServer(answers: [answer(204)])
    defer { server.stop() }
    #expect(try client.send(Request(method, server.url)).status == 204)
    let request = try #require(server.requests.first)
    #expect(request.hasPrefix("\(method) / HTTP/1.1\r\n"))
    #expect(request.hasSuffix("\r\n\r\n"))
    #expect(!request.lowercased().contains("content-length"))
  }

  @Test func `an empty body is sent as one`() throws {
    let server = try ScriptedServer(answers: [answer(200)])
    defer { server.stop() }
    _ = try client.send(Request(.post, server.url, body: Body()))
    #expect(server.requests.first?.contains("Content-Length: 0\r\n") == true)
  }

  @Test func `a body may hold NUL and any byte`() throws {
    let server = try ScriptedServer { peer, _ in
      guard peer.readRequest() != nil else { return }
      peer.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n".utf8) + [0, 255, 10, 0, 7])
    }
    defer { server.stop() }
    let response = try client.send(Request(.post, server.url, body: Body([0, 65, 0])))
    #expect(response.body == [0, 255, 10, 0, 7])
    #expect(server.requests.first?.hasSuffix("\r\n\r\n\0A\0") == true)
  }

  @Test func `a chunked answer is put together`() throws {
    let server = try ScriptedServer(answers: [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    ])
    defer { server.stop() }
    #expect(try client.send(Request(.get, server.url)).text == "abcde")
  }

  @Test func `an interim answer is not the answer`() throws {
    let server = try ScriptedServer(answers: [
      "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + ok("done")
    ])
    defer { server.stop() }
    let response = try client.send(Request(.get, server.url))
    #expect(response.status == 200)
    #expect(response.headers["link"] == nil)
    #expect(response.text == "done")
  }

  @Test func `a redirection is an answer and is not followed`() throws {
    let server = try ScriptedServer(answers: [answer(302, headers: "Location: /other\r\n")])
    defer { server.stop() }
    let response = try client.send(Request(.get, server.url))
    #expect(response.status == 302)
    #expect(response.headers["location"] == "/other")
    #expect(server.requests.count == 1)
  }

  @Test func `repeated headers keep all their values`() throws {
    let server = try ScriptedServer(answers: [ok("", headers: "A: 1\r\na:2 \r\nB:\r\n")])
    defer { server.stop() }
    let headers = try client.send(Request(.get, server.url)).headers
    #expect(headers.all("A") == ["1", "2"])
    #expect(headers["b"] == "")
    #expect(headers["c"] == nil)
  }

  @Test func `timings grow from phase to phase`() throws {
    let server = try ScriptedServer(answers: [ok("x")])
    defer { server.stop() }
    let timings = try client.send(Request(.get, server.url)).timings
    #expect(timings.connected > .zero)
    #expect(timings.secured == .zero)
    #expect(timings.connected <= timings.firstByte)
    #expect(timings.firstByte <= timings.total)
  }
}
