import Migrations
import Testing
import Values

/// A moment of these tests, in minutes from a beginning.
private func minute(_ count: Int64) -> Time {
  Time(microseconds: 1_767_225_600_000_000 + count * 60_000_000)
}

private func file(_ name: String, _ text: String = "select 1;\n") -> MigrationFile {
  MigrationFile(name: name, version: name, path: name + "/migration.sql", text: Array(text.utf8))
}

private func sum(_ text: String = "select 1;\n") -> String {
  PrismaChecksum.of(Array(text.utf8)) ?? ""
}

/// A row as Prisma's own program leaves it.
private func row(
  _ id: String,
  _ name: String,
  sum checksum: String? = nil,
  logs: String? = nil,
  at start: Int64 = 0,
  finished: Bool = false,
  rolledBack: Bool = false
) -> PrismaRow {
  PrismaRow(
    id: id,
    checksum: checksum ?? sum(),
    name: name,
    logs: logs,
    started: minute(start),
    finished: finished ? minute(start + 1) : nil,
    rolledBack: rolledBack ? minute(start + 2) : nil,
    steps: finished ? 1 : 0
  )
}

private func refusal<Result>(_ body: () throws(MigrationRefusal) -> Result) -> MigrationRefusal? {
  do throws(MigrationRefusal) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

@Suite struct StateMachineTests {
  private let init1 = "20260101000000_init"
  private let second = "20260102000000_second"

  private func history(_ rows: [PrismaRow], undone: Set<String> = []) -> MigrationStanding {
    MigrationStanding(
      ledger: .prisma(rows),
      files: [file(init1), file(second)],
      folder: "/migrations",
      undone: undone
    )
  }

  // MARK: - States

  @Test func `each combination of rows is one state`() {
    let cases: [(rows: [PrismaRow], state: MigrationState)] = [
      ([], .pending),
      ([row("1", init1)], .crashed),
      ([row("1", init1, logs: "ERROR: no")], .failed),
      ([row("1", init1, finished: true)], .applied),
      ([row("1", init1, sum: "other", finished: true)], .edited),
      ([row("1", init1, rolledBack: true)], .rolledBack),
      ([row("1", init1, logs: "ERROR", rolledBack: true), row("2", init1, at: 5)], .crashed),
      (
        [row("1", init1, sum: "old", rolledBack: true), row("2", init1, at: 5, finished: true)],
        .applied
      ),
      // Whatever was applied before: what is open stops everything.
      ([row("1", init1, finished: true), row("2", init1, logs: "no", at: 5)], .failed),
    ]
    for (rows, state) in cases {
      #expect(history(rows).entries[0].state == state, "\(rows)")
    }
    var held = history([row("1", init1)])
    held.isLocked = true
    #expect(held.entries[0].state == .running)
    let missing = history([row("1", "20250101000000_gone", finished: true)]).entries[0]
    #expect(missing.name == "20250101000000_gone" && missing.state == .missing)
  }

  // MARK: - Edges

  @Test func `none, started, finished`() throws {
    var ledger = MigrationLedger.prisma([])
    ledger = ledger.after(.start(id: "a", name: init1, checksum: sum()), at: minute(1))
    #expect(
      ledger == .prisma([PrismaRow(id: "a", checksum: sum(), name: init1, started: minute(1))])
    )
    ledger = ledger.after(.finish(id: "a"), at: minute(2))
    let done = PrismaRow(
      id: "a",
      checksum: sum(),
      name: init1,
      started: minute(1),
      finished: minute(2),
      steps: 1
    )
    #expect(ledger == .prisma([done]))
    let left = try MigrationStanding(
      ledger: ledger,
      files: [file(init1), file(second)],
      folder: "/m"
    )
    .deployment()
    #expect(left.pending.map(\.name) == [second])
    #expect(left.abandoned.isEmpty)
  }

  @Test
  func `failed stops everything until it is resolved as rolled back, then it is pending again`()
    throws
  {
    let rows = [row("a", init1, finished: true)]
    let ledger = MigrationLedger.prisma(rows)
      .after(.start(id: "b", name: second, checksum: sum()), at: minute(5))
      .after(.fail(id: "b", logs: "ERROR: no\nmore"), at: minute(6))
    var found = history([])
    found.ledger = ledger
    let refused = try #require(refusal { () throws(MigrationRefusal) in try found.deployment() })
    #expect(refused.code == "P3009")
    #expect(
      refused.message
        == "migration \(second) failed at 2026-01-01T00:05:00Z (Prisma's P3009)"
    )
    #expect(
      refused.advice(for: "production.database") == [
        "the server said: ERROR: no",
        "nothing was applied; look what of it is there",
        "if nothing of it is, or after taking it back: do production.database.resolve(\"\(second)\", as: \"rolled back\"), and migrate again",
        "if all of it is, or after doing the rest by hand: do production.database.resolve(\"\(second)\", as: \"applied\")",
      ]
    )
    // As Prisma's own program writes it.
    let long = MigrationRefusal.unfinished([
      .init(
        name: second,
        state: .failed,
        started: nil,
        logs:
          "Migration name: x\n\nDatabase error code: 42P01\n\nDatabase error:\nERROR: no\n\nPosition:"
      )
    ])
    #expect(long.advice(for: "d")[0] == "the server said: ERROR: no")
    let changes = try found.resolvedAsRolledBack(second)
    #expect(changes == [.rollBack(id: "b")])
    found.ledger = changes.reduce(ledger) { $0.after($1, at: minute(9)) }
    guard case .prisma(let after) = found.ledger else { return }
    #expect(after[1].rolledBack == minute(9))
    #expect(after[1].logs == "ERROR: no\nmore")
    #expect(after[1].finished == nil)
    #expect(found.entries[1].state == .rolledBack)
    #expect(try found.deployment().pending.map(\.name) == [second])
  }

  @Test func `failed, resolved as applied: the old row is given up, a new one has no steps`() throws
  {
    let found = history([row("a", init1, logs: "ERROR: no")])
    let changes = try found.resolvedAsApplied(init1) { "new" }
    #expect(
      changes == [.rollBack(id: "a"), .declare(id: "new", name: init1, checksum: sum())]
    )
    let ledger = changes.reduce(found.ledger) { $0.after($1, at: minute(9)) }
    let declared = PrismaRow(
      id: "new",
      checksum: sum(),
      name: init1,
      logs: "",
      started: minute(9),
      finished: minute(9),
      steps: 0
    )
    guard case .prisma(let rows) = ledger else { return }
    #expect(rows.count == 2)
    #expect(rows[0].rolledBack == minute(9) && rows[0].finished == nil)
    #expect(rows[1] == declared)
    var after = found
    after.ledger = ledger
    #expect(after.entries.map(\.state) == [.applied, .pending])
  }

  @Test func `what can not be resolved is refused by name and code`() {
    let applied = history([row("a", init1, finished: true)])
    let nobody = refusal { () throws(MigrationRefusal) in
      try applied.resolvedAsRolledBack("nobody")
    }
    #expect(nobody?.code == "P3011")
    let finished = refusal { () throws(MigrationRefusal) in
      try applied.resolvedAsRolledBack(init1)
    }
    #expect(finished?.code == "P3012")
    let twice = refusal { () throws(MigrationRefusal) in
      try applied.resolvedAsApplied(init1) { "" }
    }
    #expect(twice?.code == "P3008")
    let unknown = refusal { () throws(MigrationRefusal) in
      try applied.resolvedAsApplied("nobody") { "" }
    }
    #expect(unknown?.code == "P3017")
    // It was given up already: there is nothing to change, as at Prisma.
    let given = history([row("a", init1, rolledBack: true)])
    #expect((try? given.resolvedAsRolledBack(init1)) == [])
  }

  @Test func `cut off: opsh's own attempt proves that nothing was kept, Prisma's does not`() throws
  {
    let rows = [row("a", init1, finished: true), row("b", second, at: 5)]
    let foreign = history(rows)
    let refused = try #require(refusal { () throws(MigrationRefusal) in try foreign.deployment() })
    #expect(refused.code == "P3009")
    #expect(refused.message.contains("never ended: whoever applied it was cut off"))
    let own = try history(rows, undone: ["b"]).deployment()
    #expect(own.abandoned == [.rollBack(id: "b")])
    #expect(own.abandonedNames == [second])
    #expect(own.pending.map(\.name) == [second])
    // One that left the text of an error was not cut off.
    let failed = history([row("b", second, logs: "no")], undone: ["b"])
    #expect(refusal { () throws(MigrationRefusal) in try failed.deployment() }?.code == "P3009")
    var held = history(rows, undone: ["b"])
    held.isLocked = true
    #expect(
      refusal { () throws(MigrationRefusal) in try held.deployment() }?.message.contains(
        "still being applied"
      ) == true
    )
  }

  @Test func `a baseline calls all up to a name applied, once`() throws {
    let found = history([])
    var number = 0
    let (names, changes) = try found.baseline(until: second) {
      number += 1
      return "id\(number)"
    }
    #expect(names == [init1, second])
    #expect(
      changes == [
        .declare(id: "id1", name: init1, checksum: sum()),
        .declare(id: "id2", name: second, checksum: sum()),
      ]
    )
    var after = found
    after.ledger = changes.reduce(found.ledger) { $0.after($1, at: minute(1)) }
    #expect(after.entries.map(\.state) == [.applied, .applied])
    #expect(
      refusal { () throws(MigrationRefusal) in try after.baseline(until: second) { "" } }?.code
        == "P3008"
    )
    let half = history([row("a", init1, finished: true)])
    #expect(try half.baseline(until: second) { "n" }.names == [second])
  }

  // MARK: - What deploy decides

  @Test func `what is pending is applied in order, up to a name, also out of order`() throws {
    let later = history([row("b", second, finished: true)])
    #expect(try later.deployment().pending.map(\.name) == [init1])
    #expect(try history([]).deployment(until: init1).pending.map(\.name) == [init1])
    #expect(try history([]).deployment().pending.map(\.name) == [init1, second])
    let unknown = refusal { () throws(MigrationRefusal) in
      try history([]).deployment(until: "20260101000000")
    }
    #expect(unknown?.advice(for: "d") == ["nothing was changed", "there is \(init1)"])
  }

  @Test func `an edited one is refused by name, unless that is said to be right`() throws {
    let found = history([row("a", init1, sum: "other", finished: true)])
    let refused = try #require(refusal { () throws(MigrationRefusal) in try found.deployment() })
    #expect(refused.message == "a migration that is applied has another text today: \(init1)")
    #expect(
      refused.advice(for: "d").last == "if the new text does the same: migrate(accept_edited: true)"
    )
    let accepted = try found.deployment(acceptsEdited: true)
    #expect(accepted.edited == [init1])
    #expect(accepted.pending.map(\.name) == [second])
  }

  @Test func `another provider, a missing text, a long name and an order that nobody knows`() {
    var other = history([])
    other.provider = "mysql"
    #expect(refusal { () throws(MigrationRefusal) in try other.deployment() }?.code == "P3019")
    var missing = history([])
    missing.files[0].text = nil
    #expect(refusal { () throws(MigrationRefusal) in try missing.deployment() }?.code == "P3015")
    // It is read only where it is pending, or has a checksum to be compared with.
    missing.ledger = .prisma([row("a", init1, finished: true)])
    #expect((try? missing.deployment())?.pending.count == 1)
    var long = history([])
    long.files = [file(String(repeating: "1", count: 201))]
    #expect(refusal { () throws(MigrationRefusal) in try long.deployment() }?.code == "P3010")
    var odd = history([])
    odd.files = [file("10_x"), file("2_x"), file("20240101_a"), file("20240101-z")]
    #expect(
      refusal { () throws(MigrationRefusal) in try odd.deployment() }?.message.contains(
        "nobody can tell which of 20240101-z and 2_x comes first"
      ) == true
    )
  }
}
