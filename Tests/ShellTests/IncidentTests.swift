import Foundation
import PseudoTerminalSupport
import Testing
import Values

/// An incident from its opening to the draft about it, with the built program.
@Suite struct IncidentTests {
  @Test(.timeLimit(.minutes(5)))
  func `an incident gathers what is done while it is open, and its draft tells it`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 31)
    let opened = try world.opsh(
      "-c",
      "do stack.incidents.open(\"checkout answers 500\", severity: 1)"
    )
    #expect(opened.code == 0, "\(opened.messages)")
    #expect(opened.messages.contains("open incident 'checkout answers 500', severity 1"))
    let id = try current(world)

    let noted = try world.opsh(
      "--reason",
      "500s",
      "-c",
      "production.traffic(last: 5m); note \"it is the newest one\""
    )
    #expect(noted.code == 0, "\(noted.messages)")
    #expect(noted.messages.contains("this belongs to incident \(id): checkout answers 500"))
    let apart = try world.opsh("--incident", "none", "-c", "note \"lunch\"")
    #expect(!apart.messages.contains("belongs to"))
    let paused = try world.approved("-c", "do production.jobs.pause()")
    #expect(paused.code == 0, "\(paused.messages)")

    let updates = """
      let i = stack.incidents | where .id is "\(id)" | only
      do i.update(status: "monitoring", note: "jobs are off")
      do i.close(note: "it was the newest one")
      i.timeline | as markdown | save "timeline.md"
      """
    let closed = try world.opsh("-c", updates)
    #expect(closed.code == 0, "\(closed.messages)")
    let timeline = try String(contentsOfFile: world.folder + "/timeline.md", encoding: .utf8)
    for words in [
      "incident opened", "it is the newest one", "all jobs of optiq off: ok", "incident closed",
    ] {
      #expect(timeline.contains(words), "\(timeline)")
    }
    #expect(!timeline.contains("lunch"))

    let draft = try world.opsh("postmortem", id)
    #expect(draft.code == 0, "\(draft.messages)")
    #expect(draft.output.hasPrefix("# Post-mortem: checkout answers 500\n"))
    #expect(draft.output.contains("requests failed"), "\(draft.output)")
    #expect(draft.output.contains("turn all jobs of optiq off"))
    #expect(!draft.output.contains("lunch"))
    #expect(try world.opsh("postmortem", id, "--as", "html").output.hasPrefix("<!doctype html>"))
    let later = try world.opsh("-c", "note \"after\"")
    #expect(!later.messages.contains("belongs to"))
    try refuses(world, id)
  }

  private func current(_ world: SandboxWorld) throws -> String {
    let listed = try world.opsh("-c", "stack.incidents", "--output", "ndjson")
    let json = try JSON.parse(listed.output)
    #expect(json["status"] == "investigating")
    return try #require(json["id"]?.stringValue, "\(listed.output)\(listed.messages)")
  }

  private func refuses(_ world: SandboxWorld, _ id: String) throws {
    let late = try world.opsh(
      "-c",
      "do (stack.incidents | where .id is \"\(id)\" | only).close()"
    )
    #expect(late.code == 4, "\(late.messages)")
    #expect(late.messages.contains("it was planned while \(id) is open"), "\(late.messages)")
    let unknown = try world.opsh("postmortem", "inc-nothing")
    #expect(unknown.code == 2)
    #expect(unknown.messages.contains("there is no incident and no run 'inc-nothing'"))
    let severity = try world.opsh("-c", "do stack.incidents.open(\"x\", severity: 9)")
    #expect(severity.code == 1 || severity.code == 2)
    #expect(severity.messages.contains("'severity' must be 1 to 5"))
  }

  /// At three in the morning nobody types an environment's name to open an incident, and a lock that
  /// somebody else holds keeps nobody from it.
  @Test(.timeLimit(.minutes(5)))
  func `opening one asks nothing`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 32)
    let terminal = try world.terminal()
    try terminal.expect("opsh>")
    terminal.type("let i = do stack.incidents.open(\"slow\", severity: 3)\r")
    let shown = try terminal.expect("open incident 'slow', severity 3")
    #expect(!shown.contains("to do this"))
    try terminal.expect("opsh>")
    terminal.type("do i.update(status: \"identified\")\r")
    try terminal.expect("status identified")
    try terminal.expect("opsh>")
    terminal.type("exit\r")
    #expect(try terminal.end() == 0)
    let draft = try world.opsh(
      "postmortem",
      try #require(
        world.opsh("-c", "stack.incidents | each .id").output.split(separator: "\n").first.map(
          String.init
        )
      )
    )
    #expect(draft.output.contains("typed do i.update"), "\(draft.output)\(draft.messages)")
    #expect(draft.output.contains("- the incident is still open"))
  }
}
