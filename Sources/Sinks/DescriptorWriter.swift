private import Glibc
private import Synchronization

/// Why bytes did not get out.
package enum SinkError: Error, Hashable, Sendable {
  /// The reader went away (EPIPE): there is nobody left to tell, and nothing to complain about.
  case closed
  /// The system's reason.
  case failed(what: String, code: Int32)

  package var message: String {
    switch self {
    case .closed: "nobody reads the output any more"
    case .failed(let what, let code):
      "\(what) could not be written: \(unsafe String(cString: strerror(code)))"
    }
  }
}

/// Where the bytes of a sink go.
package protocol ByteWriter: AnyObject {
  func write(_ bytes: [UInt8]) throws(SinkError)
  func flush() throws(SinkError)
}

/// Collects bytes; for tests and for texts made in memory.
package final class MemoryWriter: ByteWriter, Sendable {
  private let written = Mutex<[UInt8]>([])

  package init() {}

  package var bytes: [UInt8] { written.withLock { $0 } }

  package func write(_ bytes: [UInt8]) { written.withLock { $0 += bytes } }
  package func flush() {}

  package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Writes to a file descriptor through a buffer.
package final class DescriptorWriter: ByteWriter {
  private let descriptor: Int32
  private let name: String
  private let capacity: Int
  private var buffer: [UInt8] = []

  /// Lends itself a descriptor that stays the caller's; SIGPIPE is ignored from here on.
  ///
  /// `name` is for messages.
  package init(_ descriptor: Int32, name: String, capacity: Int = 65_536) {
    self.descriptor = descriptor
    self.name = name
    self.capacity = capacity
    _ = signal(SIGPIPE, SIG_IGN)
  }

  package func write(_ bytes: [UInt8]) throws(SinkError) {
    guard bytes.count < capacity else {
      try flush()
      try writeAll(bytes)
      return
    }
    buffer += bytes
    if buffer.count >= capacity { try flush() }
  }

  package func flush() throws(SinkError) {
    guard !buffer.isEmpty else { return }
    let bytes = buffer
    buffer.removeAll(keepingCapacity: true)
    try writeAll(bytes)
  }

  private func writeAll(_ bytes: [UInt8]) throws(SinkError) {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor,
          buffer.baseAddress?.advanced(by: offset),
          bytes.count - offset
        )
      }
      if count >= 0 {
        offset += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&poller, 1, -1)
      case EPIPE: throw .closed
      case let code: throw .failed(what: name, code: code)
      }
    }
  }
}
