private import Glibc
package import Values

/// A dump in plain SQL, which psql takes for whole wherever it ends.
///
/// `pg_dump` writes its last line last of all: a text without it was cut off, however well it runs
/// (measured: half a file through `psql -1 -v ON_ERROR_STOP=1` gives exit code 0 and half the rows).
package enum PlainDump {
  private static let trailer = "-- PostgreSQL database dump complete"

  /// Refuses a text that does not end as pg_dump ends it.
  package static func checkEnd(of path: String) throws(Failure) {
    let head = try piece(of: path, fromEnd: false)
    let tail = try piece(of: path, fromEnd: true)
    try check(head: head, tail: tail, path)
  }

  /// - Parameters:
  ///   - head: the first lines of the text.
  ///   - tail: the last lines of the text.
  package static func check(head: String, tail: String, _ path: String) throws(Failure) {
    let lines = tail.split(whereSeparator: \.isNewline).map { $0.trimmed }.filter { !$0.isEmpty }
    let token = head.split(whereSeparator: \.isNewline)
      .first { $0.hasPrefix("\\restrict ") }?.dropFirst(10).trimmed
    guard let end = lines.lastIndex(of: trailer) else {
      throw Failure(
        .refused,
        "\(path) is cut off: its last line, '\(trailer)', is missing",
        advice: ["what is there of it would run without an error, and rows would be missing"]
      )
    }
    let closing = lines[(end + 1)...].filter { $0 != "--" }
    guard closing == (token.map { ["\\unrestrict \($0)"] } ?? []) else {
      throw Failure(
        .refused,
        token == nil
          ? "\(path) goes on behind its last line: '\(closing.first ?? "")'"
          : "\(path) does not end with the '\\unrestrict' of its first lines",
        advice: ["pg_dump did not write it so: it was cut off, or something was added to it"]
      )
    }
  }

  private static func piece(of path: String, fromEnd: Bool) throws(Failure) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.make("opened", path) }
    defer { close(descriptor) }
    if fromEnd, lseek(descriptor, -4096, SEEK_END) < 0 { lseek(descriptor, 0, SEEK_SET) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    var length = 0
    while length < buffer.count {
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe read(descriptor, bytes.baseAddress?.advanced(by: length), bytes.count - length)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      length += count
    }
    return String(decoding: buffer[..<length], as: UTF8.self)
  }
}

extension StringProtocol {
  var trimmed: String {
    var text = Substring(self)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
