import Foundation
import PostgresTestSupport
import Synchronization

/// Passes connections on to a server until a client sends a given text; then it cuts both ways,
/// after or without passing the text on.
final class CuttingProxy: Sendable {
  let port: Int

  /// - Parameter occurrence: how often a connection has to send it until it is cut there.
  init(to serverPort: Int, cutAt text: String, occurrence: Int = 1, forwarding: Bool) throws {
    let (listener, port) = try listenOnLoopback()
    self.port = port
    Thread {
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        let server = connectToLoopback(serverPort)
        Thread {
          Self.pump(client, server, Array(text.utf8), occurrence, forwarding)
          close(client)
          close(server)
        }.start()
      }
    }.start()
  }

  private static func pump(
    _ client: Int32,
    _ server: Int32,
    _ mark: [UInt8],
    _ occurrence: Int,
    _ forwarding: Bool
  ) {
    var seen = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var entries = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0),
        pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard unsafe poll(&entries, 2, -1) > 0 else { return }
      for (from, to) in [(0, server), (1, client)] where entries[from].revents != 0 {
        let count = unsafe read(entries[from].fd, &buffer, buffer.count)
        guard count > 0 else { return }
        if from == 0, buffer[..<count].contains(mark) { seen += 1 }
        let isMark = from == 0 && seen == occurrence
        if isMark, !forwarding { return }
        _ = unsafe write(to, buffer, count)
        if isMark {
          // The answer shows that the server did it; the client never sees it.
          _ = unsafe read(server, &buffer, buffer.count)
          return
        }
      }
    }
  }
}

private func loopback(_ port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

private func withSocketAddress<Result>(
  _ port: Int,
  _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  var address = loopback(port)
  let length = socklen_t(MemoryLayout<sockaddr_in>.size)
  return unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
  }
}

private func listenOnLoopback() throws -> (descriptor: Int32, port: Int) {
  let port = try FreePort.find()
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  let isBound = unsafe withSocketAddress(port) { unsafe bind(descriptor, $0, $1) == 0 }
  guard isBound, listen(descriptor, 4) == 0 else { throw ClusterProblem("can not listen") }
  return (descriptor, port)
}

private func connectToLoopback(_ port: Int) -> Int32 {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  _ = unsafe withSocketAddress(port) { unsafe connect(descriptor, $0, $1) }
  return descriptor
}
