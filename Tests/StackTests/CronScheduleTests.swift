import Stack
import Testing
import Values

@Suite struct CronScheduleTests {
  private static func time(_ text: String) -> Time { Time(text) ?? Time(microseconds: 0) }

  /// Monday, 2026-11-23; the five jobs of the blueprint come first.
  @Test(arguments: [
    ("0 1 * * *", "2026-11-23T03:00:00Z", "2026-11-24T01:00:00Z", "2026-11-23T01:00:00Z"),
    ("0 */4 * * *", "2026-11-23T03:00:00Z", "2026-11-23T04:00:00Z", "2026-11-23T00:00:00Z"),
    ("0 4 * * *", "2026-11-23T03:00:00Z", "2026-11-23T04:00:00Z", "2026-11-22T04:00:00Z"),
    ("0 * * * *", "2026-11-23T03:00:00Z", "2026-11-23T04:00:00Z", "2026-11-23T03:00:00Z"),
    ("0 3 * * 0", "2026-11-23T03:00:00Z", "2026-11-29T03:00:00Z", "2026-11-22T03:00:00Z"),
    ("* * * * *", "2026-11-23T03:00:30Z", "2026-11-23T03:01:00Z", "2026-11-23T03:00:00Z"),
    ("*/15 * * * *", "2026-11-23T03:46:00Z", "2026-11-23T04:00:00Z", "2026-11-23T03:45:00Z"),
    ("10-20/5 9 * * *", "2026-11-23T09:11:00Z", "2026-11-23T09:15:00Z", "2026-11-23T09:10:00Z"),
    ("50/4 9 * * *", "2026-11-23T09:55:00Z", "2026-11-23T09:58:00Z", "2026-11-23T09:54:00Z"),
    ("0,30 9 * * *", "2026-11-23T09:00:00Z", "2026-11-23T09:30:00Z", "2026-11-23T09:00:00Z"),
    ("59 23 31 12 *", "2026-11-23T03:00:00Z", "2026-12-31T23:59:00Z", "2025-12-31T23:59:00Z"),
    ("0 0 29 2 *", "2026-11-23T03:00:00Z", "2028-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
    ("0 0 31 * *", "2026-11-23T03:00:00Z", "2026-12-31T00:00:00Z", "2026-10-31T00:00:00Z"),
    ("0 0 * jan mon", "2026-11-23T03:00:00Z", "2027-01-04T00:00:00Z", "2026-01-26T00:00:00Z"),
    ("0 9 * * MON-FRI", "2026-11-27T10:00:00Z", "2026-11-30T09:00:00Z", "2026-11-27T09:00:00Z"),
    ("0 0 * * 7", "2026-11-23T03:00:00Z", "2026-11-29T00:00:00Z", "2026-11-22T00:00:00Z"),
    ("0 0 * * 5-7", "2026-11-23T03:00:00Z", "2026-11-27T00:00:00Z", "2026-11-22T00:00:00Z"),
    // Neither day field is free: the 13th, or a Friday.
    ("0 0 13 * 5", "2026-11-23T03:00:00Z", "2026-11-27T00:00:00Z", "2026-11-20T00:00:00Z"),
    ("0 0 24 * 5", "2026-11-23T03:00:00Z", "2026-11-24T00:00:00Z", "2026-11-20T00:00:00Z"),
    // One that begins with a star counts as free: both must fit.
    ("0 0 */2 * 5", "2026-11-23T03:00:00Z", "2026-11-27T00:00:00Z", "2026-11-13T00:00:00Z"),
    ("0 0 29 2 */7", "2026-11-23T03:00:00Z", "2032-02-29T00:00:00Z", "2004-02-29T00:00:00Z"),
    ("0 0 1 1 *", "1970-01-01T00:00:00Z", "1971-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
    ("0 0 1 1 *", "1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z", "1969-01-01T00:00:00Z"),
  ])
  func `it knows the next and the last time`(
    text: String,
    now: String,
    next: String,
    previous: String
  ) throws {
    let schedule = try #require(CronSchedule(text))
    #expect(schedule.text == text)
    #expect(schedule.next(after: Self.time(now))?.text == next)
    #expect(schedule.previous(atOrBefore: Self.time(now))?.text == previous)
  }

  @Test(arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31 feb *"])
  func `a date that never comes has no time`(text: String) throws {
    let schedule = try #require(CronSchedule(text))
    #expect(schedule.next(after: Self.time("2026-11-23")) == nil)
    #expect(schedule.previous(atOrBefore: Self.time("2026-11-23")) == nil)
  }

  @Test(arguments: [
    "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
    "* * * 0 *", "* * * 13 *", "* * * * 8", "-1 * * * *", "+5 * * * *", "5-1 * * * *",
    "*/0 * * * *", "*/-2 * * * *", "*/ * * * *", "/2 * * * *", "1/2/3 * * * *", "1,,2 * * * *",
    "1, * * * *", "1-2-3 * * * *", "a * * * *", "* * * foo *", "* * * * jan", "@daily",
    "5- * * * *",
    "1.5 * * * *", "* * * * *\u{0}",
  ])
  func `what is no schedule is refused`(text: String) {
    #expect(CronSchedule(text) == nil)
  }

  @Test func `an absurd step is only its first value`() throws {
    let schedule = try #require(CronSchedule("7/9223372036854775807 0 * * *"))
    let next = schedule.next(after: Self.time("2026-11-23T00:07:00Z"))
    #expect(next?.text == "2026-11-24T00:07:00Z")
  }

  @Test func `the next time's last time is itself, and nothing lies between`() throws {
    for text in ["*/7 3-5 * * *", "5 4 1,15 * 3", "0 */4 * * *"] {
      let schedule = try #require(CronSchedule(text))
      var time = Self.time("2026-02-20")
      for _ in 0..<200 {
        let next = try #require(schedule.next(after: time))
        #expect(next > time)
        #expect(schedule.previous(atOrBefore: next) == next)
        let before = Time(microseconds: next.microseconds - 1)
        #expect(try #require(schedule.previous(atOrBefore: before)) <= time)
        time = next
      }
    }
  }
}
