import Foundation
import Processes
import PseudoTerminalSupport
import Testing
import Values

/// Runs that are gone on with, handed over and taken back, by the built program.
@Suite struct ResumeTests {
  private static let runbook = """
    opsh 1
    runbook "Night"
    param env: environment
    step "Jobs off" {
      do env.jobs.pause()
      note "they are off"
    } undo {
      do env.jobs.resume()
    }
    step "Then" {
      do run false
    }
    finally { note "the end" }
    """

  @Test(.timeLimit(.minutes(5)))
  func `a failed run is handed over, gone on with from its stored text, and taken back once`()
    throws
  {
    let world = try SandboxWorld(scenario: "quiet", seed: 21)
    try world.write(Self.runbook, to: "night.opsh")
    let failed = try world.approved("night.opsh", "env=production")
    #expect(failed.code == 1, "\(failed.messages)")
    let run = try id(of: world)
    #expect(failed.messages.contains("go on with it by: opsh resume \(run)\n"))
    let handed = try world.opsh("handover", run).output
    for words in [
      "night.opsh", "1  done  Jobs off", "2  begun, not done  Then", "note  they are off",
      "stopped  false ended with exit code 1", "opsh resume \(run)", "opsh undo \(run)",
    ] {
      #expect(handed.contains(words), "\(words) in \(handed)")
    }
    try world.write(Self.runbook.replacing("run false", with: "run true"), to: "night.opsh")
    let hash = try world.hash(["resume", run])
    let again = try world.approve(["resume", run], hash)
    #expect(again.code == 1, "\(again.messages)")
    #expect(again.messages.contains("steps  1 done, 2 begun, not done"))
    #expect(again.messages.contains("night.opsh was changed since; the text on record runs"))
    #expect(again.messages.contains("- 11:   do run false"))
    #expect(again.messages.contains("+ 11:   do run true"))
    #expect(!again.messages.contains("Jobs off\n"), "\(again.messages)")
    #expect(try world.changes().count == 1)
    try takenBack(run, world)
  }

  private func takenBack(_ run: String, _ world: SandboxWorld) throws {
    let undone = try world.approved("undo", run)
    #expect(undone.code == 0, "\(undone.messages)")
    #expect(undone.messages.contains("1/1 Undo: Jobs off"))
    #expect(try world.changes().count == 2)
    #expect(try world.opsh("-c", "production.jobs.paused").output == "false\n")
    for words in [["undo", run], ["resume", run]] {
      let refused = try world.binary.program("opsh", words, in: world.folder)
      #expect(refused.code == 3)
      #expect(refused.messages.contains("was taken back by run "), "\(refused.messages)")
    }
    let verified = try world.opsh("transcript", "verify", run)
    #expect(verified.code == 0, "\(verified.messages)")
    let none = try world.opsh("resume")
    #expect(none.code == 3)
    #expect(none.messages.contains("no run is open"))
  }

  private func id(of world: SandboxWorld) throws -> String {
    let first = try world.opsh("runs", "--output", "ndjson").output.split(separator: "\n").first
    let row = try JSON.parse(String(try #require(first)))
    return try #require(row["run"]?.stringValue)
  }

  @Test(.timeLimit(.minutes(5)))
  func `a killed run waits for the program that it left, and then a person tells`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 22)
    let text = """
      opsh 1
      runbook "Slow"
      step "One" { do run sleep 600 }
      step "Two" { do production.jobs.pause() }
      finally { note "the end" }
      """
    try world.write(text, to: "slow.opsh")
    let program = try killed("slow.opsh", in: world)
    let run = try id(of: world)
    let listed = try world.opsh("runs", "--output", "ndjson").output
    #expect(
      listed.contains("\"state\":\"in doubt\",\"in_doubt\":1,\"owed\":\"finally\""),
      "\(listed)"
    )
    let early = try world.opsh("resume", run)
    #expect(early.code == 6)
    #expect(early.messages.contains("sleep, which run \(run) started, still runs as process"))
    try program.terminate(grace: .seconds(5))
    let alone = try world.opsh("resume", run)
    #expect(alone.code == 4 || alone.code == 7, "\(alone.messages)")
    #expect(alone.messages.contains("in doubt  run sleep 600"), "\(alone.messages)")
    #expect(try world.changes() == [])
    let later = try world.terminal("resume")
    try later.expect("then type 'done' or 'not done': ")
    later.type("done\r")
    try later.expect("how do you know? ")
    later.type("it was ended by me\r")
    try later.expect("type production to do this: ")
    later.type("production\r")
    #expect(try later.end() == 0)
    #expect(try world.changes().count == 1)
    #expect(try world.transcript().contains("it was ended by me"))
  }

  /// Starts a runbook whose first change is a program, and kills opsh once that runs.
  private func killed(_ file: String, in world: SandboxWorld) throws -> ProcessIdentity {
    let terminal = try world.terminal(file)
    try terminal.expect("type production to do this: ")
    terminal.type("production\r")
    let program = try program(of: world)
    terminal.killProgram()
    return program
  }

  /// Waits until the run says which program it started.
  private func program(of world: SandboxWorld) throws -> ProcessIdentity {
    let end = Date(timeIntervalSinceNow: 60)
    while Date() < end {
      let folder = world.binary.root + "/state/opsh/runs"
      for run in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        let path = "\(folder)/\(run)/journal"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        if let match = text.firstMatch(of: /"pid":([0-9]+)/), let pid = Int32(match.1) {
          return try #require(ProcessIdentity(pid: pid))
        }
      }
      usleep(20_000)
    }
    throw Missing()
  }

  private struct Missing: Error {}
}
