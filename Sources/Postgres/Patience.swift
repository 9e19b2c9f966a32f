private import Glibc

/// How long a call may wait, and what ends its waiting early.
struct Patience: Sendable {
  enum Event: Equatable {
    case ready
    case deadlinePassed
    case cancelled
  }

  let limit: Duration
  let cancelOn: Int32?
  private var started: ContinuousClock.Instant

  init(_ limit: Duration, cancelOn: Int32?) {
    self.limit = limit
    self.cancelOn = cancelOn
    started = .now
  }

  var spent: Duration { ContinuousClock.now - started }

  /// Starts the time anew: something has arrived.
  mutating func renew() {
    started = .now
  }

  /// Waits until `descriptor` can be read or, if `forWriting`, written.
  ///
  /// With a `slice` it also returns as ready after that time, for a caller who must look elsewhere.
  func wait(for descriptor: Int32, forWriting: Bool = false, slice: Duration? = nil) -> Event {
    var entries = [
      pollfd(fd: descriptor, events: Int16(POLLIN) | (forWriting ? Int16(POLLOUT) : 0), revents: 0),
      pollfd(fd: cancelOn ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let remaining = limit - spent
      guard remaining > .zero else { return .deadlinePassed }
      let time = min(remaining, slice ?? remaining)
      let count = unsafe poll(&entries, nfds_t(entries.count), time.roundedUpMilliseconds)
      guard count >= 0 || errno == EINTR else { return .ready }
      if entries[1].revents != 0 { return .cancelled }
      if entries[0].revents != 0 { return .ready }
      if slice != nil, limit - spent > .zero { return .ready }
    }
  }
}

extension Duration {
  /// Whole milliseconds as `poll` takes them: never less than asked for.
  fileprivate var roundedUpMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    guard seconds < 1_000_000 else { return 1_000_000_000 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }

  /// Seconds with one decimal, for messages: `2.5 s`.
  var inSeconds: String {
    let (seconds, attoseconds) = components
    let tenths = (seconds * 10) + (attoseconds + 50_000_000_000_000_000) / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10) s"
  }

  /// Whole milliseconds, rounded down, as the server's settings take them.
  var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
