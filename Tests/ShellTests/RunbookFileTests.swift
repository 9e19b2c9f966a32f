import Foundation
import PseudoTerminalSupport
import Testing
import Values

/// The runbooks that come with the project, each as a file, and each at a terminal.
@Suite struct RunbookFileTests {
  private static func files(in folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".opsh") }.sorted()
  }

  @Test(.timeLimit(.minutes(5)))
  func `every runbook checks, is formatted, and its plan changes nothing`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 3)
    let files = try Self.files(in: SandboxWorld.runbooks).map { "runbooks/" + $0 }
    #expect(files.count > 3)
    for file in files {
      let checked = try world.opsh("check", file)
      #expect(checked.code == 0, "\(file): \(checked.messages)")
      #expect(checked.output.isEmpty && checked.messages.isEmpty, "\(file): \(checked.messages)")
      let formatted = try world.opsh("fmt", "--check", file)
      #expect(formatted.code == 0, "\(file)")
      guard !file.contains("/lib/") else { continue }
      let words = file.contains("rollback") ? ["restore_data=false"] : []
      let plan = try world.binary.program(
        "opsh",
        ["plan", file, "env=production"] + words,
        in: world.folder
      )
      #expect(plan.code == 0 || plan.code == 3, "\(file): \(plan.messages)")
      #expect(try world.changes() == [], "\(file)")
    }
  }

  @Test(.timeLimit(.minutes(5)))
  func `verify says whether production is well`() throws {
    let well = try SandboxWorld(scenario: "quiet")
    let result = try well.opsh("runbooks/verify.opsh", "env=production")
    #expect(result.code == 0, "\(result.messages)")
    let ill = try SandboxWorld(scenario: "bad-deploy")
    let other = try ill.opsh("runbooks/verify.opsh", "env=production")
    #expect(other.code == 3, "\(other.messages)")
    #expect(try well.changes() + ill.changes() == [])
  }

  @Test(.timeLimit(.minutes(5)))
  func `the bleeding stops, and all of it comes back`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 2)
    #expect(try standing(world) == "false\nfalse\nfalse\n")
    let stop = try world.terminal("runbooks/stop-the-bleeding.opsh", "env=production")
    try stop.expect("type production to do this: ")
    stop.type("production\r")
    #expect(try stop.end() == 0, "\(String(decoding: stop.everything, as: UTF8.self))")
    #expect(try standing(world) == "true\ntrue\ntrue\n")
    #expect(try world.psql("show default_transaction_read_only") == "on\n")
    let back = try world.terminal("runbooks/stop-the-bleeding.opsh", "env=production", "back=true")
    try back.expect("type production to do this: ")
    back.type("production\r")
    #expect(try back.end() == 0, "\(String(decoding: back.everything, as: UTF8.self))")
    #expect(try standing(world) == "false\nfalse\nfalse\n")
    #expect(try world.psql("show default_transaction_read_only") == "off\n")
  }

  private func standing(_ world: SandboxWorld) throws -> String {
    let code = "production.paused; production.jobs.paused; production.database.writes_stopped"
    return try world.opsh("-c", code).output
  }
}
