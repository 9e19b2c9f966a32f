import Foundation
import Journals
import Sinks
import Values

/// A run's folder with a journal that tells a short night.
final class TestRun {
  static let id = "20261123-0300-abcd"
  let store: RunStore
  let head: String
  private let path: String

  init(sources: [(String, String)] = [("rollback.opsh", "do production.pause()\n")]) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "opsh-\(UUID().uuidString)").path
    store = RunStore(path: path + "/runs")
    let journal = try store.create(
      id: Self.id,
      texts: sources.map { .init(name: $0.0, bytes: Array($0.1.utf8)) },
      fields: [
        .init("operator", "mia"), .init("host", "laptop"), .init("reason", "500s since 03:00"),
        .init("version", "0.1"), .init("parameters", ["env": "production"]),
      ],
      registry: SecretRegistry()
    )
    for (kind, fields) in Self.records {
      try journal.append(kind, fields, durable: false)
    }
    head = journal.head
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var journalPath: String { store.journalPath(of: Self.id) }

  static let records: [(JournalRecord.Kind, [JSON.Member])] = [
    (.stepStarted, [.init("number", 1), .init("title", "Pause *everything* | now")]),
    (.read, [.init("path", "Pause/0"), .init("result", ["state": "ready ``` <b>"])]),
    (
      .promptShown,
      [.init("path", "Pause/1"), .init("text", "this pauses production\ntype production: ")]
    ),
    (
      .promptAnswered,
      [.init("answer", "production"), .init("microseconds", 4_200_000), .init("path", "Pause/1")]
    ),
    (.lockAcquired, [.init("environment", "production")]),
    (
      .targetAttested,
      [
        .init("actual", "prj_1"), .init("environment", "production"), .init("expected", "prj_1"),
      ]
    ),
    (
      .intent,
      [
        .init("calls", ["POST https://api/pause"]), .init("class", "observable"),
        .init("path", "Pause/1"),
        .init("plan", ["target": ["environment": "production"]]),
        .init("summary", "pause production"),
      ]
    ),
    (
      .outcome,
      [
        .init("evidence", "the connection broke"), .init("outcome", "unknown"),
        .init("path", "Pause/1"),
      ]
    ),
    (.probe, [.init("answer", "done"), .init("path", "Pause/1")]),
    (.note, [.init("path", "Pause/2"), .init("text", "customers were told")]),
    (.checked, [.init("holds", false), .init("path", "Pause/3"), .init("text", "health is ok")]),
    (.lockReleased, [.init("environment", "production")]),
    (
      .stepFinished,
      [
        .init("number", 1), .init("title", "Pause *everything* | now"),
        .init("outcome", "failed"), .init("failure", "expected health is ok"),
      ]
    ),
    (
      .runFinished,
      [
        .init("exit", 3), .init("head", "x"), .init("state", "failed"),
        .init("failure", "expected health is ok"),
      ]
    ),
  ]
}
