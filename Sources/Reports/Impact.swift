internal import Journals
internal import Values

/// What an environment's requests went through, as far as the record holds measurements of it.
struct Impact {
  let environment: String
  /// What is usual: the rate that a tenth of the measured moments stayed under, since an incident may fill
  /// most of what was measured.
  let usualRate: Double?
  let usualP95: TimeSpan?
  /// The worst moments.
  let worstRate: (at: Time, rate: Double)?
  let worstP95: (at: Time, span: TimeSpan)?
  /// Since when more failed than usual; nothing if it never did.
  let onset: Time?
  /// Since when no more than usual failed; nothing if it still did when somebody looked last.
  let recovery: Time?
  let lastLook: Time?
  /// What was counted from onset to recovery: the least there can have been.
  let counted: (failed: Int64, requests: Int64)?

  /// More than three times the usual and a percent above it is worse than usual, and 5% always is.
  private static func limit(_ usual: Double) -> Double { min(max(usual * 3, usual + 0.01), 0.05) }

  init?(environment: String, points: [Measurement.Point], series: [Measurement.Point]) {
    guard !points.isEmpty else { return nil }
    self.environment = environment
    let rates = points.compactMap { point in point.failureRate.map { (at: point.at, rate: $0) } }
    let spans = points.compactMap { point in point.p95.map { (at: point.at, span: $0) } }
    let usual = Self.tenth(rates.map(\.rate))
    usualRate = usual
    usualP95 = Self.tenth(spans.map(\.span))
    worstRate = rates.max { $0.rate < $1.rate }
    worstP95 = spans.max { $0.span < $1.span }
    lastLook = points.last?.at
    let limit = Self.limit(usual ?? 0)
    let begin = rates.first { $0.rate > limit }?.at
    let end = rates.last { $0.rate > limit }?.at
    onset = begin
    recovery = end.flatMap { end in rates.first { $0.at > end }?.at }
    counted = begin.flatMap { begin in
      Self.counted(series, from: begin, to: end ?? begin)
    }
  }

  private static func tenth<Amount: Comparable>(_ amounts: [Amount]) -> Amount? {
    amounts.isEmpty ? nil : amounts.sorted()[amounts.count / 10]
  }

  private static func counted(
    _ series: [Measurement.Point],
    from start: Time,
    to end: Time
  ) -> (failed: Int64, requests: Int64)? {
    var failed = 0.0
    var requests: Int64 = 0
    for point in series where point.at >= start && point.at <= end {
      guard let rate = point.failureRate, let count = point.requests else { continue }
      failed += rate * Double(count)
      requests += count
    }
    return requests > 0 ? (Int64(failed.rounded()), requests) : nil
  }

  /// In sentences without a full stop.
  var lines: [String] {
    var lines: [String] = []
    if let worstRate {
      let usual = usualRate.map { ", \(PageText.percent($0)) are usual" } ?? ""
      lines.append(
        "\(environment): at the worst \(PageText.percent(worstRate.rate)) of the requests failed"
          + " (\(PageText.clock(worstRate.at)))\(onset == nil ? "" : usual)"
      )
    }
    if let worstP95 {
      let usual = usualP95.map { ", \($0.roundedText) is usual" } ?? ""
      lines.append(
        "\(environment): p95 was at most \(worstP95.span.roundedText)"
          + " (\(PageText.clock(worstP95.at)))\(onset == nil ? "" : usual)"
      )
    }
    if let counted {
      lines.append(
        "\(environment): at least \(counted.failed) of \(counted.requests) requests failed, as far"
          + " as they were counted while it was worse than usual"
      )
    }
    if onset == nil { lines.append("\(environment): never worse than usual in what was measured") }
    return lines
  }
}
