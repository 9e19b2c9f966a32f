import Migrations
import Testing
import Values

private func file(_ version: String, _ name: String) -> MigrationFile {
  MigrationFile(name: name, version: version, path: name + ".sql", text: Array("select 1;".utf8))
}

/// The tables that know a version and little else.
@Suite struct VersionTableTests {
  private let files = [file("1", "1_a"), file("2", "2_b"), file("5", "5_c")]

  private func golang(_ version: GolangVersion?, undone: Set<String> = []) -> MigrationStanding {
    MigrationStanding(
      ledger: .golangMigrate(version),
      files: files,
      folder: "/m",
      undone: undone
    )
  }

  private func states(_ history: MigrationStanding) -> [MigrationState] {
    history.entries.map(\.state)
  }

  @Test func `golang-migrate: all up to its one version is applied`() throws {
    #expect(states(golang(nil)) == [.pending, .pending, .pending])
    #expect(states(golang(GolangVersion(2, isDirty: false))) == [.applied, .applied, .pending])
    #expect(states(golang(GolangVersion(2, isDirty: true))) == [.applied, .crashed, .pending])
    #expect(states(golang(GolangVersion(7, isDirty: false))).last == .missing)
    let left = try golang(GolangVersion(1, isDirty: false)).deployment()
    #expect(left.pending.map(\.name) == ["2_b", "5_c"])
  }

  @Test func `golang-migrate: dirty is refused unless nothing of it was kept`() throws {
    let dirty = golang(GolangVersion(2, isDirty: true))
    #expect(throws: MigrationRefusal.dirty(["2_b"])) { try dirty.deployment() }
    let own = try golang(GolangVersion(2, isDirty: true), undone: ["2"]).deployment()
    #expect(own.abandoned == [.set(GolangVersion(1, isDirty: false))])
    #expect(own.pending.map(\.name) == ["2_b", "5_c"])
    let first = try golang(GolangVersion(1, isDirty: true), undone: ["1"]).deployment()
    #expect(first.abandoned == [.set(nil)])
  }

  @Test func `golang-migrate: resolving sets the version, as its force does`() throws {
    let dirty = golang(GolangVersion(2, isDirty: true))
    #expect(
      try dirty.resolvedAsApplied("2_b") { "" } == [.set(GolangVersion(2, isDirty: false))]
    )
    #expect(try dirty.resolvedAsRolledBack("2_b") == [.set(GolangVersion(1, isDirty: false))])
    #expect(throws: MigrationRefusal.notFailed("1_a")) { try dirty.resolvedAsRolledBack("1_a") }
    let clean = golang(GolangVersion(2, isDirty: false))
    #expect(throws: MigrationRefusal.alreadyApplied("1_a")) {
      try clean.resolvedAsApplied("1_a") { "" }
    }
    #expect(throws: MigrationRefusal.notFailed("2_b")) { try clean.resolvedAsRolledBack("2_b") }
    let changes = try golang(nil).baseline(until: "2_b") { "" }.changes
    #expect(
      changes.reduce(.golangMigrate(nil)) { $0.after($1, at: Time(microseconds: 0)) }
        == MigrationLedger.golangMigrate(GolangVersion(2, isDirty: false))
    )
  }

  @Test func `dbmate: what is in its table is applied, and nothing else is known`() throws {
    var history = MigrationStanding(ledger: .dbmate(["1", "9"]), files: files, folder: "/m")
    #expect(history.entries.map(\.name) == ["1_a", "2_b", "5_c", "9"])
    #expect(states(history) == [.applied, .pending, .pending, .missing])
    #expect(try history.deployment().pending.map(\.name) == ["2_b", "5_c"])
    #expect(try history.resolvedAsApplied("2_b") { "" } == [.add(version: "2")])
    #expect(throws: MigrationRefusal.alreadyApplied("1_a")) {
      try history.resolvedAsApplied("1_a") { "" }
    }
    #expect(throws: MigrationRefusal.keepsNoFailures("2_b")) {
      try history.resolvedAsRolledBack("2_b")
    }
    history.ledger = history.ledger.after(.add(version: "2"), at: Time(microseconds: 0))
    #expect(states(history) == [.applied, .applied, .pending, .missing])
  }
}
