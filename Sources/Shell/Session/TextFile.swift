internal import Glibc
internal import Values

/// Reads files that a person named.
enum TextFile {
  /// No stack file or runbook is as large as this.
  static let limit = 16 << 20

  /// Reads a whole file; `-` is standard input.
  ///
  /// - Throws: `usage`, with the reason and the path as given.
  static func read(_ path: String, shownAs name: String) throws(Failure) -> [UInt8] {
    let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(name) }
    defer { if descriptor != STDIN_FILENO { close(descriptor) } }
    return try read(from: descriptor, shownAs: name)
  }

  /// Reads what is left of an open file.
  static func read(from descriptor: Int32, shownAs name: String) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(name) }
      guard count > 0 else { return bytes }
      bytes += chunk[..<count]
      guard bytes.count <= limit else {
        throw Failure(.usage, "\(name) is larger than \(limit >> 20) MiB")
      }
    }
  }

  static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  private static func failure(_ name: String) -> Failure {
    let reason = unsafe String(cString: strerror(errno))
    return Failure(.usage, "\(name) can not be read: \(reason.lowercased())")
  }
}
