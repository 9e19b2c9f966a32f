import Foundation
import Testing
import Values

extension SandboxWorld {
  /// Writes a file beside the stack file.
  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
  }

  /// Runs without a terminal what needs a yes, and gives the hash that would be one.
  func hash(_ words: [String]) throws -> String {
    let refused = try binary.program("opsh", words, in: folder)
    try #require(refused.code == 4, "\(words): \(refused.output)\(refused.messages)")
    let last = try #require(refused.messages.split(whereSeparator: \.isWhitespace).last)
    try #require(last.count == 64, "\(refused.messages)")
    return String(last)
  }

  func approve(_ words: [String], _ hash: String) throws -> BuiltBinary.Result {
    try binary.program("opsh", words + ["--approve", hash], in: folder)
  }

  /// Does what is asked for in advance, without a terminal.
  @discardableResult
  func approved(_ words: String...) throws -> BuiltBinary.Result {
    try approve(words, try hash(words))
  }

  /// The record of the newest run.
  func transcript() throws -> String {
    let runs = try opsh("runs", "--output", "ndjson").output.split(separator: "\n")
    let run = try #require(try JSON.parse(String(runs[0]))["run"]?.stringValue)
    return try opsh("transcript", run, "--as", "markdown").output
  }
}
