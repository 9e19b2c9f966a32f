package import Values

/// A five-field cron expression (crontab(5)), in UTC as Vercel runs them.
///
/// Numbers, `*`, ranges, lists, steps, and names of months and days. As in Vixie cron, a day fits if
/// it fits the day of the month *or* the day of the week when neither is `*`.
package struct CronSchedule: Hashable, Sendable {
  package let text: String
  private let minutes: Set<Int64>
  private let hours: Set<Int64>
  private let days: Set<Int64>
  private let months: Set<Int64>
  private let weekdays: Set<Int64>
  private let anyDay: Bool
  private let anyWeekday: Bool

  /// Nothing if the text is no such expression.
  package init?(_ text: String) {
    let fields = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard fields.count == 5,
      let minutes = Self.field(fields[0], 0...59),
      let hours = Self.field(fields[1], 0...23),
      let days = Self.field(fields[2], 1...31),
      let months = Self.field(fields[3], 1...12, names: Self.monthNames, first: 1),
      let weekdays = Self.field(fields[4], 0...7, names: Self.dayNames, first: 0)
    else { return nil }
    self.text = text
    self.minutes = minutes
    self.hours = hours
    self.days = days
    self.months = months
    self.weekdays = Set(weekdays.map { $0 == 7 ? 0 : $0 })
    anyDay = fields[2].hasPrefix("*")
    anyWeekday = fields[4].hasPrefix("*")
  }

  /// The first time after a moment; nothing if it never comes (`0 0 30 2 *`).
  package func next(after time: Time) -> Time? { find(from: time, step: 1) }

  /// The last time at or before a moment.
  package func previous(atOrBefore time: Time) -> Time? { find(from: time, step: -1) }

  private func find(from time: Time, step: Int64) -> Time? {
    let minute = time.microseconds.flooredDivision(by: 60_000_000).quotient + (step > 0 ? 1 : 0)
    var (day, minuteOfDay) = minute.flooredDivision(by: 1440)
    // Eight years hold every leap day, and every weekday of one that a schedule may ask for is
    // found within forty.
    for _ in 0..<(40 * 366) {
      if fits(CivilDate(daysSinceEpoch: day)),
        let found = minuteInDay(from: minuteOfDay, step: step)
      {
        return Time(microseconds: (day * 1440 + found) * 60_000_000)
      }
      day += step
      minuteOfDay = step > 0 ? 0 : 1439
    }
    return nil
  }

  private func fits(_ date: CivilDate) -> Bool {
    guard months.contains(date.month) else { return false }
    let dayFits = days.contains(date.day)
    let weekdayFits = weekdays.contains(date.weekday)
    return anyDay || anyWeekday ? dayFits && weekdayFits : dayFits || weekdayFits
  }

  private func minuteInDay(from start: Int64, step: Int64) -> Int64? {
    var minute = start
    while (0..<1440).contains(minute) {
      if hours.contains(minute / 60), minutes.contains(minute % 60) { return minute }
      minute += step
    }
    return nil
  }

  private static func field(
    _ text: String,
    _ range: ClosedRange<Int64>,
    names: [String] = [],
    first: Int64 = 0
  ) -> Set<Int64>? {
    var found: Set<Int64> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
      guard (1...2).contains(pieces.count) else { return nil }
      var step: Int64 = 1
      if pieces.count == 2 {
        guard let given = number(pieces[1]), given > 0 else { return nil }
        // More than a field can span steps over all of it.
        step = min(given, 60)
      }
      guard let span = span(String(pieces[0]), range, names, first, hasStep: pieces.count == 2)
      else { return nil }
      found.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: Int(step)))
    }
    return found
  }

  /// Digits only: a sign is no part of a field.
  private static func number(_ text: Substring) -> Int64? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? Int64(text) : nil
  }

  private static func span(
    _ text: String,
    _ range: ClosedRange<Int64>,
    _ names: [String],
    _ first: Int64,
    hasStep: Bool
  ) -> ClosedRange<Int64>? {
    if text == "*" { return range }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { end in
      number(end) ?? names.firstIndex(of: end.lowercased()).map { Int64($0) + first }
    }
    guard let low = ends.first ?? nil, range.contains(low) else { return nil }
    switch ends.count {
    case 1: return hasStep ? low...range.upperBound : low...low
    case 2:
      guard let high = ends[1], range.contains(high), low <= high else { return nil }
      return low...high
    default: return nil
    }
  }

  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
}
