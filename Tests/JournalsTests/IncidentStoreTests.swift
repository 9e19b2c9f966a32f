import Foundation
import Journals
import Sinks
import Testing
import Values

@Suite struct IncidentStoreTests {
  private let folder: TemporaryFolder
  private let registry = SecretRegistry()

  init() throws {
    folder = try TemporaryFolder()
  }

  private var store: IncidentStore { IncidentStore(path: folder.path + "/incidents") }

  private func said(_ run: String, _ more: JSON.Member...) -> [JSON.Member] {
    [.init("operator", "mia"), .init("run", .string(run))] + more
  }

  @Test func `an incident is what was said of it last`() throws {
    let opened = try store.open(
      id: "inc-20261123-0301-aaaa",
      said("r1", .init("severity", 1), .init("title", "checkout answers 500")),
      registry: registry
    )
    #expect(opened.isOpen)
    #expect(opened.status == "investigating")
    #expect(opened.commander == "mia")
    let updated = try store.append(
      .incidentUpdated,
      said("r2", .init("status", "monitoring"), .init("commander", "tom")),
      to: opened.id,
      registry: registry
    )
    #expect(updated.status == "monitoring")
    #expect(updated.commander == "tom")
    #expect(updated.severity == 1)
    let closed = try store.append(.incidentClosed, said("r2"), to: opened.id, registry: registry)
    #expect(!closed.isOpen)
    #expect(closed.status == "resolved")
    #expect(closed.runIDs == ["r1", "r2"])
    #expect(try store.newestOpen() == nil)
  }

  @Test func `files are their owner's alone, and secrets are not in them`() throws {
    registry.add(Secret(name: "T", text: "tok_0123456789"))
    let entry = try store.open(
      id: IncidentID.make(at: Time.now()),
      said("r", .init("title", "leaks tok_0123456789")),
      registry: registry
    )
    #expect(entry.title == "leaks ‹T›")
    let path = store.path + "/" + entry.id
    for (name, mode) in [(path, 0o700), (path + "/journal", 0o600)] {
      #expect(try folder.permissions(of: name) == mode)
    }
  }

  @Test func `the newest open one is the one that counts`() throws {
    for (id, title) in [("inc-20261123-0301-aaaa", "a"), ("inc-20261123-0302-bbbb", "b")] {
      _ = try store.open(id: id, said("r", .init("title", .string(title))), registry: registry)
    }
    #expect(try store.newestOpen()?.title == "b")
    #expect(try store.list().map(\.title) == ["b", "a"])
    #expect(try store.find("20261123-0301").title == "a")
    #expect(throws: JournalError.self) { try store.find("inc-20261123") }
    #expect(throws: JournalError.noSuchIncident("zzz")) { try store.find("zzz") }
    _ = try store.append(
      .incidentClosed,
      said("r"),
      to: "inc-20261123-0302-bbbb",
      registry: registry
    )
    #expect(try store.newestOpen()?.title == "a")
  }

  @Test func `one that was changed says so and is open to nobody`() throws {
    let entry = try store.open(
      id: "inc-20261123-0301-aaaa",
      said("r", .init("title", "a")),
      registry: registry
    )
    _ = try store.append(.incidentUpdated, said("r"), to: entry.id, registry: registry)
    let path = store.path + "/" + entry.id + "/journal"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("mia", with: "eve").write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try store.read(id: entry.id).broken == 0)
    #expect(try store.newestOpen() == nil)
    #expect(throws: JournalError.self) {
      try store.append(.incidentClosed, said("r"), to: entry.id, registry: registry)
    }
  }

  @Test func `several write to one at once and no record is lost`() async throws {
    let (store, registry) = (store, registry)
    let id = try store.open(id: "inc-1", said("r"), registry: registry).id
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          _ = try store.append(
            .incidentUpdated,
            [.init("note", .int(Int64(number)))],
            to: id,
            registry: registry
          )
        }
      }
      try await group.waitForAll()
    }
    let notes = try store.read(id: id).records.compactMap { $0["note"]?.intValue }
    #expect(notes.sorted() == Array(0..<8))
  }
}
