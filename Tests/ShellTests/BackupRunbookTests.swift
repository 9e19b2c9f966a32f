import Foundation
import PseudoTerminalSupport
import Testing
import Values

/// The runbooks about backups, each walked and run in a sandbox.
@Suite struct BackupRunbookTests {
  private func json(_ world: SandboxWorld, _ code: String) throws -> JSON {
    let result = try world.binary.program(
      "opsh",
      ["-c", code, "--output", "json"],
      in: world.folder
    )
    try #require(result.code == 0, "\(result.messages)")
    return try JSON.parse(result.output)
  }

  @Test(.timeLimit(.minutes(5)))
  func `a backup is taken, rehearsed and restored, and what was in place is kept`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 9)
    let whole = try world.dump(world.postgres).split(separator: "\n").sorted()
    let take = ["runbooks/backup.opsh", "env=production"]
    // Proving it is known when there is one.
    #expect(try world.plan(take) == [.pending])
    // No terminal and no approval: nothing of the environment is changed.
    let taken = try world.binary.program("opsh", take, in: world.folder)
    #expect(taken.code == 0, "\(taken.messages)")
    let rehearse = ["runbooks/rehearse-restore.opsh", "env=production"]
    #expect(try world.plan(rehearse) == [])
    let rehearsed = try world.binary.program("opsh", rehearse, in: world.folder)
    #expect(rehearsed.code == 0, "\(rehearsed.messages)")
    let backup = try json(world, "production.database.backups | last 1 | only")
    let name = try #require(backup["name"]?.stringValue)
    #expect(backup["level"]?.stringValue == "compared")
    #expect(backup["source"]?.stringValue == "optiq_prod on Neon branch main")
    let head = try json(world, "production.database.backups[\"\(name)\"].head").stringValue
    // The evidence: the run's record has the hash of the manifest.
    let transcript = try world.transcript()
    #expect(transcript.contains("restored and compared"))
    #expect(transcript.contains(try #require(head)))
    #expect(try world.changes() == [])
    try restore(world, name)
    #expect(try world.dump(world.postgres).split(separator: "\n").sorted() == whole)
    #expect(try world.opsh("-c", "production.database.writes_stopped").output == "false\n")
    #expect(try world.opsh("-c", "production.jobs.paused").output == "false\n")
    let kept = "production.database.branches | each .name | where it matches \"^before-rewind-\""
    #expect(try world.opsh("-c", "(\(kept) | count) is 1").output == "true\n")
    try refusals(world, name)
  }

  private func restore(_ world: SandboxWorld, _ name: String) throws {
    _ = try world.psql("delete from orders where id in (select id from orders limit 100)")
    let damaged = try world.dump(world.postgres)
    let book = ["runbooks/restore.opsh", "env=production"]
    // Jobs off and on; the branch and the rewind are known when they come.
    #expect(try world.plan(book).count == 4)
    let terminal = try world.terminal(book)
    let word = "type production to do this: "
    try terminal.expect(word)
    terminal.type("production\r")
    try terminal.expect(word)
    terminal.type("production\r")
    try terminal.expect("is taken out of production, and kept beside. [y/N] ")
    #expect(try world.dump(world.postgres) == damaged)
    terminal.type("y\r")
    try terminal.expect("type rewind restored-")
    let token = try terminal.expect(" to do this, it loses data: ")
    terminal.type("rewind restored-" + (token.split(separator: " ").first ?? "") + "\r")
    let everything = Comment(
      rawValue: String(decoding: terminal.everything.suffix(3000), as: UTF8.self)
    )
    #expect(try terminal.end() == 0, everything)
    let text = String(decoding: terminal.everything, as: UTF8.self)
    #expect(text.contains("compared with the backup: "))
    #expect(text.contains("rows, as they were at"))
  }

  /// What is no backup, or no longer one, gets a clear sentence.
  private func refusals(_ world: SandboxWorld, _ name: String) throws {
    let unknown = try world.opsh("-c", "production.database.backups[\"nope\"].level")
    #expect(unknown.code == 1)
    #expect(unknown.messages.contains("nope"), "\(unknown.messages)")
    let path = try json(world, "production.database.backups[\"\(name)\"].path").stringValue
    let archive = URL(fileURLWithPath: try #require(path) + "/database.dump")
    let bytes = try Data(contentsOf: archive)
    try bytes.dropLast().write(to: archive)
    let into =
      "do production.database.restore(production.database.backups[\"\(name)\"], into: \"x\")"
    let restore = try world.opsh("-c", into)
    #expect(restore.code == 1)
    #expect(restore.messages.contains("is damaged: database.dump has"), "\(restore.messages)")
    let code = "do production.database.backups[\"\(name)\"].verify(to: \"readable\")"
    let verified = try world.opsh("-c", code)
    #expect(verified.code == 1)
    #expect(verified.messages.contains("\(name) is damaged: database.dump has \(bytes.count - 1)"))
    #expect(try json(world, "production.database.backups[\"\(name)\"].level") == "damaged")
    let misspelt = try world.opsh("-c", "do production.database.backup(format: \"custum\")")
    #expect(misspelt.code == 2)
    #expect(misspelt.messages.contains("custom"))
    let jobs = try world.opsh("-c", "do production.database.backup(jobs: 4)")
    #expect(jobs.messages.contains("only format: \"directory\" can be written by several jobs"))
  }
}
