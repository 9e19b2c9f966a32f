import Foundation
import Journals
import Runbooks
import Sinks
import Testing
import Values

@Suite struct RecorderTests {
  func recorder(_ path: String, _ registry: SecretRegistry = SecretRegistry()) -> Recorder {
    Recorder(
      runID: "20261123-0301-test",
      store: RunStore(path: path),
      header: .init(
        texts: [.init(name: "x.opsh", bytes: Array("opsh 1\n".utf8))],
        version: "1.0",
        operator: "ann",
        host: "laptop",
        reason: nil,
        parameters: [("token", .secret(Secret(name: "TOKEN", text: "tok_0123456789")))]
      ),
      registry: registry
    )
  }

  func folder() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("opsh-\(UUID().uuidString)").path
  }

  @Test func `a read alone makes no run, and is recorded once there is one`() throws {
    let path = folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let recorder = recorder(path)
    #expect(recorder.note(.read, [.init("result", 1)]) == nil)
    #expect(!FileManager.default.fileExists(atPath: path))
    try recorder.require(.note, [.init("text", "x")])
    let records = try RunStore(path: path).read(id: "20261123-0301-test").records
    #expect(records.map(\.kind) == [.runCreated, .read, .note])
    #expect(records[0]["parameters"] == ["token": ["secret": "TOKEN"]])
    #expect(records[0]["operator"] == "ann")
  }

  @Test func `where no journal can be made nothing is required in vain`() throws {
    let path = folder()
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data()))
    let recorder = recorder(path + "/runs")
    #expect(recorder.note(.read, []) == nil)
    for _ in 0..<2 {
      do {
        try recorder.require(.intent, [])
        Issue.record("there is no journal")
      } catch {
        #expect(error.exitCode == 8)
      }
    }
    #expect(recorder.failure != nil)
    #expect(recorder.note(.read, []) == nil)
  }
}
