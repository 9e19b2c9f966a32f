import Foundation
import Journals
import Language
import Objects
import Runbooks
import Testing
import Values

/// Steps that need more than the one who starts them.
@Suite struct SecondPersonTests {
  private func harness(_ directory: ScriptedDirectory?) throws -> RunHarness {
    try RunHarness(answers: ["production"]) { $0.directory = directory }
  }

  private func step(_ approvals: Int = 2) -> StepHeading {
    StepHeading(title: "Cut over", number: 1, count: 2, documentation: [], approvals: approvals)
  }

  private func begin(_ world: RunHarness, _ approvals: Int = 2, plan: Plan? = nil) -> Failure? {
    let plan = plan ?? world.plan()
    return world.failure {
      try world.run.mayBegin(step(approvals)) { () throws(Failure) in
        [.step(step(), [.change(plan, world.site())])]
      }
    }
  }

  @Test func `without a directory it refuses, and before anything is run`() throws {
    let world = try harness(nil)
    let failure = world.failure { try world.run.requireDirectory(for: ["Cut over"]) }
    #expect(failure?.exitCode == 4)
    #expect(failure?.message.contains("'Cut over' needs another person's yes") == true)
    #expect(failure?.advice.first?.contains("control: postgres(") == true)
    #expect(world.failure { try world.run.requireDirectory(for: []) } == nil)
    let down = try harness(ScriptedDirectory { $0.failure = Failure(.unreachable, "down") })
    #expect(down.failure { try down.run.requireDirectory(for: ["Cut over"]) }?.exitCode == 5)
    #expect(begin(world)?.exitCode == 4)
  }

  @Test func `it is put down with what it would do, and its finally stays owed`() throws {
    let directory = ScriptedDirectory()
    let world = try harness(directory)
    let failure = try #require(begin(world))
    #expect(failure.kind == .waiting && failure.exitCode == 4 && !failure.isCatchable)
    #expect(failure.message == "step 'Cut over' waits for another person")
    #expect(
      failure.advice == [
        "they type, as themselves: opsh approve 20261123-0301-test \"Cut over\"",
        "then you: opsh resume 20261123-0301-test",
      ]
    )
    let pause = try #require(directory.now.pauses.first)
    #expect(pause.step == "Cut over" && pause.needed == 2)
    #expect(pause.lines.joined(separator: "\n").contains("roll production back to dpl_1"))
    #expect(try world.reading.records.last?.kind == .checked)
    _ = world.run.finish(failure)
    #expect(try world.reading.records.last?.kind == .runPaused)
    #expect(try world.reading.finished == nil)
  }

  @Test func `enough other people let it go on, and are on record`() throws {
    let directory = ScriptedDirectory()
    let world = try harness(directory)
    directory.set { $0.approvals = [.init(who: "ben", at: Time(microseconds: 0))] }
    #expect(begin(world) == nil)
    #expect(directory.now.pauses.isEmpty)
    let record = try #require(try world.reading.records.last)
    #expect(record["approvals"]?[0]?["who"] == "ben" && record["holds"] == true)
    #expect(begin(world, 3)?.message == "step 'Cut over' waits for another person")
    #expect(begin(world, 4)?.message == "step 'Cut over' waits for 2 other people")
  }

  @Test func `a yes is for exactly what was shown`() throws {
    let directory = ScriptedDirectory()
    let world = try harness(directory)
    for name in ["dpl_1", "dpl_1", "dpl_2"] { _ = begin(world, plan: world.plan(name)) }
    let shown = directory.now.pauses.map(\.shown)
    #expect(shown[0] == shown[1] && shown[1] != shown[2])
  }
}
