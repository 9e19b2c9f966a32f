import Foundation
import Glibc
import Journals
import Sinks
import Testing
import Values

@Suite struct RunStoreTests {
  let folder: TemporaryFolder
  let store: RunStore

  init() throws {
    folder = try TemporaryFolder()
    store = RunStore(path: folder.path + "/state/opsh/runs")
  }

  func create(_ id: String) throws -> Journal {
    try store.create(
      id: id,
      texts: [.init(name: "a.opsh", bytes: Array("opsh 1\n".utf8))],
      fields: [.init("operator", "ann")],
      registry: SecretRegistry()
    )
  }

  @Test func `a run's folder is for its owner only and holds the texts verbatim`() throws {
    let journal = try create("20261123-0301-aaaa")
    _ = journal
    let run = store.folder(of: "20261123-0301-aaaa")
    #expect(try folder.permissions(of: run) == 0o700)
    #expect(try folder.permissions(of: run + "/journal") == 0o600)
    let hash = try SHA256.hex(of: "opsh 1\n")
    #expect(try folder.permissions(of: run + "/texts/" + hash) == 0o600)
    #expect(FileManager.default.contents(atPath: run + "/texts/" + hash) == Data("opsh 1\n".utf8))
    let created = try #require(try store.read(id: "20261123-0301-aaaa").records.first)
    #expect(created["texts"]?[0]?["sha256"]?.stringValue == hash)
  }

  @Test func `two writers never share a journal`() throws {
    let journal = try create("20261123-0301-aaaa")
    #expect(throws: JournalError.inUse(path: store.journalPath(of: "20261123-0301-aaaa"))) {
      try store.reopen(id: "20261123-0301-aaaa", registry: SecretRegistry())
    }
    #expect(try store.list().map(\.state) == [.running])
    try journal.append(.note, [], durable: true)
  }

  @Test func `a torn tail is cut off, kept aside and recorded`() throws {
    do { _ = try create("20261123-0301-aaaa") }
    let path = store.journalPath(of: "20261123-0301-aaaa")
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(#"{"at":"20"#.utf8))
    try handle.close()
    do {
      let (journal, reading) = try store.reopen(
        id: "20261123-0301-aaaa",
        registry: SecretRegistry()
      )
      #expect(reading.records.count == 1)
      try journal.append(.note, [.init("text", "on")], durable: true)
    }
    let records = try store.read(id: "20261123-0301-aaaa").records
    #expect(records.map(\.kind) == [.runCreated, .journalRecovered, .note])
    #expect(FileManager.default.contents(atPath: path + ".tail-1") == Data(#"{"at":"20"#.utf8))
  }

  @Test func `runs list newest first with their states and are found by a beginning`() throws {
    do { try create("20261123-0301-aaaa").append(.intent, [.init("path", "x")], durable: true) }
    do { try create("20261123-0302-bbbb").append(.runFinished, [.init("exit", 3)], durable: true) }
    do { _ = try create("20261124-0302-cccc") }
    #expect(try store.list().map(\.state) == [.open, .finished(exitCode: 3), .inDoubt])
    #expect(try store.find("20261124").id == "20261124-0302-cccc")
    #expect(throws: JournalError.noSuchRun("2027")) { try store.find("2027") }
    #expect(
      throws: JournalError.ambiguousRun("20261123", ["20261123-0301-aaaa", "20261123-0302-bbbb"])
    ) { try store.find("20261123") }
  }

  @Test func `a lock is held by one and tells by whom`() throws {
    let path = folder.path + "/locks"
    let since = try #require(Time("2026-11-23T03:01Z"))
    let ann = EnvironmentLock.Holder(who: "ann", run: "r1", step: "Restore", since: since)
    let bob = EnvironmentLock.Holder(who: "bob", run: "r2", step: nil, since: since)
    guard case .lock(let lock) = try EnvironmentLock.acquire("prod/eu", in: path, as: ann) else {
      Issue.record("the lock was free")
      return
    }
    guard case .held(let holder) = try EnvironmentLock.acquire("prod/eu", in: path, as: bob) else {
      Issue.record("the lock was held")
      return
    }
    #expect(holder == ann)
    guard case .lock = try EnvironmentLock.acquire("staging", in: path, as: bob) else {
      Issue.record("another environment's lock is another lock")
      return
    }
    lock.release()
    guard case .lock = try EnvironmentLock.acquire("prod/eu", in: path, as: bob) else {
      Issue.record("the lock was released")
      return
    }
  }

  @Test func `an approval is used once and grows old`() throws {
    let approvals = ApprovalStore(path: folder.path + "/approvals")
    let start = try #require(Time("2026-11-23T03:00Z"))
    let later = try #require(Time("2026-11-23T03:29Z"))
    let late = try #require(Time("2026-11-23T03:31Z"))
    try approvals.offer("aa", at: start)
    #expect(try approvals.redeem("aa", at: later) == .accepted)
    #expect(try approvals.redeem("aa", at: later) == .used(at: later))
    try approvals.offer("bb", at: start)
    #expect(try approvals.redeem("bb", at: late) == .expired(offered: start))
    // The same plan may be right again another day, once somebody looked at it again.
    let soon = try #require(Time("2026-11-23T03:58Z"))
    try approvals.offer("aa", at: soon)
    #expect(try approvals.redeem("aa", at: soon) == .used(at: later))
    let nextDay = try #require(Time("2026-11-24T03:00Z"))
    try approvals.offer("aa", at: nextDay)
    #expect(try approvals.redeem("aa", at: nextDay) == .accepted)
    #expect(try approvals.redeem("aa", at: nextDay) == .used(at: nextDay))
    #expect(try approvals.redeem("never offered here", at: late) == .accepted)
  }

  @Test func `ids sort by time and are readable`() throws {
    let time = try #require(Time("2026-11-23T03:01:59.5Z"))
    let id = RunID.make(at: time)
    #expect(id.hasPrefix("20261123-0301-"))
    #expect(id.count == 18)
  }

  @Test func `a full device closes the journal`() throws {
    // Writes to /dev/full fail as on a full disk; it can be neither locked apart nor reserved.
    guard unsafe access("/dev/full", W_OK) == 0 else { return }
    let file = try DiskJournalFile(path: "/dev/full", isNew: false)
    let journal = try Journal(runID: "r", file: file, registry: SecretRegistry())
    #expect(
      throws: JournalError.system(action: "written", path: "/dev/full", code: ENOSPC)
    ) { try journal.append(.note, [], durable: true) }
    #expect(throws: JournalError.broken(path: "/dev/full")) {
      try journal.append(.note, [], durable: true)
    }
  }
}
