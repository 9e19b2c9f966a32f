import Foundation
import Journals
import Language
import Objects
import Runbooks
import Sinks
import Synchronization
import Testing
import Values

/// The lock of an environment where several machines share a directory.
@Suite(.timeLimit(.minutes(1))) struct LockTests {
  private func harness(
    _ directory: ScriptedDirectory?,
    answers: Int = 3,
    folder: String? = nil,
    terms: (inout LockTerms) -> Void = { _ in },
    adjust: (inout Surroundings) -> Void = { _ in }
  ) throws -> RunHarness {
    try RunHarness(
      answers: Array(repeating: "production", count: answers),
      folder: folder
    ) { surroundings in
      surroundings.directory = directory
      surroundings.host = "laptop"
      surroundings.again = { "opsh x.opsh " + $0.joined(separator: " ") }
      terms(&surroundings.lockTerms)
      adjust(&surroundings)
    }
  }

  private func records(_ world: RunHarness, _ kind: JournalRecord.Kind) throws -> [JournalRecord] {
    try world.reading.records.filter { $0.kind == kind }
  }

  private static let words =
    "production is being changed by ben on desk in run R2, in step 'Cut over',"
    + " since 1970-01-01T00:00:00Z"

  @Test func `the lock has its epoch on record, tells its steps, and is given back`() throws {
    let directory = ScriptedDirectory()
    let world = try harness(directory)
    try world.perform(world.plan())
    try world.run.willBegin(.init(title: "Verify", number: 2, count: 2, documentation: []))
    let acquired = try records(world, .lockAcquired)
    #expect(acquired.map { $0["epoch"] } == [3])
    #expect(directory.now.steps == ["Verify"])
    #expect(directory.now.released.isEmpty)
    _ = world.run.finish(nil)
    #expect(directory.now.released.map(\.epoch) == [3])
    #expect(try records(world, .lockReleased).count == 1)
  }

  @Test func `whoever finds it held does nothing, and reads who, where and what to type`() throws {
    let directory = ScriptedDirectory { $0.holders = [ScriptedDirectory.ben] }
    let world = try harness(directory)
    let failure = world.failure { try world.perform(world.plan()) }
    #expect(failure?.exitCode == 6)
    #expect(failure?.message == Self.words)
    #expect(
      failure?.advice == [
        "nothing was done", "to wait for it: opsh x.opsh --wait 10m",
        "if it is certain to be dead: opsh x.opsh --take-over why",
      ]
    )
    #expect(!world.trace.all.contains("perform dpl_1"))
    // This machine's own lock is free again.
    let other = try harness(nil, folder: world.folder)
    try other.perform(other.plan())
  }

  @Test func `whoever finds a dead run of this machine is offered to go on with it`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("opsh-\(UUID().uuidString)").path
    let store = RunStore(path: folder + "/runs")
    var ben = ScriptedDirectory.ben
    ben.run = "20261123-0301-dead"
    let offer = "it ran on this machine, and its process is gone: opsh resume \(ben.run)"
    func advice(_ host: String) throws -> [String] {
      ben.host = host
      let directory = ScriptedDirectory { $0.holders = [ben] }
      let world = try harness(directory, folder: folder)
      return world.failure { try world.perform(world.plan()) }?.advice ?? []
    }
    // There is no record of it here.
    #expect(try !advice("laptop").contains(offer))
    func leaveOpen() throws -> Journal {
      try store.create(id: ben.run, texts: [], fields: [], registry: SecretRegistry())
    }
    var living: Journal? = try leaveOpen()
    #expect(living != nil)
    #expect(try !advice("laptop").contains(offer))
    living = nil
    #expect(try advice("laptop").contains(offer))
    #expect(try advice("laptop").last == "if it is certain to be dead: opsh x.opsh --take-over why")
    #expect(try !advice("desk").contains(offer))
  }

  @Test func `waiting says for whom once, goes on when it is free, and ends at its time`() throws {
    let ben = ScriptedDirectory.ben
    let directory = ScriptedDirectory { $0.holders = [ben, ben] }
    let world = try harness(directory, terms: { $0.wait = .minutes(10) })
    try world.perform(world.plan())
    #expect(world.trace.all.filter { $0.hasPrefix("said waiting") }.count == 1)
    #expect(world.trace.all.contains("said waiting for 10m at most: \(Self.words)"))
    #expect(directory.now.asked == 3)

    let never = ScriptedDirectory { $0.holders = Array(repeating: ben, count: 100) }
    let clock = Mutex<Int64>(0)
    let late = try harness(
      never,
      terms: { $0.wait = .minutes(1) },
      adjust: {
        $0.monotonic = {
          clock.withLock { time in
            time += 40_000_000; return time
          }
        }
      }
    )
    let failure = late.failure { try late.perform(late.plan()) }
    #expect(failure?.exitCode == 6)
    #expect(failure?.message == Self.words)
    #expect(failure?.advice.first == "waited 1m; nothing was done")
  }

  @Test func `a takeover has its reason and the old holder on record`() throws {
    let directory = ScriptedDirectory { $0.holders = [ScriptedDirectory.ben] }
    let world = try harness(directory, terms: { $0.takeOver = "the laptop is gone" })
    try world.perform(world.plan())
    let record = try #require(try records(world, .lockAcquired).first)
    #expect(record["reason"] == "the laptop is gone")
    #expect(record["taken_from"]?["who"] == "ben" && record["taken_from"]?["host"] == "desk")
    #expect(world.trace.all.contains { $0.hasPrefix("said took over production from ben on desk") })
    #expect(world.trace.all.contains("said warning: nobody told the database"))
    let alone = try harness(nil, terms: { $0.takeOver = "why" })
    let failure = alone.failure { try alone.perform(alone.plan()) }
    #expect(failure?.exitCode == 2)
    #expect(failure?.message.contains("nothing to take over") == true)
  }

  @Test func `a directory that does not answer stops the first change`() throws {
    let directory = ScriptedDirectory { $0.failure = Failure(.unreachable, "it is down") }
    let world = try harness(directory)
    let failure = world.failure { try world.perform(world.plan()) }
    #expect(failure?.exitCode == 5)
    #expect(!world.trace.all.contains("write intent"))
    let without = try harness(nil, terms: { $0.withoutDirectory = "it is down" })
    try without.perform(without.plan())
    #expect(try records(without, .lockAcquired).first?["without_control"] == "it is down")
  }

  @Test func `whoever was taken over finds out before the next change, and stays out`() throws {
    let directory = ScriptedDirectory()
    let clock = Mutex<Int64>(0)
    let world = try harness(
      directory,
      adjust: {
        $0.awake = {
          clock.withLock { time in
            time += 150_000; return time
          }
        }
      }
    )
    try world.perform(world.plan("a"))
    var holder = ScriptedDirectory.ben
    holder.reason = "ann does not answer"
    directory.set { $0.loss = .init(holder: holder) }
    let failure = world.failure { try world.perform(world.plan("b"), at: "z") }
    #expect(failure?.exitCode == 6)
    #expect(
      failure?.message
        == "production was taken over by ben on desk in run R2, in step 'Cut over',"
        + " since 1970-01-01T00:00:00Z: \"ann does not answer\""
    )
    #expect(!world.trace.all.contains("perform b"))
    let lost = try #require(try records(world, .lockLost).first)
    #expect(lost["to"]?["who"] == "ben" && lost["epoch"] == 3)
    // Not even once it would be free again, and what another has is not given back.
    directory.set { $0.loss = nil }
    #expect(world.failure { try world.perform(world.plan("c"), at: "y") }?.exitCode == 6)
    _ = world.run.finish(failure)
    #expect(directory.now.released.isEmpty)
    #expect(try records(world, .lockReleased).isEmpty)
  }

  @Test func `a process that slept looks again right before it sends`() throws {
    for isLost in [true, false] {
      let directory = ScriptedDirectory()
      let clock = Mutex<Int64>(0)
      let world = try harness(
        directory,
        adjust: {
          $0.awake = {
            clock.withLock { time in
              time += 10; return time
            }
          }
        }
      )
      // The journal's disk took its time, or the laptop was closed, after the lock was looked at.
      world.file.whenWritten("intent") {
        clock.withLock { $0 += 60_000_000 }
        if isLost { directory.set { $0.loss = .init(holder: ScriptedDirectory.ben) } }
      }
      let failure = world.failure { try world.perform(world.plan()) }
      #expect(failure?.exitCode == (isLost ? 6 : nil))
      #expect(world.trace.all.contains("perform dpl_1") == !isLost)
      #expect(directory.now.asked == 2)
      let outcome = try #require(try records(world, .outcome).first)
      #expect(outcome["outcome"] == (isLost ? "failed" : "ok"))
    }
  }

  @Test func `an effect is told under which lock it is done`() throws {
    let fences = Mutex<[Fence?]>([])
    for directory in [ScriptedDirectory(), nil] {
      let world = try harness(directory)
      let plan = Plan(
        target: .init(environment: "production", kind: "database", identity: "db"),
        member: "database.execute",
        effect: .change,
        effectClass: .marked,
        summary: "write",
        body: .effect { context throws(Failure) in
          fences.withLock { $0.append(context.fence) }
          return .nothing
        }
      )
      try world.perform(plan)
    }
    #expect(fences.withLock { $0 } == [Fence(environment: "production", epoch: 3), nil])
  }

  @Test func `a database that turns a run away costs it the lock`() throws {
    let directory = ScriptedDirectory()
    let world = try harness(directory)
    directory.set { $0.loss = nil }
    let refused = Failure(.locked, "db refused: production was taken over")
    let ahead = world.failure { try world.perform(world.plan(fails: refused)) }
    #expect(ahead?.exitCode == 6)
    #expect(ahead?.advice.contains { $0.contains("the fence is ahead of it") } == true)
    directory.set { $0.loss = .init(holder: ScriptedDirectory.ben) }
    let lost = world.failure { try world.perform(world.plan("b", fails: refused), at: "z") }
    #expect(lost?.message == refused.message)
    #expect(lost?.advice.first?.hasPrefix("production was taken over by ben on desk") == true)
    #expect(try records(world, .lockLost).count == 1)
  }
}
