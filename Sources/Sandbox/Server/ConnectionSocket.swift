import Glibc

/// The socket of a request that is being answered, found by where its other end is.
///
/// FlyingFox always answers, at once and whole; an answer that is lost or drips can only be had
/// behind its back.
struct ConnectionSocket: ~Copyable, Sendable {
  private let descriptor: Int32

  /// - Parameters:
  ///   - local: the port of this end.
  ///   - peer: the port of the other end.
  init?(local: UInt16, peer: UInt16) {
    let limit = Int32(clamping: sysconf(Int32(_SC_OPEN_MAX)))
    for candidate in 3..<min(limit, 4096) {
      guard unsafe Self.port(of: candidate, getsockname) == local,
        unsafe Self.port(of: candidate, getpeername) == peer
      else { continue }
      let copy = fcntl(candidate, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { return nil }
      descriptor = copy
      return
    }
    return nil
  }

  deinit { close(descriptor) }

  /// Sends one byte; tells whether the other end still takes any.
  func send(_ byte: UInt8) -> Bool {
    var byte = byte
    return unsafe Glibc.send(descriptor, &byte, 1, Int32(MSG_NOSIGNAL)) == 1
  }

  /// Ends the connection in both directions.
  func cut() {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  private static func port(
    of descriptor: Int32,
    _ ask: (Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?) -> Int32
  ) -> UInt16? {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe ask(descriptor, $0, &length)
      }
    }
    guard result == 0, address.sin_family == sa_family_t(AF_INET) else { return nil }
    return UInt16(bigEndian: address.sin_port)
  }
}
