import Foundation

@testable import Sandbox

/// Reads from a port of this machine as the bytes come, by a stream of its own.
enum SlowReader {
  /// The first `count` bytes of the answer to a plain request.
  static func receive(count: Int, from port: UInt16) throws -> [UInt8] {
    let connection = try OpenConnection(port: port)
    try connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try connection.receive(atMost: count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  /// The answer's lines, until `isEnough` of all that came.
  static func lines(
    _ request: String,
    from port: UInt16,
    until isEnough: ([String]) -> Bool
  ) throws -> [String] {
    let connection = try OpenConnection(port: port)
    try connection.send(request)
    var text = ""
    while true {
      let more = try connection.receive(atMost: 65_536)
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
      let lines = text.split(whereSeparator: \.isNewline).map(String.init)
      if isEnough(lines) { return lines }
    }
    return text.split(whereSeparator: \.isNewline).map(String.init)
  }
}
