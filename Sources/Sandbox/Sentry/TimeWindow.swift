import Values

/// The time that a question to Sentry is about.
struct TimeWindow: Sendable {
  var from: Milliseconds
  var until: Milliseconds

  /// What is asked about when nothing is said.
  static let standard: Milliseconds = 14 * 86_400_000

  init(from: Milliseconds, until: Milliseconds) {
    self.from = from
    self.until = until
  }

  /// - Returns: nothing when the words can not be understood.
  init?(_ request: SandboxRequest, now: Milliseconds) {
    if let start = request.value("start") {
      guard let from = Self.moment(start), let until = request.value("end").flatMap(Self.moment),
        from < until
      else { return nil }
      (self.from, self.until) = (from, until)
      return
    }
    guard let period = request.value("statsPeriod"), !period.isEmpty else {
      (from, until) = (now - Self.standard, now)
      return
    }
    guard let length = Self.length(period) else { return nil }
    (from, until) = (now - length, now)
  }

  /// `15m`, `24h`, `14d` … in milliseconds.
  static func length(_ text: String) -> Milliseconds? {
    let units: [Character: Int64] = [
      "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
    ]
    guard let last = text.last, let unit = units[last], let number = Int64(text.dropLast()),
      number > 0, number < 100_000
    else { return nil }
    return number * unit
  }

  /// A moment; without a zone it is UTC.
  static func moment(_ text: String) -> Milliseconds? {
    (Time(text) ?? Time(text + "Z"))?.milliseconds
  }
}
