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

  /// The records of a run that broke off in a step after enough people had said yes to it.
  private func brokenOff(
    _ directory: ScriptedDirectory,
    _ names: [String],
    isBegun: Bool = true
  ) throws -> RunMemory {
    let world = try harness(directory)
    #expect(begin(world, names) == nil)
    if isBegun { try world.run.willBegin(step()) }
    let records = try world.reading.records
    let checked = try #require(records.last { $0.kind == .checked })
    directory.set { $0.approved = checked["shown"]?.stringValue }
    return RunMemory(
      records,
      source: .init(object: { (_) in nil }, secret: { _ in nil }, blob: { _ in nil })
    )
  }

  private func begin(_ world: RunHarness, _ names: [String]) -> Failure? {
    let plans = names.map { world.plan($0) }
    return world.failure {
      try world.run.mayBegin(step()) { () throws(Failure) in
        [.step(step(), plans.map { .change($0, world.site()) })]
      }
    }
  }

  @Test func `what is left of a step that broke off half done has their yes, and nothing else`()
    throws
  {
    let ben = TeamApproval(who: "ben", at: Time(microseconds: 0))
    let directory = ScriptedDirectory { $0.approvals = [ben] }
    let memory = try brokenOff(directory, ["dpl_1", "dpl_2", "dpl_3"])
    func again(_ names: [String], _ memory: RunMemory) throws -> (Failure?, RunHarness) {
      let world = try RunHarness(memory: memory) { $0.directory = directory }
      return (begin(world, names), world)
    }
    for left in [["dpl_3"], ["dpl_2", "dpl_3"], ["dpl_1", "dpl_3"], []] {
      let (failure, world) = try again(left, memory)
      #expect(failure == nil, "\(left)")
      #expect(world.trace.all.contains("said approved by ben before it broke off"), "\(left)")
    }
    for other in [["dpl_4"], ["dpl_3", "dpl_2"], ["dpl_3", "dpl_3"], ["dpl_3", "dpl_4"]] {
      #expect(try again(other, memory).0?.kind == .waiting, "\(other)")
    }
    // Nobody in the directory said yes to it: the record alone does not count.
    directory.set { $0.approvals = [] }
    #expect(try again(["dpl_3"], memory).0?.kind == .waiting)
    // A step that was not begun has nothing left over.
    let fresh = ScriptedDirectory { $0.approvals = [ben] }
    let untouched = try brokenOff(fresh, ["dpl_1", "dpl_2"], isBegun: false)
    let world = try RunHarness(memory: untouched) { $0.directory = fresh }
    #expect(begin(world, ["dpl_2"])?.kind == .waiting)
  }
}
