import Foundation
import Values

/// When the hosting called the cron jobs, which stands in the log of requests and nowhere else.
struct CronCalls: Sendable {
  /// Calls that somebody asked for.
  private(set) var byHand: [(path: String, at: Milliseconds)] = []

  mutating func add(_ path: String, at moment: Milliseconds) {
    byHand.append((path, moment))
  }

  /// The log's rows of all calls in `from ..< until`, earliest first.
  func rows(
    of crons: [CronDefinition],
    from: Milliseconds,
    until: Milliseconds,
    disabledAt: Milliseconds?,
    seed: UInt64,
    live: (Milliseconds) -> String
  ) -> [RequestLogRow] {
    let end = min(until, disabledAt ?? until)
    let planned = crons.flatMap { cron in
      cron.moments(from: from - 60_000, until: end).map { planned in
        // Within the minute, as the vendor promises no more.
        var random = SplitMix64(seed: seed &+ UInt64(bitPattern: planned), topic: cron.path)
        return (path: cron.path, at: planned + random.number(in: 0...19_000))
      }
    }
    let asked = byHand.filter { $0.at < until }
    return (planned.filter { $0.at < end } + asked).filter { $0.at >= from }
      .sorted { $0.at < $1.at }
      .map { call in
        var random = SplitMix64(seed: seed &+ UInt64(bitPattern: call.at), topic: call.path)
        return RequestLogRow(
          id: "iad1::cron1-\(call.at)-" + random.text(12, from: .hexadecimal),
          at: call.at,
          deployment: live(call.at),
          method: "GET",
          path: call.path,
          status: 200,
          level: "info",
          message: "request served"
        )
      }
  }
}

extension CronDefinition {
  /// The planned moments in `from ..< until`; of the schedules here the minute is always 0.
  func moments(from: Milliseconds, until: Milliseconds) -> [Milliseconds] {
    let fields = schedule.split(separator: " ").map(String.init)
    guard fields.count == 5, fields[0] == "0", fields[2] == "*", fields[3] == "*" else { return [] }
    let hour: Milliseconds = 3_600_000
    let first = (from + hour - 1) / hour * hour
    return stride(from: first, to: until, by: Int(hour)).filter { moment in
      let hours = moment / hour
      // 1 January 1970 was a Thursday.
      return Self.matches(hours % 24, fields[1]) && Self.matches((hours / 24 + 4) % 7, fields[4])
    }
  }

  private static func matches(_ value: Milliseconds, _ field: String) -> Bool {
    if field == "*" { return true }
    if field.hasPrefix("*/") { return Int64(field.dropFirst(2)).map { value % $0 == 0 } ?? false }
    return Int64(field) == value
  }
}
