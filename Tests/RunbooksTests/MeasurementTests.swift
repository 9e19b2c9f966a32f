import Foundation
import Journals
import Runbooks
import Testing
import Values

@Suite struct MeasurementTests {
  private func point(_ seconds: Int64, _ rate: Double = 0.0412345) -> Values.Measurement {
    let time = Time(microseconds: seconds * 1_000_000)
    return Values.Measurement(
      environment: "production",
      points: [.init(at: time, failureRate: rate, p95: .milliseconds(2300))]
    )
  }

  private func measured(_ harness: RunHarness) throws -> [Values.Measurement] {
    try harness.reading.records.filter { $0.kind == .read }
      .compactMap { $0["measured"].flatMap { Values.Measurement($0) } }
  }

  @Test func `what is measured on the way is recorded, a second apart`() throws {
    let harness = try RunHarness()
    defer { try? FileManager.default.removeItem(atPath: harness.folder) }
    let observe = try #require(harness.run.observe)
    observe(point(100))
    observe(point(100))
    observe(point(101))
    let recorded = try measured(harness)
    #expect(recorded.compactMap { $0.points.first?.at.microseconds } == [100_000_000, 101_000_000])
    #expect(recorded.first?.points.first?.failureRate == 0.0412)
    #expect(recorded.first?.points.first?.p95 == .milliseconds(2300))
  }

  @Test func `a record does not grow without end`() throws {
    let harness = try RunHarness()
    defer { try? FileManager.default.removeItem(atPath: harness.folder) }
    let observe = try #require(harness.run.observe)
    for second in 0..<2100 as Range<Int64> { observe(point(second)) }
    #expect(try measured(harness).count == 2000)
  }

  @Test func `an answer that comes when the run is over is not recorded`() throws {
    let harness = try RunHarness()
    defer { try? FileManager.default.removeItem(atPath: harness.folder) }
    let observe = try #require(harness.run.observe)
    observe(point(1))
    _ = harness.run.finish(nil)
    observe(point(5))
    #expect(try harness.reading.records.last?.kind == .runFinished)
    #expect(try measured(harness).count == 1)
  }
}
