import Backups
import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

/// What can go wrong with a backup: each ends in a clear sentence, and nothing half done is left
/// unsaid.
@Suite(.needsServer, .timeLimit(.minutes(2))) struct BackupFaultTests {
  /// A way to fail, and what is said then.
  struct Fault: CustomTestStringConvertible {
    let name: String
    /// What stands for pg_dump; `PG_DUMP` is the real one.
    let script: String
    let words: [String]
    var kind = Failure.Kind.failed

    var testDescription: String { name }
  }

  static let faults = [
    Fault(
      name: "pg_dump is killed",
      script: "PG_DUMP \"$@\" && kill -9 $$",
      words: ["pg_dump was ended by signal 9 while backing up"]
    ),
    Fault(
      name: "the disk is full half-way",
      script: "echo 'pg_dump: error: could not write to file: No space left on device' >&2; exit 1",
      words: [
        "pg_dump ended with exit code 1 while backing up",
        "could not write to file: No space left on device", "the disk is full: make room",
      ]
    ),
    Fault(
      name: "files may not grow that large",
      script: "ulimit -f 8; exec PG_DUMP \"$@\"",
      words: ["a file grew larger than this user's may"]
    ),
    Fault(
      name: "a table may not be read",
      script:
        "echo 'pg_dump: error: query failed: ERROR:  permission denied for table t' >&2; exit 1",
      words: ["permission denied for table t", "grant pg_read_all_data"]
    ),
    Fault(
      name: "pg_dump is too old",
      script: "",
      words: [
        "needs a pg_dump of version", "this machine has 9.6", "apt-get install postgresql-client-",
      ],
      kind: .refused
    ),
  ]

  @Test(arguments: faults)
  func `a backup that fails says why, and leaves nothing behind`(_ fault: Fault) throws {
    let world = try BackedUpDatabase(
      BackedUpDatabase.script
        + "; create table large as select md5(n::text) from generate_series(1, 5000) n"
    )
    let real = BackupTests.real("pg_dump")
    let version =
      fault.kind == .refused ? "echo 'pg_dump (PostgreSQL) 9.6.24'" : "\(real) --version"
    try world.program(
      "pg_dump",
      """
      case "$1" in --version) \(version); exit;; esac
      \(fault.script.replacing("PG_DUMP", with: real))
      """
    )
    try world.program("pg_dumpall", "exec \(BackupTests.real("pg_dumpall")) \"$@\"")
    let service = PostgresDatabase(
      label: "shop",
      name: world.database.name,
      migrationsFolder: nil,
      backups: BackupTests.settings(world.folder, world.ownPrograms),
      parameters: world.service.parameters
    )
    let wish = BackupWish(format: .custom, jobs: 1, hashesRows: true)
    let found = problem {
      _ = try service.backUp(world.database.target, as: wish, in: .test()) { .text($0.name) }
        .perform()
    }
    #expect(found.kind == fault.kind, "\(found.text)")
    for words in fault.words { #expect(found.text.contains(words), "\(found.text)") }
    if fault.kind == .failed {
      #expect(found.text.contains("nothing of this backup was kept; the database was only read"))
    }
    #expect(try BackupFolder(world.folder).all().backups.isEmpty)
    #expect(world.leftovers.isEmpty)
  }

  @Test func `roles that can not be saved are said to be missing, and the backup is whole`() throws
  {
    let world = try BackedUpDatabase("create table t (n int)")
    try world.program("pg_dump", "exec \(BackupTests.real("pg_dump")) \"$@\"")
    try world.program("pg_dumpall", "echo 'pg_dumpall: error: no rights' >&2; exit 1")
    let service = PostgresDatabase(
      label: "shop",
      name: world.database.name,
      migrationsFolder: nil,
      backups: BackupTests.settings(world.folder, world.ownPrograms),
      parameters: world.service.parameters
    )
    let wish = BackupWish(format: .custom, jobs: 1, hashesRows: false)
    _ = try service.backUp(world.database.target, as: wish, in: .test()) { .text($0.name) }
      .perform()
    let backup = try #require(try BackupFolder(world.folder).all().backups.first)
    #expect(
      backup.manifest.rolesMissing
        == "pg_dumpall ended with exit code 1 while saving the roles of shop; error: no rights"
    )
    #expect(backup.manifest.files.map(\.name) == ["database.dump"])
    #expect(backup.manifest.tables.map(\.checksum) == [nil])
    try world.verify(backup, to: .readable)
  }

  @Test func `an attempt that a person stops leaves nothing, and is no failure of the database`()
    throws
  {
    let world = try BackedUpDatabase()
    let cancellation = Cancellation()
    try world.program(
      "pg_dump",
      """
      case "$1" in --version) exec \(BackupTests.real("pg_dump")) --version;; esac
      echo 'pg_dump: dumping contents of table "x"' >&2; exec sleep 60
      """
    )
    let service = PostgresDatabase(
      label: "shop",
      name: world.database.name,
      migrationsFolder: nil,
      backups: BackupTests.settings(world.folder, world.ownPrograms),
      parameters: world.service.parameters
    )
    let progress = Progress()
    let context = CallContext(cancellation: cancellation, now: .now(), progress: progress)
    let wish = BackupWish(format: .custom, jobs: 1, hashesRows: true)
    let plan = try service.backUp(world.database.target, as: wish, in: context) { .text($0.name) }
    Threads.detach {
      while progress.text(at: 0)?.contains("4 counted") != true { Threads.sleep(.milliseconds(10)) }
      cancellation.cancel()
    }
    let found = problem { _ = try plan.perform(in: context) }
    #expect(found.kind == .interrupted, "\(found.text)")
    #expect(found.text.contains("nothing of this backup was kept"))
    #expect(world.leftovers.isEmpty)
  }

  @Test func `what a killed attempt left is named by the next plan, and removed`() throws {
    let world = try BackedUpDatabase("create table t (n int)")
    let left = world.folder + "/.production-x-20260101T000000Z.part"
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
    try Data("1 1".utf8).write(to: URL(fileURLWithPath: left + "/owner"))
    try Data("half".utf8).write(to: URL(fileURLWithPath: left + "/database.dump"))
    let strange = world.folder + "/strange"
    try FileManager.default.createDirectory(atPath: strange, withIntermediateDirectories: true)
    let wish = BackupWish(format: .custom, jobs: 1, hashesRows: true)
    let plan = try world.service.backUp(world.database.target, as: wish, in: .test()) { _ in
      .nothing
    }
    #expect(plan.consequences.contains { $0.contains("was broken off: \(left)") })
    #expect(plan.consequences.contains { $0.hasPrefix("beware: \(strange) is no backup") })
    #expect(try world.service.backups(in: .test()).isEmpty)
    _ = try plan.perform()
    #expect(world.leftovers.isEmpty)
    #expect(try world.service.backups(in: .test()).count == 1)
  }

  @Test func `an archive of a newer pg_dump, and one that is cut off, are no good for a restore`()
    throws
  {
    let world = try BackedUpDatabase()
    let backup = try world.backUp()
    let whole = try Data(contentsOf: URL(fileURLWithPath: backup.archivePath))
    let path = world.root + "/foreign.dump"
    var newer = whole
    // The version of the archive's form: behind the five letters at its beginning.
    newer[5] = 1
    newer[6] = 99
    try newer.write(to: URL(fileURLWithPath: path))
    let name = "foreign" + world.database.name.suffix(8)
    let first = problem { _ = try world.restorePlan(.file(path), .new(name)).perform() }
    #expect(first.text.contains("unsupported version (1.99) in file header"))
    #expect(first.text.contains("install a newer postgresql-client"))
    try whole.prefix(whole.count * 2 / 3).write(to: URL(fileURLWithPath: path))
    let second = problem { _ = try world.restorePlan(.file(path), .new(name)).perform() }
    #expect(second.kind == .failed)
    #expect(second.text.contains("what had been restored was dropped again"), "\(second.text)")
    let count = "select count(*) from pg_database where datname like '\(name)%'"
    #expect(try world.database.psql(count) == "0")
    let missing = problem { _ = try world.restorePlan(.file(world.root + "/nope"), .new(name)) }
    #expect(missing.text.contains("nope can not be opened: No such file or directory"))
    let damaged = problem {
      try whole.prefix(10).write(to: URL(fileURLWithPath: backup.archivePath))
      _ = try world.restorePlan(.backup(try world.found(backup.name)), .new(name))
    }
    #expect(damaged.text.contains("is damaged: database.dump has 10 bytes"))
  }

  @Test func `without a place for backups the stack file's line is named`() throws {
    let database = try TestDatabase()
    let found = problem { _ = try database.service.backups(in: .test()) }
    #expect(found.kind == .usage)
    #expect(found.text.contains("has no place for its backups"))
    #expect(found.text.contains("backups: \"backups\""))
  }
}
