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

  /// Every unit, as the language writes it: `1d2h3m4s5ms`; microseconds as a fraction of `ms`.
  package var text: String {
    guard microseconds != 0 else { return "0s" }
    var rest = microseconds.magnitude
    var text = microseconds < 0 ? "-" : ""
    for (unit, size) in Self.units.dropLast() where rest >= size {
      text += "\(rest / size)\(unit)"
      rest %= size
    }
    guard rest > 0 else { return text }
    let fraction = String(rest % 1000)
    let digits = String(repeating: "0", count: 3 - fraction.count) + fraction
    return text + "\(rest / 1000)" + (rest % 1000 == 0 ? "ms" : ".\(digits)ms")
  }

  /// The largest unit and the one below it, for people: `1h32m`, `4.2s`, `250ms`.
  package var roundedText: String {
    let magnitude = microseconds.magnitude
    let sign = microseconds < 0 ? "-" : ""
    switch magnitude {
    case 0: return "0s"
    case 1..<950: return sign + Self.tenths(max(1, (magnitude + 50) / 100)) + "ms"
    case 950..<999_500: return sign + "\((magnitude + 500) / 1000)ms"
    // What rounds up to a minute is one.
    case 999_500..<59_950_000: return sign + Self.tenths((magnitude + 50_000) / 100_000) + "s"
    case 59_950_000..<60_000_000: return sign + "1m"
    default: break
    }
    for (index, (unit, size)) in Self.units.enumerated() where magnitude >= size {
      let (below, belowSize) = Self.units[index + 1]
      let rest = magnitude % size / belowSize
      return "\(sign)\(magnitude / size)\(unit)" + (rest == 0 ? "" : "\(rest)\(below)")
    }
    return text
  }

  private static func tenths(_ tenths: UInt64) -> String {
    tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private static let units: [(String, UInt64)] = [
    ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000),
  ]
}
