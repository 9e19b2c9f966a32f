import Backups
import Foundation
import Objects
import PostgresTestSupport
import Stack
import Testing
import Values

@testable import Providers

@Suite(.needsServer, .timeLimit(.minutes(2))) struct BackupTests {
  @Test(arguments: [(Manifest.Format.custom, 1), (.directory, 3)])
  func `a backup is whole, private, and says what is in it`(_ format: Manifest.Format, _ jobs: Int)
    throws
  {
    let world = try BackedUpDatabase()
    let backup = try world.backUp(format, jobs: jobs)
    let manifest = backup.manifest
    #expect(backup.level == .present)
    #expect(manifest.format == format)
    #expect(manifest.database == world.database.name)
    #expect(manifest.serverVersion.hasPrefix("\(try #require(Installation.find()).version)."))
    #expect(manifest.lsn.contains("/"))
    #expect(manifest.databaseSize > 1_000_000)
    #expect(manifest.roles == ["tester"])
    #expect(manifest.rolesMissing == nil)
    #expect(manifest.extensions.map(\.name) == ["plpgsql"])
    let rows = manifest.tables.map { "\($0.schema).\($0.name) \($0.rows)" }
    #expect(
      rows == ["public.empty 0", "public.order items 100", "public.orders 300", "shop.visits 2"]
    )
    #expect(manifest.tables.allSatisfy { $0.checksum != nil })
    #expect(Set(manifest.tables.map(\.checksum)).count == 4)
    let roles = try String(contentsOfFile: backup.path + "/globals.sql", encoding: .utf8)
    #expect(roles.contains("CREATE ROLE tester"))
    for file in manifest.files {
      let path = backup.path + "/" + file.name
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect(mode == 0o600, "\(file.name)")
    }
    #expect(world.leftovers.isEmpty)
    try world.verify(backup, to: .readable)
    #expect(try world.found(backup.name).level == .readable)
  }

  @Test func `rows that are written meanwhile are neither in the archive nor in the counts`() throws
  {
    let world = try BackedUpDatabase("create table t (n int); insert into t values (1)")
    // The snapshot is taken; before anything is dumped, somebody writes.
    try world.program(
      "pg_dump",
      """
      case "$1" in --version) exec \(Self.real("pg_dump")) --version;; esac
      \(Self.real("psql")) -Xqc 'insert into t select generate_series(2, 50)' \
        '\(try TestCluster.shared.get().url(database: world.database.name))' || exit 9
      exec \(Self.real("pg_dump")) "$@"
      """
    )
    try world.program("pg_dumpall", "exec \(Self.real("pg_dumpall")) \"$@\"")
    let programs = world.ownPrograms
    let service = PostgresDatabase(
      label: world.database.name,
      name: world.database.name,
      migrationsFolder: nil,
      backups: Self.settings(world.folder, programs),
      parameters: world.service.parameters
    )
    let wish = BackupWish(format: .custom, jobs: 1, hashesRows: true)
    _ = try service.backUp(world.database.target, as: wish, in: .test()) { .text($0.name) }
      .perform()
    #expect(try world.database.psql("select count(*) from t") == "50")
    let backup = try #require(try BackupFolder(world.folder).all().backups.first)
    #expect(backup.manifest.tables.map(\.rows) == [1])
    try world.verify(backup, to: .compared)
    #expect(try world.found(backup.name).level == .compared)
  }

  static func real(_ name: String) -> String { Installation.find()?.program(name) ?? name }

  static func settings(_ folder: String, _ programs: ClientPrograms) -> BackupSettings {
    var settings = BackupSettings(folder)
    settings.programs = programs
    return settings
  }

  @Test func `half a file, or one flipped byte at fifty random places, is never readable`() throws {
    let world = try BackedUpDatabase()
    let backup = try world.backUp()
    let path = URL(fileURLWithPath: backup.archivePath)
    let whole = try Data(contentsOf: path)
    try whole.prefix(whole.count / 2).write(to: path)
    let half = problem { try world.verify(backup, to: .readable) }
    #expect(half.kind == .failed)
    #expect(half.text.contains("database.dump has \(whole.count / 2) bytes, not \(whole.count)"))
    #expect(try world.found(backup.name).level == .damaged)
    let seed = UInt64.random(in: 0...UInt64.max)
    for turn in 0..<50 {
      var bytes = whole
      let place = Int((seed &+ UInt64(turn) &* 0x9E37_79B9_7F4A_7C15) % UInt64(whole.count))
      bytes[place] ^= 1 << (turn % 8)
      try bytes.write(to: path)
      let found = problem { try world.verify(backup, to: .readable) }
      #expect(found.kind == .failed, "seed \(seed), byte \(place) of \(whole.count)")
      #expect(found.text.contains("database.dump is not what was written"))
      #expect(try world.found(backup.name).level == .damaged)
    }
    try whole.write(to: path)
    try world.verify(backup, to: .readable)
    #expect(try world.found(backup.name).level == .readable)
    let other = problem { try world.verify(backup, to: .readable, head: "0123") }
    #expect(other.text.contains("is not the one that the journal knows"))
  }

  @Test func `a plan of a backup says what it does and asks nobody, and is not done twice`() throws
  {
    let world = try BackedUpDatabase()
    let wish = BackupWish(format: .custom, jobs: 1, hashesRows: true)
    var target = world.database.target
    target.isOwnRecord = true
    let plan = try world.service.backUp(target, as: wish, in: .test()) { .text($0.name) }
    #expect(plan.summary == "take a backup of \(world.database.name)")
    #expect(plan.consequences.first == "reads all of it, and writes into \(world.folder)")
    #expect(
      plan.calls.first?.text.contains("pg_dump --format=custom --exclude-schema=opsh") == true
    )
    let probe = try #require(plan.probe)
    let context = PerformContext(call: .test(), key: "RUN/do:7")
    #expect(try probe(context) == .notDone)
    let backup = try world.backUp(key: "RUN/do:7")
    #expect(try probe(context) == .done)
    guard case .text(let name)? = try plan.found?(context) else {
      Issue.record("nothing was found")
      return
    }
    #expect(name == backup.name)
    #expect(try probe(PerformContext(call: .test(), key: "RUN/do:8")) == .notDone)
  }

  @Test func `the newest stay, of this database only, and only after one is whole`() throws {
    let world = try BackedUpDatabase("create table t (n int)") { $0.keep = 2 }
    var names: [String] = []
    for turn in 1...3 { names.append(try world.backUp(key: "RUN/do:\(turn)").name) }
    #expect(Set(names).count == 3)
    let left = try world.service.backups(in: .test()).map(\.name)
    #expect(left == Array(names.suffix(2)))
    // One that fails removes none.
    _ = try world.database.psql("alter database \"\(world.database.name)\" set x.y = 'z'")
    try world.program("pg_dump", "echo 'pg_dump: error: no luck' >&2; exit 1")
    #expect(try world.service.backups(in: .test()).count == 2)
  }

  @Test func `progress counts bytes and tables, and stands still when pg_dump does`() throws {
    let world = try BackedUpDatabase { _ in }
    let gate = world.root + "/gate"
    try world.program(
      "pg_dump",
      """
      case "$1" in --version) exec \(Self.real("pg_dump")) --version;; esac
      for word in "$@"; do case "$word" in --file=*) file=${word#--file=};; esac; done
      printf 1234567 > "$file"
      echo 'pg_dump: dumping contents of table "public.empty"' >&2
      echo 'pg_dump: dumping contents of table "public.orders"' >&2
      while [ ! -e '\(gate)' ]; do sleep 0.02; done
      exec \(Self.real("pg_dump")) "$@"
      """
    )
    try world.program("pg_dumpall", "exec \(Self.real("pg_dumpall")) \"$@\"")
    let service = PostgresDatabase(
      label: "shop",
      name: world.database.name,
      migrationsFolder: nil,
      backups: Self.settings(world.folder, world.ownPrograms),
      parameters: world.service.parameters
    )
    let progress = Progress()
    let context = CallContext(cancellation: Cancellation(), now: .now(), progress: progress)
    let wish = BackupWish(format: .custom, jobs: 1, hashesRows: true)
    let plan = try service.backUp(world.database.target, as: wish, in: context) { .text($0.name) }
    let failed = Cancellation()
    let done = Cancellation()
    Threads.detach {
      if (try? plan.perform(in: context)) == nil { failed.cancel() }
      done.cancel()
    }
    let wanted = "backing up shop: 7 bytes, 1 of 4 tables dumped, 4 counted"
    var seen = 0
    let end = Date(timeIntervalSinceNow: 20)
    while seen < 3, Date() < end {
      // It is told anew several times a second, and is the same each time.
      if progress.text(at: 0)?.hasPrefix(wanted) == true { seen += 1 }
      Threads.sleep(.milliseconds(100))
    }
    #expect(seen == 3, "\(progress.text(at: 0) ?? "nothing")")
    try Data().write(to: URL(fileURLWithPath: gate))
    while !done.isCancelled, Date() < end { Threads.sleep(.milliseconds(20)) }
    #expect(done.isCancelled && !failed.isCancelled)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/age")))
  func `an encrypted backup is read by the holder of the key only, and is nowhere in the clear`()
    throws
  {
    let made = try run("/usr/bin/age-keygen", [])
    let text = String(decoding: made, as: UTF8.self)
    let identity = try #require(text.split(separator: "\n").last).description
    let recipient = try #require(text.split(separator: "\n")[1].split(separator: " ").last)
    let world = try BackedUpDatabase { settings in
      settings.recipient = String(recipient)
      settings.identity = { Secret(name: "OPSH_BACKUP_IDENTITY", text: identity) }
    }
    let backup = try world.backUp()
    #expect(backup.manifest.files.map(\.name) == ["database.dump.age", "globals.sql.age"])
    for file in backup.manifest.files {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: backup.path + "/" + file.name))
      #expect(bytes.starts(with: Data("age-encryption.org/v1".utf8)))
      #expect(bytes.range(of: Data("PGDMP".utf8)) == nil)
      #expect(bytes.range(of: Data("CREATE ROLE".utf8)) == nil)
    }
    try world.verify(backup, to: .compared)
    #expect(try world.found(backup.name).level == .compared)
    let stranger = try BackedUpDatabase { $0.recipient = String(recipient) }
    let theirs = try stranger.backUp()
    let refused = problem { try stranger.verify(theirs, to: .readable) }
    #expect(refused.text.contains("names no key that reads it"))
    #expect(try stranger.found(theirs.name).level == .present)
    let wrong = problem {
      _ = try stranger.backUp(.directory)
    }
    #expect(wrong.text.contains("can not be encrypted"))
  }
}
