private import CChildProcess
private import Glibc

/// What a child writes: read to the end, kept up to a limit.
struct OutputStream {
  private let descriptor: Descriptor
  private let limit: Int
  private(set) var kept: [UInt8] = []
  private(set) var wasCutOff = false

  init(_ descriptor: Descriptor, limit: Int) {
    self.descriptor = descriptor
    self.limit = limit
  }

  var raw: Int32 { descriptor.raw }
  var isOpen: Bool { descriptor.isOpen }

  /// Reads what is there and hands on each chunk.
  ///
  /// Returns after a bounded amount, so that a child that never stops writing can not keep its
  /// supervisor from looking at the clock.
  mutating func read(into buffer: inout [UInt8], _ onChunk: (([UInt8]) -> Void)?) {
    for _ in 0..<16 {
      let count = unsafe Glibc.read(descriptor.raw, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      guard count > 0 else {
        descriptor.close()
        return
      }
      keep(buffer[..<count])
      onChunk?(Array(buffer[..<count]))
      // A short read has emptied the pipe; asking again would only cost a call.
      if count < buffer.count { return }
    }
  }

  private mutating func keep(_ bytes: ArraySlice<UInt8>) {
    let room = max(0, limit - kept.count)
    if bytes.count > room { wasCutOff = true }
    kept += bytes.prefix(room)
  }
}

/// What a child is given to read.
struct InputStream {
  private let descriptor: Descriptor
  private var rest: ArraySlice<UInt8>

  init(_ descriptor: Descriptor, _ bytes: [UInt8]) {
    self.descriptor = descriptor
    rest = bytes[...]
    if rest.isEmpty { descriptor.close() }
  }

  var raw: Int32 { descriptor.raw }
  var isOpen: Bool { descriptor.isOpen }

  /// Writes what fits; closes when everything is written or the child does not listen any more.
  mutating func write() {
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBufferPointer { buffer in
        unsafe cchild_write(descriptor.raw, buffer.baseAddress, buffer.count)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    descriptor.close()
  }

  func close() {
    descriptor.close()
  }
}
