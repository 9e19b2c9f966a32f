/// How an environment answered, as somebody measured it: what a record's charts are made of.
package struct Measurement: Hashable, Sendable {
  package typealias Observer = @Sendable (Measurement) -> Void

  package struct Point: Hashable, Sendable {
    /// The end of the span that was measured.
    package var at: Time
    /// 0 to 1; nothing without requests.
    package var failureRate: Double?
    package var p95: TimeSpan?
    /// How many requests were counted; nothing where nobody counted.
    package var requests: Int64?

    package init(at: Time, failureRate: Double?, p95: TimeSpan?, requests: Int64? = nil) {
      self.at = at
      self.failureRate = failureRate
      self.p95 = p95
      self.requests = requests
    }
  }

  package var environment: String
  /// In order of time; several are one series.
  package var points: [Point]

  package init(environment: String, points: [Point]) {
    self.environment = environment
    self.points = points
  }

  /// As a record keeps it.
  package var json: JSON {
    [
      "environment": .string(environment),
      "points": .array(
        points.map { point in
          [
            "at": .string(point.at.text),
            "error_rate": point.failureRate.map { .number(Self.rounded($0)) } ?? .null,
            "p95_ms": point.p95.map { .int($0.microseconds / 1000) } ?? .null,
            "requests": point.requests.map { .int($0) } ?? .null,
          ]
        }
      ),
    ]
  }

  /// Four digits behind the point are a hundredth of a percent.
  private static func rounded(_ rate: Double) -> Double { (rate * 10_000).rounded() / 10_000 }

  /// Nothing if the JSON is no measurement.
  package init?(_ json: JSON) {
    guard let environment = json["environment"]?.stringValue,
      let points = json["points"]?.arrayValue
    else { return nil }
    self.environment = environment
    self.points = points.compactMap { point in
      guard let at = (point["at"]?.stringValue).flatMap({ Time($0) }) else { return nil }
      return Point(
        at: at,
        failureRate: point["error_rate"]?.numberValue,
        p95: point["p95_ms"]?.intValue.map { .milliseconds($0) },
        requests: point["requests"]?.intValue
      )
    }
  }
}
