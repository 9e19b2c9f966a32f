private import Glibc

/// A moment, in microseconds since 1970-01-01T00:00Z; years ±290,000, the calendar is Gregorian.
package struct Time: Hashable, Comparable, Sendable {
  package var microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Reads the wall clock.
  package static func now() -> Time {
    var value = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &value)
    return Time(microseconds: Int64(value.tv_sec) * 1_000_000 + Int64(value.tv_nsec) / 1000)
  }

  /// Reads the clock that never jumps; only differences mean something.
  package static func monotonicMicroseconds() -> Int64 {
    var value = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &value)
    return Int64(value.tv_sec) * 1_000_000 + Int64(value.tv_nsec) / 1000
  }

  /// Reads the clock that never jumps and also counts the time that the machine slept.
  package static func wakefulMicroseconds() -> Int64 {
    var value = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &value)
    return Int64(value.tv_sec) * 1_000_000 + Int64(value.tv_nsec) / 1000
  }

  package static func < (left: Time, right: Time) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Milliseconds since 1970, as Vercel writes times.
  package init(milliseconds: Int64) {
    microseconds = milliseconds &* 1000
  }

  package var milliseconds: Int64 { microseconds.flooredDivision(by: 1000).quotient }

  // MARK: - RFC 3339

  /// The moment in UTC, such as `2026-11-23T03:00:00Z`; a fraction only where there is one.
  package var text: String {
    let (day, micros) = microseconds.flooredDivision(by: 86_400_000_000)
    let date = CivilDate(daysSinceEpoch: day)
    let seconds = micros / 1_000_000
    var text = date.text + "T" + Self.twoDigits(seconds / 3600) + ":"
    text += Self.twoDigits(seconds / 60 % 60) + ":" + Self.twoDigits(seconds % 60)
    let fraction = micros % 1_000_000
    if fraction != 0 {
      var digits = String(fraction)
      digits = String(repeating: "0", count: 6 - digits.count) + digits
      while digits.last == "0" { digits.removeLast() }
      text += "." + digits
    }
    return text + "Z"
  }

  /// Reads RFC 3339, such as `2026-11-23T03:00:00.5+01:00`; nothing if it is anything else.
  ///
  /// Seconds may be left out, a blank may stand for the `T`, and a bare date is its midnight UTC.
  package init?(_ text: some StringProtocol) {
    var scanner = DigitScanner(String(text).utf8)
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2),
      scanner.take("-"), let day = scanner.digits(2),
      let date = CivilDate(year: year, month: month, day: day)
    else { return nil }
    var micros = date.daysSinceEpoch * 86_400_000_000
    if scanner.isAtEnd {
      self.init(microseconds: micros)
      return
    }
    guard scanner.take("T") || scanner.take("t") || scanner.take(" "),
      let hour = scanner.digits(2), hour < 24, scanner.take(":"),
      let minute = scanner.digits(2), minute < 60
    else { return nil }
    micros += (hour * 3600 + minute * 60) * 1_000_000
    if scanner.take(":") {
      guard let second = scanner.digits(2), second <= 60 else { return nil }
      micros += second * 1_000_000
      if scanner.take(".") {
        guard let fraction = scanner.fraction() else { return nil }
        micros += fraction
      }
    }
    if scanner.take("Z") || scanner.take("z") {
      guard scanner.isAtEnd else { return nil }
      self.init(microseconds: micros)
      return
    }
    let sign: Int64 = scanner.take("+") ? 1 : scanner.take("-") ? -1 : 0
    guard sign != 0, let hours = scanner.digits(2), hours < 24 else { return nil }
    _ = scanner.take(":")
    var minutes: Int64 = 0
    if !scanner.isAtEnd {
      guard let given = scanner.digits(2), given < 60 else { return nil }
      minutes = given
    }
    guard scanner.isAtEnd else { return nil }
    self.init(microseconds: micros - sign * (hours * 3600 + minutes * 60) * 1_000_000)
  }

  private static func twoDigits(_ number: Int64) -> String {
    number < 10 ? "0\(number)" : String(number)
  }
}

/// A day of the Gregorian calendar (proleptic), after Howard Hinnant's `chrono` algorithms.
package struct CivilDate: Hashable, Sendable {
  package let year: Int64
  package let month: Int64
  package let day: Int64

  package init(daysSinceEpoch: Int64) {
    let (era, dayOfEra) = (daysSinceEpoch + 719_468).flooredDivision(by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Nothing if there is no such day.
  package init?(year: Int64, month: Int64, day: Int64) {
    guard (1...12).contains(month), day >= 1 else { return nil }
    self.init(unchecked: year, month, day)
    guard CivilDate(daysSinceEpoch: daysSinceEpoch) == self else { return nil }
  }

  private init(unchecked year: Int64, _ month: Int64, _ day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  package var daysSinceEpoch: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = shiftedYear.flooredDivision(by: 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// 0 is Sunday, as cron counts.
  package var weekday: Int64 { (daysSinceEpoch + 4).flooredDivision(by: 7).remainder }

  package var text: String {
    let digits = String(year.magnitude)
    let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return (year < 0 ? "-" : "") + padded + "-" + (month < 10 ? "0" : "") + "\(month)-"
      + (day < 10 ? "0" : "") + "\(day)"
  }
}

extension Int64 {
  /// Divides towards minus infinity; the remainder is never negative.
  package func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

/// Of one type, since every record of a long journal has its time read.
private struct DigitScanner {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: String.UTF8View) {
    rest = Array(bytes)[...]
  }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard let first = rest.first, UInt32(first) == character.value else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func digits(_ count: Int) -> Int64? {
    var number: Int64 = 0
    for _ in 0..<count {
      guard let byte = rest.first, (48...57).contains(byte) else { return nil }
      number = number * 10 + Int64(byte - 48)
      rest = rest.dropFirst()
    }
    return number
  }

  /// Microseconds; digits beyond the sixth are cut off.
  mutating func fraction() -> Int64? {
    var number: Int64 = 0
    var seen = 0
    while let byte = rest.first, (48...57).contains(byte) {
      if seen < 6 { number = number * 10 + Int64(byte - 48) }
      seen += 1
      rest = rest.dropFirst()
    }
    guard seen > 0 else { return nil }
    for _ in min(seen, 6)..<6 { number *= 10 }
    return number
  }
}
