internal import Journals
internal import Values

/// What records hold of how environments answered.
struct RecordedMeasurements {
  private var points: [String: [Int64: Measurement.Point]] = [:]
  /// Those that follow each other without overlapping, so that what they count can be added up.
  private var series: [String: [Int64: Measurement.Point]] = [:]

  /// More than a chart can show apart is drawn as the worst of its neighbours.
  static let most = 600

  var environments: [String] { points.keys.sorted() }

  mutating func add(_ records: [JournalRecord]) {
    for record in records where record.kind == .read {
      guard let measured = record["measured"].flatMap({ Measurement($0) }) else { continue }
      for point in measured.points where point.failureRate != nil || point.p95 != nil {
        points[measured.environment, default: [:]][point.at.microseconds] = point
        guard measured.points.count > 1 else { continue }
        series[measured.environment, default: [:]][point.at.microseconds] = point
      }
    }
  }

  func points(of environment: String, in range: ClosedRange<Int64>) -> [Measurement.Point] {
    let all = (points[environment] ?? [:]).values
      .filter { range.contains($0.at.microseconds) }
      .sorted { $0.at < $1.at }
    guard all.count > Self.most else { return all }
    let size = (all.count + Self.most - 1) / Self.most
    return stride(from: 0, to: all.count, by: size).map { start in
      let group = all[start..<min(start + size, all.count)]
      return Measurement.Point(
        at: all[start].at,
        failureRate: group.compactMap(\.failureRate).max(),
        p95: group.compactMap(\.p95).max()
      )
    }
  }

  /// What an environment went through in a time.
  func impact(on environment: String, in range: ClosedRange<Int64>) -> Impact? {
    func within(_ points: [Int64: Measurement.Point]?) -> [Measurement.Point] {
      (points ?? [:]).filter { range.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value)
    }
    return Impact(
      environment: environment,
      points: within(points[environment]),
      series: within(series[environment])
    )
  }

  /// The earliest moment after `limit` of which something was measured.
  func earliest(after limit: Int64) -> Int64? {
    points.values.flatMap(\.keys).filter { $0 >= limit }.min()
  }

  func latest(before limit: Int64) -> Int64? {
    points.values.flatMap(\.keys).filter { $0 <= limit }.max()
  }
}
