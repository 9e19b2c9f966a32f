import Foundation
import Values

/// What a running sandbox says about itself in its folder.
struct SandboxState: Sendable {
  var process: ProcessIdentity
  var scenario: Scenario
  var seed: UInt64
  var stack: String
  var app: String
  var postgres: String
  var vercel: String
  var neon: String
  var sentry: String
  var log: String
  /// Last night's dump of production's database.
  var backup: String
  var controlPort: UInt16
  var controlToken: String

  /// What the folder at `paths` says, or nothing when it says nothing that can be read.
  static func read(_ paths: SandboxPaths) -> SandboxState? {
    guard let bytes = FileManager.default.contents(atPath: paths.state),
      let json = try? JSON.parse(Array(bytes)), let process = ProcessIdentity(json["process"]),
      let scenario = json["scenario"]?.stringValue.flatMap(Scenario.init(rawValue:)),
      let seed = json["seed"]?.stringValue.flatMap(UInt64.init),
      let port = json["control"]?["port"]?.intValue.flatMap(UInt16.init(exactly:)),
      let token = json["control"]?["token"]?.stringValue
    else { return nil }
    func text(_ name: String) -> String { json[name]?.stringValue ?? "" }
    return SandboxState(
      process: process,
      scenario: scenario,
      seed: seed,
      stack: text("stack"),
      app: text("app"),
      postgres: text("postgres"),
      vercel: text("vercel"),
      neon: text("neon"),
      sentry: text("sentry"),
      log: text("log"),
      backup: text("backup"),
      controlPort: port,
      controlToken: token
    )
  }

  /// What `status --output json` prints.
  var summary: JSON {
    [
      "stack": .string(stack), "app": .string(app), "postgres": .string(postgres),
      "vercel": .string(vercel), "neon": .string(neon), "sentry": .string(sentry),
      "log": .string(log), "backup": .string(backup),
    ]
  }

  func write(_ paths: SandboxPaths) throws(SandboxError) {
    let json = summary.adding([
      .init("process", process.json), .init("scenario", .string(scenario.rawValue)),
      .init("seed", .string(String(seed))),
      .init(
        "control",
        ["port": .int(Int64(controlPort)), "token": .string(controlToken)]
      ),
    ])
    try SandboxPaths.write(json.text + "\n", to: paths.state)
  }
}
