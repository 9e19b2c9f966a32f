@testable import Stack
import Testing
import Values

private func minute(_ number: Int64) -> Time { Time(microseconds: number * 60_000_000) }

private func series(_ counts: [Double]) -> [SeriesPoint] {
  counts.enumerated().map { SeriesPoint(time: minute(Int64($0)), count: $1) }
}

extension Deployment {
  /// Created, built from and ready at these minutes.
  static func test(
    _ id: String,
    created: Int64,
    ready: Int64?,
    state: State = .ready,
    isCandidate: Bool = true
  ) -> Deployment {
    var deployment = Deployment(
      id: id,
      url: "https://\(id).example",
      state: state,
      target: "production",
      created: minute(created),
      seen: minute(100_000)
    )
    deployment.buildStarted = minute(created)
    deployment.ready = ready.map(minute)
    deployment.isRollbackCandidate = isCandidate
    return deployment
  }
}

@Suite struct OnsetTests {
  private static let calm = [Double](repeating: 4, count: 60)

  @Test func `no errors, few errors and no counts are no trouble`() {
    #expect(Incident.onset(of: []) == nil)
    #expect(Incident.onset(of: series([0, 0, 0])) == nil)
    #expect(Incident.onset(of: series(Self.calm)) == nil)
    #expect(Incident.onset(of: series(Self.calm + [12])) == nil)
  }

  @Test(
    arguments: [
      ([90, 95, 80], 60), ([90, 95, 80, 10], 60), ([90, 1, 80, 85], 60),
      ([90, 1, 80, 85, 3, 2], 60),
      ([90, 1, 1, 80, 85], 63), ([13], 60), ([3, 3, 50], 62),
    ] as [([Double], Int64)]
  )
  func `it begins with the run that still lasts`(late: [Double], begin: Int64) {
    #expect(Incident.onset(of: series(Self.calm + late)) == minute(begin))
  }

  @Test func `what has ended is no trouble any more`() {
    let over = Self.calm + [90, 90, 90] + [4, 4, 4]
    #expect(Incident.onset(of: series(over)) == nil)
    // Two low ones at the end may be the incomplete interval and noise.
    #expect(Incident.onset(of: series(Self.calm + [90, 90, 4, 4])) == minute(60))
  }

  @Test func `usual is the median, with room for a quiet application`() {
    #expect(Incident.Usual(series([])).limit == 5)
    #expect(Incident.Usual(series([0, 0, 1])).limit == 5)
    #expect(Incident.Usual(series([10, 10, 900])).limit == 30)
    #expect(Incident.Usual(series([2, 2, 2])).limit == 7)
  }
}

@Suite struct CulpritTests {
  private let good = Deployment.test("good", created: 0, ready: 2)
  private let bad = Deployment.test("bad", created: 100, ready: 102)
  private let late = Deployment.test("late", created: 113, ready: 115)

  @Test(
    arguments: [
      (99, "bad"), (100, "bad"), (102, "bad"), (103, "bad"), (108, "bad"), (112, "late"), (98, nil),
      (125, "late"), (126, nil), (50, nil), (13, nil),
    ] as [(Int64, String?)]
  )
  func `it is the one whose build or switch fits the beginning`(onset: Int64, id: String?) {
    let found = Incident.culprit(of: minute(onset), among: [late, bad, good])
    #expect(found?.id == id)
  }

  @Test func `only what was built can be to blame`() {
    let broken = Deployment.test("broken", created: 100, ready: nil, state: .error)
    let canceled = Deployment.test("canceled", created: 100, ready: 101, state: .canceled)
    #expect(Incident.culprit(of: minute(101), among: [broken, canceled]) == nil)
    #expect(Incident.culprit(of: minute(101), among: []) == nil)
  }
}

@Suite struct ServingWindowTests {
  @Test func `each serves from when it is ready until the next one is`() {
    let windows = ServingWindow.all(
      of: [
        .test("a", created: 0, ready: 2), .test("c", created: 20, ready: 22),
        .test("b", created: 10, ready: 12), .test("x", created: 15, ready: nil, state: .error),
      ],
      until: minute(60)
    )
    #expect(windows.map(\.deployment.id) == ["c", "b", "a"])
    #expect(windows.map(\.window.start) == [minute(22), minute(12), minute(2)])
    #expect(windows.map(\.window.end) == [minute(60), minute(22), minute(12)])
    #expect(ServingWindow.all(of: [], until: minute(1)).isEmpty)
  }

  @Test func `no window ends before it begins`() {
    let windows = ServingWindow.all(of: [.test("a", created: 70, ready: 72)], until: minute(60))
    #expect(windows.map(\.window.length) == [TimeSpan(microseconds: 0)])
  }
}

@Suite struct RollbackCandidateTests {
  private let live = Deployment.test("live", created: 1000, ready: 1002)
  private static let calm = series([Double](repeating: 3, count: 1100))

  private func judge(
    _ deployment: Deployment,
    from start: Int64 = 500,
    to end: Int64 = 1002,
    rolledBackFrom: Set<String> = [],
    points: [SeriesPoint]? = RollbackCandidateTests.calm
  ) -> RollbackCandidate {
    .judge(
      ServingWindow(
        deployment: deployment,
        window: TimeWindow(start: minute(start), end: minute(end))
      ),
      live: live,
      rolledBackFrom: rolledBackFrom,
      points: points,
      interval: .minutes(1)
    )
  }

  private let old = Deployment.test("old", created: 498, ready: 500)

  @Test func `one that served well is good`() {
    let judged = judge(old)
    #expect(judged.objection == nil)
    #expect(judged.served == .minutes(502))
    #expect(judged.errorsPerMinute == 3)
    #expect(judge(old, points: nil).objection == nil)
    #expect(judge(old, points: nil).errorsPerMinute == nil)
    #expect(judge(old, points: []).objection == nil)
  }

  @Test func `every objection has its words`() {
    #expect(judge(live).objection == "it serves now")
    let newer = Deployment.test("newer", created: 1000, ready: 1003)
    #expect(judge(newer).objection == "it is newer than the live one")
    let gone = Deployment.test("gone", created: 1, ready: 2, isCandidate: false)
    #expect(judge(gone).objection == "the vendor no longer keeps it for a rollback")
    #expect(judge(old, rolledBackFrom: ["old"]).objection == "somebody rolled back from it")
    #expect(judge(old, from: 500, to: 506).objection == "it served only 6m")
    #expect(judge(old, from: 500, to: 510).objection == nil)
    let erroneous = Self.calm.map { point in
      SeriesPoint(
        time: point.time,
        count: point.time >= minute(500) && point.time < minute(580) ? 90 : point.count
      )
    }
    #expect(
      judge(old, points: erroneous).objection == "it had more errors than usual while it served"
    )
    // The same hour before it served is not its fault.
    #expect(judge(old, from: 600, points: erroneous).objection == nil)
  }

  @Test func `a bad hour counts however long it served after it, a few bad minutes do not`() {
    func with(_ count: Int64) -> [SeriesPoint] {
      Self.calm.map { point in
        let isBad = point.time >= minute(500) && point.time < minute(500 + count)
        return SeriesPoint(time: point.time, count: isBad ? 40 : point.count)
      }
    }
    #expect(judge(old, points: with(100)).objection != nil)
    #expect(judge(old, points: with(60)).objection != nil)
    #expect(judge(old, points: with(6)).objection == nil)
  }

  @Test func `a window shorter than an interval is judged by what touches it`() {
    let points = [0, 10, 20, 30].map {
      SeriesPoint(time: minute($0), count: $0 == 10 ? 900 : 10)
    }
    let judged = RollbackCandidate.judge(
      ServingWindow(deployment: old, window: TimeWindow(start: minute(12), end: minute(24))),
      live: live,
      rolledBackFrom: [],
      points: points,
      interval: .minutes(10)
    )
    #expect(judged.objection == "it had more errors than usual while it served")
  }
}

@Suite struct SafePointTests {
  private func migration(_ started: Int64?) -> Migration {
    var migration = Migration(name: "m\(started ?? 0)", state: .applied)
    migration.started = started.map(minute)
    return migration
  }

  private let deployment = Deployment.test("d", created: 100, ready: 104)

  @Test func `it is a second before the first migration of the build`() {
    let point = SafePoint.of(
      deployment,
      migrations: [migration(103), migration(102), migration(50), migration(200), migration(nil)]
    )
    #expect(point == Time(microseconds: 102 * 60_000_000 - 1_000_000))
  }

  @Test(
    arguments: [([], 100), ([50, 98, 106], 100), ([99], 99), ([105], 105)] as [([Int64], Int64)]
  )
  func `a migration belongs to it from a minute before to a minute after`(
    started: [Int64],
    expected: Int64
  ) {
    let point = SafePoint.of(deployment, migrations: started.map { migration($0) })
    #expect(point == Time(microseconds: expected * 60_000_000 - 1_000_000))
  }
}
