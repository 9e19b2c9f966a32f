import Foundation
import Journals
import PostgresTestSupport
import Testing
import Values

@testable import Control

@Suite(.needsServer, .timeLimit(.minutes(3))) struct ControlLockTests {
  private let never = Cancellation()

  private func claim(_ acquired: ControlDatabase.Acquired) throws -> ControlDatabase.Claim {
    guard case .claim(let claim) = acquired else {
      throw Failure(.locked, "held: \(acquired)")
    }
    return claim
  }

  @Test func `one run has it, and the other is told who, where and since when`() throws {
    let harness = try ControlHarness()
    let (ann, ben) = (try harness.control("ann"), try harness.control("ben"))
    let held = try claim(try ann.acquire("production", as: ControlHarness.holder("R1"), never))
    #expect(held.epoch == 1)
    try ann.describe(held, step: "Restore", never)
    guard
      case .held(let holder) = try ben.acquire(
        "production",
        as: ControlHarness.holder("R2", host: "desk"),
        never
      )
    else { throw Failure(.locked, "two hold it") }
    // The server says who, whatever the caller calls himself.
    #expect(holder.who == "ann" && holder.run == "R1" && holder.host == "laptop")
    #expect(holder.step == "Restore")
    let age = Time.now().microseconds - holder.since.microseconds
    #expect(abs(age) < 60_000_000)
    #expect(
      try claim(try ben.acquire("development", as: ControlHarness.holder("R2"), never)).epoch == 1
    )
    try ann.release(held, never)
    let next = try claim(try ben.acquire("production", as: ControlHarness.holder("R2"), never))
    #expect(next.epoch == 2 && next.takenFrom == nil)
  }

  @Test func `the same run keeps its lock, and other stacks have their own`() throws {
    let harness = try ControlHarness()
    let ann = try harness.control("ann")
    let first = try ann.acquire("production", as: ControlHarness.holder("R1"), never)
    #expect(try ann.acquire("production", as: ControlHarness.holder("R1"), never) == first)
    let other = try harness.control("ben", stack: "other")
    _ = try claim(try other.acquire("production", as: ControlHarness.holder("R9"), never))
    // Put down by one, taken up by another: it is the same run.
    let resumed = try harness.control("ben")
    #expect(try resumed.acquire("production", as: ControlHarness.holder("R1"), never) == first)
    #expect(try harness.psql("select who from opsh_control.lock where stack = 'optiq'") == "ben")
  }

  @Test func `a takeover that does not come to its end holds others up, and says so`() throws {
    let harness = try ControlHarness()
    let (ann, ben) = (try harness.control("ann"), try harness.control("ben"))
    _ = try ann.acquire("production", as: ControlHarness.holder("R1"), never)
    let taken = try ben.takeOver(
      "production",
      as: ControlHarness.holder("R2"),
      because: "x",
      never
    ) { (_, epoch) throws(Failure) in
      let other = try harness.control("cid")
      let refused = failure { () throws(Failure) in
        try other.takeOver("production", as: ControlHarness.holder("R3"), because: "y", never) {
          (_, epoch) throws(Failure) in epoch
        }
      }
      #expect(refused?.kind == .locked)
      #expect(refused?.message == "somebody else is taking this lock over at this moment")
      return epoch
    }
    #expect(try ben.standing(of: taken, never) == .held)
  }

  @Test func `of many at once exactly one gets it`() async throws {
    let harness = try ControlHarness()
    let claims = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<12 {
        let control = try harness.control(number % 2 == 0 ? "ann" : "ben")
        group.addTask {
          let holder = ControlHarness.holder("R\(number)")
          if case .claim = try control.acquire("production", as: holder, Cancellation()) {
            return true
          }
          return false
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(claims == 1)
  }

  @Test func `a takeover raises the fence first, and stays on record`() throws {
    let harness = try ControlHarness()
    let (ann, ben) = (try harness.control("ann"), try harness.control("ben"))
    let held = try claim(try ann.acquire("production", as: ControlHarness.holder("R1"), never))
    var asked: [Int64] = []
    let taken = try ben.takeOver(
      "production",
      as: ControlHarness.holder("R2", host: "desk"),
      because: "ann's laptop is gone",
      never
    ) { (present, epoch) throws(Failure) in
      #expect(present?.run == "R1")
      asked.append(epoch)
      // Until the fence is up, the directory has the old holder.
      #expect(try ann.standing(of: held, never) == .held)
      return epoch + 5
    }
    #expect(asked == [2])
    #expect(taken.epoch == 7 && taken.takenFrom?.who == "ann" && taken.takenFrom?.run == "R1")
    guard case .lost(let to?) = try ann.standing(of: held, never) else {
      throw Failure(.locked, "the old holder did not find out")
    }
    #expect(to.who == "ben" && to.run == "R2" && to.host == "desk")
    #expect(to.reason == "ann's laptop is gone")
    // What the old holder still does is nothing.
    try ann.describe(held, step: "late", never)
    try ann.release(held, never)
    #expect(try ben.standing(of: taken, never) == .held)
    #expect(
      try harness.psql(
        "select run, who, from_run, from_who, epoch, reason from opsh_control.takeover"
      ) == "R2|ben|R1|ann|7|ann's laptop is gone"
    )
    try ben.release(taken, never)
    #expect(try ann.standing(of: held, never) == .lost(to: nil))
  }

  @Test func `a fence that can not be raised leaves the lock where it is`() throws {
    let harness = try ControlHarness()
    let (ann, ben) = (try harness.control("ann"), try harness.control("ben"))
    let held = try claim(try ann.acquire("production", as: ControlHarness.holder("R1"), never))
    let refused = failure { () throws(Failure) in
      try ben.takeOver("production", as: ControlHarness.holder("R2"), because: "x", never) {
        (_, _) throws(Failure) in throw Failure(.unreachable, "production's database is down")
      }
    }
    #expect(refused?.message == "production's database is down")
    #expect(try ann.standing(of: held, never) == .held)
    #expect(try harness.psql("select count(*) from opsh_control.takeover") == "0")
  }

  @Test(arguments: [
    "update opsh_control.lock set epoch = 0",
    "update opsh_control.lock set run = null",
    "update opsh_control.lock set run = 'R2'",
    "update opsh_control.lock set environment = 'x'",
    "delete from opsh_control.lock",
    "truncate opsh_control.lock",
  ])
  func `nobody but the holder can move a lock without raising its epoch`(sql: String) throws {
    let harness = try ControlHarness()
    let ann = try harness.control("ann")
    let held = try claim(try ann.acquire("production", as: ControlHarness.holder("R1"), never))
    try harness.psql("grant delete, truncate on opsh_control.lock to ben")
    #expect(throws: (any Error).self) { try harness.psql(sql, as: "ben") }
    #expect(try ann.standing(of: held, never) == .held)
  }

  @Test func `heads, pauses and approvals are there for good`() throws {
    let harness = try ControlHarness()
    let (ann, ben) = (try harness.control("ann"), try harness.control("ben"))
    try ann.keepHead("abc", records: 7, of: "R1", never)
    try ann.keepHead("abc", records: 7, of: "R1", never)
    try ann.keepHead("def", records: 9, of: "R1", never)
    #expect(try ben.heads(of: "R1", never).map(\.head) == ["abc", "def"])
    #expect(try ben.heads(of: "R1", never).map(\.who) == ["ann", "ann"])
    try ann.pause("R1", before: "Cut", shown: "h1", needed: 2, content: ["a": 1], never)
    let pause = try #require(try ben.pauses(of: "R1", never).first)
    #expect(pause.who == "ann" && pause.content == ["a": 1] && pause.needed == 2)
    let own = failure { () throws(Failure) in try ann.approve(pause, never) }
    #expect(own?.message.contains("whoever started a step does not approve it") == true)
    try ben.approve(pause, never)
    try ben.approve(pause, never)
    #expect(try ann.approvals(of: "R1", step: "Cut", shown: "h1", never).map(\.who) == ["ben"])
    #expect(try ann.approvals(of: "R1", step: "Cut", shown: "h2", never).isEmpty)
    for table in ["head", "pause", "approval", "takeover"] {
      try harness.psql("grant update, delete, truncate on opsh_control.\(table) to ben")
    }
    for sql in [
      "update opsh_control.approval set who = 'cid'", "delete from opsh_control.approval",
      "truncate opsh_control.approval", "update opsh_control.head set head = 'x'",
      "delete from opsh_control.head", "delete from opsh_control.pause",
    ] {
      #expect(throws: (any Error).self, "\(sql)") { try harness.psql(sql, as: "ben") }
    }
    try harness.psql(
      "insert into opsh_control.head (stack, run, head, records, who, at)"
        + " values ('optiq', 'R1', 'forged', 1, 'ann', '2020-01-01')",
      as: "ben"
    )
    #expect(try ann.heads(of: "R1", never).first { $0.head == "forged" }?.who == "ben")
  }
}
