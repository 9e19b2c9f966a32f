import Testing
import Values

@testable import Sandbox

@Suite struct ClusterHistoryTests {
  private let history = BranchHistory(
    points: [point(10, 100), point(20, 200), point(30, 300)],
    liveFrom: Time(microseconds: 40)
  )

  private static func point(_ time: Int64, _ lsn: UInt64) -> BranchHistory.Point {
    BranchHistory.Point(time: Time(microseconds: time), lsn: LSN(position: lsn))
  }

  private func target(_ time: Int64) -> Cluster.RecoveryTarget? {
    history.target(at: Time(microseconds: time))
  }

  @Test func `a moment of the story is the last point before it`() {
    #expect(target(9) == nil)
    #expect(target(10) == .lsn(LSN(position: 100)))
    #expect(target(29) == .lsn(LSN(position: 200)))
    #expect(target(39) == .lsn(LSN(position: 300)))
    #expect(target(40) == .time(Time(microseconds: 40)))
  }

  @Test func `a recovery into the story makes all later moments that one, until it is ready`() {
    let recovered = history.recovered(
      to: .lsn(LSN(position: 250)),
      ready: Time(microseconds: 90)
    )
    #expect(recovered.target(at: Time(microseconds: 50)) == .lsn(LSN(position: 200)))
    #expect(recovered.target(at: Time(microseconds: 90)) == .time(Time(microseconds: 90)))
    #expect(recovered.start == Time(microseconds: 10))
  }

  @Test func `a recovery into the live part leaves the story as it is`() {
    let now = Time(microseconds: 90)
    #expect(history.recovered(to: .time(Time(microseconds: 50)), ready: now) == history)
    #expect(history.recovered(to: .lsn(LSN(position: 400)), ready: now) == history)
  }
}
