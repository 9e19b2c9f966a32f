import Testing
import Values

@Suite struct TimeTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("1970-01-01t00:00:00z", 0),
      ("1970-01-01 00:00Z", 0), ("1970-01-01T01:00:00+01:00", 0), ("1970-01-01T01:00+0100", 0),
      ("1970-01-01T01:00+01", 0), ("1969-12-31T18:30:00-05:30", 0),
      ("1970-01-01T00:00:00.5Z", 500_000), ("1970-01-01T00:00:00.1234567Z", 123_456),
      ("1969-12-31T23:59:59.999999Z", -1), ("2026-11-23T03:00:00Z", 1_795_402_800_000_000),
      ("2000-02-29T00:00:00Z", 951_782_400_000_000),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
      ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
      ("9999-12-31T23:59:59Z", 253_402_300_799_000_000),
    ] as [(String, Int64)]
  )
  func `every form of RFC 3339 is read`(text: String, microseconds: Int64) {
    #expect(Time(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "2026", "2026-11", "2026-1-2", "2026-13-01", "2026-00-01", "2026-02-29", "1900-02-29",
    "2026-04-31", "2026-01-00", "2026-11-23T", "2026-11-23T03", "2026-11-23T03:00",
    "2026-11-23T24:00Z", "2026-11-23T03:60Z", "2026-11-23T03:00:61Z", "2026-11-23T03:00:00",
    "2026-11-23T03:00:00.Z", "2026-11-23T03:00:00+24:00", "2026-11-23T03:00:00+01:60",
    "2026-11-23T03:00:00+1", "2026-11-23T03:00:00Z ", " 2026-11-23", "2026-11-23X03:00Z",
    "-2026-11-23", "２０２６-11-23", "2026-11-23T03:00:00+01:00Z",
  ])
  func `what is no moment is not read`(text: String) {
    #expect(Time(text) == nil)
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (1, "1970-01-01T00:00:00.000001Z"), (1_500_000, "1970-01-01T00:00:01.5Z"),
    (120_000, "1970-01-01T00:00:00.12Z"), (-62_167_219_200_000_001, "-0001-12-31T23:59:59.999999Z"),
    (Int64.min, "-290308-12-21T19:59:05.224192Z"), (Int64.max, "294247-01-10T04:00:54.775807Z"),
  ])
  func `a moment is written in UTC`(microseconds: Int64, text: String) {
    #expect(Time(microseconds: microseconds).text == text)
  }

  @Test func `what is written is read back the same`() {
    var numbers = SeededNumbers(seed: 7)
    for _ in 0..<2000 {
      let time = Time(
        microseconds: Int64.random(
          in: -62_167_219_200_000_000...253_402_300_799_999_999,
          using: &numbers
        )
      )
      #expect(Time(time.text) == time)
    }
  }

  @Test func `milliseconds go towards the past, as seconds do`() {
    #expect(Time(milliseconds: 1500).microseconds == 1_500_000)
    #expect(Time(microseconds: 1_999).milliseconds == 1)
    #expect(Time(microseconds: -1).milliseconds == -1)
  }

  @Test func `now is after this test was written, and the other clock never goes back`() {
    #expect(Time.now() > Time(microseconds: 1_700_000_000_000_000))
    let first = Time.monotonicMicroseconds()
    #expect(Time.monotonicMicroseconds() >= first)
  }
}

@Suite struct CivilDateTests {
  @Test(arguments: [
    (0, 1970, 1, 1, 4), (-1, 1969, 12, 31, 3), (59, 1970, 3, 1, 0), (11_016, 2000, 2, 29, 2),
    (11_017, 2000, 3, 1, 3), (-25_509, 1900, 2, 28, 3), (-25_508, 1900, 3, 1, 4),
    (20_780, 2026, 11, 23, 1), (-719_528, 0, 1, 1, 6), (-719_468, 0, 3, 1, 3),
    (-719_529, -1, 12, 31, 5), (2_932_896, 9999, 12, 31, 5),
  ])
  func `days and dates agree with the calendar`(
    days: Int64,
    year: Int64,
    month: Int64,
    day: Int64,
    weekday: Int64
  ) throws {
    let date = CivilDate(daysSinceEpoch: days)
    #expect([date.year, date.month, date.day] == [year, month, day])
    #expect(date.weekday == weekday)
    #expect(try #require(CivilDate(year: year, month: month, day: day)).daysSinceEpoch == days)
  }

  @Test func `every day follows the one before it`() {
    var before = CivilDate(daysSinceEpoch: -800_001)
    for days in Int64(-800_000)...(-799_000) {
      let date = CivilDate(daysSinceEpoch: days)
      #expect(date.daysSinceEpoch == days)
      #expect(date.weekday == (before.weekday + 1) % 7)
      #expect(date.day == before.day + 1 || date.day == 1)
      before = date
    }
  }

  @Test func `years without a leap day`() {
    let leap = (1890...2110).filter { CivilDate(year: Int64($0), month: 2, day: 29) != nil }
    #expect(leap.contains(2000) && leap.contains(2096))
    #expect(!leap.contains(1900) && !leap.contains(2100) && !leap.contains(2026))
    #expect(leap.count == 53)
  }

  @Test func `division goes towards minus infinity`() {
    for (number, quotient, remainder) in [(7, 2, 1), (-7, -3, 2), (-6, -2, 0), (0, 0, 0)] {
      let result = Int64(number).flooredDivision(by: 3)
      #expect(result.quotient == Int64(quotient))
      #expect(result.remainder == Int64(remainder))
    }
  }
}

@Suite struct SpanTests {
  @Test(
    arguments: [
      (0, "0s"), (1_000, "1ms"), (1_500, "1.500ms"), (1, "0.001ms"), (1_000_000, "1s"),
      (5_400_000_000, "1h30m"), (93_784_005_000, "1d2h3m4s5ms"), (-90_000_000, "-1m30s"),
      (86_400_000_000, "1d"), (86_400_000_001, "1d0.001ms"),
    ] as [(Int64, String)]
  )
  func `a duration shows every unit it has`(microseconds: Int64, text: String) {
    #expect(TimeSpan(microseconds: microseconds).text == text)
  }

  @Test(
    arguments: [
      (0, "0s"), (500, "0.5ms"), (400, "0.4ms"), (1, "0.1ms"), (960, "1ms"), (999_400, "999ms"),
      (999_600, "1s"),
      (1_000_000, "1s"), (4_240_000, "4.2s"), (59_940_000, "59.9s"), (59_960_000, "1m"),
      (60_000_000, "1m"), (5_523_000_000, "1h32m"), (93_784_000_000, "1d2h"), (-4_200_000, "-4.2s"),
      (-5_523_000_000, "-1h32m"), (-500_000, "-500ms"),
    ] as [(Int64, String)]
  )
  func `people see two units at most`(microseconds: Int64, text: String) {
    #expect(TimeSpan(microseconds: microseconds).roundedText == text)
  }

  @Test func `the units are what they say`() {
    #expect(TimeSpan.milliseconds(1000) == .seconds(1))
    #expect(TimeSpan.seconds(60) == .minutes(1))
    #expect(TimeSpan.minutes(60) == .hours(1))
    #expect(TimeSpan.hours(24) == .days(1))
    #expect(TimeSpan.seconds(1) < .seconds(2))
    #expect(TimeSpan.milliseconds(1500).inSeconds == 1.5)
    #expect(TimeSpan(microseconds: .min).text.hasPrefix("-106751991d"))
    #expect(TimeSpan(microseconds: .min).roundedText == "-106751991d4h")
  }

  @Test(arguments: [
    (0, "0B"), (999, "999B"), (1000, "1KB"), (1550, "1.6KB"), (999_940, "999.9KB"),
    (999_960, "1MB"), (1_500_000, "1.5MB"), (-1_500_000, "-1.5MB"), (2_000_000_000, "2GB"),
    (1_200_000_000_000, "1.2TB"), (Int64.max, "9223372TB"), (Int64.min, "-9223372TB"),
  ])
  func `a size has one decimal at most`(bytes: Int64, text: String) {
    #expect(Value.text(ofSize: bytes) == text)
  }
}
