import Foundation
import PostgresTestSupport
import PseudoTerminalSupport
import Testing

/// Two people at two machines, by the built program.
@Suite(.enabled(if: TestCluster.isAvailable, Comment(rawValue: TestCluster.skipReason)))
struct TwoMachinesTests {
  private static let held = "production is being changed by ann on "

  @Test(.timeLimit(.minutes(5)))
  func `doctor sets it up, says the rights, and what is missing`() throws {
    let world = try ControlWorld(isSetUp: false)
    let untouched = try world.opsh("ann", "doctor")
    #expect(untouched.code != 0)
    #expect(
      untouched.output.contains("it has no schema 'opsh_control' yet"),
      "\(untouched.output)"
    )
    #expect(untouched.output.contains("opsh doctor --setup-control"))
    let blocked = try world.opsh("ann", "-c", ControlWorld.add)
    #expect(blocked.code == 2, "\(blocked.messages)")
    #expect(blocked.messages.contains("opsh doctor --setup-control"))
    let may = try world.opsh("ann", "doctor", "--setup-control")
    #expect(may.code == 1, "\(may.messages)")
    #expect(may.messages.contains("permission denied"))
    let made = try world.opsh(world.cluster.user, "doctor", "--setup-control")
    #expect(made.code == 0, "\(made.messages)")
    #expect(made.output.contains("its schema was made: version 1"), "\(made.output)")
    let again = try world.opsh(world.cluster.user, "doctor", "--setup-control")
    #expect(again.output.contains("its schema was there already: version 1"))
    let poor = try world.opsh("ann", "doctor")
    #expect(poor.output.contains("ann lacks rights there"), "\(poor.output)")
    #expect(poor.output.contains("grant usage on schema opsh_control to \"ann\";"))
    try world.grant(to: "ann", as: made.output)
    let fine = try world.opsh("ann", "doctor")
    #expect(fine.output.contains("schema version 1, you are ann"), "\(fine.output)")
    #expect(!fine.output.contains("owns its schema"))
    let owner = try world.opsh(world.cluster.user, "doctor")
    #expect(owner.output.contains("\(world.cluster.user) owns its schema"), "\(owner.output)")
    #expect(try world.shop("select a from t") == "0")
  }

  @Test(.timeLimit(.minutes(5)))
  func `trust shows it, and reads do without it`() throws {
    let world = try ControlWorld()
    let stack = try String(contentsOfFile: world.binary.work + "/stack.opsh", encoding: .utf8)
    try world.binary.write(stack + "\n", to: "stack.opsh")
    let trust = try world.opsh("ann", "trust")
    #expect(
      trust.messages.contains("control database: the host in its URL  with OPSH_CONTROL_URL"),
      "\(trust.messages)"
    )
    try world.binary.write(stack, to: "stack.opsh")
    let port = try FreePort.find()
    let down = ["OPSH_CONTROL_URL": "postgresql://ann@127.0.0.1:\(port)/x"]
    let code = "(production.database.query(sql\"select a from t\") | only).a"
    for environment in [down, ["OPSH_CONTROL_URL": ""]] {
      let read = try world.binary.opsh(
        "-c",
        code,
        with: world.environment("ann").merging(environment) { $1 }
      )
      #expect(read.code == 0, "\(read.messages)")
      #expect(read.output == "0\n")
    }
  }

  @Test(.timeLimit(.minutes(5)))
  func `who holds it is told, waited for, and found out by who was taken over`() throws {
    let world = try ControlWorld()
    try world.binary.write(ControlWorld.book, to: "hold.opsh")
    let ann = try world.terminal("ann", "hold.opsh", "env=production")
    try ann.expect("2/3 Hold on")
    while try world.control("select step from opsh_control.lock") != "Hold on" {}
    let refused = try world.opsh("ben", "-c", ControlWorld.add)
    #expect(refused.code == 6, "\(refused.messages)")
    #expect(refused.messages.contains(Self.held), "\(refused.messages)")
    #expect(refused.messages.contains(", in step 'Hold on', since 20"), "\(refused.messages)")
    #expect(refused.messages.contains("nothing was done"))
    #expect(refused.messages.contains("--wait 10m"))
    #expect(refused.messages.contains("--take-over why"))
    let patient = try world.opsh("ben", "-c", ControlWorld.add, "--wait", "1s")
    #expect(patient.code == 6)
    #expect(
      patient.messages.contains("waiting for 1s at most: \(Self.held)"),
      "\(patient.messages)"
    )
    #expect(patient.messages.contains("waited 1s; nothing was done"), "\(patient.messages)")
    #expect(try world.shop("select a from t") == "1")

    let waiting = try world.terminal("ben", "-c", ControlWorld.add, "--wait", "60s")
    try waiting.expect("waiting for 1m at most: \(Self.held)")
    let reason = "ann does not answer"
    let taken = try world.opsh("cid", "-c", ControlWorld.add, "--take-over", reason)
    #expect(taken.code == 0, "\(taken.messages)")
    #expect(taken.messages.contains("took over production from ann on "), "\(taken.messages)")
    // The one who waited gets it now: cid has given it back.
    #expect(try waiting.end() == 0)
    #expect(try world.shop("select a from t") == "3")
    let journal = try world.journal("cid")
    #expect(journal.contains(#""kind":"lock.acquired""#) && journal.contains(reason))
    #expect(journal.contains(#""taken_from":{"#))

    _ = try world.shop("insert into gate values (1)")
    let shown = try ann.expect("was taken over")
    #expect(try ann.end() == 6, "\(shown)")
    #expect(try world.journal("ann").contains(#""kind":"lock.lost""#))
    #expect(try world.shop("select a from t") == "3")
    #expect(
      try world.control("select from_who, who, reason from opsh_control.takeover")
        == "ann|cid|\(reason)"
    )
    #expect(try world.control("select count(*) from opsh_control.lock where run is null") == "1")
  }

  /// The lock in the directory outlives its process; whoever goes on with the run has it again.
  @Test(.timeLimit(.minutes(5)))
  func `a run whose process died gets its lock back by going on, and gives it back`() throws {
    let world = try ControlWorld()
    try world.binary.write(ControlWorld.book, to: "hold.opsh")
    let ann = try world.terminal("ann", "hold.opsh", "env=production")
    try ann.expect("2/3 Hold on")
    while try world.control("select step from opsh_control.lock") != "Hold on" {}
    ann.killProgram()
    let run = try world.control("select run from opsh_control.lock")
    let offer = "its process is gone: opsh resume \(run)"
    let refused = try world.opsh("ann", "-c", ControlWorld.add)
    #expect(refused.code == 6, "\(refused.messages)")
    #expect(refused.messages.contains(offer), "\(refused.messages)")
    #expect(refused.messages.contains("--take-over why"))
    // Another machine does not know whether it lives.
    let elsewhere = try world.opsh("ben", "-c", ControlWorld.add)
    #expect(elsewhere.code == 6 && !elsewhere.messages.contains(offer), "\(elsewhere.messages)")
    // Put down for others, its head is told to where they can hold it against the record.
    let heads = "select head from opsh_control.head where run = '\(run)'"
    #expect(try world.control(heads) == "")
    let handover = try world.opsh("ann", "handover", run)
    #expect(handover.code == 0, "\(handover.messages)")
    let head = try world.control(heads)
    #expect(!head.isEmpty && handover.output.contains(head), "\(handover.output)")
    _ = try world.shop("insert into gate values (1)")
    let resumed = try world.opsh("ann", "resume", run)
    #expect(resumed.code == 0, "\(resumed.messages)")
    #expect(try world.shop("select a from t") == "101")
    #expect(try world.control("select count(*) from opsh_control.lock where run is null") == "1")
    #expect(try world.control("select count(*) from opsh_control.takeover") == "0")
    #expect(try world.opsh("ben", "-c", ControlWorld.add).code == 0)
  }

  @Test(.timeLimit(.minutes(5)))
  func `without the control database nothing is changed, unless that is said with a reason`() throws
  {
    let world = try ControlWorld()
    let port = try FreePort.find()
    func run(_ words: String...) throws -> BuiltBinary.Result {
      try world.binary.program(
        "opsh",
        ["-c", ControlWorld.add] + words,
        with: world.environment("ann").merging([
          "OPSH_CONTROL_URL": "postgresql://ann@127.0.0.1:\(port)/x"
        ]) { $1 }
      )
    }
    let refused = try run()
    #expect(refused.code == 5, "\(refused.messages)")
    #expect(refused.messages.contains("the control database does not answer"))
    #expect(refused.messages.contains("nothing was done: without it nobody knows"))
    #expect(refused.messages.contains("--without-control why"), "\(refused.messages)")
    #expect(try world.shop("select a from t") == "0")
    #expect(try run("--without-control", " ").code == 2)
    #expect(try run("--without-control", "x", "--take-over", "y").code == 2)
    let risked = try run("--without-control", "it is down, and so is the shop")
    #expect(risked.code == 0, "\(risked.messages)")
    #expect(try world.shop("select a from t") == "1")
    let journal = try world.journal("ann")
    #expect(journal.components(separatedBy: "it is down, and so is the shop").count >= 3)
    #expect(journal.contains(#""kind":"run.created""#))
    let none = try world.binary.opsh("-c", "1", "--without-control", "x", in: world.binary.root)
    #expect(none.code == 2)
    #expect(none.messages.contains("the stack has no control database"), "\(none.messages)")
  }

  @Test(.timeLimit(.minutes(5)))
  func `a run that is interrupted gives the lock back`() throws {
    let world = try ControlWorld()
    try world.binary.write(ControlWorld.book, to: "hold.opsh")
    let ann = try world.terminal("ann", "hold.opsh", "env=production")
    try ann.expect("2/3 Hold on")
    ann.type("\u{03}")
    #expect(try ann.end() == 130)
    #expect(try world.opsh("ben", "-c", ControlWorld.add).code == 0)
  }

  @Test(.timeLimit(.minutes(5)))
  func `a fence that is ahead of the directory is told, and raised by a takeover`() throws {
    let world = try ControlWorld()
    #expect(try world.opsh("ann", "-c", ControlWorld.add).code == 0)
    _ = try world.shop("update opsh.fence set epoch = 50")
    let refused = try world.opsh("ann", "-c", ControlWorld.add)
    #expect(refused.code == 6, "\(refused.messages)")
    #expect(
      refused.messages.contains("production was taken over: its fence is at 50, this run has 2"),
      "\(refused.messages)"
    )
    #expect(refused.messages.contains("the fence is ahead of it"))
    let healed = try world.opsh("ann", "-c", ControlWorld.add, "--take-over", "nobody is there")
    #expect(healed.code == 0, "\(healed.messages)")
    #expect(healed.messages.contains("nobody held it"), "\(healed.messages)")
    #expect(try world.opsh("ben", "-c", ControlWorld.add).code == 0)
    #expect(try world.shop("select a from t") == "3")
  }
}
