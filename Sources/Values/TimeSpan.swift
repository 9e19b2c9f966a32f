/// A length of time in microseconds; may be negative.
package struct TimeSpan: Hashable, Comparable, Sendable {
  package var microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  package static func milliseconds(_ count: Int64) -> Self { Self(microseconds: count * 1000) }
  package static func seconds(_ count: Int64) -> Self { Self(microseconds: count * 1_000_000) }
  package static func minutes(_ count: Int64) -> Self { seconds(count * 60) }
  package static func hours(_ count: Int64) -> Self { seconds(count * 3600) }
  package static func days(_ count: Int64) -> Self { seconds(count * 86_400) }

  package static func < (left: Self, right: Self) -> Bool {
    left.microseconds < right.microseconds
  }

  package var inSeconds: Double { Double(microseconds) / 1_000_000 }

  /// Every unit, as the language writes it: `1d2h3m4s5ms`; whole microseconds as a fraction of `ms`.
  package var text: String { text(units: .max) }

  /// The two largest units, for people: `1h32m`, `4.2s`.
  package var roundedText: String {
    let magnitude = microseconds.magnitude
    if magnitude >= 1_000_000, magnitude < 60_000_000 {
      let tenths = (Int64(magnitude) + 50_000) / 100_000
      let sign = microseconds < 0 ? "-" : ""
      return sign + (tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s")
    }
    if magnitude > 0, magnitude < 1_000_000 {
      return "\(microseconds < 0 ? "-" : "")\((magnitude + 500) / 1000)ms"
    }
    return text(units: 2)
  }

  private func text(units: Int) -> String {
    guard microseconds != 0 else { return "0s" }
    var rest = microseconds.magnitude
    var text = microseconds < 0 ? "-" : ""
    var shown = 0
    for (unit, size) in Self.units where rest >= size && shown < units {
      text += "\(rest / size)\(unit)"
      rest %= size
      shown += 1
    }
    if rest > 0, shown < units {
      var digits = String(rest)
      digits = String(repeating: "0", count: 3 - digits.count) + digits
      text += "0.\(digits)ms"
    }
    return text
  }

  private static let units: [(String, UInt64)] = [
    ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000),
  ]
}
