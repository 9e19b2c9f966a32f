import Glibc

/// Ports of 127.0.0.1.
package enum LoopbackPort {
  /// A port that nothing listens at now.
  package static func free() throws(ClusterError) -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .file(path: "socket", reason: "error \(errno)") }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(descriptor, generic, length) != 0
          || getsockname(descriptor, generic, &length) != 0
      }
    }
    guard !failed else { throw .file(path: "127.0.0.1", reason: "no free port, error \(errno)") }
    return UInt16(bigEndian: address.sin_port)
  }
}
