import Foundation
import PseudoTerminalSupport
import Testing
import Values

/// The night of the bad migration, answered by a person at a terminal.
@Suite struct NightTests {
  private static let ask = "Does the data need to go back too? [y/N] "
  private static let word = "type production to do this: "
  private static let confirm = " is taken out of production. [y/N] "

  /// The questions of the rollback in their order, and what a person answers.
  private enum Question: Int, CaseIterable {
    case data, rollback, stop, compare, rewind
  }

  /// Waits for a question; gives its right answer.
  private func reach(_ question: Question, _ terminal: PseudoTerminal) throws -> String {
    switch question {
    case .data:
      try terminal.expect(Self.ask)
      return "y"
    case .rollback, .stop:
      try terminal.expect(Self.word)
      return "production"
    case .compare:
      try terminal.expect(Self.confirm)
      return "y"
    case .rewind:
      try terminal.expect("type rewind ")
      let rest = try terminal.expect(" to do this, it loses data: ")
      return "rewind " + (rest.split(separator: " ").first ?? "")
    }
  }

  private func start(_ world: SandboxWorld) throws -> PseudoTerminal {
    try world.terminal("runbooks/rollback.opsh", "env=production")
  }

  /// Answers everything in these questions rightly.
  private func answer(_ questions: [Question], _ terminal: PseudoTerminal) throws {
    for question in questions {
      let answer = try reach(question, terminal)
      terminal.type(answer + "\r")
    }
  }

  /// Gets to a question, refuses it in a way, and sees that nothing was done for it.
  private func refuse(
    _ refusal: Refusal,
    at question: Question,
    after before: [Question],
    in world: SandboxWorld
  ) throws {
    let terminal = try start(world)
    try answer(before, terminal)
    let right = try reach(question, terminal)
    let state = try State(world)
    terminal.type(refusal.type(insteadOf: right))
    let code = try terminal.end()
    let seen = Comment(
      rawValue: "\(refusal) at \(question): "
        + String(decoding: terminal.everything.suffix(1500), as: UTF8.self)
    )
    #expect(code == refusal.code, seen)
    let areStopped = state.setting.contains("default_transaction_read_only=on")
    #expect(
      String(decoding: terminal.everything, as: UTF8.self).contains(
        "note: writes to optiq_prod are stopped; allowed again with: "
          + "do production.database.allow_writes()"
      ) == areStopped,
      seen
    )
    #expect(try State(world) == state, seen)
  }

  /// What a refused question must leave as it is.
  private struct State: Equatable {
    let changes: [String]
    let setting: String
    let migrations: String
    let health: String

    init(_ world: SandboxWorld) throws {
      changes = try world.changes()
      setting = try world.psql(
        "select coalesce((select setconfig::text from pg_db_role_setting s "
          + "join pg_database d on d.oid = s.setdatabase "
          + "where d.datname = current_database() and setrole = 0), '')"
      )
      migrations = try world.psql("select count(*) from _prisma_migrations")
      health = try world.psql("select count(*) from orders where currency is null")
    }
  }

  @Test(.timeLimit(.minutes(6)))
  func `lost answers of the database's vendor do not end the night`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 8)
    try world.fault("neon", "lost-answer")
    let terminal = try start(world)
    try answer(Question.allCases, terminal)
    let code = try terminal.end()
    let seen = String(decoding: terminal.everything, as: UTF8.self)
    #expect(code == 0, "\(seen.suffix(1500))")
    // What was done once is not sent again, and is used as if its answer had come.
    let posts = try world.changes().filter { $0.contains("POST") && $0.contains("/branches") }
    #expect(posts.count == 2, "\(posts)")
    #expect(seen.contains("other_rows"), "\(seen.suffix(1500))")
    #expect(try world.opsh("-c", "production.health.status").output == "ok\n")
  }

  @Test(.timeLimit(.minutes(5)))
  func `what the person refuses is not done, and a later run goes on where it stood`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 1)
    for refusal in Refusal.allCases where refusal != .reflex && refusal != .wrong {
      try refuse(refusal, at: .data, after: [], in: world)
    }
    for refusal in Refusal.allCases {
      try refuse(refusal, at: .rollback, after: [.data], in: world)
    }
    #expect(try world.changes() == [])
    try refuse(.reflex, at: .stop, after: [.data, .rollback], in: world)
    // From here on the application is back, and the runbook goes straight to the data.
    for refusal in Refusal.allCases where refusal != .reflex {
      try refuse(refusal, at: .stop, after: [.data], in: world)
    }
    try refuse(.ended, at: .compare, after: [.data, .stop], in: world)
    #expect(try world.changes().count { $0.hasSuffix("/restore") } == 0)
  }

  @Test(.timeLimit(.minutes(5)))
  func `the token of the rewind is typed, or nothing goes back`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 2)
    try refuse(.wrong, at: .rewind, after: [.data, .rollback, .stop, .compare], in: world)
    for refusal in [Refusal.reflex, .pasted, .interrupted, .ended] {
      let terminal = try start(world)
      try answer([.data], terminal)
      let seen = try terminal.expect("to do this")
      if seen.contains("type production") { terminal.type("production\r") }
      try answer([.compare], terminal)
      let token = try reach(.rewind, terminal)
      let state = try State(world)
      terminal.type(refusal.type(insteadOf: token))
      #expect(try terminal.end() == refusal.code, "\(refusal)")
      #expect(try State(world) == state, "\(refusal)")
    }
    #expect(try world.changes().count { $0.hasSuffix("/restore") } == 0)
  }

  @Test(.timeLimit(.minutes(5)))
  func `application and data are back, once, and the record verifies`() throws {
    let world = try SandboxWorld(scenario: "bad-migration", seed: 1)
    #expect(try world.psql("select count(*) from orders where currency is null") != "0\n")
    #expect(try migrations(world).contains("normalise_currency"))
    let words = ["runbooks/rollback.opsh", "env=production", "restore_data=true"]
    let planned = try world.plan(words)
    let terminal = try start(world)
    try answer([.data, .rollback, .stop, .compare, .rewind], terminal)
    #expect(try terminal.end() == 0)
    try sees(changesOf: world)
    #expect(PlannedCall.fit(planned, try world.calls()), "\(planned)")
    #expect(try world.opsh("-c", "production.health.status").output == "ok\n")
    #expect(try world.opsh("-c", "production.jobs.paused").output == "false\n")
    #expect(try world.psql("show default_transaction_read_only") == "off\n")
    #expect(try world.psql("select count(*) from orders where currency is null") == "0\n")
    #expect(try !migrations(world).contains("normalise_currency"))
    try equalsSafePoint(world)
    try verifies(world)
  }

  private func migrations(_ world: SandboxWorld) throws -> String {
    try world.psql("select migration_name from _prisma_migrations")
  }

  private func sees(changesOf world: SandboxWorld) throws {
    let changes = try world.changes()
    let kinds = changes.map { change in
      let path = change.split(separator: "/")
      if path.contains("rollback") { return "rollback" }
      return change.prefix { $0 != " " } + " " + (path.last ?? "")
    }
    #expect(kinds == ["rollback", "PATCH crons", "POST branches", "POST restore", "PATCH crons"])
  }

  /// The recovery branch is the database as it was at the safe point; nothing else writes to it.
  private func equalsSafePoint(_ world: SandboxWorld) throws {
    let restored = try #require(try world.changes().first { $0.hasSuffix("/restore") })
    let project = String(restored.split(separator: "/")[2])
    let listed = try world.neon("projects", project, "branches")
    let branch = try #require(
      listed["branches"]?.arrayValue?.first {
        $0["name"]?.stringValue?.hasPrefix("recovery-") == true
      }?["id"]?.stringValue
    )
    let connection = try world.neon(
      "projects",
      project,
      "connection_uri",
      query: ["branch_id": branch, "database_name": "optiq_prod", "role_name": "optiq_owner"]
    )
    let then = try world.dump(try #require(connection["uri"]?.stringValue))
    let now = try world.dump(world.postgres)
    #expect(then.count > 1000)
    #expect(now == then)
  }

  private func verifies(_ world: SandboxWorld) throws {
    let listed = try JSON.parse(try world.opsh("runs", "--output", "json").output)
    let run = try #require(listed.arrayValue?.first?["run"]?.stringValue)
    let verified = try world.opsh("transcript", "verify", run)
    #expect(verified.code == 0)
    #expect(verified.output.contains("chain ok"))
    let text = try world.opsh("transcript", run, "--as", "markdown").output
    #expect(text.contains("note: the errors began with"))
    #expect(text.contains("/rollback/"))
    #expect(text.contains("/restore "))
    #expect(text.contains("ended ok, exit 0"))
  }
}
