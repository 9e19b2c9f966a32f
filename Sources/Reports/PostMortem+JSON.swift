internal import Journals
internal import Values

extension PostMortem {
  /// The draft for programs: `null` stands where a person has to write.
  var json: JSON {
    [
      "title": .string(title),
      "incident": story.incident.map { .string($0.id) } ?? .null,
      "severity": (story.incident?.severity).map { .int($0) } ?? .null,
      "status": (story.incident?.status).map { .string($0) } ?? .null,
      "commander": (story.incident?.commander).map { .string($0) } ?? .null,
      "people": Self.texts(story.people),
      "summary": ["record": .string(summary), "written": .null],
      "impact": ["record": Self.texts(impacts.flatMap(\.lines)), "written": .null],
      "root_causes": ["written": .null],
      "timeline": .array(
        story.moments.map { moment in
          [
            "at": .string(moment.at.text), "who": .string(moment.who),
            "run": moment.runID.map { .string($0) } ?? .null, "what": .string(moment.words),
          ]
        }
      ),
      "recovery": .array(
        milestones.map { row in
          [
            "what": .string(row.name), "at": row.at.map { .string($0.text) } ?? .null,
            "note": .string(row.note),
          ]
        }
      ),
      "actions": .array(story.actions.map(Self.json)),
      "went_well": ["record": Self.texts(wentWell), "written": .null],
      "went_wrong": ["record": Self.texts(wentWrong), "written": .null],
      "lucky": ["record": Self.texts(wasLucky), "written": .null],
      "action_items": ["record": Self.texts(unfinished), "written": .null],
      "runs": .array(
        story.transcripts.map { transcript in
          [
            "run": .string(transcript.runID), "state": .string(transcript.state),
            "head": .string(transcript.head),
          ]
        }
      ),
    ]
  }

  private static func texts(_ lines: [String]) -> JSON { .array(lines.map { .string($0) }) }

  private static func json(_ action: RecordedAction) -> JSON {
    [
      "at": .string(action.intent.at.text), "run": .string(action.runID),
      "summary": .string(action.summary), "outcome": .string(action.outcome.words),
      "environment": action.environment.map { .string($0) } ?? .null,
      "evidence": action.evidence.map { .string($0) } ?? .null,
      "seconds": action.took.map { .number($0.inSeconds) } ?? .null,
      "by_hand": texts(action.byHand), "sent": texts(action.calls),
    ]
  }
}
