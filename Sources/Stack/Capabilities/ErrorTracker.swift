package import Objects
package import Values

/// Who counts the application's errors and how long its requests take.
package protocol ErrorTracker: Sendable {
  var vendor: String { get }
  /// Most events first.
  func issues(_ window: TimeWindow, environment: String, in context: CallContext) throws(Failure)
    -> [TrackedIssue]
  func traffic(_ window: TimeWindow, environment: String, in context: CallContext)
    throws(Failure) -> Traffic
  /// Errors per interval, in order of time, gaps filled with zero.
  func errorSeries(
    _ window: TimeWindow,
    interval: TimeSpan,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> [SeriesPoint]
  /// Error rate and p95 per interval, in order of time; empty where nobody measures them so.
  func trafficSeries(
    _ window: TimeWindow,
    interval: TimeSpan,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> [Measurement.Point]
  func releases(in context: CallContext) throws(Failure) -> [(version: String, created: Time)]
}

extension ErrorTracker {
  package func trafficSeries(
    _ window: TimeWindow,
    interval: TimeSpan,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> [Measurement.Point] { [] }

  /// Asks for the traffic of a window, for the record too.
  func observedTraffic(
    _ window: TimeWindow,
    environment: String,
    in context: CallContext
  ) throws(Failure) -> Traffic {
    let traffic = try traffic(window, environment: environment, in: context)
    let point = Measurement.Point(
      at: window.end,
      failureRate: traffic.failureRate,
      p95: traffic.p95
    )
    context.observe?(Measurement(environment: environment, points: [point]))
    return traffic
  }
}

/// From a moment up to another.
package struct TimeWindow: Hashable, Sendable {
  package var start: Time
  package var end: Time

  package init(start: Time, end: Time) {
    self.start = start
    self.end = end
  }

  package var length: TimeSpan {
    TimeSpan(microseconds: end.microseconds - start.microseconds)
  }
}

package struct SeriesPoint: Hashable, Sendable {
  package var time: Time
  package var count: Double

  package init(time: Time, count: Double) {
    self.time = time
    self.count = count
  }
}

/// A group of errors of one cause.
package struct TrackedIssue: Sendable {
  package var id: String
  package var shortID: String
  package var title: String
  package var culprit: String?
  package var level: String
  package var status: String
  package var count: Int64
  package var users: Int64
  package var firstSeen: Time
  package var lastSeen: Time
  package var release: String?
  package var url: String?

  package init(
    id: String,
    shortID: String,
    title: String,
    level: String,
    status: String,
    count: Int64,
    users: Int64,
    firstSeen: Time,
    lastSeen: Time
  ) {
    self.id = id
    self.shortID = shortID
    self.title = title
    self.level = level
    self.status = status
    self.count = count
    self.users = users
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
  }
}

/// What the application was asked and how it answered.
package struct Traffic: Sendable {
  package var window: TimeWindow
  package var requests: Int64
  /// 0 to 1; nothing without requests.
  package var failureRate: Double?
  package var p95: TimeSpan?

  package init(window: TimeWindow, requests: Int64, failureRate: Double?, p95: TimeSpan?) {
    self.window = window
    self.requests = requests
    self.failureRate = failureRate
    self.p95 = p95
  }
}
