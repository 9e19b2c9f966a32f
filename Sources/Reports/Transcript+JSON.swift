internal import Journals
package import Values

extension Transcript {
  /// The transcript for programs: every record with its words.
  package var json: JSON {
    [
      "run": .string(runID), "state": .string(state), "operator": created?["operator"] ?? .null,
      "host": created?["host"] ?? .null, "reason": created?["reason"] ?? .null,
      "version": created?["version"] ?? .null, "parameters": created?["parameters"] ?? .null,
      "started": records.first.map { .string($0.at.text) } ?? .null,
      "ended": records.last.map { .string($0.at.text) } ?? .null,
      "seconds": span.map { .number($0.inSeconds) } ?? .null,
      "exit": finished?["exit"] ?? .null, "head": .string(head),
      "texts": .array(
        sources.map { source in
          [
            "name": .string(source.name), "sha256": .string(source.sha256),
            "text": source.text.map { .string($0) } ?? .null,
          ]
        }
      ),
      "events": .array(events.map(Self.json)),
    ]
  }

  private static func json(_ event: TranscriptEvent) -> JSON {
    var members = event.record.json.objectValue ?? []
    members.append(.init("words", .string(event.words)))
    if let took = event.took { members.append(.init("took", .number(took.inSeconds))) }
    return .object(members)
  }
}
