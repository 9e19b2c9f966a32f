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
  func `every runbook checks and is formatted`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 3)
    let files = try Self.files(in: SandboxWorld.runbooks).map { "runbooks/" + $0 }
    #expect(files.count > 3)
    for file in files {
      let checked = try world.opsh("check", file)
      #expect(checked.code == 0, "\(file): \(checked.messages)")
      #expect(checked.output.isEmpty && checked.messages.isEmpty, "\(file): \(checked.messages)")
      let formatted = try world.opsh("fmt", "--check", file)
      #expect(formatted.code == 0, "\(file)")
    }
    // What walks and runs below and in the tests of databases' runbooks is all that there is.
    let books = files.filter { !$0.contains("/lib/") }
    let ofDatabases = [
      "backup", "disk-full", "failover-check", "locks", "long-queries", "migrate",
      "rehearse-restore", "restore", "rewind",
    ]
    let tried =
      [Self.rollback, Self.stop, Self.verify].map { $0[0] }
      + ofDatabases.map { "runbooks/\($0).opsh" }
    #expect(books == tried.sorted())
  }

  private static let rollback = ["runbooks/rollback.opsh", "env=production"]
  private static let stop = ["runbooks/stop-the-bleeding.opsh", "env=production"]
  private static let verify = ["runbooks/verify.opsh", "env=production"]

  /// A night, and whether a rollback helps there, without and with the data.
  struct Night: CustomTestStringConvertible {
    let scenario: String
    var codes = (application: 3, data: 3)
    var isWell = false

    var testDescription: String { scenario }
  }

  private static let nights = [
    Night(scenario: "bad-deploy", codes: (0, 0)), Night(scenario: "bad-migration", codes: (3, 0)),
    Night(scenario: "second-newest", codes: (0, 0)), Night(scenario: "vendor-fault"),
    Night(scenario: "quiet", isWell: true),
  ]

  @Test(.timeLimit(.minutes(5)), arguments: nights)
  func `every runbook walks without a change, and runs as it walked`(_ night: Night) throws {
    let world = try SandboxWorld(scenario: night.scenario, seed: 14)
    let application = Self.rollback + ["restore_data=false"]
    let data = Self.rollback + ["restore_data=true"]
    let one = try world.plan(application, code: night.codes.application)
    #expect(one.count == (night.codes.application == 0 ? 1 : 0))
    let five = try world.plan(data, code: night.codes.data)
    #expect(five.count == (night.codes.data == 0 ? 5 : 0), "\(five)")
    _ = try world.plan(Self.verify, code: night.isWell ? 0 : 3)
    #expect(try world.plan(Self.stop + ["back=true"]) == [])
    let well = try world.binary.program("opsh", Self.verify, in: world.folder)
    #expect(well.code == (night.isWell ? 0 : 3), "\(well.messages)")
    #expect(try world.calls() == [])
    let stops = try world.plan(Self.stop)
    #expect(stops.count == 2)
    let stopped = try world.approve(Self.stop, try world.hash(Self.stop))
    #expect(stopped.code == 0, "\(stopped.messages)")
    #expect(PlannedCall.fit(stops, try world.calls()), "\(stops)")
    #expect(try standing(world) == "true\ntrue\ntrue\n")
    // Opening up ends with a look whether all is well, which it is in one of these nights only.
    guard night.isWell else { return }
    let back = Self.stop + ["back=true"]
    let opens = try world.plan(back)
    #expect(opens.count == 2)
    let opened = try world.approve(back, try world.hash(back))
    #expect(opened.code == 0, "\(opened.messages)")
    #expect(PlannedCall.fit(stops + opens, try world.calls()), "\(opens)")
    #expect(try standing(world) == "false\nfalse\nfalse\n")
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
    let status = try world.opsh("status", "production", "--timeout", "10s").output
    #expect(
      status.contains("jobs      off; on again with: do production.jobs.resume()"),
      "\(status)"
    )
    #expect(
      status.contains(
        "writes    stopped; allowed again with: do production.database.allow_writes()"
      ),
      "\(status)"
    )
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
