import Foundation
import Testing
import Values

/// The main job on the built program: plans that change nothing, approvals, and what is then done.
@Suite(.serialized) struct RollbackTests {
  private let words = ["runbooks/rollback.opsh", "env=production", "restore_data=false"]

  /// The hash in the last line that was printed: `opsh … --approve HASH`.
  private func hash(_ text: String) throws -> String {
    try String(#require(text.split(whereSeparator: \.isWhitespace).last))
  }

  @Test(.timeLimit(.minutes(6)))
  func `a plan changes nothing, and what is then done equals it`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy")
    let planned = try world.plan(words)
    #expect(planned.count == 1)
    let plan = try world.binary.program("opsh", ["plan"] + words, in: world.folder)
    // Whether the data has to go back is asked when it is run.
    let whole = try world.plan(["runbooks/rollback.opsh", "env=production"])
    #expect(whole.count >= 5 && whole.first == planned.first, "\(whole)")
    let refused = try world.binary.program("opsh", words, in: world.folder)
    #expect(refused.code == 4, "\(refused.messages)")
    #expect(try world.changes() == [])
    #expect(refused.messages.contains("opsh runbooks/rollback.opsh env=production"))
    let hash = try hash(refused.messages)
    #expect(plan.output.contains(hash))
    let wrong = String(hash.dropLast()) + (hash.hasSuffix("0") ? "1" : "0")
    let mistaken = try world.binary.program("opsh", words + ["--approve", wrong], in: world.folder)
    #expect(mistaken.code == 4)
    #expect(try world.changes() == [])
    let done = try world.binary.program("opsh", words + ["--approve", hash], in: world.folder)
    #expect(done.code == 0, "\(done.messages)")
    #expect(PlannedCall.fit(planned, try world.calls()), "\(planned)")
    let again = try world.binary.program("opsh", words + ["--approve", hash], in: world.folder)
    #expect(again.code == 4)
    #expect(PlannedCall.fit(planned, try world.calls()))
    #expect(try world.opsh("-c", "production.health.status").output == "ok\n")
  }

  @Test(.timeLimit(.minutes(6)))
  func `the line that a plan ends with, every parameter spelled out, does what the plan shows`()
    throws
  {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 3)
    let planned = try world.plan(words)
    let plan = try world.binary.program("opsh", ["plan"] + words, in: world.folder)
    let line = try #require(plan.output.split(separator: "\n").last).split(separator: " ")
    #expect(line.first == "opsh" && line.contains { $0.hasPrefix("to=dpl_") }, "\(line)")
    #expect(line.contains { $0.hasPrefix("culprit=dpl_") }, "\(line)")
    // Pasted into a shell: nothing in it needs quotes.
    let done = try world.binary.program("opsh", line.dropFirst().map(String.init), in: world.folder)
    #expect(done.code == 0, "\(done.messages)")
    #expect(PlannedCall.fit(planned, try world.calls()), "\(planned)")
  }

  @Test(.timeLimit(.minutes(6)))
  func `with the database down the application goes back, after a word that it may`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 4)
    try world.fault("neon", "down")
    let refused = try world.binary.program("opsh", ["plan"] + words, in: world.folder)
    #expect(refused.code == 5, "\(refused.messages)")
    #expect(refused.messages.contains("to.migrations_since"), "\(refused.messages)")
    #expect(refused.messages.contains("error: Neon"), "\(refused.messages)")
    let known = words + ["migrations_unknown=true"]
    #expect(try world.plan(known).count == 1)
    let done = try world.approve(known, try world.hash(known))
    #expect(done.code == 0, "\(done.messages)")
    #expect(try world.calls().count == 1)
    #expect(try world.opsh("-c", "production.health.status").output == "ok\n")
  }

  @Test(.timeLimit(.minutes(6)))
  func `with nobody to count errors it goes back by what the person says`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 5)
    let ids = try world.opsh("-c", "production.culprit.id; production.last_good.id").output
      .split(separator: "\n")
    try world.fault("sentry", "down")
    let refused = try world.binary.program("opsh", ["plan"] + words, in: world.folder)
    #expect(refused.code == 5, "\(refused.messages)")
    let known = words + ["culprit=\(ids[0])", "to=\(ids[1])"]
    let hash = try world.hash(known)
    // Whether it is well nobody could say without them: that would be tried for two minutes.
    try world.fault("sentry", "off")
    let done = try world.approve(known, hash)
    #expect(done.code == 0, "\(done.messages)")
    #expect(try world.calls().count == 1)
    #expect(try world.opsh("-c", "production.health.status").output == "ok\n")
  }

  @Test(.timeLimit(.minutes(6)))
  func `another deployment that is live meanwhile makes the approval void`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 2)
    let refused = try world.binary.program("opsh", words, in: world.folder)
    #expect(refused.code == 4, "\(refused.messages)")
    let hash = try hash(refused.messages)
    let code = "do production.rollback(to: production.last_good)"
    let other = try self.hash(try world.opsh("-c", code).messages)
    #expect(try world.opsh("-c", code, "--approve", other).code == 0)
    let changes = try world.changes()
    let done = try world.binary.program("opsh", words + ["--approve", hash], in: world.folder)
    #expect(done.code == 4, "\(done.messages)")
    #expect(try world.changes() == changes)
  }

  @Test(
    .timeLimit(.minutes(6)),
    arguments: ["vendor-fault", "quiet"]
  )
  func `where no deployment is to blame nothing is rolled back`(_ scenario: String) throws {
    let world = try SandboxWorld(scenario: scenario)
    let result = try world.binary.program("opsh", words, in: world.folder)
    #expect(result.code == 3, "\(result.messages)")
    #expect(result.messages.contains("no deployment fits the beginning of the errors"))
    #expect(try world.changes() == [])
  }

  @Test(.timeLimit(.minutes(6)))
  func `data that was damaged has to go back too`() throws {
    let world = try SandboxWorld(scenario: "bad-migration")
    let result = try world.binary.program("opsh", words, in: world.folder)
    #expect(result.code == 3, "\(result.messages)")
    #expect(result.messages.contains("its data has to go back too"))
    #expect(try world.changes() == [])
  }
}
