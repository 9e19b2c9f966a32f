import Foundation
import Testing

@testable import Migrations

/// A folder of its own, gone with the test.
private final class Folder: Sendable {
  let path = "/tmp/opsh-folder-" + UUID().uuidString

  init(_ files: [String: String]) throws {
    for (name, text) in files {
      let file = URL(fileURLWithPath: "\(path)/\(name)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: file)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct FolderTests {
  @Test func `a Prisma folder has a folder for each, by bytes, and leaves the rest out`() throws {
    let folder = try Folder([
      "migration_lock.toml": "# no edits\nprovider = \"postgresql\"\n",
      "README.md": "x", "20260102000000_b/migration.sql": "select 2;",
      "20260101000000_a/migration.sql": "select 1;", "20260103000000_c/notes.txt": "x",
    ])
    let read = try #require(try MigrationFolder.read(folder.path))
    #expect(read.convention == .prisma)
    #expect(read.provider == "postgresql")
    #expect(read.files.map(\.name) == ["20260101000000_a", "20260102000000_b", "20260103000000_c"])
    #expect(read.files.map { $0.text == nil } == [false, false, true])
    #expect(try MigrationFolder.read("/nowhere/at/all") == nil)
    #expect(MigrationFolder.provider(Array("provider = 'mysql'".utf8)) == "mysql")
    #expect(MigrationFolder.provider(Array("# nothing".utf8)) == nil)
  }

  @Test func `dbmate's files hold both directions, and say whether they want a transaction`() throws
  {
    let folder = try Folder([
      "20260101000000_init.sql":
        "-- first\n-- migrate:up\ncreate table a (x int);\n\n-- migrate:down\ndrop table a;\n",
      "20260102_index.sql":
        "-- migrate:up transaction:false\ncreate index concurrently i on a (x);\n",
      "notes.sql": "-- migrate:up\nselect 1;", "3_plain.sql": "select 1;",
    ])
    let read = try #require(try MigrationFolder.read(folder.path))
    #expect(read.convention == .dbmate)
    #expect(read.files.map(\.version) == ["20260101000000", "20260102"])
    let first = read.files[0]
    #expect(
      String(decoding: try #require(first.text)[first.script], as: UTF8.self)
        == "-- migrate:up\ncreate table a (x int);\n\n"
    )
    #expect(read.files.map(\.isOutsideTransaction) == [false, true])
    let script = try MigrationScript(first, of: .dbmate)
    #expect(script.way == .transaction)
    #expect(script.line(ofStatement: 0) == 3)
    #expect(try MigrationScript(read.files[1], of: .dbmate).way == .alone)
    var within = read.files[1]
    within.isOutsideTransaction = false
    #expect(throws: MigrationRefusal.needsNoTransaction("20260102_index.sql", line: 2)) {
      try MigrationScript(within, of: .dbmate)
    }
  }

  @Test func `golang-migrate's files are in the order of their numbers`() throws {
    let folder = try Folder([
      "10_ten.up.sql": "select 10;", "10_ten.down.sql": "select -10;", "9_nine.up.sql": "select 9;",
      "000001_one.up.sql": "select 1;",
    ])
    let read = try #require(try MigrationFolder.read(folder.path))
    #expect(read.convention == .golangMigrate)
    #expect(read.files.map(\.version) == ["1", "9", "10"])
    #expect(read.files.map(\.name) == ["000001_one", "9_nine", "10_ten"])
    let twice = try Folder(["1_a.up.sql": "", "01_b.up.sql": ""])
    #expect(throws: MigrationRefusal.self) { try MigrationFolder.read(twice.path) }
  }

  @Test func `two conventions in one folder are refused, none is none`() throws {
    let both = try Folder(["1_a.up.sql": "", "2_b.sql": "-- migrate:up\n"])
    #expect(
      throws: MigrationRefusal.severalConventions(path: both.path, [.dbmate, .golangMigrate])
    ) { try MigrationFolder.read(both.path) }
    let none = try Folder(["README.md": ""])
    #expect(try MigrationFolder.read(none.path)?.convention == nil)
  }

  @Test func `names of the usual form never disagree; others may`() {
    #expect(MigrationNames.disagreement(["20260101000000_a", "20260102000000_b"]) == nil)
    #expect(MigrationNames.disagreement(["0001_a", "0002_b"]) == nil)
    // Measured with Node: 10_x 2_x 20240101_a 20240101_B 20240101-z
    let measured = ["10_x", "2_x", "20240101_a", "20240101_B", "20240101-z"]
    #expect(MigrationNames.disagreement(measured)?.0 == "20240101-z")
    #expect(MigrationNames.disagreement(["20240101_a", "20240101_B"])?.0 == "20240101_B")
    #expect(MigrationNames.disagreement(["20240101_é", "20240101_z"]) != nil)
    #expect(MigrationNames.disagreement(["20240101_é"]) == nil)
    #expect(MigrationNames.isUsual("20260101000000_init_2"))
    for name in [
      "2026010100000_init", "20260101000000_Init", "20260101000000_", "20260101000000-a",
    ] {
      #expect(!MigrationNames.isUsual(name), "\(name)")
    }
  }

  @Test func `a checksum fits the text, its other line ends, and the old form without zeros`()
    throws
  {
    let unix = Array("create table a (x int);\nselect 1;\n".utf8)
    let windows = Array("create table a (x int);\r\nselect 1;\r\n".utf8)
    let sum = try #require(PrismaChecksum.of(unix))
    #expect(sum.count == 64)
    #expect(PrismaChecksum.fits(sum, windows))
    #expect(PrismaChecksum.fits(try #require(PrismaChecksum.of(windows)), unix))
    #expect(!PrismaChecksum.fits(sum, unix + [10]))
    #expect(!PrismaChecksum.fits(sum, [0xEF, 0xBB, 0xBF] + unix))
    // The SHA-256 of "abc" has bytes below 16; without their zeros it is shorter.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(PrismaChecksum.of(Array("abc".utf8)) == abc)
    #expect(
      PrismaChecksum.fits(
        "ba7816bf8f1cfea414140de5dae2223b0361a396177a9cb410ff61f2015ad",
        Array("abc".utf8)
      )
    )
  }
}
