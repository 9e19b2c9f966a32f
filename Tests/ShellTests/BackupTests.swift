import Foundation
import PseudoTerminalSupport
import Testing
import Values

/// The night of the bad migration, with the data taken from last night's dump.
@Suite struct BackupTests {
  private static let word = "type production to do this: "

  /// A rollback at a terminal that takes the data from a dump.
  private func start(_ world: SandboxWorld, from backup: String) throws -> PseudoTerminal {
    try world.terminal(
      "runbooks/rollback.opsh",
      "env=production",
      "restore_data=true",
      "from_backup=\(backup)"
    )
  }

  private func everything(_ terminal: PseudoTerminal) -> Comment {
    Comment(rawValue: String(decoding: terminal.everything.suffix(3000), as: UTF8.self))
  }

  @Test(.timeLimit(.minutes(5)))
  func `the data are as in the backup, and what was there before is kept`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 3)
    let damaged = try world.dump(world.postgres)
    let terminal = try start(world, from: try backup(of: world))
    try terminal.expect(Self.word)
    terminal.type("production\r")
    let shown = try terminal.expect(Self.word)
    #expect(shown.contains("drop owned by current_user cascade"))
    #expect(shown.contains("do run(timeout: 4h, with: {PGPASSWORD: beside.password}) pg_restore"))
    #expect(shown.contains("rewind(to: \"restore-"))
    terminal.type("production\r")
    try terminal.expect(" is taken out of production. [y/N] ")
    // The copy is filled, and production is as it was: only its writes are stopped.
    #expect(try world.dump(world.postgres) == damaged)
    #expect(try world.psql("show default_transaction_read_only") == "on\n")
    terminal.type("y\r")
    try terminal.expect("type rewind restore-")
    let token = try terminal.expect(" to do this, it loses data: ")
    terminal.type("rewind restore-" + (token.split(separator: " ").first ?? "") + "\r")
    // The jobs come on again by the yes that was given before they went off.
    #expect(try terminal.end() == 0, everything(terminal))
    let restored = try world.dump(world.postgres).split(separator: "\n").sorted()
    #expect(restored.count > 1000)
    #expect(restored == (try contents(of: world)))
    #expect(try world.opsh("-c", "production.health.status").output == "ok\n")
    #expect(try world.psql("show default_transaction_read_only") == "off\n")
    #expect(try world.opsh("-c", "production.jobs.paused").output == "false\n")
    let kept = "production.database.branches | each .name | where it matches \"^before-rewind-\""
    #expect(try world.opsh("-c", "(\(kept) | count) is 1").output == "true\n")
    let password = try #require(world.postgres.split(separator: ":")[2].split(separator: "@").first)
    #expect(!String(decoding: terminal.everything, as: UTF8.self).contains(password))
    #expect(try !record(of: world).contains(password))
  }

  /// Everything that the journals of the runs hold.
  private func record(of world: SandboxWorld) throws -> String {
    let folder = world.binary.root + "/state/opsh/runs"
    let journals = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix("/journal") }
    let text = try journals.map { try String(contentsOfFile: folder + "/" + $0, encoding: .utf8) }
      .joined()
    try #require(text.contains("with PGPASSWORD"))
    return text
  }

  @Test(.timeLimit(.minutes(5)))
  func `a plan with a backup lists all of it and does nothing`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 4)
    let before = try world.dump(world.postgres)
    let backup = try backup(of: world)
    let plan = try world.opsh(
      "plan",
      "runbooks/rollback.opsh",
      "env=production",
      "restore_data=true",
      "from_backup=\(backup)"
    )
    #expect(plan.code == 0, "\(plan.messages)")
    let expected = [
      "Read the backup to its end", "run(timeout: 1h) pg_restore --file=/dev/null",
      "roll production back to", "Take the database back in time: skipped",
      "empty: true)", "pg_restore --exit-on-error", "stop writes to", "Is this what you want",
      "rewind(to: \"restore-", "allow writes to", "it can not be approved in advance",
      "from_backup=\(backup)",
    ]
    var rest = plan.output[...]
    for words in expected {
      let found = try #require(rest.firstRange(of: words), "\(words) in \(plan.output)")
      rest = rest[found.upperBound...]
    }
    #expect(try world.changes() == [])
    #expect(try world.dump(world.postgres) == before)
    // Nobody can say yes to what is not known yet, so without a terminal it does not begin.
    let refused = try world.opsh(
      "runbooks/rollback.opsh",
      "env=production",
      "restore_data=true",
      "from_backup=\(backup)"
    )
    #expect(refused.code == 4, "\(refused.messages)")
    #expect(try world.changes() == [])
  }

  @Test(.timeLimit(.minutes(5)))
  func `a dump that is cut off, or is none, stops everything before anything is changed`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 5)
    let before = try world.dump(world.postgres)
    let whole = try backup(of: world)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
    let cut = world.folder + "/cut.dump"
    try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: cut))
    // Its table of contents is whole: that alone would not have shown it.
    let listed = try world.binary.program("/usr/bin/pg_restore", ["--list", cut])
    #expect(listed.code == 0)
    let text = world.folder + "/plain.sql"
    try Data("-- PostgreSQL database dump\nselect 1;\n".utf8).write(to: URL(fileURLWithPath: text))
    for path in [cut, text, world.folder + "/nowhere.dump"] {
      let terminal = try start(world, from: path)
      let shown = try terminal.expect(Self.word)
      #expect(shown.contains("pg_restore --file=/dev/null -- \(path)"))
      terminal.type("production\r")
      #expect(try terminal.end() == 1, everything(terminal))
    }
    // The one that the stack file knows is read by the plan already.
    try bytes.prefix(bytes.count - 10).write(to: URL(fileURLWithPath: whole))
    let plan = try world.opsh(
      "plan",
      "runbooks/rollback.opsh",
      "env=production",
      "restore_data=true",
      "from_backup=\(whole)"
    )
    #expect(plan.code == 1, "\(plan.output)")
    #expect(plan.messages.contains("pg_restore"))
    #expect(try world.changes() == [])
    #expect(try world.dump(world.postgres) == before)
    #expect(try world.psql("show default_transaction_read_only") == "off\n")
  }

  @Test(.timeLimit(.minutes(5)))
  func `a backup that nothing is to be restored from is a contradiction`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 6)
    let result = try world.opsh(
      "runbooks/rollback.opsh",
      "env=production",
      "restore_data=false",
      "from_backup=\(try backup(of: world))"
    )
    #expect(result.code == 3, "\(result.messages)")
    #expect(result.messages.contains("says that the data stays"))
    #expect(try world.changes() == [])
  }

  @Test(.timeLimit(.minutes(5)))
  func `staging has a database of its own, and a program gets to it by its members`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 3)
    let here = try world.opsh("-c", "staging.database.port is not production.database.port")
    #expect(here.output == "true\n", "\(here.messages)")
    let code = """
      let d = staging.database
      let r = do run(with: {PGPASSWORD: d.password}) psql --no-password -XAt --host=${d.host} \
      --port=${d.port} --username=${d.user} --dbname=${d.name} -c "select count(*) from orders"
      r.text
      """
    let terminal = try world.terminal("-c", code)
    try terminal.expect("to do this: ")
    terminal.type("production\r")
    #expect(try terminal.end() == 0, everything(terminal))
    #expect(String(decoding: terminal.everything, as: UTF8.self).contains("1500"))
    let doctor = try world.opsh("doctor")
    #expect(doctor.code == 0, "\(doctor.output)")
    let shown = try world.opsh("-c", "staging.database.password")
    #expect(shown.output == "‹NEON_PASSWORD›\n", "\(shown.messages)")
    let argument = try world.opsh("-c", "let p = staging.database.password; do run psql ${p}")
    #expect(argument.code != 0)
    #expect(argument.messages.contains("a secret can not be an argument"))
  }

  @Test(.timeLimit(.minutes(2)))
  func `a URL that is no URL names its secret and its environment, one without a password says so`()
    throws
  {
    let binary = try BuiltBinary()
    try binary.write(
      """
      opsh 1

      stack "shop" {
        environment development {
          protected: false
          database: postgres(url: secret("DATABASE_URL"))
        }
      }
      """,
      to: "stack.opsh"
    )
    let untrusted = try binary.opsh("trust")
    let hash = try #require(untrusted.messages.split(whereSeparator: \.isWhitespace).last)
    #expect(try binary.opsh("trust", String(hash)).code == 0)
    func ask(_ url: String) throws -> BuiltBinary.Result {
      try binary.opsh(
        "-c",
        "do run(with: {PGPASSWORD: development.database.password}) touch started",
        with: ["DATABASE_URL": url]
      )
    }
    let wrong = try ask("mysql://app:s3cretpass@db.example/shop")
    #expect(wrong.code == 2)
    #expect(wrong.messages.contains("the database of development: secret 'DATABASE_URL':"))
    #expect(!wrong.messages.contains("s3cretpass"))
    let without = try ask("postgresql://app@127.0.0.1:1/shop")
    #expect(without.code == 1, "\(without.messages)")
    #expect(without.messages.contains("shop on 127.0.0.1:1 has no password"))
    #expect(!FileManager.default.fileExists(atPath: binary.work + "/started"))
  }

  private func backup(of world: SandboxWorld) throws -> String {
    let status = try JSON.parse(
      try world.binary.opsh("sandbox", "status", "--output", "json").output
    )
    return try #require(status["backup"]?.stringValue)
  }

  /// The rows in the dump, sorted: two dumps may have their tables in different orders.
  private func contents(of world: SandboxWorld) throws -> [Substring] {
    let result = try world.binary.program(
      "/usr/bin/pg_restore",
      ["--data-only", "--schema=public", "--file=-", try backup(of: world)]
    )
    try #require(result.code == 0, "\(result.messages)")
    return SandboxWorld.rows(of: result.output).split(separator: "\n").sorted()
  }
}
