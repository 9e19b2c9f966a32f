import Foundation
import Glibc
import Synchronization

/// A socket on loopback that counts who connects, and answers nothing.
final class Listener: Sendable {
  let port: Int
  private let descriptor: Int32

  struct Unavailable: Error {}

  init() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, size)
      }
    }
    guard bound == 0, listen(descriptor, 64) == 0 else { throw Unavailable() }
    var length = size
    _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    self.descriptor = descriptor
    port = Int(UInt16(bigEndian: address.sin_port))
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(descriptor)
  }

  private let seen = Mutex(0)

  /// How many have connected so far: the kernel keeps them in the queue until they are taken.
  func connections() -> Int {
    seen.withLock { seen in
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return seen }
        close(client)
        seen += 1
      }
    }
  }
}
