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
