import Foundation
import PostgresTestSupport
import Testing
import Values

/// Heads that others were told: a record that was rewritten as a whole does not match them.
@Suite(.enabled(if: TestCluster.isAvailable, Comment(rawValue: TestCluster.skipReason)))
struct AnchorTests {
  private func changed(_ world: ControlWorld) throws -> String {
    let done = try world.opsh("ann", "-c", ControlWorld.add)
    try #require(done.code == 0, "\(done.messages)")
    let runs = try world.opsh("ann", "runs", "--output", "ndjson").output.split(separator: "\n")
    return try #require(try JSON.parse(String(runs[0]))["run"]?.stringValue)
  }

  /// Writes the journal anew, without its last records and with a chain that holds.
  private func rewrite(_ world: ControlWorld, _ run: String, keeping count: Int) throws {
    let path = "\(world.binary.root)/ann/opsh/runs/\(run)/journal"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let script = """
      import hashlib, sys
      lines = [line.rsplit(' ', 1)[0] for line in sys.stdin.read().splitlines()]
      head = hashlib.sha256(('opsh journal 1\\n' + sys.argv[1]).encode()).hexdigest()
      for body in lines[:int(sys.argv[2])]:
          body = body.replace('"who":"ann"', '"who":"cid"').replace('a + 1', 'a + 2')
          head = hashlib.sha256((head + '\\n' + body).encode()).hexdigest()
          print(body, head)
      """
    let made = try world.binary.program(
      "/usr/bin/env",
      ["python3", "-c", script, run, String(count)],
      input: Array(text.utf8)
    )
    try #require(made.code == 0, "\(made.messages)")
    try made.output.write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test(.timeLimit(.minutes(5)))
  func `the head is told to both databases, and confirms the record`() throws {
    let world = try ControlWorld()
    let run = try changed(world)
    let head = try world.control("select head from opsh_control.head where run = '\(run)'")
    #expect(head.count == 64)
    #expect(try world.shop("select head from opsh.marker where run = '\(run)'") == head)
    let verified = try world.opsh("ann", "transcript", "verify", run)
    #expect(verified.code == 0, "\(verified.messages)")
    #expect(verified.output.contains("anchored: the control database has the head \(head)"))
    #expect(verified.output.contains("anchored: the mark in production has the head \(head)"))
    #expect(!verified.output.contains("not anchored"))
  }

  @Test(.timeLimit(.minutes(5)), arguments: [true, false])
  func `a record that was rewritten as a whole does not match its anchor`(isShort: Bool) throws {
    let world = try ControlWorld()
    let run = try changed(world)
    let path = "\(world.binary.root)/ann/opsh/runs/\(run)/journal"
    let count = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
    try rewrite(world, run, keeping: isShort ? count - 2 : count)
    for place in ["the control database", "the mark in production"] {
      let found = try world.opsh("ann", "transcript", "verify", run)
      #expect(found.code == 8, "\(found.output)\(found.messages)")
      #expect(
        found.messages.contains("does not match its anchor: \(place) has the head"),
        "\(found.messages)"
      )
      // Whoever could also forget what the control database was told still meets the mark.
      _ = try world.control(
        "alter table opsh_control.head disable trigger user; delete from opsh_control.head"
      )
    }
    _ = try world.shop("update opsh.marker set head = null")
    let alone = try world.opsh("ann", "transcript", "verify", run)
    #expect(alone.code == 0)
    #expect(alone.output.contains("not anchored"), "\(alone.output)")
    #expect(!alone.output.contains("verified"))
  }

  @Test(.timeLimit(.minutes(5)))
  func `who could not be asked is named`() throws {
    let world = try ControlWorld()
    let run = try changed(world)
    let found = try world.binary.opsh(
      "transcript",
      "verify",
      run,
      with: world.environment("ann").merging(["OPSH_CONTROL_URL": ""]) { $1 }
    )
    #expect(found.code == 0, "\(found.messages)")
    #expect(found.output.contains("not asked: the control database: the secret"), "\(found.output)")
    #expect(found.output.contains("anchored: the mark in production"))
  }
}
