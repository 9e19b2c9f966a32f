import Foundation
import HTTP
import PseudoTerminalSupport
import Testing
import Values

extension SandboxWorld {
  /// `opsh` on a terminal of its own, in the stack's folder.
  func terminal(
    _ arguments: String...,
    with extra: [String: String] = ["NO_COLOR": "1"]
  ) throws -> PseudoTerminal {
    try terminal(arguments, with: extra)
  }

  func terminal(
    _ arguments: [String],
    with extra: [String: String] = ["NO_COLOR": "1"]
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      program: BuiltBinary.folder + "/opsh",
      arguments,
      environment: binary.environment.merging(extra) { $1 },
      directory: folder,
      columns: 120,
      rows: 40,
      patience: 60
    )
  }

  func fault(_ words: String...) throws {
    let result = try binary.program("opsh", ["sandbox", "fault"] + words)
    try #require(result.code == 0, "\(result.messages)")
  }

  /// Asks the sandbox's Neon without opsh.
  func neon(_ segments: String..., query: [String: String] = [:]) throws -> JSON {
    let status = try JSON.parse(
      try binary.opsh("sandbox", "status", "--output", "json").output
    )
    let key = try String(contentsOfFile: folder + "/secrets/NEON_API_KEY", encoding: .utf8)
    var url = try HTTP.URL(parsing: try #require(status["neon"]?.stringValue))
    url = try url.appending(contentsOf: segments)
    for (name, value) in query { url = url.query(name, value) }
    let bearer = "Bearer " + key.trimmingCharacters(in: .whitespacesAndNewlines)
    let answer = try Client().send(
      Request(.get, url, headers: [Header("authorization", .secret(bearer))])
    )
    try #require(answer.status == 200, "\(answer.text)")
    return try JSON.parse(answer.body)
  }

  /// The rows of the application's tables.
  func dump(_ address: String) throws -> String {
    let result = try binary.program(
      "/usr/bin/pg_dump",
      ["--data-only", "--schema=public", address]
    )
    try #require(result.code == 0, "\(result.messages)")
    return Self.rows(of: result.output)
  }

  /// A dump's text without its comments, which say how it was made, and without the token that newer
  /// clients guard it with, which is another each time.
  static func rows(of dump: String) -> String {
    dump.split(separator: "\n").filter {
      !$0.hasPrefix("\\restrict") && !$0.hasPrefix("\\unrestrict") && !$0.hasPrefix("--")
    }.joined(separator: "\n")
  }

  /// What only the database can say: whether a statement with these words still runs.
  func isRunning(_ words: String) throws -> Bool {
    try psql(
      "select count(*) from pg_stat_activity where state = 'active' "
        + "and pid <> pg_backend_pid() and query like '%\(words)%'"
    ) != "0\n"
  }

  /// Waits until a statement with these words runs, or no longer does.
  func waits(untilRunning isWanted: Bool, _ words: String) throws {
    let end = Date(timeIntervalSinceNow: 30)
    while try isRunning(words) != isWanted {
      try #require(Date() < end, "\(words): never \(isWanted ? "began" : "ended")")
    }
  }
}

/// What somebody does instead of answering a question.
enum Refusal: CaseIterable {
  case wrong, empty, reflex, pasted, interrupted, ended

  func type(insteadOf answer: String) -> String {
    switch self {
    case .wrong: "rewind it\r"
    case .empty: "\r"
    case .reflex: "y\r"
    case .pasted: "\u{1B}[200~\(answer)\u{1B}[201~\r"
    case .interrupted: "\u{03}"
    case .ended: "\u{04}"
    }
  }

  var code: Int32 { self == .interrupted ? 130 : 4 }
}
