import Foundation
import Testing
import Values

@testable import Backups

@Suite struct BackupFolderTests {
  private let folder: BackupFolder
  private let root: String

  init() throws {
    root = NSTemporaryDirectory() + "/opsh-backups-" + UUID().uuidString
    folder = BackupFolder(root + "/deep/backups")
  }

  private func clear() { try? FileManager.default.removeItem(atPath: root) }

  private func write(_ name: String, taken: String = "2026-11-28T10:13:00Z") throws
    -> StoredBackup
  {
    let part = try UnfinishedBackup(in: folder, named: name, owner: "me")
    try FileManager.default.createDirectory(
      atPath: part.path(of: "database"),
      withIntermediateDirectories: false
    )
    for (file, text) in [("database/toc.dat", "abc"), ("database/1.dat.gz", ""), ("roles", "xy")] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: part.path(of: file)))
    }
    var manifest = Manifest.test(taken: try #require(Time(taken)))
    manifest.format = .directory
    manifest.files = []
    #expect(try folder.all().backups.allSatisfy { $0.name != name })
    return try part.finish(manifest, entries: ["database", "roles"])
  }

  @Test func `a backup has its name when it is whole, and only its owner can read it`() throws {
    defer { clear() }
    let backup = try write("shop-1")
    #expect(try folder.all().backups == [backup])
    #expect(backup.level == .present)
    #expect(
      backup.manifest.files.map(\.name) == ["database/1.dat.gz", "database/toc.dat", "roles"]
    )
    #expect(
      backup.manifest.files[1].sha256
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    let files = FileManager.default
    for name in try files.subpathsOfDirectory(atPath: folder.path) {
      let mode = try files.attributesOfItem(atPath: folder.path + "/" + name)[.posixPermissions]
      let bits = try #require(mode as? Int)
      #expect(bits & 0o077 == 0 || name.hasSuffix("/database"), "\(name): \(bits)")
    }
    #expect(!files.fileExists(atPath: backup.path + "/owner"))
  }

  @Test func `a file that is missing or of another size makes it damaged, and is named`() throws {
    defer { clear() }
    let backup = try write("shop-1")
    try folder.keep(.init(level: .compared, at: .now()), of: backup)
    #expect(try folder.backup("shop-1").level == .compared)
    try Data("x".utf8).write(to: URL(fileURLWithPath: backup.path + "/roles"))
    try FileManager.default.removeItem(atPath: backup.path + "/database/toc.dat")
    let now = try folder.backup("shop-1")
    #expect(now.level == .damaged)
    #expect(now.faults == ["database/toc.dat is missing", "roles has 1 bytes, not 2"])
  }

  @Test func `a manifest with any byte changed is not believed`() throws {
    defer { clear() }
    let backup = try write("shop-1")
    let path = URL(fileURLWithPath: backup.path + "/manifest.json")
    let whole = try Data(contentsOf: path)
    let seed = UInt64.random(in: 0...UInt64.max)
    for turn in 0..<50 {
      var bytes = whole
      let place = Int((seed &+ UInt64(turn) &* 0x9E37_79B9_7F4A_7C15) % UInt64(whole.count))
      bytes[place] ^= 1 << (turn % 8)
      try bytes.write(to: path)
      #expect(try folder.all().backups.isEmpty, "seed \(seed), byte \(place)")
      #expect(try folder.all().unreadable.count == 1)
    }
    #expect(throws: Failure.self) { try folder.backup("shop-1") }
  }

  @Test func `a proof of another manifest, or a broken one, proves nothing`() throws {
    defer { clear() }
    let backup = try write("shop-1")
    var other = backup
    other.head = "0"
    try folder.keep(.init(level: .compared, at: .now()), of: other)
    #expect(try folder.backup("shop-1").level == .present)
    try Data("{".utf8).write(to: URL(fileURLWithPath: backup.path + "/proof.json"))
    #expect(try folder.backup("shop-1").level == .present)
  }

  @Test func `they are listed oldest first, and what is no backup is named`() throws {
    defer { clear() }
    _ = try write("b", taken: "2026-11-28T10:00:00Z")
    _ = try write("a", taken: "2026-11-28T11:00:00Z")
    try FileManager.default.createDirectory(
      atPath: folder.path + "/strange",
      withIntermediateDirectories: false
    )
    let all = try folder.all()
    #expect(all.backups.map(\.name) == ["b", "a"])
    #expect(all.unreadable.count == 1)
    #expect(all.unreadable.first?.message.contains("strange is no backup") == true)
    try folder.delete("b")
    #expect(try folder.all().backups.map(\.name) == ["a"])
    for name in ["../x", "", ".a.part", "nope"] {
      #expect(throws: Failure.self) { try folder.backup(name) }
    }
  }

  @Test func `what a dead attempt left is found, what a living one writes is not touched`() throws {
    defer { clear() }
    let part = try UnfinishedBackup(in: folder, named: "shop-2", owner: "me")
    #expect(folder.leftovers { $0 == "me" } == [])
    #expect(folder.leftovers { _ in false } == [part.path])
    try folder.remove(leftover: part.path)
    #expect(folder.leftovers { _ in false } == [])
    #expect(try folder.all().backups.isEmpty)
  }
}
