import Foundation
import Synchronization
import Values

/// The file that holds every request as it came in, one JSON object a line.
///
/// A line is written before the request is acted on, so nothing that was done is missing from it.
/// Headers are left out: they carry tokens.
final class RequestLog: Sendable {
  private let file: Mutex<FileHandle>

  init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil, attributes: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw SandboxError.file(path: path, reason: "cannot be written") }
    unsafe chmod(path, 0o600)
    file = Mutex(handle)
  }

  /// - Parameter target: path and query as they were sent.
  func write(_ vendor: Vendor, method: String, target: String, body: [UInt8]) {
    var members: [JSON.Member] = [
      .init("time", .string(Time.now().text)), .init("vendor", .string(vendor.rawValue)),
      .init("method", .string(method)), .init("path", .string(target)),
    ]
    if let text = String(validating: body, as: UTF8.self) {
      members.append(.init("body", .string(text)))
    } else {
      members.append(.init("body", .string(Data(body).base64EncodedString())))
      members.append(.init("encoding", "base64"))
    }
    let line = JSON.object(members).bytes(isCanonical: false) + [UInt8(ascii: "\n")]
    // A full disk must not bring the vendors down.
    file.withLock { try? $0.write(contentsOf: Data(line)) }
  }
}
