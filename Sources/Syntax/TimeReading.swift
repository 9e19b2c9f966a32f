/// Reads dates and times: `2026-11-23`, `2026-11-23T03:00Z`, `2026-11-23T03:00:01.5+01:00`.
enum TimeReading {
  /// Why a time token is no time.
  enum Failure: Error {
    case form
    /// A `T…` without `Z` or an offset.
    case noOffset
    case noSuch(String)
  }

  /// Gives microseconds since 1970-01-01T00:00Z.
  static func time(_ text: ArraySlice<UInt8>) throws(Failure) -> Int64 {
    var rest = text
    let year = try number(&rest, digits: 4)
    try skip(&rest, UInt8(ascii: "-"))
    let month = try number(&rest, digits: 2)
    try skip(&rest, UInt8(ascii: "-"))
    let day = try number(&rest, digits: 2)
    guard (1...12).contains(month) else { throw .noSuch("month \(month)") }
    guard day >= 1, day <= length(ofMonth: month, year) else {
      throw .noSuch("day \(day) in that month")
    }
    let midnight = days(year, month, day) * 86_400_000_000
    guard !rest.isEmpty else { return midnight }
    try skip(&rest, UInt8(ascii: "T"))
    let clock = try clock(&rest)
    return midnight + clock - (try offset(&rest))
  }

  private static func clock(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> Int64 {
    let hour = try number(&rest, digits: 2)
    try skip(&rest, UInt8(ascii: ":"))
    let minute = try number(&rest, digits: 2)
    var seconds: Int64 = 0
    var fraction: Int64 = 0
    if rest.first == UInt8(ascii: ":") {
      rest.removeFirst()
      seconds = try number(&rest, digits: 2)
      if rest.first == UInt8(ascii: ".") {
        rest.removeFirst()
        fraction = try microseconds(&rest)
      }
    }
    guard hour < 24 else { throw .noSuch("hour \(hour)") }
    guard minute < 60 else { throw .noSuch("minute \(minute)") }
    guard seconds < 60 else { throw .noSuch("second \(seconds)") }
    return (hour * 3600 + minute * 60 + seconds) * 1_000_000 + fraction
  }

  private static func offset(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> Int64 {
    guard let sign = rest.popFirst() else { throw .noOffset }
    if sign == UInt8(ascii: "Z") {
      guard rest.isEmpty else { throw .form }
      return 0
    }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw .form }
    let hours = try number(&rest, digits: 2)
    try skip(&rest, UInt8(ascii: ":"))
    let minutes = try number(&rest, digits: 2)
    guard rest.isEmpty else { throw .form }
    guard hours <= 18, minutes < 60 else { throw .noSuch("offset") }
    let amount = (hours * 60 + minutes) * 60_000_000
    return sign == UInt8(ascii: "-") ? -amount : amount
  }

  private static func microseconds(_ rest: inout ArraySlice<UInt8>) throws(Failure) -> Int64 {
    let digits = rest.prefix(while: Lexer.isDigit)
    guard (1...9).contains(digits.count) else { throw .form }
    rest = rest.dropFirst(digits.count)
    var value: Int64 = 0
    for place in 0..<6 {
      let index = digits.startIndex + place
      value = value * 10 + (index < digits.endIndex ? Int64(digits[index]) - 48 : 0)
    }
    return value
  }

  private static func number(
    _ rest: inout ArraySlice<UInt8>,
    digits: Int
  ) throws(Failure) -> Int64 {
    let found = rest.prefix(digits)
    guard found.count == digits, found.allSatisfy(Lexer.isDigit) else { throw .form }
    rest = rest.dropFirst(digits)
    return found.reduce(0) { $0 * 10 + Int64($1) - 48 }
  }

  private static func skip(_ rest: inout ArraySlice<UInt8>, _ byte: UInt8) throws(Failure) {
    guard rest.popFirst() == byte else { throw .form }
  }

  private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Counts days since 1970-01-01 in the Gregorian calendar, by Hinnant's `days_from_civil`.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
