import Glibc

/// One question to a port of this machine: sends all, then receives until the other end closes.
enum LoopbackExchange {
  static func send(_ bytes: [UInt8], to port: UInt16) throws(SandboxError) -> [UInt8] {
    let connection = try OpenConnection(port: port)
    try connection.send(bytes)
    var answer: [UInt8] = []
    while true {
      let more = try connection.receive(atMost: 65_536)
      if more.isEmpty { return answer }
      answer += more
    }
  }
}

/// A connection to a port of this machine; every wait ends after 20 seconds.
struct OpenConnection: ~Copyable {
  private let descriptor: Int32

  init(port: UInt16) throws(SandboxError) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .control(reason: "no socket, errno \(errno)") }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    guard Self.connect(descriptor, to: port) else {
      close(descriptor)
      throw .control(reason: "127.0.0.1:\(port) refuses connections")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  borrowing func send(_ text: String) throws(SandboxError) { try send(Array(text.utf8)) }

  borrowing func send(_ bytes: [UInt8]) throws(SandboxError) {
    let sent = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard sent == bytes.count else { throw .control(reason: "the connection broke") }
  }

  /// What has come, at least one byte; nothing when the other end has closed.
  borrowing func receive(atMost limit: Int) throws(SandboxError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: limit)
    while true {
      let count = unsafe recv(descriptor, &buffer, limit, 0)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .control(reason: "no answer within 20 s") }
      return Array(buffer[..<count])
    }
  }

  private static func connect(_ descriptor: Int32, to port: UInt16) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
