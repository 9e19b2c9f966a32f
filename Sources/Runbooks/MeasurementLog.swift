internal import Values

/// What of all measurements a run's record takes: enough for its charts, and never without end.
struct MeasurementLog {
  private var count = 0
  private var isClosed = false
  /// When the newest point and the newest series of each environment were.
  private var newestPoint: [String: Time] = [:]
  private var newestSeries: [String: Time] = [:]

  static let most = 2000
  /// A loop that looks all the time need not record all it sees.
  static let pointsApart = TimeSpan.seconds(1)
  static let seriesApart = TimeSpan.minutes(5)

  mutating func takes(_ measurement: Measurement) -> Bool {
    guard !isClosed, count < Self.most, let end = measurement.points.last?.at else { return false }
    let isSeries = measurement.points.count > 1
    let apart = isSeries ? Self.seriesApart : Self.pointsApart
    let newest = isSeries ? newestSeries : newestPoint
    if let before = newest[measurement.environment],
      end.microseconds - before.microseconds < apart.microseconds
    {
      return false
    }
    if isSeries {
      newestSeries[measurement.environment] = end
    } else {
      newestPoint[measurement.environment] = end
    }
    count += 1
    return true
  }

  /// Takes nothing any more: the run is over, and an answer that comes late is nobody's.
  mutating func close() {
    isClosed = true
  }
}
