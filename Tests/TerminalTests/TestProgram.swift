import Foundation
import PseudoTerminalSupport

extension PseudoTerminal {
  /// The test program on a terminal.
  convenience init(
    _ arguments: String...,
    environment: [String: String] = [:],
    columns: UInt16 = 60,
    rows: UInt16 = 20
  ) throws {
    try self.init(
      program: Self.program,
      arguments,
      environment: environment,
      columns: columns,
      rows: rows
    )
  }

  /// Beside the test's own executable.
  static var program: String {
    get throws {
      let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return URL(fileURLWithPath: own).deletingLastPathComponent().path + "/TerminalTestProgram"
    }
  }
}

/// A folder that is gone with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "opsh-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
