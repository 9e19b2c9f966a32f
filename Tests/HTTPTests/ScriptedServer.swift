import Foundation
import HTTP
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A server on loopback that does exactly what a test's script says with each connection.
final class ScriptedServer: Sendable {
  let port: Int
  private let listener: Int32
  private let heard = Mutex<[String]>([])

  /// `script` runs on a thread of its own for each connection, counted from 1; the connection is
  /// closed when it returns.
  init(_ script: @escaping @Sendable (Peer, _ number: Int) -> Void) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    port =
      unsafe withUnsafeMutablePointer(to: &address) { [listener] pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          guard unsafe bind(listener, pointer, length) == 0, listen(listener, 16) == 0 else {
            return 0
          }
          _ = unsafe getsockname(listener, pointer, &length)
          return 1
        }
      } == 1 ? Int(UInt16(bigEndian: address.sin_port)) : 0
    guard port > 0 else { throw Refused() }
    Thread.detachNewThread { [self] in serve(script) }
  }

  struct Refused: Error {}

  /// Serves one answer per connection, the last one again and again.
  convenience init(answers: [String]) throws {
    try self.init { peer, number in
      guard peer.readRequest() != nil else { return }
      peer.send(answers[min(number, answers.count) - 1])
    }
  }

  private func serve(_ script: @escaping @Sendable (Peer, Int) -> Void) {
    var number = 0
    while true {
      let descriptor = accept(listener, nil, nil)
      guard descriptor >= 0 else {
        // Closed here and nowhere else: its number may belong to another server at once.
        close(listener)
        return
      }
      number += 1
      let peer = Peer(descriptor) { [self] request in heard.withLock { $0.append(request) } }
      Thread.detachNewThread { [number] in
        script(peer, number)
        peer.close()
      }
    }
  }

  func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Every request that was read, with its body.
  var requests: [String] { heard.withLock { $0 } }

  var url: HTTP.URL {
    get throws { try HTTP.URL(parsing: "http://127.0.0.1:\(port)") }
  }
}

/// The server's end of one connection.
final class Peer: Sendable {
  private let descriptor: Int32
  private let isOpen = Mutex(true)
  private let onRequest: @Sendable (String) -> Void

  init(_ descriptor: Int32, onRequest: @escaping @Sendable (String) -> Void) {
    self.descriptor = descriptor
    self.onRequest = onRequest
  }

  /// Reads a request with its body; nil if the client left first.
  func readRequest() -> String? {
    var bytes: [UInt8] = []
    while true {
      if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound {
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        if bytes.count - end >= Self.contentLength(head) { break }
      }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      bytes += chunk[..<count]
    }
    let request = String(decoding: bytes, as: UTF8.self)
    onRequest(request)
    return request
  }

  private static func contentLength(_ head: String) -> Int {
    for line in head.lowercased().split(separator: "\r\n") where line.hasPrefix("content-length:") {
      return Int(line.dropFirst(15).trimmingCharacters(in: .whitespaces)) ?? 0
    }
    return 0
  }

  /// False once the client has gone.
  @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.send(
          descriptor,
          buffer.baseAddress,
          buffer.count,
          Int32(MSG_NOSIGNAL)
        )
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Waits until the client closes its end.
  func waitForEnd() {
    var byte: UInt8 = 0
    while unsafe recv(descriptor, &byte, 1, 0) > 0 {}
  }

  /// Ends the connection as a crashed machine would: with a reset.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout<linger>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, size)
    close()
  }

  func close() {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if wasOpen { Glibc.close(descriptor) }
  }
}

/// A descriptor that becomes readable when a test gives up.
final class GivingUp: Sendable {
  let descriptor: Int32
  private let end: Int32

  init() {
    var ends: [Int32] = [0, 0]
    _ = unsafe pipe(&ends)
    (descriptor, end) = (ends[0], ends[1])
  }

  func giveUp() {
    _ = unsafe write(end, [1], 1)
  }

  deinit {
    close(descriptor)
    close(end)
  }
}

func ok(_ body: String, headers: String = "") -> String {
  "HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

func answer(_ status: Int, headers: String = "", body: String = "") -> String {
  "HTTP/1.1 \(status) Status\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
}
