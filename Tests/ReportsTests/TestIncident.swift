import Journals
import Reports
import Values

/// A made-up night: an hour of measurements, two changes, and text from people who mean harm.
enum TestIncident {
  // 2026-11-23T03:00:00Z.
  static let start: Int64 = 1_795_402_800_000_000
  static let attack =
    "</style><script>document.title='owned'</script><img src=x onerror=alert(1)>\""
  static let runID = "20261123-0300-abcd"

  static func moment(_ seconds: Double) -> Time {
    Time(microseconds: start + Int64(seconds * 1_000_000))
  }

  /// Seconds from the beginning at which the two changes began.
  static let changes: [Double] = [75, 190.5]
  static let length = 400.0

  /// The hour before the run, minute by minute, up to its beginning.
  static var series: Measurement {
    let points = (-50...0).map { minute -> Measurement.Point in
      let isBad = minute > -18
      let wave = Double((minute + 50) % 5)
      return Measurement.Point(
        at: moment(Double(minute) * 60),
        failureRate: isBad ? 0.062 + wave * 0.004 : 0.003 + wave * 0.0005,
        p95: .milliseconds(isBad ? 1900 + Int64(wave) * 90 : 240 + Int64(wave) * 12),
        requests: 1000
      )
    }
    return Measurement(environment: "production", points: points)
  }

  static func look(_ rate: Double, _ p95: Int64, at seconds: Double) -> [JSON.Member] {
    let point = Measurement.Point(
      at: moment(seconds),
      failureRate: rate,
      p95: .milliseconds(p95)
    )
    return [
      .init("measured", Measurement(environment: "production", points: [point]).json)
    ]
  }

  private static func step(_ number: Int64, _ title: String) -> [JSON.Member] {
    [.init("number", .int(number)), .init("title", .string(title))]
  }

  private static func intent(_ path: String, _ summary: String, _ byHand: [JSON]) -> [JSON.Member] {
    [
      .init("by_hand", .array(byHand)),
      .init("calls", ["POST https://api.vercel.com/v1/projects/optiq/rollback/dpl_8"]),
      .init("class", "observable"), .init("path", .string(path)),
      .init("plan", ["target": ["environment": "production"]]),
      .init("summary", .string(summary)),
    ]
  }

  private static func outcome(_ path: String, _ word: String, _ evidence: JSON) -> [JSON.Member] {
    [
      .init("evidence", evidence), .init("outcome", .string(word)), .init("path", .string(path)),
    ]
  }

  typealias Entry = (Double, JournalRecord.Kind, [JSON.Member])

  private static let before: [Entry] = [
    (0, .stepStarted, step(1, "Identify the issue")),
    (0.3, .read, [.init("measured", series.json)]),
    (
      0.4, .read,
      [
        .init("path", "1/0"),
        .init(
          "result",
          [
            "environments": [
              ["name": "production", "status": "degraded", "error_rate": 6.4, "live": "dpl_9"]
            ], "issue": .string(attack),
          ]
        ),
      ]
    ),
    (
      1, .checked,
      [.init("holds", true), .init("path", "1/1"), .init("text", "a culprit is known")]
    ),
    (2, .bound, [.init("name", "before"), .init("path", "1/2"), .init("value", "dpl_9")]),
    (
      3, .note,
      [
        .init("path", "1/3"),
        .init("text", .string("the errors began with dpl_9: \(attack) \u{202E}tac.txt")),
      ]
    ),
    (4, .stepFinished, step(1, "Identify the issue") + [.init("outcome", "ok")]),
    (5, .stepStarted, step(2, "Roll back the application")),
    (5.5, .read, look(0.071, 2100, at: 5)),
    (
      6, .promptShown,
      [
        .init("path", "2/0"),
        .init(
          "text",
          "production: route all traffic back to dpl_8\n  live   dpl_9 → dpl_8\ntype production to do this: "
        ),
      ]
    ),
    (
      74, .promptAnswered,
      [.init("answer", "production"), .init("microseconds", 68_000_000), .init("path", "2/0")]
    ),
    (74.5, .lockAcquired, [.init("environment", "production")]),
  ]

  private static let after: [Entry] = [
    (
      changes[0], .intent,
      intent(
        "2/1",
        "route all traffic of production back to dpl_8",
        [
          "vercel rollback dpl_8 --yes --token \"$VERCEL_TOKEN\"",
          "curl -X POST 'https://api.vercel.com/v1/projects/optiq/rollback/dpl_8' -H \"Authorization: Bearer $VERCEL_TOKEN\"",
        ]
      )
    ),
    (80.2, .outcome, outcome("2/1", "unknown", "the answer was lost: connection reset by peer")),
    (82, .probe, [.init("answer", "done"), .init("path", "2/1")]),
    (83, .stepFinished, step(2, "Roll back the application") + [.init("outcome", "ok")]),
    (84, .stepStarted, step(3, "Restore the database")),
    (90, .read, look(0.034, 1400, at: 90)),
    (
      changes[1], .intent,
      intent(
        "3/0",
        "take the data of production back to 2026-11-23T02:41:10Z",
        ["neonctl branches restore production ^self@2026-11-23T02:41:10Z --project-id late-frost-1"]
      )
    ),
    (240, .outcome, outcome("3/0", "ok", .null)),
    (241, .stepFinished, step(3, "Restore the database") + [.init("outcome", "ok")]),
    (242, .skipped, step(4, "Tell the customers") + [.init("reason", "nobody was affected")]),
    (250, .stepStarted, step(5, "Verify")),
    (260, .read, look(0.009, 410, at: 260)),
    (300, .read, look(0.004, 260, at: 300)),
    (360, .read, look(0.003, 252, at: 360)),
    (390, .stepFinished, step(5, "Verify") + [.init("outcome", "ok")]),
    (395, .stepStarted, [.init("typed", .string("production.status # \(attack)"))]),
    (398, .lockReleased, [.init("environment", "production")]),
    (length, .runFinished, [.init("exit", 0), .init("head", "x"), .init("state", "ok")]),
  ]

  static var records: [JournalRecord] {
    let created: Entry = (
      0, .runCreated,
      [
        .init("host", "laptop"), .init("operator", "mia"),
        .init("parameters", ["env": ["kind": "environment", "identity": "production"]]),
        .init("reason", .string("500s since 02:43 \(attack)")), .init("run", .string(runID)),
        .init(
          "texts",
          [["name": "runbooks/rollback.opsh", "sha256": "0f3a"]]
        ), .init("version", "0.1.0"),
      ]
    )
    return ([created] + before + after).enumerated().map { index, entry in
      JournalRecord(
        sequence: index,
        kind: entry.1,
        at: moment(entry.0),
        monotonic: 5_000_000_000 + Int64(entry.0 * 1_000_000),
        fields: entry.2
      )
    }
  }

  static var transcript: Transcript {
    Transcript(
      runID: runID,
      state: "ok",
      sources: [
        .init(
          name: "runbooks/rollback.opsh",
          sha256: "0f3a",
          text: "opsh 1\nrunbook \"Roll back\" # \(attack)\n"
        )
      ],
      records: records,
      head: "9d0c5f2e1b7a49d0c5f2e1b7a49d0c5f2e1b7a49d0c5f2e1b7a49d0c5f2e1b7a"
    )
  }
}
