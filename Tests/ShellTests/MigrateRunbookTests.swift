import Foundation
import Testing
import Values

/// Migrating with the built program: by the runbook, and what is typed when one stops half-way.
@Suite(.serialized) struct MigrateRunbookTests {
  private static let words = ["runbooks/migrate.opsh", "env=production"]
  private static let note = "20990101000000_note"
  private static let wrong = "20990102000000_wrong"

  private func add(_ name: String, _ text: String, to world: SandboxWorld) throws {
    let folder = "\(world.folder)/prisma/migrations/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/migration.sql"))
  }

  private func states(_ environment: String, _ world: SandboxWorld) throws -> [String] {
    try world.opsh(
      "-c",
      "\(environment).database.migrations | where .name matches \"^2099\" | select .name, .state",
      "--output",
      "csv"
    ).output.split(separator: "\n").dropFirst().map(String.init)
  }

  @Test(.timeLimit(.minutes(5)))
  func `the runbook tries staging first, then applies what its plan showed`() throws {
    let world = try SandboxWorld(scenario: "quiet", seed: 6)
    let nothing = try world.binary.program("opsh", ["plan"] + Self.words, in: world.folder)
    #expect(nothing.code == 3, "\(nothing.messages)")
    #expect(nothing.messages.contains("no migration of production is pending"))
    try add(Self.note, "alter table orders add column note text;\n", to: world)
    #expect(try world.plan(Self.words) == [])
    let plan = try world.binary.program("opsh", ["plan"] + Self.words, in: world.folder)
    for place in ["staging", "main"] {
      #expect(
        plan.output.contains("apply migration \(Self.note) to optiq_prod on Neon branch \(place)"),
        "\(plan.output)"
      )
    }
    #expect(plan.output.contains("taken back by: ALTER TABLE \"orders\" DROP COLUMN \"note\";"))
    let done = try world.approve(Self.words, try world.hash(Self.words))
    #expect(done.code == 0, "\(done.messages)")
    for environment in ["staging", "production"] {
      #expect(try states(environment, world) == ["\(Self.note),applied"])
      let count = "\(environment).database.query(sql\"select count(note) from orders\")"
      #expect(try world.opsh("-c", count).output.contains("0"))
    }
    try halfWay(world)
  }

  /// What a person meets at the prompt when a file fails: where, what is there, and what to type.
  private func halfWay(_ world: SandboxWorld) throws {
    try add(Self.wrong, "create table twice (x int);\n\nselect no_such_column;\n", to: world)
    let migrate = "do staging.database.migrate()"
    let failed = try world.opsh("-c", migrate)
    #expect(failed.code == 1, "\(failed.messages)")
    #expect(
      failed.messages.contains(
        "migration \(Self.wrong) stopped at statement 2 (\(Self.wrong)/migration.sql, line 3): column \"no_such_column\" does not exist (SQLSTATE 42703)"
      ),
      "\(failed.messages)"
    )
    #expect(failed.messages.contains("nothing of this file was kept"))
    let typed = "do staging.database.resolve(\"\(Self.wrong)\", as: \"rolled back\")"
    #expect(failed.messages.contains(typed))
    #expect(try states("staging", world).last == "\(Self.wrong),failed")
    let refused = try world.opsh("-c", migrate)
    #expect(refused.code == 1, "\(refused.messages)")
    #expect(refused.messages.contains("Prisma's P3009"), "\(refused.messages)")
    let status = try world.opsh("status", "staging").output
    #expect(status.contains("\(Self.wrong) failed"), "\(status)")
    let resolved = try world.opsh("-c", typed)
    #expect(resolved.code == 0, "\(resolved.messages)")
    #expect(try states("staging", world).last == "\(Self.wrong),rolled back")
    try add(Self.wrong, "create table twice (x int);\n", to: world)
    let again = try world.opsh("-c", migrate)
    #expect(again.code == 0, "\(again.messages)")
    #expect(try states("staging", world).last == "\(Self.wrong),applied")
    let misspelt = try world.opsh("-c", "do staging.database.resolve(\"x\", as: \"rolledback\")")
    #expect(misspelt.code == 2, "\(misspelt.messages)")
    #expect(misspelt.messages.contains("\"rolled back\""), "\(misspelt.messages)")
  }
}
