internal import Values

/// Where moments and amounts lie in a chart: across in percent, so that it fits any width, and down
/// in pixels.
struct TimeScale {
  let start: Int64
  let end: Int64
  /// Room at both sides, so that what happened first and last is not cut off.
  static let margin = 2.0

  init(_ range: ClosedRange<Int64>) {
    start = range.lowerBound
    end = max(range.upperBound, range.lowerBound + 1_000_000)
  }

  func percent(_ time: Time) -> Double {
    let share = Double(time.microseconds - start) / Double(end - start)
    return Self.margin + min(max(share, 0), 1) * (100 - 2 * Self.margin)
  }

  /// Round moments, at most eight, so that their names have room on a telephone too.
  var ticks: [(time: Time, name: String)] {
    let span = end - start
    let second: Int64 = 1_000_000
    let steps: [Int64] = [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
    ]
    let step = (steps.first { span / ($0 * second) < 8 } ?? (span / 7 / second + 1)) * second
    let first = (start + step - 1) / step * step
    return stride(from: first, through: end, by: Int(step)).compactMap { moment in
      let time = Time(microseconds: moment)
      guard (5...95).contains(percent(time)) else { return nil }
      let clock = PageText.clock(time)
      return (time, step < 60 * second ? clock : String(clock.prefix(5)))
    }
  }
}

/// From nothing up to a round number.
struct AmountScale {
  let top: Double
  let y: Double
  let height: Double

  /// - Parameter rounds: what may stand at the top, rising.
  init(upTo largest: Double, rounds: [Double], y: Double, height: Double) {
    top = rounds.first { $0 >= largest } ?? max(largest, 1)
    self.y = y
    self.height = height
  }

  func place(_ amount: Double) -> Double { y + height * (1 - min(max(amount / top, 0), 1)) }
}

/// Numbers and moments as a page writes them.
enum PageText {
  /// Two decimals at most.
  static func number(_ value: Double) -> String {
    let hundredths = Int64((value * 100).rounded())
    let whole = hundredths / 100
    let rest = (hundredths % 100).magnitude
    let sign = hundredths < 0 && whole == 0 ? "-" : ""
    guard rest != 0 else { return "\(sign)\(whole)" }
    return "\(sign)\(whole)."
      + (rest % 10 == 0 ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)")
  }

  /// Such as `03:01:22`.
  static func clock(_ time: Time) -> String {
    String(time.text.drop { $0 != "T" }.dropFirst().prefix(8))
  }

  /// Such as `2026-11-23`.
  static func day(_ time: Time) -> String { String(time.text.prefix { $0 != "T" }) }

  /// Such as `2026-11-23 03:01:22`.
  static func moment(_ time: Time) -> String { day(time) + " " + clock(time) }

  static func percent(_ rate: Double) -> String { number(rate * 100) + "%" }
}
