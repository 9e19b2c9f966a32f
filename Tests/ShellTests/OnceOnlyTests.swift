import Foundation
import Testing

/// A plan that is held in a name: done once, and only while it fits.
@Suite struct OnceOnlyTests {
  @Test(.timeLimit(.minutes(5)))
  func `a plan is done once, and not after something else went live`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 10)
    let twice = "let p = production.jobs.pause()\ndo p\ndo p"
    let first = try world.approved("-c", twice)
    #expect(first.code == 1, "\(first.messages)")
    #expect(first.messages.contains("done  turn all jobs of optiq off"))
    #expect(first.messages.contains("this plan was done already"))
    #expect(first.messages.contains("call the action again for a new one"))
    #expect(try world.changes().count == 1)
    let stale = """
      let held = production.rollback(to: production.last_good)
      let other = production.deployments | where .is_rollback_candidate and .id not in [production.last_good.id, production.live.id] | first 1 | only
      do production.rollback(to: other)
      do held
      """
    let second = try world.approved("-c", stale)
    #expect(second.code == 4, "\(second.messages)")
    #expect(second.messages.contains("no longer fits: it was planned while "))
    #expect(second.messages.contains("was: ") && second.messages.contains("is: "))
    #expect(second.messages.contains("call the action again for a new plan"))
    let changes = try world.changes()
    #expect(changes.count == 2, "\(changes)")
    let live = try world.opsh("-c", "production.live.id").output.dropLast()
    #expect(changes.last?.hasSuffix("/rollback/" + live) == true)
  }

  @Test(.timeLimit(.minutes(5)))
  func `an approval is for this text, this deployment, and one run`() throws {
    let world = try SandboxWorld(scenario: "bad-deploy", seed: 11)
    let words = ["runbooks/rollback.opsh", "env=production", "restore_data=false"]
    let hash = try world.hash(words)
    let file = world.folder + "/runbooks/rollback.opsh"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try world.write(text.replacing("find out why", with: "find out whi"), to: words[0])
    let letter = try world.approve(words, hash)
    #expect(letter.code == 4, "\(letter.messages)")
    try world.write(text, to: words[0])
    #expect(try world.changes() == [])
    // Somebody else puts the good one back: there is nothing left of what was approved.
    let other = try world.approved("-c", "do production.rollback(to: production.last_good)")
    #expect(other.code == 0, "\(other.messages)")
    let late = try world.approve(words, hash)
    #expect(late.code == 4, "\(late.messages)")
    #expect(late.messages.contains("the plan is not the one that was approved"))
    #expect(try world.changes().count == 1)
    // An approval for what by now would fail its first expectation does not fit either.
    let expects = ["-c", "expect false else \"gone\"\ndo production.jobs.pause()"]
    let gone = try world.approve(expects, hash)
    #expect(gone.code == 4, "\(gone.messages)")
    #expect(gone.messages.contains("gone"))
    #expect(try world.changes().count == 1)
  }
}
