import Foundation
import PostgresTestSupport
import PseudoTerminalSupport
import Testing
import Values

/// A step that needs two people, by the built program.
@Suite(.enabled(if: TestCluster.isAvailable, Comment(rawValue: TestCluster.skipReason)))
struct ApproveTests {
  private static let book = """
    opsh 1

    runbook "Two"

    param env: environment

    step "Prepare" {
      do env.database.execute(sql"update t set a = a + 1 where a >= 0", expecting: 1)
    }

    step "Cut over" approved by 2 {
      do env.database.execute(sql"update t set a = a + 100 where a >= 0", expecting: 1)
    }

    finally {
      do env.database.execute(sql"update t set a = a + 1000 where a >= 0", expecting: 1)
    }

    """

  private func put(down world: ControlWorld) throws -> String {
    try world.binary.write(Self.book, to: "two.opsh")
    let waiting = try world.opsh("ann", "two.opsh", "env=production", "--reason", "the new table")
    try #require(waiting.code == 4, "\(waiting.messages)")
    #expect(waiting.messages.contains("step 'Cut over' waits for another person"))
    // The first step was done, and neither the second nor what is owed at the end.
    #expect(try world.shop("select a from t") == "1")
    #expect(try world.control("select count(*) from opsh_control.lock where run is null") == "1")
    let run = try world.control("select run from opsh_control.pause")
    #expect(waiting.messages.contains("opsh approve \(run) 'Cut over'"), "\(waiting.messages)")
    #expect(waiting.messages.contains("opsh resume \(run)"))
    #expect(try world.opsh("ann", "runs", "--output", "ndjson").output.contains(#""state":"open""#))
    return run
  }

  @Test(.timeLimit(.minutes(5)))
  func `another person sees what it will do, and types the token`() throws {
    let world = try ControlWorld()
    let run = try put(down: world)
    let own = try world.opsh("ann", "approve", run, "Cut over")
    #expect(own.code == 4, "\(own.messages)")
    #expect(own.messages.contains("ann started it"), "\(own.messages)")
    let silent = try world.opsh("ben", "approve", run, "Cut over")
    #expect(silent.code == 4)
    #expect(silent.messages.contains("there is no terminal"), "\(silent.messages)")
    let wrong = try world.opsh("ben", "approve", run, "Cut ovr")
    #expect(wrong.code == 2)
    #expect(wrong.messages.contains("did you mean 'Cut over'?"), "\(wrong.messages)")
    #expect(try world.opsh("ben", "approve", "nothing", "Cut over").code == 2)
    for answer in ["y", "approve"] {
      let terminal = try world.terminal("ben", "approve", run, "Cut over")
      try terminal.expect("to let it go on: ")
      terminal.type(answer + "\r")
      #expect(try terminal.end() == 4)
    }
    #expect(try world.control("select count(*) from opsh_control.approval") == "0")
    let terminal = try world.terminal("ben", "approve", run, "Cut over")
    let shown = try terminal.expect("to let it go on: ")
    for words in [
      "started by ann", "because: the new table", "env = production", "record head ",
      "2/2 Cut over", "update in t",
    ] {
      #expect(shown.contains(words), "\(words): \(shown)")
    }
    let token = try #require(shown.firstMatch(of: /type (approve [0-9a-f]{6}) to/)?.1)
    terminal.type(token + "\r")
    #expect(try terminal.end() == 0)
    #expect(try world.control("select who from opsh_control.approval") == "ben")
    #expect(try world.opsh("ben", "approve", run, "Cut over").messages.contains("already"))
    let resumed = try world.opsh("ann", "resume", run)
    #expect(resumed.code == 0, "\(resumed.output)\(resumed.messages)")
    #expect(resumed.messages.contains("approved by ben"), "\(resumed.messages)")
    #expect(try world.shop("select a from t") == "1101")
    let verified = try world.opsh("ann", "transcript", "verify", run)
    for words in [
      // The head that was told when the run was put down, and both that were told at its end.
      "anchored up to record ", "anchored: the control database has the head ",
      "anchored: the mark in production has the head ",
    ] {
      #expect(verified.output.contains(words), "\(verified.output)")
    }
  }

  private static let longBook = """
    opsh 1

    runbook "Long"

    param env: environment

    step "Cut over" approved by 2 {
      do env.database.execute(sql"update t set a = a + 1 where a >= 0", expecting: 1)
      wait until (env.database.query(sql"select a from gate") | count) > 0 every 200ms for 60s
      do env.database.execute(sql"update t set a = a + 100 where a >= 0", expecting: 1)
    }

    """

  @Test(.timeLimit(.minutes(5)))
  func `a step that was approved and broke off half done needs no second yes`() throws {
    let world = try ControlWorld()
    try world.binary.write(Self.longBook, to: "long.opsh")
    let waiting = try world.opsh("ann", "long.opsh", "env=production")
    #expect(waiting.code == 4, "\(waiting.messages)")
    let run = try world.control("select run from opsh_control.pause")
    let ben = try world.terminal("ben", "approve", run, "Cut over")
    let shown = try ben.expect("to let it go on: ")
    let token = try #require(shown.firstMatch(of: /type (approve [0-9a-f]{6}) to/)?.1)
    ben.type(token + "\r")
    #expect(try ben.end() == 0)
    let ann = try world.terminal("ann", "resume", run)
    try ann.expect("approved by ben")
    while try world.shop("select a from t") != "1" {}
    while try !world.journal("ann").contains(#""outcome":"ok""#) {}
    ann.killProgram()
    _ = try world.shop("insert into gate values (1)")
    let resumed = try world.opsh("ann", "resume", run)
    #expect(resumed.code == 0, "\(resumed.messages)")
    #expect(
      resumed.messages.contains("approved by ben before it broke off"),
      "\(resumed.messages)"
    )
    #expect(try world.shop("select a from t") == "101")
    #expect(try world.control("select count(*) from opsh_control.pause") == "1")
  }

  @Test(.timeLimit(.minutes(5)))
  func `a record that is not what was written is approved by nobody here`() throws {
    let world = try ControlWorld()
    let run = try put(down: world)
    let path = "\(world.binary.root)/ann/opsh/runs/\(run)/journal"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("the new table", with: "the old table")
      .write(toFile: path, atomically: true, encoding: .utf8)
    // On the same machine, as another person.
    let ben = world.environment("ben").merging(["XDG_STATE_HOME": "\(world.binary.root)/ann"]) {
      $1
    }
    let refused = try world.binary.opsh("approve", run, "Cut over", with: ben)
    #expect(refused.code == 8, "\(refused.messages)")
    #expect(refused.messages.contains("does not verify"), "\(refused.messages)")
  }

  @Test(.timeLimit(.minutes(5)))
  func `without a control database it refuses before its first step`() throws {
    let world = try ControlWorld()
    try world.binary.write(Self.book, to: "two.opsh")
    let without = try world.opsh("ann", "two.opsh", "env=production", "--without-control", "why")
    #expect(without.code == 4, "\(without.messages)")
    #expect(without.messages.contains("--without-control can not stand for a person"))
    let stack = try String(contentsOfFile: world.binary.work + "/stack.opsh", encoding: .utf8)
    let line = "  control: postgres(url: secret(\"OPSH_CONTROL_URL\"))\n"
    try world.binary.write(stack.replacing(line, with: ""), to: "stack.opsh")
    let untrusted = try world.opsh("ann", "trust")
    let hash = try #require(untrusted.messages.split(whereSeparator: \.isWhitespace).last)
    let refused = try world.opsh("ann", "two.opsh", "env=production", "--trust", String(hash))
    #expect(refused.code == 4, "\(refused.messages)")
    #expect(refused.messages.contains("'Cut over' needs another person's yes"))
    #expect(try world.shop("select a from t") == "0")
  }
}
