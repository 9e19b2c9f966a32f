import Foundation
import Sinks
import Terminal
import Testing
import Values

@Suite struct HistoryStoreTests {
  private let folder: TemporaryFolder
  private let registry = SecretRegistry()
  private var path: String { folder.path + "/a/b/history" }

  init() throws {
    folder = try TemporaryFolder()
  }

  private func store() -> HistoryStore { HistoryStore(path: path, registry: registry) }

  @Test func `entries of other sessions come as they are written`() throws {
    let one = store()
    let two = store()
    #expect(one.entries() == [])
    try two.add("from two")
    #expect(one.entries() == ["from two"])
    try one.add("from one")
    #expect(two.entries() == ["from two", "from one"])
  }

  @Test func `an entry is one JSON line with its time`() throws {
    try store().add("a\n\"b\"", at: Time(microseconds: 0))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == #"{"time":"1970-01-01T00:00:00Z","text":"a\n\"b\""}"# + "\n")
  }

  @Test func `the folder and the file are only for their owner`() throws {
    try store().add("x")
    let manager = FileManager.default
    let file = try manager.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    let parent = try manager.attributesOfItem(atPath: folder.path + "/a/b")[.posixPermissions]
    #expect(file == 0o600)
    #expect(parent as? Int == 0o700)
  }

  @Test(arguments: ["", " ", " with a blank before it", "\n \n"])
  func `some lines are not kept`(_ line: String) throws {
    #expect(try !store().add(line))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `the same line again is not kept again`() throws {
    let history = store()
    try history.add("x")
    #expect(history.entries() == ["x"])
    #expect(try !history.add("x"))
  }

  @Test func `broken lines are passed over`() throws {
    try store().add("good")
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("no json\n\u{0}\n{\"text\":5}\n{\"te".utf8))
    try handle.close()
    #expect(store().entries() == ["good"])
  }

  @Test func `a file that was shortened is read anew`() throws {
    let history = store()
    try history.add("first")
    try history.add("second")
    #expect(history.entries().count == 2)
    try Data("{\"text\":\"x\"}\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(history.entries() == ["x"])
  }

  @Test func `sessions that write at once lose nothing`() throws {
    let path = path
    let registry = registry
    DispatchQueue.concurrentPerform(iterations: 8) { writer in
      let history = HistoryStore(path: path, registry: registry)
      for index in 0..<50 { _ = try? history.add("writer \(writer) line \(index)") }
    }
    #expect(Set(store().entries()).count == 400)
  }

  @Test func `a history that can not be written says why`() {
    let history = HistoryStore(path: "/proc/nope/history", registry: registry)
    let error = #expect(throws: TerminalError.self) { try history.add("x") }
    #expect(error?.message.hasPrefix("opening /proc/nope/history failed: ") == true)
    #expect(history.entries() == [])
  }
}
