import Foundation
import Testing
import Values

/// A sandbox brought up by the built program, and opsh in its folder.
final class SandboxWorld: Sendable {
  let binary: BuiltBinary
  let stack: String
  let folder: String
  let log: String
  let postgres: String

  init(scenario: String, seed: Int = 1) throws {
    binary = try BuiltBinary()
    let up = try binary.opsh("sandbox", "up", "--scenario", scenario, "--seed", String(seed))
    try #require(up.code == 0, "\(up.output)\(up.messages)")
    let status = try binary.opsh("sandbox", "status", "--output", "json")
    let json = try JSON.parse(status.output)
    stack = try #require(json["stack"]?.stringValue)
    log = try #require(json["log"]?.stringValue)
    postgres = try #require(json["postgres"]?.stringValue)
    folder = (stack as NSString).deletingLastPathComponent
    // In place of the link to the repository's own, since tests change theirs.
    let books = folder + "/runbooks"
    try #require(try FileManager.default.destinationOfSymbolicLink(atPath: books) == Self.runbooks)
    try FileManager.default.removeItem(atPath: books)
    try FileManager.default.copyItem(atPath: Self.runbooks, toPath: books)
  }

  deinit {
    _ = try? binary.opsh("sandbox", "down")
  }

  /// The repository's own runbooks.
  static let runbooks: String = {
    let tests = (#filePath as NSString).deletingLastPathComponent
    return ((tests as NSString).deletingLastPathComponent as NSString)
      .deletingLastPathComponent + "/runbooks"
  }()

  @discardableResult
  func opsh(_ arguments: String...) throws -> BuiltBinary.Result {
    try binary.program("opsh", arguments, in: folder)
  }

  /// The requests that change something, as `METHOD path`, in order; the queries are left off.
  func changes() throws -> [String] {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { line in
      let json = try JSON.parse(String(line))
      guard let method = json["method"]?.stringValue, method != "GET",
        let path = json["path"]?.stringValue
      else { return nil }
      return method + " " + (path.split(separator: "?").first.map(String.init) ?? path)
    }
  }

  func psql(_ statement: String) throws -> String {
    let result = try binary.program("/usr/bin/psql", ["-XAtc", statement, postgres])
    try #require(result.code == 0, "\(result.messages)")
    return result.output
  }
}
