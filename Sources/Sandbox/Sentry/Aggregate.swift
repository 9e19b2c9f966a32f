import Values

/// A function of Sentry's over many measurements.
struct Aggregate: Sendable {
  enum Kind: Sendable, Equatable { case count, failureRate, perMinute, duration(Double) }

  let kind: Kind

  init?(_ text: String) {
    switch text {
    case "count()", "count(span.duration)": kind = .count
    case "failure_rate()": kind = .failureRate
    case "epm()": kind = .perMinute
    case "avg(span.duration)", "p50(span.duration)": kind = .duration(0.4)
    case "p75(span.duration)": kind = .duration(0.62)
    case "p90(span.duration)": kind = .duration(0.85)
    case "p95(span.duration)": kind = .duration(1)
    case "p99(span.duration)": kind = .duration(1.6)
    default: return nil
    }
  }

  func value(of rows: [Measurement], in window: TimeWindow) -> Double {
    let count = rows.reduce(0) { $0 + $1.count }
    switch kind {
    case .count: return Double(count)
    case .failureRate:
      return count == 0 ? 0 : Double(rows.reduce(0) { $0 + $1.failed }) / Double(count)
    case .perMinute: return Double(count) / max(1, Double(window.until - window.from) / 60_000)
    case .duration(let factor):
      let sum = rows.reduce(0.0) { $0 + $1.duration * Double($1.count) }
      return count == 0 ? 0 : sum / Double(count) * factor
    }
  }

  var valueType: String {
    switch kind {
    case .count: "integer"
    case .failureRate: "percentage"
    case .perMinute: "rate"
    case .duration: "duration"
    }
  }

  var unit: String? {
    switch kind {
    case .duration: "millisecond"
    case .perMinute: "1/minute"
    case .count, .failureRate: nil
    }
  }

  static func meta(_ fields: [String], dataset: String?) -> JSON {
    let types = fields.map {
      JSON.Member($0, .string(Aggregate($0)?.valueType ?? "string"))
    }
    let units = fields.map { JSON.Member($0, JSON(Aggregate($0)?.unit)) }
    return ["fields": .object(types), "units": .object(units), "dataset": JSON(dataset)]
  }
}
